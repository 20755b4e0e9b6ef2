//! What refusals mean, as data: the first rule that fits decides, so the most specific stand first. Each names who says it
//! so. Codes and words are in lower case.

use super::said::Said;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::adapters) enum Meaning {
    /// Prompt and answer do not fit: halves may.
    TooLong,
    /// A filter refuses the prompt or the answer.
    Blocked,
    /// The answer was not in the format that was asked for.
    Malformed,
    /// A quota is used up, until a time that is said or not.
    RateLimited,
    /// A quota of the day is used up, until midnight in Los Angeles.
    DailyQuota,
    /// A quota of a day or a week, which says no time.
    LongQuota,
    /// The account has nothing left to pay with; and what to tell its operator.
    NoCredit(&'static str),
    /// It refuses for good; and what to tell the operator.
    Refused(&'static str),
    /// It will pass.
    Unavailable,
}

use Meaning::{Blocked, DailyQuota, LongQuota, Malformed, NoCredit, RateLimited, Refused, TooLong, Unavailable};

/// A refusal by its status, its codes and its words.
pub(in crate::adapters) struct Rule {
    /// Whose it is.
    pub(in crate::adapters) vendor: &'static str,
    /// The statuses it comes with; any if none are named.
    statuses: &'static [u16],
    /// A code it has, or `""` for any.
    code: &'static str,
    /// What its words contain, all of it.
    says: &'static [&'static str],
    /// What it means.
    pub(in crate::adapters) means: Meaning,
}

const NO_CREDIT: &str = "the account has no credit left";
const FREE_TIER: &str = "this model is not in the free tier: set up billing, or choose another model";
const BASE_URL: &str = "check OPENAI_BASE_URL: it usually ends in /v1";
const JSON: &str = "set json=object or json=off for this model";
const SYSTEM: &str = "set system=off for this model";
const MAX_TOKENS: &str =
    "max_output does not fit this model: set tokens=max_completion_tokens, or leave max_output out";
const TEMPERATURE: &str = "leave temperature out for this model";
const MODEL_ACCESS: &str =
    "have the account given access to this model in this region: in the Bedrock console, once for all";
const MODEL_ARNS: &str = "the function's role may not call this model: name its ARN in the parameter BedrockModelArns, and for an inference profile also those of its models";
const INFERENCE_PROFILE: &str = "this model is served by an inference profile only: configure that, such as bedrock:eu. or bedrock:us. before its id";
const BEDROCK_JSON: &str = "this model takes no schema: leave json out";
const AWS_CREDENTIALS: &str = "check the AWS credentials";
const THINKING: &str = "thinking has a value that this model does not take: leave it out, or set another";

/// Every rule. What none of them fits is decided by its status alone.
pub(in crate::adapters) const RULES: &[Rule] = &[
    // Too long, where other things are said with it.
    code("Groq", "json_validate_failed", &["max completion tokens reached"], TooLong),
    code("Groq, an answer that is no JSON", "json_validate_failed", &[], Malformed),
    says("OpenAI, Groq: more than a minute's tokens", &["request too large"], TooLong),
    // Quotas whose words others use for what is too long.
    says("Amazon Bedrock, a quota of the day", &["too many tokens per day"], LongQuota),
    says("Amazon Bedrock, a quota of the minute", &["too many tokens, please wait"], RateLimited),
    // Too long.
    code("OpenAI and those who do as it does", "context_length_exceeded", &[], TooLong),
    code("OpenAI", "string_above_max_length", &[], TooLong),
    code("llama.cpp", "exceed_context_size_error", &[], TooLong),
    says("llama.cpp, before it had a code", &["exceeds the available context size"], TooLong),
    code("GitHub Models", "tokens_limit_reached", &[], TooLong),
    says("GitHub Models", &["request body too large"], TooLong),
    says("vLLM, DeepSeek, OpenRouter, Fireworks", &["maximum context length"], TooLong),
    says("vLLM since 0.15", &["context length is only"], TooLong),
    says("LiteLLM", &["contextwindowexceedederror"], TooLong),
    says("SGLang, Together", &["longer than the model's context length"], TooLong),
    says("SGLang", &["longer than the maximum"], TooLong),
    says("TGI", &["inputs", "must be <="], TooLong),
    says("TGI, older", &["inputs", "must have less than"], TooLong),
    says("LM Studio", &["greater than the context length"], TooLong),
    says("LM Studio, newer", &["context length", "overflow"], TooLong),
    says("Ollama", &["exceeded max context length"], TooLong),
    says("Ollama", &["exceeds the context length"], TooLong),
    says("xAI", &["maximum prompt length"], TooLong),
    says("Kimi", &["exceeded model token limit"], TooLong),
    says("DashScope", &["range of input length should be"], TooLong),
    says("Zhipu", &["exceeds max length"], TooLong),
    says("MiniMax", &["context window exceeds"], TooLong),
    says("Gemini, by either API", &["token count", "exceeds the maximum"], TooLong),
    says("Anthropic, Fireworks", &["prompt is too long"], TooLong),
    says("Amazon Bedrock", &["input is too long"], TooLong),
    says("Amazon Bedrock, Claude", &["exceed context limit"], TooLong),
    says("Amazon Bedrock, Nova", &["input tokens exceed"], TooLong),
    says("Amazon Bedrock, Titan", &["too many input tokens"], TooLong),
    says("Amazon Bedrock, by characters", &["malformed input request", "expected maxlength"], TooLong),
    says("Cerebras", &["reduce the length of the messages"], TooLong),
    says("Cohere", &["too many tokens"], TooLong),
    says("Mistral", &["prompt contains", "tokens", "too large"], TooLong),
    // Blocked.
    code("Azure", "content_filter", &[], Blocked),
    code("Azure", "responsibleaipolicyviolation", &[], Blocked),
    code("OpenAI", "content_policy_violation", &[], Blocked),
    code("OpenAI", "moderation_blocked", &[], Blocked),
    code("OpenAI", "invalid_prompt", &["usage policy"], Blocked),
    says("DeepSeek", &["content exists risk"], Blocked),
    code("DashScope", "data_inspection_failed", &[], Blocked),
    says("DashScope, native names", &["datainspectionfailed"], Blocked),
    code("Zhipu", "1301", &[], Blocked),
    code("MiniMax, the prompt", "1026", &[], Blocked),
    code("MiniMax, the answer", "1027", &[], Blocked),
    says("MiniMax", &["new_sensitive"], Blocked),
    code("new-api, one-api", "sensitive_words_detected", &[], Blocked),
    says("new-api, one-api", &["sensitive words detected"], Blocked),
    says("Volcengine", &["sensitivecontentdetected"], Blocked),
    says("Kimi", &["considered high risk"], Blocked),
    says("xAI", &["content violates usage guidelines"], Blocked),
    code("OpenRouter, a provider's moderation", "moderation", &[], Blocked),
    at("OpenRouter, a guardrail", &[400, 403], &["guardrail"], Blocked),
    says("Gemini, Model Armor", &["model armor"], Blocked),
    says("Gemini, Model Armor", &["model_armor"], Blocked),
    says("Gemini's OpenAI endpoint", &["prohibited_content"], Blocked),
    says("Amazon Bedrock, Claude", &["blocked by content filtering policy"], Blocked),
    says("Amazon Bedrock, Nova and Titan", &["blocked by our content filters"], Blocked),
    at("SiliconFlow and others: for legal reasons", &[451], &[], Blocked),
    // Nothing left to pay with. A budget that the requests under way have reserved is there again soon.
    code("OpenRouter, chunks that run at once", "in_flight_budget_exhausted", &[], RateLimited),
    code(
        "OpenRouter, a key's own budget",
        "openrouter_key_limit",
        &[],
        Refused("the budget of the OpenRouter key is spent"),
    ),
    says("Gemini", &["spending cap"], NoCredit("the monthly spending cap of the project is reached")),
    says("Gemini", &["prepayment credits", "depleted"], NoCredit(NO_CREDIT)),
    code("OpenAI", "insufficient_quota", &[], NoCredit(NO_CREDIT)),
    code("OpenAI", "billing_hard_limit_reached", &[], NoCredit("the spending limit of the account is reached")),
    code("OpenAI", "billing_not_active", &[], NoCredit("the account has no billing")),
    code("MiniMax", "insufficient_balance_error", &[], NoCredit(NO_CREDIT)),
    code("MiniMax", "1008", &[], NoCredit(NO_CREDIT)),
    code("Zhipu", "1113", &[], NoCredit(NO_CREDIT)),
    code("Kimi", "exceeded_current_quota_error", &[], NoCredit(NO_CREDIT)),
    says("DeepSeek, SiliconFlow, MiniMax", &["insufficient balance"], NoCredit(NO_CREDIT)),
    says("xAI", &["run out of available resources"], NoCredit(NO_CREDIT)),
    says(
        "Amazon Bedrock",
        &["invalid_payment_instrument"],
        Refused("the AWS account has no way to pay for this model: check its payment method"),
    ),
    says("OpenRouter", &["requires more credits"], Refused("the account has no credit left, or max_output is not set")),
    // Quotas that say more than their status.
    at("Gemini, a model outside of the free tier", &[429], &["limit: 0"], Refused(FREE_TIER)),
    at("Gemini, a quota of the day", &[429], &["perday"], DailyQuota),
    code("OpenRouter, free models", "openrouter_free_tier_daily", &[], LongQuota),
    at("OpenRouter, free models", &[429], &["per-day"], LongQuota),
    at("Mistral, Ollama, Z.ai", &[429], &["weekly"], LongQuota),
    at("Ollama and others", &[429], &["daily"], LongQuota),
    code("Amazon Bedrock", "throttlingexception", &[], RateLimited),
    code("Amazon Bedrock, a quota of the account", "servicequotaexceededexception", &[], LongQuota),
    // What only the operator can change.
    code("Amazon Bedrock", "accessdeniedexception", &["not authorized to perform", "bedrock:"], Refused(MODEL_ARNS)),
    code("Amazon Bedrock, by the marketplace or the console", "accessdeniedexception", &[], Refused(MODEL_ACCESS)),
    says("Amazon Bedrock, Claude's form", &["use case details"], Refused(MODEL_ACCESS)),
    at("Amazon Bedrock, an account that may not", &[400], &["operation not allowed"], Refused(MODEL_ACCESS)),
    says("Amazon Bedrock", &["on-demand throughput"], Refused(INFERENCE_PROFILE)),
    says(
        "Amazon Bedrock",
        &["model identifier is invalid"],
        Refused("there is no such model in this region: check its id, and AWS_REGION"),
    ),
    code(
        "Amazon Bedrock",
        "resourcenotfoundexception",
        &[],
        Refused("there is no such model in this region, or not any more: check its id, and AWS_REGION"),
    ),
    says("Amazon Bedrock", &["support system messages"], Refused(SYSTEM)),
    says("Amazon Bedrock", &["maximum tokens you requested exceeds"], Refused("set max_output lower for this model")),
    at("Amazon Bedrock", &[400], &["outputconfig.effort"], Refused(THINKING)),
    at("Amazon Bedrock, Claude", &[400], &["output_config.effort"], Refused(THINKING)),
    at("Amazon Bedrock", &[400], &["outputconfig"], Refused(BEDROCK_JSON)),
    at("Amazon Bedrock, Claude", &[400], &["output_config"], Refused(BEDROCK_JSON)),
    code("AWS", "unrecognizedclientexception", &[], Refused(AWS_CREDENTIALS)),
    code("AWS", "invalidsignatureexception", &[], Refused(AWS_CREDENTIALS)),
    code("AWS", "missingauthenticationtokenexception", &[], Refused(AWS_CREDENTIALS)),
    code("AWS", "expiredtokenexception", &[], Refused(AWS_CREDENTIALS)),
    says("LM Studio", &["unexpected endpoint or method"], Refused(BASE_URL)),
    says("Gemini", &["reported as leaked"], Refused("the API key was blocked: make another")),
    says("Gemini", &["api key not valid"], Refused("check the API key")),
    says("Gemini, Gemma 3", &["developer instruction is not enabled"], Refused(SYSTEM)),
    says("Gemini", &["unknown name"], Refused("check GEMINI_BASE_URL and the options of the model")),
    at("Gemini", &[400], &["thinking"], Refused(THINKING)),
    says("xAI", &["single `text` element"], Refused(SYSTEM)),
    at("vLLM, TGI: no template for it", &[400, 422, 500], &["system role not supported"], Refused(SYSTEM)),
    at("vLLM, TGI: no template for it", &[400, 422, 500], &["roles must alternate"], Refused(SYSTEM)),
    at("OpenAI since o1", &[400, 422], &["max_completion_tokens"], Refused(MAX_TOKENS)),
    at("OpenAI since o1", &[400, 422], &["temperature"], Refused(TEMPERATURE)),
    at("OpenAI and others", &[400, 422], &["reasoning_effort"], Refused(THINKING)),
    at("OpenAI, DeepSeek", &[400, 422], &["response_format"], Refused(JSON)),
    at("OpenAI by OpenRouter", &[400, 422], &["text.format"], Refused(JSON)),
    at("Ollama, llama.cpp, Groq", &[400, 422], &["json_schema"], Refused(JSON)),
    at("Groq", &[400, 422], &["json_object"], Refused(JSON)),
    at(
        "OpenRouter",
        &[404],
        &["no endpoints found"],
        Refused("no provider of this model fits its options and your privacy settings"),
    ),
    // What passes.
    code("Amazon Bedrock", "modelnotreadyexception", &[], Unavailable),
    code("Amazon Bedrock", "modeltimeoutexception", &[], Unavailable),
    code("Amazon Bedrock, the model itself", "modelerrorexception", &[], Unavailable),
    code("Amazon Bedrock", "serviceunavailableexception", &[], Unavailable),
    code("Amazon Bedrock", "internalserverexception", &[], Unavailable),
    says("DeepSeek", &["insufficient_system_resource"], Unavailable),
    at("Ollama, llama.cpp", &[400, 404, 503], &["loading model"], Unavailable),
];

const fn code(vendor: &'static str, code: &'static str, says: &'static [&'static str], means: Meaning) -> Rule {
    Rule { vendor, statuses: &[], code, says, means }
}

const fn says(vendor: &'static str, says: &'static [&'static str], means: Meaning) -> Rule {
    Rule { vendor, statuses: &[], code: "", says, means }
}

const fn at(vendor: &'static str, statuses: &'static [u16], says: &'static [&'static str], means: Meaning) -> Rule {
    Rule { vendor, statuses, code: "", says, means }
}

impl Rule {
    /// Whether it is about such a refusal.
    fn fits(&self, status: u16, said: &Said) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&status))
            && (self.code.is_empty() || said.has_code(self.code))
            && self.says.iter().all(|words| said.says(words))
    }
}

/// The first rule that fits.
pub(in crate::adapters) fn rule_for(status: u16, said: &Said) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.fits(status, said))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What the rule is about, in a body as its server would send it.
    fn refusal_of(rule: &Rule) -> (u16, Said) {
        let body = json!({"error": {"code": rule.code, "message": format!("Sorry: {}.", rule.says.join(" and "))}});
        (rule.statuses.first().copied().unwrap_or(400), Said::in_body(body.to_string().as_bytes()))
    }

    #[test]
    fn every_rule_is_reached_and_none_hides_another_that_means_something_else() {
        for rule in RULES {
            let (status, said) = refusal_of(rule);
            let read = rule_for(status, &said).unwrap_or_else(|| panic!("nobody reads {}", rule.vendor));
            assert_eq!(read.means, rule.means, "{} is read as {}: {:?}", rule.vendor, read.vendor, rule.says);
        }
    }

    #[test]
    fn rules_are_in_lower_case_as_what_they_are_compared_with() {
        for rule in RULES {
            let mut all = rule.says.iter().chain([&rule.code]);
            assert!(all.all(|words| words.to_lowercase() == **words), "{}", rule.vendor);
            let says_something = !(rule.code.is_empty() && rule.says.is_empty() && rule.statuses.is_empty());
            assert!(!rule.vendor.is_empty() && says_something, "{}", rule.vendor);
        }
    }

    #[test]
    fn what_servers_send_is_read_as_what_they_mean() {
        for (vendor, status, body, expected) in [
            (
                "error as a text",
                400,
                json!({"error": "prompt too long; exceeded max context length by 9 tokens"}),
                Some(TooLong),
            ),
            (
                "error as a list",
                400,
                json!([{"error": {"message": "The input token count (9) exceeds the maximum number of tokens allowed (8)."}}]),
                Some(TooLong),
            ),
            (
                "no error around it",
                400,
                json!({"object": "error", "message": "This model's maximum context length is 8 tokens."}),
                Some(TooLong),
            ),
            (
                "passed on by a router",
                400,
                json!({"error": {"message": "Provider returned error", "metadata": {"raw": "{\"error\":{\"message\":\"maximum context length\"}}"}}}),
                Some(TooLong),
            ),
            (
                "Azure's inner error",
                400,
                json!({"error": {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
                Some(Blocked),
            ),
            (
                "a moderation",
                403,
                json!({"error": {"code": 403, "message": "flagged", "metadata": {"reasons": ["violence"]}}}),
                Some(Blocked),
            ),
            (
                "chunks at once",
                402,
                json!({"error": {"code": 402, "metadata": {"reason": "in_flight_budget_exhausted"}}}),
                Some(RateLimited),
            ),
            (
                "a quota of the day",
                429,
                json!({"error": {"details": [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}),
                Some(DailyQuota),
            ),
            (
                "a quota of nothing",
                429,
                json!({"error": {"message": "Quota exceeded for metric: x, limit: 0", "details": [{"violations": [{"quotaId": "PerDay"}]}]}}),
                Some(Refused(FREE_TIER)),
            ),
            ("words of nobody", 400, json!({"error": {"message": "Bad things happened"}}), None),
        ] {
            let read = rule_for(status, &Said::in_body(body.to_string().as_bytes()));
            assert_eq!(read.map(|rule| rule.means), expected, "{vendor}");
        }
    }
}

//! What can stand behind a model's name: `gemini:gemini-3.8-flash?thinking=low&rpm=10`. Each option is listed once.

use std::{str::FromStr, time::Duration};

use super::{
    model::{JsonForm, ModelConfig, TokensField},
    name::{ModelName, Provider},
};

/// An option, by the name it is written with.
struct ModelOption {
    name: &'static str,
    /// The only provider whose models have it, if not all have.
    only: Option<Provider>,
    /// What its value has to be, in the words of an error.
    expects: &'static str,
    /// Sets it, or gives `None` if the value is none of those.
    set: fn(&mut ModelConfig, &str) -> Option<()>,
}

const SWITCH: &str = "on or off";
const COUNT: &str = "a whole number above 0";
/// As long as `MODEL_TIMEOUT_MS` may be.
const LONGEST_TIMEOUT_S: u64 = 600;

/// Every option, in the order they are named to who wrote another.
const OPTIONS: [ModelOption; 15] = [
    option("json", "schema, object or off, and for bedrock: schema or off", |model, value| {
        json(value).filter(|form| takes_json(&model.name, *form)).map(|form| model.options.json = form)
    }),
    option("system", SWITCH, |model, value| switch(value).map(|on| model.options.system = on)),
    option("thinking", "one word that this model takes, such as low", |model, value| {
        let level = word(value).filter(|level| takes_thinking(&model.name, level));
        set(&mut model.options.thinking, level)
    }),
    option("temperature", "a number from 0 to 2", |model, value| {
        set(&mut model.options.temperature, temperature(value))
    }),
    option("safety", "one word, such as BLOCK_ONLY_HIGH", |model, value| set(&mut model.options.safety, word(value)))
        .only_for(Provider::Gemini),
    option("max_output", COUNT, |model, value| set(&mut model.options.max_output, positive(value))),
    option("tokens", "max_tokens or max_completion_tokens", |model, value| {
        tokens_field(value).map(|field| model.options.tokens = field)
    })
    .only_for(Provider::OpenAi),
    option("tier", "free", |model, value| (value == "free").then(|| model.free_tier = true)),
    option("rpm", COUNT, |model, value| set(&mut model.budget.requests_per_minute, positive(value))),
    option("tpm", COUNT, |model, value| set(&mut model.budget.tokens_per_minute, positive(value))),
    option("rpd", COUNT, |model, value| set(&mut model.budget.requests_per_day, positive(value))),
    option("tpd", COUNT, |model, value| set(&mut model.budget.tokens_per_day, positive(value))),
    option("parallel", COUNT, |model, value| set(&mut model.parallel, value.parse().ok())),
    option("timeout", "a whole number of seconds from 1 to 600", |model, value| {
        let seconds = positive(value).filter(|seconds| *seconds <= LONGEST_TIMEOUT_S);
        set(&mut model.timeout, seconds.map(Duration::from_secs))
    }),
    option("hedge", SWITCH, |model, value| switch(value).map(|on| model.hedge = on)),
];

impl FromStr for ModelConfig {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, options) = text.split_once('?').unwrap_or((text, ""));
        let name = name.parse().map_err(|()| {
            "must be a comma-separated list of models such as gemini:gemini-3.8-flash, openai:qwen3 or bedrock:amazon.nova-lite-v1:0".to_owned()
        })?;
        let mut model = Self::new(name);
        for written in options.split('&').filter(|written| !written.is_empty()) {
            let (name, value) = written.split_once('=').unwrap_or((written, ""));
            apply(name, value, &mut model)?;
        }
        Ok(model)
    }
}

fn apply(name: &str, value: &str, model: &mut ModelConfig) -> Result<(), String> {
    let provider = model.name.provider();
    let fits = |option: &&ModelOption| option.name == name && option.only.is_none_or(|only| only == provider);
    let option = OPTIONS.iter().find(fits).ok_or_else(|| does_not_exist(&model.name))?;
    (option.set)(model, value).ok_or_else(|| format!("the option {name} of {} must be {}", model.name, option.expects))
}

/// Without the option: whoever wrote it may have put a key there.
fn does_not_exist(model: &ModelName) -> String {
    let names = OPTIONS.map(|option| match option.only {
        Some(provider) => format!("{} ({provider} only)", option.name),
        None => option.name.to_owned(),
    });
    let [others @ .., last] = &names;
    format!("{model} has an option that does not exist; there are {} and {last}", others.join(", "))
}

const fn option(
    name: &'static str,
    expects: &'static str,
    set: fn(&mut ModelConfig, &str) -> Option<()>,
) -> ModelOption {
    ModelOption { name, only: None, expects, set }
}

impl ModelOption {
    const fn only_for(self, provider: Provider) -> Self {
        Self { only: Some(provider), ..self }
    }
}

fn set<T>(option: &mut Option<T>, value: Option<T>) -> Option<()> {
    *option = Some(value?);
    Some(())
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

/// `on` is what `schema` was called first.
fn json(value: &str) -> Option<JsonForm> {
    match value {
        "schema" | "on" => Some(JsonForm::Schema),
        "object" => Some(JsonForm::Object),
        "off" => Some(JsonForm::Off),
        _ => None,
    }
}

/// Bedrock knows a schema or nothing.
fn takes_json(name: &ModelName, form: JsonForm) -> bool {
    name.provider() != Provider::Bedrock || form != JsonForm::Object
}

fn tokens_field(value: &str) -> Option<TokensField> {
    match value {
        "max_tokens" => Some(TokensField::MaxTokens),
        "max_completion_tokens" => Some(TokensField::MaxCompletionTokens),
        _ => None,
    }
}

/// The families of Gemini's models that refuse levels of thinking, and which; all of them if none is named. What is not known
/// to be refused is the API's business.
const REFUSED_THINKING: [(&str, &[&str]); 5] =
    [("1.", &[]), ("2.0", &[]), ("2.5", &[]), ("3.7-flash", &["minimal"]), ("3.8-flash", &["minimal"])];

/// Whether a model of Gemini's takes that level, as far as it is known: one that does not would refuse every call.
fn takes_thinking(name: &ModelName, level: &str) -> bool {
    let family = match name.provider() {
        Provider::Gemini => name.name().strip_prefix("gemini-").unwrap_or_default(),
        Provider::OpenAi | Provider::Bedrock => "",
    };
    let refuses = |refused: &[&str]| refused.is_empty() || refused.contains(&level);
    !REFUSED_THINKING.iter().any(|(start, refused)| family.starts_with(start) && refuses(refused))
}

/// A value of an enum of the provider's, which may grow.
fn word(value: &str) -> Option<String> {
    let is_word = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_word.then(|| value.to_owned())
}

fn temperature(value: &str) -> Option<f64> {
    value.parse().ok().filter(|temperature| (0.0..=2.0).contains(temperature))
}

fn positive<N: FromStr + PartialOrd + From<u8>>(value: &str) -> Option<N> {
    value.parse().ok().filter(|number| *number >= N::from(1))
}

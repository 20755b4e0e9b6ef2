//! What failed, why, and what to set.

use std::collections::BTreeMap;

use anyhow::anyhow;
use serde_json::Value;

use super::{ask::Answer, sample_week::SampleWeek};

/// What the functions wrote about failures.
pub(super) struct Log {
    /// Why something failed, by the date or the person it concerns.
    reasons: BTreeMap<String, String>,
    /// What a function said that ended with an error.
    last_words: Option<String>,
}

impl Log {
    /// Of everything that was written: JSON lines of the functions, and others of cargo-lambda.
    pub(super) fn read(output: &str) -> Self {
        let events = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let reason = |event: Value| {
            let subject = match event["event"].as_str()? {
                "day_failed" => &event["date"],
                "person_failed" => &event["user"],
                _ => return None,
            };
            Some((subject.as_str()?.to_owned(), event["message"].as_str()?.to_owned()))
        };
        let last_words = output.lines().filter_map(|line| line.strip_prefix("Error: ")).next_back();
        Self { reasons: events.filter_map(reason).collect(), last_words: last_words.map(str::to_owned) }
    }

    /// The error when a function has ended.
    pub(super) fn end_of_a_function(&self) -> anyhow::Error {
        let words = self.last_words.as_deref().unwrap_or("it did not say why");
        anyhow!("a function has ended with an error: {words}")
    }
}

/// What failed for the same reason.
#[derive(Default)]
struct Failed {
    subjects: Vec<String>,
    retry_after_s: Option<u64>,
}

/// What a model that queues calls needs: the most likely reason on a laptop.
const TOO_SLOW: &str = "a server that answers one call at a time (Ollama, llama.cpp) needs the option parallel=1, and one that \
                        takes longer for a call timeout=SECONDS, such as openai:qwen3?parallel=1&timeout=120 in \
                        SUMMARY_MODELS and MERGE_MODELS; `make live` measures both";

/// What failed, why, and what to set; and what is still missing although nothing failed. Nothing if all is there.
pub(super) fn told(answer: &Answer, week: &SampleWeek, log: &Log) -> Vec<String> {
    let people: BTreeMap<String, String> = week.people().into_iter().collect();
    let mut told = failures(answer.errors(), &people, log);
    if told.is_empty() && !answer.is_complete() {
        let name = |id: &String| people.get(id).unwrap_or(id).clone();
        let late: Vec<String> = answer.unready_days().chain(answer.unready_people().map(|id| name(&id))).collect();
        told.push(format!("Not ready in time: {}.\nWhat to do: run it again, or: {TOO_SLOW}.", late.join(", ")));
    }
    told
}

/// A text for each reason.
fn failures(errors: &[Value], people: &BTreeMap<String, String>, log: &Log) -> Vec<String> {
    let mut failed: BTreeMap<(bool, &str, &str), Failed> = BTreeMap::new();
    for error in errors {
        let kind = error["error"].as_str().unwrap_or_default();
        let date = error["date"].as_str();
        let subject = date.or_else(|| error["user_id"].as_str()).unwrap_or_default();
        let why = log.reasons.get(subject).map_or(kind, String::as_str);
        let one = failed.entry((date.is_some(), kind, why)).or_default();
        one.subjects.push(people.get(subject).map_or(subject, String::as_str).to_owned());
        one.retry_after_s = one.retry_after_s.max(error["retry_after_s"].as_u64());
    }
    let text = |((is_day, kind, why), failed): (_, Failed)| {
        let what = if is_day { "No summary of" } else { "No memory of" };
        let advice = advice(kind, why, if is_day { "SUMMARY_MODELS" } else { "MERGE_MODELS" }, failed.retry_after_s);
        format!("{what} {}: {why}.\nWhat to do: {advice}", failed.subjects.join(", "))
    };
    failed.into_iter().map(text).collect()
}

fn advice(kind: &str, why: &str, models: &str, retry_after_s: Option<u64>) -> String {
    match kind {
        "RateLimited" => {
            let wait = retry_after_s.map_or("wait".to_owned(), |seconds| format!("wait {seconds} s"));
            format!(
                "{wait}, or set other models in {models}; options such as ?rpm=10&rpd=100 keep a model within its limit"
            )
        }
        "ModelUnavailable" if why.contains("in time") || why.contains("no time is left") => format!("{TOO_SLOW}."),
        "ModelUnavailable" => format!(
            "check GEMINI_API_KEY or OPENAI_BASE_URL, and the names in {models}; `make live` asks each model one question. \
             Without these variables a stand-in writes."
        ),
        "Blocked" => {
            format!("set another model in {models}, or the option safety=BLOCK_ONLY_HIGH of a model of Gemini's")
        }
        "Throttled" | "StoreUnavailable" => "run it again: nothing is lost".to_owned(),
        _ => "this is a defect of guild-memory; please report it, with the log".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LOG: &str = r#"
{"level":"WARN","message":"the model is unavailable: no connection","event":"day_failed","date":"2026-11-19"}
{"level":"WARN","message":"the model is unavailable: no connection","event":"day_failed","date":"2026-11-20"}
{"level":"WARN","message":"the model's rate limit is reached","event":"person_failed","user":"5"}
  INFO something of cargo-lambda
Error: environment variable HISTORY_DAYS: must be a whole number from 0 to 30
"#;

    #[test]
    fn days_that_failed_for_the_same_reason_are_one_failure_with_the_reason_and_the_variable() {
        let errors = json!([
            {"date": "2026-11-19", "error": "ModelUnavailable"}, {"date": "2026-11-20", "error": "ModelUnavailable"},
            {"user_id": "5", "error": "RateLimited", "retry_after_s": 20},
        ]);
        let people = [("5".to_owned(), "Ann".to_owned())].into();
        let failures = failures(errors.as_array().unwrap(), &people, &Log::read(LOG));
        assert_eq!(failures.len(), 2, "{failures:?}");
        let (merge, days) = (&failures[0], &failures[1]);
        assert!(days.starts_with("No summary of 2026-11-19, 2026-11-20: the model is unavailable: no connection.\n"));
        assert!(days.contains("SUMMARY_MODELS") && days.contains("OPENAI_BASE_URL") && !days.contains('{'), "{days}");
        assert!(merge.contains("No memory of Ann: the model's rate limit is reached.") && merge.contains("wait 20 s"));
        assert!(merge.contains("MERGE_MODELS"), "{merge}");
    }

    #[test]
    fn who_waits_too_long_for_a_model_is_told_the_options_for_it() {
        for why in [
            "the model is unavailable: it did not answer in time",
            "the model is unavailable: no time is left to ask it",
        ] {
            let log = json!({"message": why, "event": "day_failed", "date": "2026-11-19"}).to_string();
            let errors = [json!({"date": "2026-11-19", "error": "ModelUnavailable"})];
            let told = failures(&errors, &BTreeMap::new(), &Log::read(&log)).join("");
            for words in ["No summary of 2026-11-19: ", why, "parallel=1", "timeout=", "make live"] {
                assert!(told.contains(words), "{told}");
            }
        }
    }

    #[test]
    fn what_is_not_ready_is_named_although_nothing_failed() {
        let week = SampleWeek::until("2026-11-22T12:00:00Z".parse().unwrap()).unwrap();
        let (id, name) = week.people().remove(0);
        let answer = |day: &str, source: &str| {
            Answer(json!({"sources": {&id: source}, "days": {"2026-11-21": day}, "errors": []}))
        };
        let told = told(&answer("pending", "unmerged"), &week, &Log::read("")).join("");
        assert!(
            told.contains(&format!("Not ready in time: 2026-11-21, {name}.")) && told.contains("parallel=1"),
            "{told}"
        );
        assert!(super::told(&answer("built", "merged"), &week, &Log::read("")).is_empty());
    }

    #[test]
    fn a_function_that_has_ended_is_quoted() {
        let error = Log::read(LOG).end_of_a_function().to_string();
        assert!(error.contains("HISTORY_DAYS: must be a whole number"), "{error}");
    }
}

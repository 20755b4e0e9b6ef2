//! The models: whether they answer, what they may be asked, and which are left alone.

use std::collections::BTreeMap;

use guild_memory::{
    domain::{Budget, Cooldown, Limits},
    ports::ModelError,
};
use jiff::Timestamp;

use super::page;
use crate::commands::doctor::finding::{Asked, Finding};

/// A model of a chain.
#[derive(Debug, Clone)]
pub(in crate::commands::doctor) struct Model {
    /// As it is configured, without options.
    pub(in crate::commands::doctor) name: String,
    pub(in crate::commands::doctor) limits: Limits,
    /// Nothing is paid for it, as far as it is known; where it is not, nobody can tell from here.
    pub(in crate::commands::doctor) is_unpaid: bool,
    /// What it said; `None` if it was not asked.
    pub(in crate::commands::doctor) answer: Option<Result<Answer, ModelError>>,
}

/// What an answer took.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands::doctor) struct Answer {
    pub(in crate::commands::doctor) seconds: f64,
    pub(in crate::commands::doctor) tokens: u64,
}

/// A line of each model, and one for a chain that has nobody left. Models that are left alone were not asked.
pub(in crate::commands::doctor) fn judge(
    chains: &[(&str, Vec<Model>)],
    cooldowns: &Asked<BTreeMap<String, Cooldown>>,
    now: Timestamp,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let none = BTreeMap::new();
    let resting = cooldowns.as_ref().unwrap_or(&none);
    let left = |model: &Model| {
        let cooldown = resting.get(&model.name)?;
        Some((cooldown, Cooldown::left(cooldown.until, now)?))
    };
    for (chain, models) in chains {
        for model in models {
            let finding = match left(model) {
                Some((cooldown, left)) => left_alone(model, cooldown, left.as_secs().div_ceil(60)),
                None => of(model),
            };
            // One of both chains is asked once, and told of once.
            if findings.iter().all(|before| before.what != finding.what) {
                findings.push(finding);
            }
        }
        if !models.is_empty() && models.iter().all(|model| left(model).is_some()) {
            let advice =
                "nothing is made until one may be asked: add a model, or end it with guild-memory models --clear";
            findings.push(Finding::wrong(*chain, "every model of it is left alone", advice));
        }
    }
    if let Err(trouble) = cooldowns {
        findings.push(trouble.about("cooldowns", "name the table with MEMORY_TABLE"));
    }
    findings
}

fn left_alone(model: &Model, cooldown: &Cooldown, minutes: u64) -> Finding {
    let why = if cooldown.why.is_empty() { "nobody noted why" } else { &cooldown.why };
    let until = cooldown.until.strftime("%F %T UTC");
    let advice = match cooldown.why.as_str() {
        "daily_quota" | "rate_limited" => {
            "set its rpm and rpd as the provider has them, or pay for more: docs/models.md"
        }
        "no_credit" => "pay, then guild-memory models --clear",
        "refused" => "is its key right? Then guild-memory models --clear",
        _ => "guild-memory models --clear has it asked again at once",
    };
    let found = format!("left alone for {minutes} min, until {until} ({why}); {}", limits(&model.limits));
    Finding::note(what(model), found, advice)
}

fn of(model: &Model) -> Finding {
    let limits = limits(&model.limits);
    match &model.answer {
        None => Finding::left_out(what(model), format!("not asked; {limits}")),
        Some(Err(error)) => Finding::wrong(what(model), format!("{error}; {limits}"), advice(error)),
        Some(Ok(Answer { seconds, tokens })) => {
            let found = format!("answered in {seconds:.1} s with {tokens} tokens; {limits}");
            match model.is_unpaid {
                false => Finding::fine(what(model), found),
                true => Finding::note(
                    what(model),
                    format!("{found}; of an unpaid tier"),
                    "what it is sent may be used for training, which Discord forbids: docs/models.md",
                ),
            }
        }
    }
}

fn what(model: &Model) -> String {
    format!("model {}", model.name)
}

fn advice(error: &ModelError) -> String {
    match error {
        ModelError::RateLimited { .. } | ModelError::DailyQuota => {
            "set its rpm and rpd as the provider has them, or pay for more: docs/models.md".to_owned()
        }
        ModelError::Refused { .. } => "are its key and its name right? docs/models.md".to_owned(),
        _ => page("failures"),
    }
}

/// What may be asked of it, in words.
fn limits(Limits { budget, parallel, timeout, hedge }: &Limits) -> String {
    let Budget { requests_per_minute, tokens_per_minute, requests_per_day, tokens_per_day } = budget;
    let numbers = [
        ("rpm", *requests_per_minute),
        ("tpm", *tokens_per_minute),
        ("rpd", *requests_per_day),
        ("tpd", *tokens_per_day),
        ("parallel", parallel.map(|parallel| u64::from(parallel.get()))),
        ("timeout", Some(timeout.as_secs())),
    ];
    let mut words: Vec<String> =
        numbers.iter().filter_map(|(name, number)| Some(format!("{name}={}", (*number)?))).collect();
    if *hedge {
        words.push("hedge=on".to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::commands::doctor::finding::{Mark, Trouble};

    fn model(name: &str, answer: Option<Result<Answer, ModelError>>) -> Model {
        Model { name: name.to_owned(), limits: Limits::default(), is_unpaid: false, answer }
    }

    fn answered(name: &str) -> Model {
        model(name, Some(Ok(Answer { seconds: 0.84, tokens: 42 })))
    }

    /// The models of one chain, some of which are left alone for ten minutes.
    fn judged(models: Vec<Model>, resting: &[&str]) -> Vec<(Mark, String)> {
        let until = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(10);
        let cooldown = |name: &&str| ((*name).to_owned(), Cooldown { until, why: "daily_quota".to_owned() });
        let cooldowns = Ok(resting.iter().map(cooldown).collect());
        let findings = judge(&[("SUMMARY_MODELS", models)], &cooldowns, Timestamp::UNIX_EPOCH);
        findings.into_iter().map(|finding| (finding.mark, finding.what)).collect()
    }

    #[test]
    fn what_a_model_said_is_told_with_its_limits() {
        let findings = judge(&[("SUMMARY_MODELS", vec![answered("gemini:a")])], &Ok(BTreeMap::new()), Timestamp::now());
        assert_eq!(findings, [Finding::fine("model gemini:a", "answered in 0.8 s with 42 tokens; timeout=50")]);
        let failed = model("gemini:a", Some(Err(ModelError::DailyQuota)));
        assert_eq!(judged(vec![failed], &[])[0].0, Mark::Wrong);
        assert_eq!(judged(vec![model("gemini:a", None)], &[])[0].0, Mark::LeftOut);
        assert_eq!(judged(vec![Model { is_unpaid: true, ..answered("gemini:a") }], &[])[0].0, Mark::Note);
    }

    #[test]
    fn one_that_is_left_alone_is_to_know_and_a_chain_of_them_is_wrong() {
        let models = || vec![answered("gemini:a"), answered("gemini:b")];
        let note = |name: &str| (Mark::Note, format!("model {name}"));
        assert_eq!(judged(models(), &["gemini:a"]), [note("gemini:a"), (Mark::Fine, "model gemini:b".to_owned())]);
        let all = [note("gemini:a"), note("gemini:b"), (Mark::Wrong, "SUMMARY_MODELS".to_owned())];
        assert_eq!(judged(models(), &["gemini:a", "gemini:b"]), all);
    }

    #[test]
    fn a_model_of_both_chains_is_told_of_once_and_cooldowns_that_cannot_be_read_are_said() {
        let chains = [("SUMMARY_MODELS", vec![answered("gemini:a")]), ("MERGE_MODELS", vec![answered("gemini:a")])];
        let forbidden = Err(Trouble::Forbidden("dynamodb:BatchGetItem".to_owned()));
        let findings = judge(&chains, &forbidden, Timestamp::UNIX_EPOCH);
        assert_eq!(findings.iter().map(|finding| finding.mark).collect::<Vec<_>>(), [Mark::Fine, Mark::Unknown]);
    }
}

//! Asks every configured model for the summaries of a small guild-day, or for a merge, by the functions' own use cases over
//! a store in memory, and prints what it wrote, how long it took and what it cost. It measures how long a call takes alone and
//! with others at once, and proposes options. Then it has them do ten made-up days, of
//! which it is known what must and must not be told, and prints a table. The models are real: what they write is for people
//! to read, and no test.

mod evaluation;
mod pace;
mod questions;
mod watched;

use std::{collections::BTreeSet, io::Write, sync::Arc, time::Instant};

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use guild_memory::{
    adapters::models::{self, Model},
    config::{ConfigError, DailySummaryConfig, GetMemoriesConfig, ModelsConfig},
    domain::Limits,
    ports::LanguageModel,
};
use local_cloud::Template;

use evaluation::{evaluate, table};
use questions::Question;
use watched::Watched;

/// Checks the models of `SUMMARY_MODELS` and `MERGE_MODELS`, or of the template where `lookup` has none, and tells `out`.
/// Whether all of them answered the first question.
///
/// # Errors
/// When a model cannot even be asked, because the configuration lacks something; or `out` cannot be written to.
pub async fn check(lookup: impl Fn(&str) -> Option<String>, aws: &SdkConfig, out: &mut impl Write) -> Result<bool> {
    let template = Template::of_the_project()?;
    let deployed = |function: &str, variable: &str| {
        // Keys are in the account that it is deployed to, not here.
        let is_key = variable.ends_with("_PARAMETER");
        template.environment(function).remove(variable).filter(|_| !is_key)
    };
    let variable = |function: &'static str| {
        let (lookup, deployed) = (&lookup, &deployed);
        move |name: &str| {
            let own_name = (name == "AWS_LAMBDA_FUNCTION_NAME").then(|| function.to_owned());
            lookup(name).or_else(|| deployed(function, name)).or(own_name)
        }
    };
    let summaries = DailySummaryConfig::read(variable("daily_summary")).map(|config| config.models);
    let merges = GetMemoriesConfig::read(variable("get_memories")).map(|config| config.models);
    let summaries = connect(summaries, aws).await?.into_iter().map(|(model, _)| (model, Question::Day));
    let merges = connect(merges, aws).await?.into_iter().map(|(model, _)| (model, Question::Merge));
    let (mut all_answered, mut asked) = (true, Vec::new());
    for (model, question) in summaries.chain(merges) {
        let model = Arc::new(model);
        all_answered &= ask(&Watched::new(&model), question, out).await?;
        asked.push((model, question));
    }
    writeln!(out, "How long a call takes, alone and with others at once:")?;
    let mut measured = BTreeSet::new();
    for (model, question) in asked.iter().filter(|(model, _)| measured.insert(model.name())) {
        pace::measure(&Watched::new(model), *question, out).await?;
    }
    writeln!(out, "\nWhat is not as it should be:")?;
    let mut rows = Vec::new();
    for (model, question) in &asked {
        rows.push(evaluate(&Watched::new(model), matches!(question, Question::Merge), out).await?);
        out.flush()?;
    }
    writeln!(out)?;
    table(&rows, out)?;
    Ok(all_answered)
}

async fn connect(config: Result<ModelsConfig, ConfigError>, aws: &SdkConfig) -> Result<Vec<(Model, Limits)>> {
    const HINT: &str = "set GEMINI_API_KEY, or in SUMMARY_MODELS and MERGE_MODELS bedrock: models, or openai: models with OPENAI_BASE_URL";
    Ok(models::connect(config.context(HINT)?, aws).await?)
}

/// Asks one model one question.
async fn ask(model: &Watched<Model>, question: Question, out: &mut impl Write) -> Result<bool> {
    let about = match question {
        Question::Day => "a guild-day",
        Question::Merge => "a merge",
    };
    writeln!(out, "{}: {about}", model.name())?;
    out.flush()?; // the answer may take a minute
    let begun = Instant::now();
    let answer = question.ask(model).await;
    let seconds = begun.elapsed().as_secs_f64();
    match &answer {
        Ok(lines) => lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?,
        Err(error) => writeln!(out, "  FAILED: {error}")?,
    }
    writeln!(out, "  {seconds:.2} s; {}\n", model.cost())?;
    Ok(answer.is_ok())
}

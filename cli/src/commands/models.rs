//! `guild-memory models`: which models are left alone, why, and until when.

use std::{collections::BTreeSet, process::ExitCode};

use anyhow::{Result, bail, ensure};
use clap::Args;
use guild_memory::{
    adapters::dynamodb::MemoryTable,
    config::ModelConfig,
    domain::Cooldown,
    ports::{ManageCooldowns as _, StoreError},
};
use jiff::Timestamp;

use crate::target::Target;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Models as they are configured, such as gemini:gemini-3.8-flash; those of SUMMARY_MODELS and MERGE_MODELS if none are
    /// named
    models: Vec<String>,
    /// Lets them be asked again at once
    #[arg(long)]
    clear: bool,
    /// The table of what is known, as the stack's output MemoryTableName says
    #[arg(long, env = "MEMORY_TABLE", value_name = "NAME", default_value = "MemoryTable")]
    table: String,
    #[command(flatten)]
    target: Target,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let models = names(&arguments.models)?;
    let config = arguments.target.config().await;
    arguments.target.check(&config).await?;
    let store = MemoryTable::new(&config, arguments.table.clone());
    let explained = |error| explained(&error, &arguments, &arguments.target.place(&config));
    let cooldowns = store.cooldowns_with_reasons(&models).await.map_err(explained)?;
    let now = Timestamp::now();
    for model in &models {
        let resting = cooldowns.get(model).and_then(|cooldown| Some((cooldown, Cooldown::left(cooldown.until, now)?)));
        let Some((cooldown, left)) = resting else {
            println!("{model}: may be asked");
            continue;
        };
        let why = if cooldown.why.is_empty() { "nobody noted why" } else { &cooldown.why };
        let (minutes, until) = (left.as_secs().div_ceil(60), cooldown.until.strftime("%F %T UTC"));
        println!("{model}: left alone for {minutes} min, until {until} ({why})");
        if arguments.clear {
            store.end_cooldown(model).await.map_err(explained)?;
            println!("{model}: may be asked again within a second");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The names under which cooldowns are kept: without options, each once.
fn names(named: &[String]) -> Result<Vec<String>> {
    let chains = ["SUMMARY_MODELS", "MERGE_MODELS"].map(|variable| std::env::var(variable).unwrap_or_default());
    let all: Vec<&str> = match named {
        [] => chains.iter().flat_map(|chain| chain.split(',')).collect(),
        named => named.iter().map(String::as_str).collect(),
    };
    let mut names = BTreeSet::new();
    for model in all.into_iter().map(str::trim).filter(|model| !model.is_empty() && *model != "none") {
        match model.parse::<ModelConfig>() {
            Ok(model) => names.insert(model.name.to_string()),
            Err(problem) => bail!("{model}: {problem}"),
        };
    }
    ensure!(!names.is_empty(), "name the models, or set SUMMARY_MODELS and MERGE_MODELS as the stack has them");
    Ok(names.into_iter().collect())
}

fn explained(error: &StoreError, arguments: &Arguments, place: &str) -> anyhow::Error {
    let Arguments { table, target, .. } = arguments;
    match error {
        StoreError::Refused { reason } if reason.starts_with("ResourceNotFound") => anyhow::anyhow!(
            "there is no table {table} at {place}: name it with --table, as the stack's output MemoryTableName says"
        ),
        StoreError::Unavailable { .. } => anyhow::anyhow!("{error} ({place}); {}", target.when_nothing_answers()),
        error => anyhow::anyhow!("{error} ({place}, table {table})"),
    }
}

//! Models: who is asked, who is left alone, and what may still be spent.

use anyhow::{Result, anyhow};
use guild_memory::{
    adapters::dynamodb::MemoryTable,
    config::{ModelConfig, Provider},
    domain::{Allowance, Cooldown, Priority},
    ports::{KeepLines as _, ManageCooldowns as _, ReadSpent as _},
};
use jiff::Timestamp;
use serde::Serialize;

use super::desk::Desk;

/// The chains, and what each writes.
const CHAINS: [(&str, &str); 2] = [("SUMMARY_MODELS", "summaries"), ("MERGE_MODELS", "memories")];

/// A model.
#[derive(Serialize)]
pub(super) struct ModelRow {
    name: String,
    writes: Vec<&'static str>,
    /// Whether the stand-in plays it.
    is_stand_in: bool,
    cooldown: Option<CooldownRow>,
    budgets: Vec<BudgetRow>,
    /// How many calls it answers at a time, if that is limited.
    parallel: Option<u32>,
    /// Calls that it answers, and that wait for their turn.
    in_line: [usize; 2],
}

/// Until when it is left alone, and why.
#[derive(Serialize)]
struct CooldownRow {
    until: Timestamp,
    why: String,
}

/// What was spent in a minute or a day, and what may be.
#[derive(Serialize)]
struct BudgetRow {
    period: &'static str,
    until: Timestamp,
    requests: Option<[u64; 2]>,
    tokens: Option<[u64; 2]>,
}

/// The models that are configured, in the order they are asked.
pub(super) async fn rows(desk: &Desk, memory: &MemoryTable, now: Timestamp) -> Result<Vec<ModelRow>> {
    let mut rows = Vec::new();
    for (config, writes) in configured(desk)? {
        rows.push(row(desk, memory, &config, writes, now).await?);
    }
    Ok(rows)
}

fn configured(desk: &Desk) -> Result<Vec<(ModelConfig, Vec<&'static str>)>> {
    let mut models: Vec<(ModelConfig, Vec<&'static str>)> = Vec::new();
    for (variable, writes) in CHAINS {
        let chain = desk.variable(variable).unwrap_or_default();
        for model in chain.split(',').map(str::trim).filter(|model| !model.is_empty() && *model != "none") {
            let config: ModelConfig = model.parse().map_err(|problem| anyhow!("{variable}: {problem}"))?;
            match models.iter_mut().find(|(known, _)| known.name == config.name) {
                Some((_, known)) if known.contains(&writes) => {}
                Some((_, known)) => known.push(writes),
                None => models.push((config, vec![writes])),
            }
        }
    }
    Ok(models)
}

async fn row(
    desk: &Desk,
    memory: &MemoryTable,
    config: &ModelConfig,
    writes: Vec<&'static str>,
    now: Timestamp,
) -> Result<ModelRow> {
    let name = config.name.to_string();
    let cooldown = memory.cooldowns_with_reasons(std::slice::from_ref(&name)).await?.remove(&name);
    let mut budgets = Vec::new();
    for allowance in config.budget.allowances(Priority::First, now) {
        let spent = memory.spent(&name, &allowance).await?;
        budgets.push(budget(&allowance, spent));
    }
    let line = memory.line(&name).await?;
    let standing: Vec<_> = line.places.iter().filter(|place| now < place.until).collect();
    let answered = standing.iter().filter(|place| place.has_turn).count();
    Ok(ModelRow {
        is_stand_in: is_stand_in(desk, config),
        name,
        writes,
        cooldown: cooldown
            .filter(|cooldown| Cooldown::left(cooldown.until, now).is_some())
            .map(|Cooldown { until, why }| CooldownRow { until, why }),
        budgets,
        parallel: config.parallel.map(std::num::NonZeroU32::get),
        in_line: [answered, standing.len() - answered],
    })
}

fn budget(allowance: &Allowance, (requests, tokens): (u64, u64)) -> BudgetRow {
    BudgetRow {
        period: if allowance.period.contains('T') { "minute" } else { "day" },
        until: allowance.until,
        requests: allowance.requests.map(|most| [requests, most]),
        tokens: allowance.tokens.map(|most| [tokens, most]),
    }
}

/// Whether the functions look for it here, where they look for DynamoDB, too.
fn is_stand_in(desk: &Desk, config: &ModelConfig) -> bool {
    let variable = match config.name.provider() {
        Provider::Gemini => "GEMINI_BASE_URL",
        Provider::OpenAi => "OPENAI_BASE_URL",
        Provider::Bedrock => "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    };
    let here = desk.variable("AWS_ENDPOINT_URL_DYNAMODB");
    here.zip(desk.variable(variable)).is_some_and(|(here, there)| there.trim_end_matches("/v1") == here)
}

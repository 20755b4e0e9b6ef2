//! `local-cloud demo`: a week of a Discord server, from its messages to what a bot should know.

mod ask;
mod failure;
mod page;
pub(crate) mod pictures;
mod sample_week;
mod sources;
mod stage;
mod text;

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use jiff::Timestamp;
use local_cloud::Counters;
use serde_json::json;

use super::environment;
use ask::Answer;
use page::{Page, Step, Took};
use sample_week::SampleWeek;
use stage::Stage;

/// How long the demo's own question may take: on a cold machine this includes starting a dozen processes.
const MAX_WAIT: Duration = Duration::from_secs(90);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Shows all of each memory, what it came from, and what became of each day
    #[arg(long)]
    all: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let stage = Stage::set(Timestamp::now()).await?;
    let told = stage.play(tell(&stage, &Page { all: arguments.all })).await;
    stage.clear();
    told
}

async fn tell(stage: &Stage, page: &Page) -> Result<()> {
    let week = &stage.week;
    stage.load().await?;
    stage.close_yesterday().await?;
    let (first, took, cost) = ask(stage, "Asking for everybody's memory").await?;
    took.done(&format!("{} people", week.people().len()));
    for (id, name) in week.people() {
        page.person(&name, &first.of(&id)?, &sources::of(week, &id, first.text(&id)?));
    }
    let stand_in = environment::all_stand_in(stage.cloud.template(), &stage.settings);
    page.cost(&first.days(), &cost, stand_in);
    let (second, took, cost) = ask(stage, "Asking again").await?;
    check_free(&second, &first, &cost, week)?;
    took.done("the same, for no model call and no invocation by get_memories");
    Ok(())
}

/// One question for everybody, how long it took, and what it cost besides its own invocation.
async fn ask(stage: &Stage, label: &'static str) -> Result<(Answer, Took, Counters)> {
    let ids: Vec<_> = stage.week.people().into_iter().map(|(id, _)| id).collect();
    let max_wait_ms = u64::try_from(MAX_WAIT.as_millis())?;
    let question = json!({"guild_id": stage.week.guild_id(), "user_ids": ids, "max_wait_ms": max_wait_ms});
    let before = stage.cloud.counters();
    let step = Step::begin(label);
    let answer = Answer(stage.lambda.invoke("get_memories", &question).await?);
    let took = step.end();
    // What was handed to the background is part of the price.
    stage.cloud.lambda().wait_until_idle().await;
    let mut cost = stage.cloud.counters().since(&before);
    if let Some(own) = cost.lambda_invocations.get_mut("get_memories") {
        *own -= 1;
    }
    failure::none_in(&answer, &stage.week, &stage.log())?;
    Ok((answer, took, cost))
}

/// The stand-in's calls are counted; those of a real model would show as something built or merged.
fn check_free(second: &Answer, first: &Answer, cost: &Counters, week: &SampleWeek) -> Result<()> {
    let days = second.days();
    let paid = cost.model_calls > 0 || cost.invocations() > 0 || days.iter().any(|(_, status)| status == "built");
    ensure!(
        !paid,
        "asking again should be free, but cost {} model calls and these Lambda invocations: {:?}; days: {days:?}",
        cost.model_calls,
        cost.lambda_invocations,
    );
    for (id, name) in week.people() {
        ensure!(second.of(&id)?.source != "merged", "asking again merged the memory of {name} once more");
        ensure!(second.text(&id)? == first.text(&id)?, "asking again gave another memory of {name}");
    }
    Ok(())
}

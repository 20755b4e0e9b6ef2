//! `local-cloud demo`: a week of a Discord server, from its messages to what a bot should know.

mod ask;
mod failure;
mod page;
pub(crate) mod pictures;
mod sample_week;
mod sources;
mod stage;
mod text;
mod waterfall;

use anyhow::{Result, bail, ensure};
use clap::Args;
use jiff::Timestamp;
use local_cloud::Counters;
use serde_json::json;

use super::environment;
use ask::Answer;
use page::{Page, Step, Took};
use sample_week::SampleWeek;
use stage::Stage;
use waterfall::Waterfall;

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
    stage.read_discord().await?;
    stage.teach().await?;
    let asked = Timestamp::now();
    let (first, cost) = ask_until_all_is_there(stage).await?;
    for (id, name) in week.people() {
        let memory = first.of(&id);
        page.person(&name, &memory, &sources::of(week, &id, memory.text.unwrap_or_default()));
    }
    let stand_in = environment::all_stand_in(stage.cloud.template(), &stage.settings);
    page.cost(&first.days(), &cost, stand_in);
    let missing = failure::told(&first, week, &stage.log());
    if !missing.is_empty() {
        bail!("{}", missing.join("\n"));
    }
    let answered = Timestamp::now();
    let (second, took, again) = ask(stage, "Asking again").await?;
    check_free(&second, &first, &again, week)?;
    took.done("the same, for no model call and no invocation by get_memories");
    match Waterfall::of_the_first_after(asked, stage.cloud.traces()) {
        Some(waterfall) => waterfall.show(&cost, &stage.bill(asked..answered)?, stand_in),
        None => Ok(()),
    }
}

/// Asks for everybody, and again for what was not ready in time: for as long as more is there each time, and nothing fails.
async fn ask_until_all_is_there(stage: &Stage) -> Result<(Answer, Counters)> {
    let people = stage.week.people().len();
    let mut label = "Asking for everybody's memory";
    let mut known = 0;
    let mut all = Counters::default();
    loop {
        let (answer, took, cost) = ask(stage, label).await?;
        all = all.and(&cost);
        let there = answer.people_with_memory();
        let done = answer.done();
        let is_over = answer.is_complete() || !answer.errors().is_empty() || done <= known;
        took.done(&match (answer.is_complete(), is_over) {
            (true, _) => format!("{people} people"),
            (false, true) => format!("{there} of {people} people have a memory"),
            (false, false) => format!("{there} of {people} people have a memory; the rest takes longer"),
        });
        if is_over {
            return Ok((answer, all));
        }
        (label, known) = ("Asking for the rest", done);
    }
}

/// One question for everybody, how long it took, and what it cost besides its own invocation.
async fn ask(stage: &Stage, label: &'static str) -> Result<(Answer, Took, Counters)> {
    let ids: Vec<_> = stage.week.people().into_iter().map(|(id, _)| id).collect();
    let question = json!({"guild_id": stage.week.guild_id(), "user_ids": ids});
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
        ensure!(second.of(&id).source != "merged", "asking again merged the memory of {name} once more");
        ensure!(second.of(&id).text == first.of(&id).text, "asking again gave another memory of {name}");
    }
    Ok(())
}

//! `local-cloud demo`: a week of a Discord server, from its messages to what a bot should know.

mod ask;
mod page;
pub(super) mod pictures;
mod sample_week;
mod sources;

use std::{process::Command, time::Duration};

use anyhow::{Result, anyhow, ensure};
use jiff::Timestamp;
use local_cloud::{Counters, LocalCloud, Options, Speaker, Watch, workspace_root};
use serde_json::json;

use super::watch::{all_stand_in, who_speaks};
use ask::{Answer, Lambda};
use page::Step;
use sample_week::SampleWeek;

/// How long the demo's own question may take: on a cold machine this includes starting a dozen processes.
const MAX_WAIT: Duration = Duration::from_secs(90);

pub(crate) async fn run() -> Result<()> {
    let week = SampleWeek::until(Timestamp::now())?;
    let (cloud, watch) = start(&week)?;
    let told = tokio::select! {
        told = tell(&cloud, &week) => told,
        () = watch.until_a_function_fails() => Err(anyhow!("a function has ended with an error")),
    };
    if told.is_err() {
        eprintln!("\nThe functions wrote at last:\n{}", page::last_lines(&watch.output(), 20));
    }
    let step = Step::begin("Stopping everything");
    drop(watch);
    drop(cloud);
    step.done("");
    told
}

fn start(week: &SampleWeek) -> Result<(LocalCloud, Watch)> {
    let speaker = Speaker::of(|name| std::env::var(name).ok());
    let cloud = LocalCloud::start(Options::default())?;
    week.tell_discord(cloud.discord())?;
    println!("Building the functions (the first time takes some minutes)");
    build(&cloud)?;
    let step = Step::begin("Starting the local cloud and cargo lambda");
    let watch = Watch::start(&cloud, 0, &speaker, true)?;
    step.done(cloud.url());
    println!("Model: {}", who_speaks(&cloud, speaker));
    Ok((cloud, watch))
}

/// With the same selection of packages as cargo-lambda's `cargo run --bin`, or everything would be built twice.
fn build(cloud: &LocalCloud) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.arg("build").current_dir(workspace_root());
    for function in cloud.template().functions() {
        command.args(["--bin", function]);
    }
    ensure!(command.status()?.success(), "the functions could not be built");
    Ok(())
}

async fn tell(cloud: &LocalCloud, week: &SampleWeek) -> Result<()> {
    let lambda = Lambda::at(cloud.url());
    load(&lambda, week).await?;
    close_yesterday(cloud, &lambda).await?;
    let stand_in = all_stand_in(cloud, Speaker::of(|name| std::env::var(name).ok()));
    let (first, cost) = ask(cloud, &lambda, week, "Asking for everybody's memory").await?;
    for (id, name) in week.people() {
        page::memory(&name, &first.of(&id)?, &sources::of(week, &id, first.text(&id)?));
    }
    page::days(&first.days());
    page::cost(&cost, stand_in);
    println!();
    let (second, cost) = ask(cloud, &lambda, week, "Asking again").await?;
    check_free(&second, &first, &cost, week)?;
    println!("Measured while asking again: 0 model calls, 0 Lambda invocations made by get_memories");
    Ok(())
}

async fn load(lambda: &Lambda, week: &SampleWeek) -> Result<()> {
    let step = Step::begin("Storing the messages of the sample week");
    let stored = lambda.invoke("ingest_messages", &week.ingest()?).await?;
    let rejected = &stored["rejected"];
    ensure!(rejected.as_array().is_none_or(Vec::is_empty), "messages were rejected: {rejected}");
    step.done(&format!("{} stored, {} of bots left out", stored["stored"], stored["skipped"]["bot"]));
    let step = Step::begin("Teaching facts and other names");
    for call in week.taught() {
        lambda.invoke("people", call).await?;
    }
    step.done(&format!("{} calls", week.taught().len()));
    Ok(())
}

/// What the schedule does every ten minutes: reads Discord, where everything is known already, and has yesterday closed.
async fn close_yesterday(cloud: &LocalCloud, lambda: &Lambda) -> Result<()> {
    let step = Step::begin("Reading Discord, as every ten minutes");
    let report = lambda.invoke("sync_messages", &json!({})).await?;
    cloud.lambda().wait_until_idle().await;
    let guild = &report["guilds"][0];
    ensure!(guild["complete"] == true, "Discord was not read to its end: {}", guild["problems"]);
    step.done(&match guild["closing"].as_str() {
        Some(day) => format!("{} new; {day} is closed, and final before anybody asks", guild["stored"]),
        None => format!("{} new; yesterday is still open", guild["stored"]),
    });
    Ok(())
}

/// One question for everybody, and what it cost besides its own invocation.
async fn ask(
    cloud: &LocalCloud,
    lambda: &Lambda,
    week: &SampleWeek,
    label: &'static str,
) -> Result<(Answer, Counters)> {
    let ids: Vec<_> = week.people().into_iter().map(|(id, _)| id).collect();
    let max_wait_ms = u64::try_from(MAX_WAIT.as_millis())?;
    let question = json!({"guild_id": week.guild_id(), "user_ids": ids, "max_wait_ms": max_wait_ms});
    let before = cloud.counters();
    let step = Step::begin(label);
    let answer = Answer(lambda.invoke("get_memories", &question).await?);
    step.done(&format!("{} people", ids.len()));
    // What was handed to the background is part of the price.
    cloud.lambda().wait_until_idle().await;
    let mut cost = cloud.counters().since(&before);
    if let Some(own) = cost.lambda_invocations.get_mut("get_memories") {
        *own -= 1;
    }
    answer.complete(week)?;
    Ok((answer, cost))
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

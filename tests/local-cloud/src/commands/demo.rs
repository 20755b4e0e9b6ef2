//! `local-cloud demo`: a week of a Discord server, from its messages to what a bot should know.

mod ask;
mod page;
mod sample_week;
mod sources;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use local_cloud::{Counters, LocalCloud, Options, Speaker, Watch, workspace_root};
use serde_json::{Value, json};

use super::watch::who_speaks;
use ask::{Answer, Lambda};
use page::step;
use sample_week::SampleWeek;

/// How long the demo's own question may take: on a cold machine this includes starting a dozen processes.
const MAX_WAIT: Duration = Duration::from_secs(90);

pub(crate) async fn run() -> Result<()> {
    let week = SampleWeek::until(Timestamp::now())?;
    let (cloud, watch) = start()?;
    let told = tell(&cloud, &week).await;
    told.with_context(|| {
        format!(
            "the functions wrote:\n{}",
            page::last_lines(&watch.output(), 30)
        )
    })?;
    step("Stopping", || {
        drop(watch);
        drop(cloud);
        Ok(((), String::new()))
    })
}

fn start() -> Result<(LocalCloud, Watch)> {
    let speaker = Speaker::of(|name| std::env::var(name).ok());
    let cloud = LocalCloud::start(Options::default())?;
    println!("Building the functions (the first time takes some minutes)");
    build(&cloud)?;
    let watch = step("Starting the local cloud and cargo lambda watch", || {
        let watch = Watch::start(&cloud, 0, &speaker, true)?;
        Ok((watch, cloud.url().to_owned()))
    })?;
    println!("Model: {}", who_speaks(&cloud, &speaker));
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
    ensure!(
        command.status()?.success(),
        "the functions could not be built"
    );
    Ok(())
}

async fn tell(cloud: &LocalCloud, week: &SampleWeek) -> Result<()> {
    let lambda = Lambda::at(cloud.url());
    load(&lambda, week).await?;
    let stand_in = Speaker::of(|name| std::env::var(name).ok()) == Speaker::StandIn;
    let (first, cost) = ask(cloud, &lambda, week, "Asking for everybody's memory").await?;
    println!();
    for (id, name) in week.people() {
        page::memory(
            &name,
            &first.of(&id)?,
            &sources::of(week, &id, first.text(&id)?),
        );
    }
    page::days(&first.days());
    page::cost(&cost, stand_in);
    let (second, cost) = ask(cloud, &lambda, week, "\nAsking again").await?;
    check_free(&second, &first, &cost, week)?;
    println!("  measured: 0 model calls, 0 Lambda invocations\n");
    Ok(())
}

async fn load(lambda: &Lambda, week: &SampleWeek) -> Result<()> {
    let started = Instant::now();
    let stored = lambda.invoke("ingest_messages", &week.ingest()?).await?;
    ensure!(
        stored["rejected"].as_array().is_none_or(Vec::is_empty),
        "messages were rejected: {}",
        stored["rejected"]
    );
    let counts = format!(
        "{} stored, {} of bots left out",
        stored["stored"], stored["skipped"]["bot"]
    );
    page::done("Storing the messages of the sample week", started, &counts);
    let started = Instant::now();
    for call in week.taught() {
        lambda.invoke("people", call).await?;
    }
    page::done(
        "Teaching facts and other names",
        started,
        &format!("{} calls", week.taught().len()),
    );
    Ok(())
}

/// One question for everybody, and what it cost besides its own invocation.
async fn ask(
    cloud: &LocalCloud,
    lambda: &Lambda,
    week: &SampleWeek,
    label: &str,
) -> Result<(Answer, Counters)> {
    let ids: Vec<_> = week.people().into_iter().map(|(id, _)| id).collect();
    let question =
        json!({"guild_id": week.guild_id(), "user_ids": ids, "max_wait_ms": MAX_WAIT.as_millis()});
    let before = cloud.counters();
    let started = Instant::now();
    let answer = Answer(lambda.invoke("get_memories", &question).await?);
    page::done(label, started, &format!("{} people", ids.len()));
    // What was handed to the background is part of the price.
    cloud.lambda().wait_until_idle().await;
    let mut cost = cloud.counters().since(&before);
    if let Some(own) = cost.lambda_invocations.get_mut("get_memories") {
        *own -= 1;
    }
    answer.complete(week)?;
    Ok((answer, cost))
}

fn check_free(second: &Answer, first: &Answer, cost: &Counters, week: &SampleWeek) -> Result<()> {
    if cost.model_calls > 0 || cost.invocations() > 0 {
        bail!(
            "asking again should be free, and cost {} model calls and {} Lambda invocations ({:?}); the days were {}",
            cost.model_calls,
            cost.invocations(),
            cost.lambda_invocations,
            Value::from_iter(second.days()),
        );
    }
    for (id, name) in week.people() {
        ensure!(
            second.text(&id)? == first.text(&id)?,
            "asking again gave another memory of {name}"
        );
    }
    Ok(())
}

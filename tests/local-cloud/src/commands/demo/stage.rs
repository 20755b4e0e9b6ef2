//! The local cloud, the functions and the sample week: everything there is before anybody asks.

use std::{fs, future::Future, ops::Range};

use anyhow::{Result, anyhow, ensure};
use guild_memory_cost::{Account, Bill, Line, Prices};
use jiff::Timestamp;
use local_cloud::{Ending, LocalCloud, Options, Settings, Watch, workspace_root};
use serde_json::json;

use super::{ask::Lambda, failure::Log, page::Step, sample_week::SampleWeek, waterfall::STAND_IN_TAKES};
use crate::commands::{environment, functions};

/// Where everything is kept that the functions wrote, if something fails.
const LOG: &str = ".local-cloud/demo.log";

pub(super) struct Stage {
    /// Before the cloud, so that it is dropped first.
    watch: Watch,
    pub(super) cloud: LocalCloud,
    pub(super) lambda: Lambda,
    pub(super) week: SampleWeek,
    pub(super) settings: Settings,
}

impl Stage {
    /// Builds and starts everything; the week ends at `now`.
    pub(super) async fn set(now: Timestamp) -> Result<Self> {
        let week = SampleWeek::until(now)?;
        let cloud = LocalCloud::start(Options { model_latency: STAND_IN_TAKES, ..Options::default() })?;
        week.tell_discord(cloud.discord())?;
        let (settings, other_discord) = environment::settings_without_discord(cloud.template())?;
        functions::make_ready(&cloud, &settings).await?;
        let step = Step::begin("Starting the local cloud and cargo lambda");
        let watch = Watch::start(&cloud, 0, &settings, true).map_err(in_short)?;
        step.done(cloud.url());
        println!("Model: {}", environment::who_writes(cloud.template(), &settings));
        environment::explain(&settings);
        if other_discord {
            println!("Not from your environment: DISCORD_…; there is a Discord of its own here.");
        }
        Ok(Self { watch, lambda: Lambda::at(cloud.url()), cloud, week, settings })
    }

    /// Does `work`, unless a function fails meanwhile. An error says where more is to be read about it.
    pub(super) async fn play(&self, work: impl Future<Output = Result<()>>) -> Result<()> {
        let done = tokio::select! {
            done = work => done,
            () = self.watch.until_a_function_fails() => Err(self.log().end_of_a_function()),
        };
        done.map_err(|error| kept(error, &self.watch.output()))
    }

    /// Stops everything.
    pub(super) fn clear(self) {
        let step = Step::begin("Stopping everything");
        drop(self);
        step.done("");
    }

    /// What the schedule does every ten minutes: reads the week from Discord, and has yesterday closed.
    pub(super) async fn read_discord(&self) -> Result<()> {
        let step = Step::begin("Reading a week from Discord");
        let report = self.lambda.invoke("sync_messages", &json!({})).await?;
        self.cloud.lambda().wait_until_idle().await;
        let guild = &report["guilds"][0];
        let problems = guild["problems"].as_array().into_iter().flatten().filter_map(|problem| problem.as_str());
        let problems = problems.collect::<Vec<_>>().join("; ");
        ensure!(guild["complete"] == true, "Discord was not read to its end: {problems}");
        let summaries = self.cloud.lambda().invocations().into_iter().filter(|one| one.function == "daily_summary");
        let is_final = summaries.map(|one| one.ending).all(|ending| ending == Some(Ending::Answered));
        let closed = match guild["closing"].as_str() {
            Some(day) if is_final => format!("{day} is closed, and final before anybody asks"),
            Some(day) => format!("{day} could not be closed"),
            None => "yesterday is still open".to_owned(),
        };
        let (stored, bots) = (&guild["stored"], self.week.messages_of_bots());
        step.done(&format!("{stored} messages ({bots} of bots left out); {closed}"));
        Ok(())
    }

    /// Has stored what people know of each other.
    pub(super) async fn teach(&self) -> Result<()> {
        let step = Step::begin("Teaching what people know of each other");
        for call in self.week.taught() {
            self.lambda.invoke("people", call).await?;
        }
        step.done(&format!("{} facts and names", self.week.taught().len()));
        Ok(())
    }

    /// What the invocations cost that ended within that time, with the memory that they have where they are deployed.
    pub(super) fn bill(&self, ended: Range<Timestamp>) -> Result<Bill> {
        let mut account = Account::default();
        for mut line in self.watch.output().lines().filter_map(Line::read) {
            if ended.contains(&line.timestamp) {
                let memory_mb = self.cloud.template().memory_mb(&line.function);
                line.memory_mb = memory_mb.map_or(line.memory_mb, |mb| mb as f64);
                account.add(&line, None);
            }
        }
        Ok(Bill::of(account, Prices::built_in()?))
    }

    /// What the functions wrote about failures, until now.
    pub(super) fn log(&self) -> Log {
        Log::read(&self.watch.output())
    }
}

/// An error of which the first line says what it is, and the rest is what others wrote.
fn in_short(error: anyhow::Error) -> anyhow::Error {
    let whole = format!("{error:#}");
    match whole.split_once('\n') {
        Some((first, rest)) => kept(anyhow!("{}", first.trim_end_matches(" It said:")), rest),
        None => error,
    }
}

fn kept(error: anyhow::Error, output: &str) -> anyhow::Error {
    let path = workspace_root().join(LOG);
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, output));
    match written {
        Ok(()) => anyhow!("{error:#}\nAll that the functions wrote is in {LOG}."),
        Err(_) => error,
    }
}

//! `make bench`: measures, prints a table, and writes the measurements and a picture of them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, ensure};
use bench::{
    experiments::{
        big_day, budgets, callers, crowded_day, exported, first_words, functions, large_guild, no_models,
        one_at_a_time, paces,
        replay::{self, Order},
        simulated, slow_calls, warm, webhook,
    },
    report::{Document, Machine, Results},
    traces::{DAYS, MEMORIES},
    waterfall,
    window::Window,
    world::{Setting, World},
};
use clap::Parser;
use jiff::Timestamp;
use local_cloud::workspace_root;

/// Processes of get_memories, and of daily_summary: enough for ten callers.
const PROCESSES: usize = 12;
const CALLERS: usize = 10;
const WARM_PEOPLE: [usize; 4] = [5, 40, 50, 100];
const COOLING_PEOPLE: [usize; 2] = [5, 100];
const BIG_DAYS: [u32; 2] = [2_000, 10_000];
const BUILDS_OF_A_BIG_DAY: usize = 5;
/// People who write on a day.
const GUILDS: [usize; 2] = [50, 2_000];
const ROUNDS: usize = 15;
const STARTS: usize = 10;
/// Requests a minute that a budget may allow.
const BUDGETS: [u32; 2] = [30, 10];
/// Guilds that are asked about without models: enough for a 99th percentile that is not the slowest of them.
const WITHOUT_MODELS: usize = 120;

/// Measures what is promised about speed, over release binaries of the functions.
#[derive(Debug, Parser)]
struct Arguments {
    /// How long the model takes, compared with the traces: 1 for real seconds.
    #[arg(long, default_value_t = 0.1)]
    scale: f64,
    /// The folder of the functions' release binaries.
    #[arg(long)]
    binaries: PathBuf,
    /// The folder with a folder for each function's bootstrap.zip.
    #[arg(long)]
    zips: PathBuf,
    /// How many warm requests are made for each number of people.
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Fail if a promise is not kept.
    #[arg(long)]
    check: bool,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let results = measure(&arguments).await?;
    println!("{results}");
    write(&results)?;
    let kept = results.promises().iter().chain(&results.must_reach()).all(|promise| promise.kept);
    Ok(if arguments.check && !kept { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn measure(arguments: &Arguments) -> Result<Results> {
    let Arguments { scale, binaries, zips, requests, .. } = arguments;
    ensure!(*scale > 0.0 && *requests > 0, "--scale and --requests must be more than 0");
    let window = Window::at(Timestamp::now());
    say("starting the functions");
    let functions = functions::measure(binaries, zips, STARTS)?;
    let world = World::start(binaries, PROCESSES, PROCESSES)?;
    world.warm_up(window.day(0), PROCESSES).await?;
    // What was once asked one after the other was not cut, either.
    let of_then = World::with(binaries, 2, 2, &Setting::default().without_splitting())?;
    of_then.warm_up(window.day(0), 2).await?;
    let mut replays = Vec::new();
    for trace in [&DAYS, &MEMORIES] {
        for order in [Order::Sequential, Order::Concurrent] {
            say(&format!("replaying {}, {order:?}", trace.name));
            let world = if order == Order::Sequential { &of_then } else { &world };
            replays.push(replay::replay(world, window, trace, order, *scale).await?);
        }
    }
    drop(of_then);
    say(&format!("one caller, and {CALLERS} at once"));
    let callers = callers::one_and_many(&world, window, &DAYS, CALLERS, *scale).await?;
    drop(world);
    say("warm requests");
    // Three times in a run: a machine that others use, too, is slow for minutes.
    let mut warm = vec![warm::ask_again(binaries, window, &WARM_PEOPLE, *requests).await?];
    say("warm requests with spans that are exported");
    let exported = exported::ask(binaries, window, *requests).await?;
    say("requests while all models cool down");
    let cooling = warm::ask_while_cooling(binaries, window, &COOLING_PEOPLE, *requests).await?;
    let mut big_days = Vec::new();
    for messages in BIG_DAYS {
        say(&format!("a day of {messages} messages"));
        big_days.push(big_day::build(binaries, window, messages, BUILDS_OF_A_BIG_DAY).await?);
    }
    say(&format!("guilds in which {GUILDS:?} people write on a day"));
    let large_guilds = large_guild::ask(binaries, window, &GUILDS, ROUNDS).await?;
    say("Discord's webhook");
    let webhook = webhook::ask(binaries, window, *requests, *scale).await?;
    say("the first words of Discord's commands");
    let first_words = first_words::ask(binaries, window, *scale).await?;
    say("cold requests under budgets");
    let budgets = budgets::ask(binaries, window, &BUDGETS, *scale).await?;
    say("warm requests again");
    warm.push(warm::ask_again(binaries, window, &WARM_PEOPLE, *requests).await?);
    say("a live day");
    let (eight_hours, active_day) = (simulated::eight_hours().await?, simulated::a_day().await?);
    say("a day of many people with a slow model");
    let crowded_day = crowded_day::ask(binaries, window, *scale).await?;
    say("a week with a model that answers one call at a time");
    let one_at_a_time = one_at_a_time::ask(binaries, window, *scale).await?;
    say("requests without models");
    let no_models = no_models::ask(binaries, window, WITHOUT_MODELS, *scale).await?;
    say("warm requests for the last time");
    warm.push(warm::ask_again(binaries, window, &WARM_PEOPLE, *requests).await?);
    say("a model of which few calls are slow");
    let slow_calls = slow_calls::ask().await?;
    say("models of different pace");
    let paces = paces::ask(binaries, window, *scale).await?;
    Ok(Results {
        scale: *scale,
        machine: Machine::this(),
        replays,
        callers,
        warm: warm::median(&warm),
        exported,
        cooling,
        big_days,
        large_guilds,
        webhook,
        budgets,
        eight_hours,
        active_day,
        crowded_day,
        first_words,
        one_at_a_time,
        no_models,
        slow_calls,
        paces,
        functions,
    })
}

/// The measurements, and the picture; only a run in real seconds replaces the picture that README shows.
fn write(results: &Results) -> Result<()> {
    let root = workspace_root();
    let document = Document { promises: results.promises(), must_reach: results.must_reach(), results };
    let picture = waterfall::draw(&[&DAYS, &MEMORIES], &results.replays, results.scale);
    write_file(&root.join("target/bench/results.json"), &serde_json::to_string_pretty(&document)?)?;
    write_file(&root.join("target/bench/waterfall.svg"), &picture)?;
    if results.scale == 1.0 {
        write_file(&root.join("docs/bench/waterfall.svg"), &picture)?;
    }
    Ok(())
}

fn write_file(path: &Path, content: &str) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).and_then(|()| fs::write(path, content)).with_context(|| path.display().to_string())?;
    say(&format!("written: {}", path.display()));
    Ok(())
}

fn say(what: &str) {
    eprintln!("bench: {what}");
}

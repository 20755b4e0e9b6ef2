//! `local-cloud watch`.

use anyhow::Result;
use clap::Args;
use local_cloud::{LocalCloud, Speaker, Watch};

use super::serve::Services;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Services,
    /// Port of cargo-lambda's emulator; 0: any free one
    #[arg(long, value_name = "PORT", default_value_t = 9000)]
    emulator_port: u16,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let cloud = LocalCloud::start(arguments.services.options()?)?;
    let speaker = Speaker::of(|name| std::env::var(name).ok());
    let watch = Watch::start(&cloud, arguments.emulator_port, &speaker, false)?;
    explain(&cloud, &watch, speaker);
    super::asked_to_stop().await?;
    println!("\nStopping.");
    drop(watch);
    Ok(())
}

fn explain(cloud: &LocalCloud, watch: &Watch, speaker: Speaker) {
    let url = cloud.url();
    println!("\nThe local cloud is at {url}, cargo-lambda's emulator at {}.", watch.url());
    println!("Model: {}. The first invocation of a function builds it.\n", who_speaks(cloud, speaker));
    println!("Invoke as on AWS (aws lambda invoke --endpoint-url {url} …), or:");
    for function in cloud.template().functions() {
        println!("  curl {url}/2015-03-31/functions/{function}/invocations -d @events/{function}.json");
    }
    println!("\nDiscord's webhook is at {} (docs/discord.md); nothing else answers there.", cloud.webhook_url());
    println!("Counters: curl {url}/_local/counters\nCtrl-C stops everything.\n");
}

/// Which models, and which of them the stand-in plays.
pub(super) fn who_speaks(cloud: &LocalCloud, speaker: Speaker) -> String {
    if all_stand_in(cloud, speaker) {
        return "stand-in model (for a real one set GEMINI_API_KEY, or OPENAI_BASE_URL and models of it)".to_owned();
    }
    let models = |variable| {
        let named = |model: &String| if speaker.is_real(model) { model.clone() } else { format!("{model} (stand-in)") };
        chain(cloud, variable).iter().map(named).collect::<Vec<_>>().join(", ")
    };
    format!("{} for summaries, {} for memories", models("SUMMARY_MODELS"), models("MERGE_MODELS"))
}

/// Whether the stand-in writes everything.
pub(super) fn all_stand_in(cloud: &LocalCloud, speaker: Speaker) -> bool {
    let mut models = ["SUMMARY_MODELS", "MERGE_MODELS"].into_iter().flat_map(|variable| chain(cloud, variable));
    !models.any(|model| speaker.is_real(&model))
}

/// The models of a chain, without their options.
fn chain(cloud: &LocalCloud, variable: &str) -> Vec<String> {
    let function = if variable == "MERGE_MODELS" { "get_memories" } else { "daily_summary" };
    let own = std::env::var(variable).ok();
    let chain = own.or_else(|| cloud.template().environment(function).remove(variable)).unwrap_or_default();
    chain.split(',').map(|model| model.trim().split('?').next().unwrap_or_default().to_owned()).collect()
}

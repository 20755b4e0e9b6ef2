//! `local-cloud watch`.

use anyhow::Result;
use clap::Args;
use local_cloud::{LocalCloud, Settings, Watch};

use super::{environment, functions, serve::Services};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    services: Services,
    /// Port of cargo-lambda's emulator; 0: any free one
    #[arg(long, value_name = "PORT", default_value_t = 9000)]
    emulator_port: u16,
}

/// It goes on until it is dropped. What can be wrong is looked for first: ports, settings, functions.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let port_taken = |error| arguments.services.port_taken(error, Some(arguments.emulator_port));
    if arguments.emulator_port != 0 {
        Watch::port_is_free(arguments.emulator_port).map_err(port_taken)?;
    }
    let cloud = LocalCloud::start(arguments.services.options()?).map_err(port_taken)?;
    let settings = environment::settings(cloud.template())?;
    functions::make_ready(&cloud, &settings).await?;
    let watch = Watch::start(&cloud, arguments.emulator_port, &settings, false).map_err(port_taken)?;
    explain(&cloud, &watch, &settings);
    std::future::pending().await
}

fn explain(cloud: &LocalCloud, watch: &Watch, settings: &Settings) {
    let url = cloud.url();
    println!("\nThe local cloud is at {url}, cargo-lambda's emulator at {}.", watch.url());
    println!("Model: {}.", environment::who_writes(cloud.template(), settings));
    println!("Discord: {}.", discord(settings));
    environment::explain(settings);
    println!("\nOpen {url}/ in a browser: days, people, models and the last requests, live.");
    println!("\nInvoke as on AWS (aws lambda invoke --endpoint-url {url} …), or:");
    for function in cloud.template().functions() {
        println!("  curl {url}/2015-03-31/functions/{function}/invocations -d @events/{function}.json");
    }
    println!("\nDiscord's webhook is at {} (docs/discord.md); nothing else answers there.", cloud.webhook_url());
    println!("Counters: curl {url}/_local/counters\nCtrl-C stops everything.\n");
}

fn discord(settings: &Settings) -> &'static str {
    if settings.is_real_discord() {
        "the real one, as your application"
    } else {
        "stand-in (for the real one set DISCORD_BOT_TOKEN, and for its webhook the other values of docs/discord.md)"
    }
}

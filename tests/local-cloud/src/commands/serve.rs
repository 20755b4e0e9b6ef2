//! `local-cloud serve`.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use local_cloud::{LocalCloud, Options, PortTaken};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) services: Services,
    /// Address of cargo-lambda's emulator, which runs the functions
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9000")]
    emulator: String,
    /// Allow reads that may be stale, for tools that scan
    #[arg(long)]
    allow_stale_reads: bool,
}

/// What `serve` and `watch` have in common.
#[derive(Debug, Args)]
pub(crate) struct Services {
    /// Port on 127.0.0.1; 0: any free one
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Port of Discord's webhook on 127.0.0.1, for a tunnel; 0: any free one
    #[arg(long, default_value_t = 8001)]
    webhook_port: u16,
    /// Folder that keeps the tables; in memory without it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Rules of the stand-in model, as JSON
    #[arg(long, value_name = "FILE")]
    model_script: Option<PathBuf>,
    /// How long a call of the stand-in model takes
    #[arg(long, value_name = "N", default_value_t = 0)]
    model_latency_ms: u64,
    /// How many calls the stand-in model answers at a time, as a server on a laptop; others queue. All without it
    #[arg(long, value_name = "N")]
    model_parallel: Option<usize>,
}

impl Services {
    pub(super) fn options(&self) -> Result<Options> {
        let model_rules = match &self.model_script {
            None => Vec::new(),
            Some(file) => {
                let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
                serde_json::from_str(&text).with_context(|| format!("{} holds no rules", file.display()))?
            }
        };
        let model_latency = Duration::from_millis(self.model_latency_ms);
        Ok(Options {
            port: self.port,
            webhook_port: self.webhook_port,
            data: self.data.clone(),
            model_rules,
            model_latency,
            model_parallel: self.model_parallel,
            ..Options::default()
        })
    }

    /// What to do about a port that somebody else has; other errors stay as they are.
    pub(super) fn port_taken(&self, error: anyhow::Error, emulator_port: Option<u16>) -> anyhow::Error {
        let Some(PortTaken(port)) = error.downcast_ref() else { return error };
        let ports = [
            ("--port", Some(self.port)),
            ("--webhook-port", Some(self.webhook_port)),
            ("--emulator-port", emulator_port),
        ];
        // Two of the same keep the later one out.
        let option = ports.iter().rfind(|(_, other)| *other == Some(*port)).map_or("--port", |(option, _)| option);
        anyhow!(
            "{error}: stop who listens there (another `make watch`?), or choose another port with {option}, such as \
             `make watch ARGS=\"{option} {}\"`",
            port.checked_add(10).unwrap_or(0)
        )
    }
}

/// It goes on until it is dropped.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let options = Options {
        emulator: Some(arguments.emulator.trim_end_matches('/').to_owned()),
        allow_inconsistent_reads: arguments.allow_stale_reads,
        ..arguments.services.options()?
    };
    let cloud = LocalCloud::start(options).map_err(|error| arguments.services.port_taken(error, None))?;
    println!("The local cloud is at {}; invocations go to {}.", cloud.url(), arguments.emulator);
    println!("Counters: {}/_local/counters. Ctrl-C stops it.", cloud.url());
    std::future::pending().await
}

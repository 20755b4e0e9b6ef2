//! What the program can do.

mod demo;
mod serve;
mod watch;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves DynamoDB, SSM, the model API and Lambda, and starts nothing else
    Serve(serve::Arguments),
    /// Serves, and runs `cargo lambda watch` for the functions, until Ctrl-C
    Watch(watch::Arguments),
    /// Loads the sample week, asks for the memories of its people, and stops
    Demo,
    /// Loads the sample week, uses commands as people do in Discord, and draws what they see
    Pictures {
        /// The folder that the pictures are written to, seen from the workspace
        #[arg(long, value_name = "DIR", default_value = "docs/pictures")]
        folder: PathBuf,
    },
}

impl Command {
    pub(crate) async fn run(self) -> Result<()> {
        match self {
            Self::Serve(arguments) => serve::run(&arguments).await,
            Self::Watch(arguments) => watch::run(&arguments).await,
            Self::Demo => unless_stopped(demo::run()).await,
            Self::Pictures { folder } => unless_stopped(demo::pictures::run(&folder)).await,
        }
    }
}

/// Does something that has an end, unless somebody stops it before.
async fn unless_stopped(work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::select! {
        result = work => result,
        result = asked_to_stop() => result.and_then(|()| anyhow::bail!("stopped before its end")),
    }
}

/// Ends at Ctrl-C or SIGTERM.
async fn asked_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

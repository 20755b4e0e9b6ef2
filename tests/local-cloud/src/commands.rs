//! What the program can do.

mod demo;
mod environment;
mod functions;
mod serve;
mod watch;

use std::{io::Write, path::PathBuf};

use anyhow::{Result, bail};
use clap::Subcommand;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves DynamoDB, SSM, the model API and Lambda, and starts nothing else
    Serve(serve::Arguments),
    /// Serves, and runs `cargo lambda watch` for the functions, until Ctrl-C
    Watch(watch::Arguments),
    /// Loads the sample week, asks for the memories of its people, and stops
    Demo(demo::Arguments),
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
            Self::Serve(arguments) => until_stopped(serve::run(&arguments), || Ok(())).await,
            Self::Watch(arguments) => until_stopped(watch::run(&arguments), || Ok(())).await,
            Self::Demo(arguments) => until_stopped(demo::run(&arguments), before_its_end).await,
            Self::Pictures { folder } => until_stopped(demo::pictures::run(&folder), before_its_end).await,
        }
    }
}

/// Somebody may want it to stop at any moment: then it is dropped, and with it everything it started. Signals are listened
/// to before anything is started.
async fn until_stopped(work: impl Future<Output = Result<()>>, stopped: impl FnOnce() -> Result<()>) -> Result<()> {
    let stop = async {
        asked_to_stop().await?;
        let _ = writeln!(std::io::stdout(), "\nStopping."); // a terminal that was closed does not want to know
        Ok(())
    };
    tokio::select! {
        biased;
        asked = stop => asked.and_then(|()| stopped()),
        result = work => result,
    }
}

/// What has an end is not done when it is stopped.
fn before_its_end() -> Result<()> {
    bail!("stopped before its end")
}

/// Ends at Ctrl-C, SIGTERM, or when the terminal is closed.
async fn asked_to_stop() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
    Ok(())
}

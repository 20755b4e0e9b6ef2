//! `local-cloud`: the local cloud as a program.

mod commands;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

/// Everything the Lambdas talk to, on this machine.
#[derive(Debug, Parser)]
#[command(name = "local-cloud", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nlocal-cloud: {error:#}");
            ExitCode::FAILURE
        }
    }
}

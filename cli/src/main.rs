//! `guild-memory`: the operator's tool, for the local cloud and for deployed stacks alike.

mod causes;
mod commands;
mod lambda;
mod target;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;

/// What an operator of guild-memory does by hand. AWS account, region and endpoints as in every AWS tool: by AWS_PROFILE,
/// AWS_REGION and AWS_ENDPOINT_URL_LAMBDA (http://127.0.0.1:8000 for `make watch`).
#[derive(Debug, Parser)]
#[command(name = "guild-memory", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse().command.run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("guild-memory: {error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `make live`: each configured model, for real.

use std::process::ExitCode;

use guild_memory::{adapters::sdk_config, config::environment};

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let all_answered = live::check(environment, &sdk_config().await, &mut std::io::stdout()).await?;
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

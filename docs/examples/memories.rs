//! Asks guild-memory what a bot should know about people, with the AWS SDK.

use std::time::Duration;

use anyhow::{Result, bail};
use aws_config::{BehaviorVersion, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_lambda::{Client, primitives::Blob};
use serde_json::{Value, json};

/// Without retries, and with a timeout above the function's own 180 s: a second invocation is paid nothing twice, but would
/// only wait for the first.
pub async fn client() -> Client {
    let timeout = TimeoutConfig::builder().operation_timeout(Duration::from_secs(190)).build();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeout)
        .load()
        .await;
    Client::new(&config)
}

/// One text for each person, and all of them as a block for the prompt of the bot's own model.
pub async fn ask(lambda: &Client, function: &str, guild_id: &str, user_ids: &[&str]) -> Result<Value> {
    let event = json!({"guild_id": guild_id, "user_ids": user_ids, "prompt": true});
    let answer = lambda.invoke().function_name(function).payload(Blob::new(event.to_string())).send().await?;
    let body: Value = serde_json::from_slice(answer.payload.unwrap_or_default().as_ref())?;
    if answer.function_error.is_some() {
        bail!("{}: {}", body["errorType"], body["errorMessage"]);
    }
    Ok(body)
}

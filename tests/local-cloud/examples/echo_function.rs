//! The smallest Lambda there is, for the tests of the emulator: it answers with its event and one of its variables.

use std::env::var;

use anyhow::{Context, Result};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let runtime = format!("{}/2018-06-01/runtime/invocation", var("AWS_LAMBDA_RUNTIME_API")?);
    let client = reqwest::Client::builder().no_proxy().build()?;
    loop {
        let next = client.get(format!("{runtime}/next")).send().await?;
        let id = next.headers().get("lambda-runtime-aws-request-id").context("no request id")?.to_str()?.to_owned();
        let event: Value = serde_json::from_slice(&next.bytes().await?)?;
        println!("event {event}");
        let (path, answer) = match event["fail"].as_bool() {
            Some(true) => ("error", json!({"errorType": "Asked", "errorMessage": "as asked"})),
            _ => ("response", json!({"event": event, "flavour": var("FLAVOUR").ok(), "process": std::process::id()})),
        };
        client.post(format!("{runtime}/{id}/{path}")).body(answer.to_string()).send().await?;
    }
}

//! The traces that the local cloud of `make watch` has kept.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::{causes::first_cause, target::START_IT};

/// More than it keeps.
const ALL: usize = 1_000;
/// It is on this machine.
const LIMIT: Duration = Duration::from_secs(10);

/// OTLP's JSON of the last requests for memories, the last one first.
pub(super) async fn last_requests(url: &str) -> Result<Vec<u8>> {
    // Whatever proxy the environment names is for the world outside.
    let client = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().context("no client can be made")?;
    let asked = client.get(format!("{}/otlp/traces?last={ALL}", url.trim_end_matches('/'))).send().await;
    let answer = asked.map_err(|error| {
        anyhow::anyhow!("nothing answers at {url} ({}); {START_IT}", first_cause(&error.without_url()))
    })?;
    ensure!(answer.status().is_success(), "what answers at {url} is no local cloud; {START_IT}");
    let bytes = answer.bytes().await.with_context(|| format!("the answer of {url} broke off"))?;
    Ok(bytes.to_vec())
}

//! Sends what changed to `ingest_messages`, and who left to `people`.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result, anyhow, ensure};
use aws_config::BehaviorVersion;
use aws_sdk_lambda::{Client, config::ProvideCredentials, primitives::Blob, types::InvocationType};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::event::Change;

/// Changes of one call; `ingest_messages` takes 5,000.
const MAX_CHANGES: usize = 500;
/// How long changes are collected.
const COLLECT_FOR: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Whoever invokes the function.
pub(crate) struct Forwarder {
    lambda: Client,
    function: String,
}

impl Forwarder {
    /// Makes sure that the function can be invoked: whatever is wrong then is wrong for good.
    pub(crate) async fn to(function: String, variable: &str) -> Result<Self> {
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        let credentials = config.credentials_provider().context("the AWS SDK has no credentials provider")?;
        // Asked here, because the SDK says only once what is wrong with them.
        let signed_in = credentials.provide_credentials().await;
        signed_in.context(
            "there are no AWS credentials: set AWS_PROFILE to a profile that exists, or sign in with `aws configure`",
        )?;
        ensure!(config.region().is_some(), "no AWS region is set: set AWS_REGION, or `region` in the profile");
        let lambda = Client::new(&config);
        let dry_run = lambda.invoke().function_name(&function).invocation_type(InvocationType::DryRun);
        dry_run.send().await.with_context(|| {
            format!("{function} cannot be invoked: are {variable}, AWS_REGION and AWS_ENDPOINT_URL_LAMBDA right?")
        })?;
        Ok(Self { lambda, function })
    }

    /// Sends what comes in, a batch a guild and second, until nothing can come any more.
    pub(crate) async fn forward(self, mut queue: UnboundedReceiver<Change>) {
        let mut changes = Vec::new();
        while queue.recv_many(&mut changes, MAX_CHANGES).await > 0 {
            tokio::time::sleep(COLLECT_FOR).await;
            while changes.len() < MAX_CHANGES
                && let Ok(change) = queue.try_recv()
            {
                changes.push(change);
            }
            for (guild, event) in events(changes.drain(..)) {
                self.send(&guild, &event).await;
            }
        }
    }

    /// Sends one event after the other, until none can come any more.
    pub(crate) async fn forward_each(self, mut queue: UnboundedReceiver<Value>) {
        while let Some(event) = queue.recv().await {
            self.send(event["guild_id"].as_str().unwrap_or_default(), &event).await;
        }
    }

    /// Sends an event until it is taken: nothing is lost while the function cannot be reached.
    async fn send(&self, guild: &str, event: &Value) {
        let function = &self.function;
        let mut wait = COLLECT_FOR;
        loop {
            let payload = Blob::new(event.to_string());
            match self.lambda.invoke().function_name(function).payload(payload).send().await {
                Ok(answer) if answer.function_error.is_none() => return,
                Ok(answer) => {
                    let said = answer.payload.map(|payload| String::from_utf8_lossy(payload.as_ref()).into_owned());
                    eprintln!("{function} failed for guild {guild}, and is asked again: {}", said.unwrap_or_default());
                }
                Err(error) => eprintln!("{function} cannot be invoked, and is asked again: {:#}", anyhow!(error)),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

/// The changes as events of `ingest_messages`, by guild.
fn events(changes: impl IntoIterator<Item = Change>) -> BTreeMap<String, Value> {
    let mut events = BTreeMap::new();
    for Change { guild, what, is_deletion } in changes {
        let empty = || json!({"guild_id": guild, "messages": [], "deleted": []});
        let list =
            &mut events.entry(guild.clone()).or_insert_with(empty)[if is_deletion { "deleted" } else { "messages" }];
        if let Value::Array(list) = list {
            list.push(what);
        }
    }
    events
}

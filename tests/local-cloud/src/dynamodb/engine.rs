//! What keeps the items behind the front: `dynoxide` in this process, or AWS's own DynamoDB Local, which somebody else has
//! started.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use anyhow::{Context, Result, ensure};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, SharedCredentialsProvider};
use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use dynoxide::Database;
use serde_json::Value;
use tokio::net::TcpListener;

use super::tables;
use crate::{
    http::{AMZ_JSON_1_0, loopback_client},
    template::Template,
};

/// Names the address of a DynamoDB Local. Without it, `dynoxide` is the engine.
const VARIABLE: &str = "LOCAL_CLOUD_DYNAMODB";
/// What a transaction of DynamoDB may hold.
const LARGEST_TRANSACTION: usize = 100;
/// What one of DynamoDB Local may hold, in the version that `make test-aws` runs.
const LARGEST_TRANSACTION_OF_AWS: usize = 10;

/// Where the front sends what it lets through.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    url: String,
    /// DynamoDB Local keeps tables apart by the access key, and looks at nothing else of a signature.
    access_key: Option<String>,
}

impl Engine {
    /// Opens the engine that the environment names (in memory without a folder), makes the template's tables that it lacks,
    /// and serves it on the listener if it is in this process.
    pub(crate) async fn start(listener: TcpListener, data: Option<&Path>, template: &Template) -> Result<Self> {
        match std::env::var(VARIABLE).ok().filter(|url| !url.is_empty()) {
            Some(url) => Self::of_aws(url, template).await,
            None => Self::in_process(listener, data, template),
        }
    }

    fn in_process(listener: TcpListener, data: Option<&Path>, template: &Template) -> Result<Self> {
        let url = format!("http://{}", listener.local_addr()?);
        let database = open(data, template)?;
        // It ends with the runtime; an error of the accept loop would show as refused connections.
        tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
        Ok(Self { url, access_key: None })
    }

    async fn of_aws(url: String, template: &Template) -> Result<Self> {
        let engine = Self { url, access_key: Some(unique_access_key()?) };
        let client = loopback_client()?;
        for table in template.tables() {
            let made = engine.ask(&client, "CreateTable", &tables::creation(table)).await;
            made.with_context(|| format!("table {} of template.yaml, at {VARIABLE}", table.name))?;
        }
        Ok(engine)
    }

    /// Asks it itself: nothing is counted, held or refused.
    pub(crate) async fn ask(&self, client: &reqwest::Client, operation: &str, request: &Value) -> Result<Value> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", format!("DynamoDB_20120810.{operation}").parse()?);
        headers.insert("content-type", HeaderValue::from_static(AMZ_JSON_1_0));
        headers.insert(AUTHORIZATION, signature(self.key())?);
        headers.insert("x-amz-date", HeaderValue::from_static("20260101T000000Z"));
        let answer = client.post(&self.url).headers(headers).body(request.to_string()).send().await?;
        let (status, body) = (answer.status(), answer.bytes().await?);
        ensure!(status.is_success(), "{operation}: {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }

    /// What the SDK needs to ask it itself.
    pub(crate) fn config(&self) -> SdkConfig {
        let credentials = Credentials::new(self.key(), "local", None, None, "local-cloud");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(&self.url)
            .build()
    }

    fn key(&self) -> &str {
        self.access_key.as_deref().unwrap_or("local")
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// How many items a transaction may have.
    pub(crate) fn largest_transaction(&self) -> usize {
        if self.access_key.is_some() { LARGEST_TRANSACTION_OF_AWS } else { LARGEST_TRANSACTION }
    }

    /// Makes a request one about the tables of this engine, whoever signed it.
    pub(crate) fn sign(&self, headers: &mut HeaderMap) -> Result<()> {
        if let Some(key) = &self.access_key {
            headers.insert(AUTHORIZATION, signature(key)?);
        }
        Ok(())
    }
}

/// A signature in which only the key is true: nobody looks at the rest.
fn signature(key: &str) -> Result<HeaderValue> {
    let scope = "20260101/us-east-1/dynamodb/aws4_request";
    Ok(format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host, Signature={:064}", 0).parse()?)
}

/// Opens the database in this process, and makes the template's tables that it lacks.
fn open(data: Option<&Path>, template: &Template) -> Result<Database> {
    let database = match data {
        None => Database::memory()?,
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("the data folder {}", folder.display()))?;
            let file = folder.join("dynamodb.sqlite");
            Database::new(&file.to_string_lossy()).with_context(|| format!("the database {}", file.display()))?
        }
    };
    tables::create(&database, template)?;
    Ok(database)
}

/// A key that no other cloud has, of this process or another.
fn unique_access_key() -> Result<String> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos();
    Ok(format!("{}X{now}X{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst)))
}

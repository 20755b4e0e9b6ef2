//! Wiring of the `ingest_messages` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
        lambda,
        otlp::Exporter,
        sdk_config,
    },
    config::{IngestMessagesConfig, environment},
    telemetry,
};
use ingest_messages::{Deps, TIMEOUT, handle};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = IngestMessagesConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "ingest_messages");
    let memory = MemoryTable::new(&aws, config.memory_table);
    memory.warm_up().await;
    let deps = Deps {
        messages: MessagesTable::new(&memory, config.messages_table),
        memory,
        clock: SystemClock,
        retention: config.retention,
        allowed_guilds: config.allowed_guilds,
        discord_guilds: config.discord_guilds,
    };
    let handler = service_fn(|event: LambdaEvent<lambda::Event>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("ingest_messages", &event.context, &event.payload.0);
        lambda::in_span(span, handle(&deps, event.payload.0, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

//! Wiring of the `ingest_messages` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
        lambda, sdk_config,
    },
    config::{IngestMessagesConfig, environment},
    telemetry,
};
use ingest_messages::{Deps, TIMEOUT, handle};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = IngestMessagesConfig::read(environment)?;
    let memory = MemoryTable::new(&sdk_config().await, config.memory_table);
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
        handle(&deps, event.payload.0, remaining)
    });
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}

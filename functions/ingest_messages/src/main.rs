//! Wiring of the `ingest_messages` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
        sdk_config,
    },
    config::{IngestMessagesConfig, environment},
    telemetry,
};
use ingest_messages::{Deps, handle};
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
    };
    let handler = service_fn(|event: LambdaEvent<_>| handle(&deps, event.payload));
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}

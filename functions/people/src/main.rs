//! Wiring of the `people` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
        lambda,
        otlp::Exporter,
        sdk_config,
    },
    config::{PeopleConfig, environment},
    telemetry,
};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use people::{Deps, TIMEOUT, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = PeopleConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "people");
    let memory = MemoryTable::new(&aws, config.memory_table);
    memory.warm_up().await;
    let deps = Deps {
        messages: MessagesTable::new(&memory, config.messages_table),
        memory,
        clock: SystemClock,
        retention: config.retention,
        summary_retention: config.summary_retention,
        allowed_guilds: config.allowed_guilds,
        left_kept_for: config.left_kept_for,
    };
    let handler = service_fn(|event: LambdaEvent<lambda::Event>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("people", &event.context, &event.payload.0);
        lambda::in_span(span, handle(&deps, event.payload.0, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

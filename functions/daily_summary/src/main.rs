//! Wiring of the `daily_summary` Lambda.

use daily_summary::{Deps, TIMEOUT, handle};
use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::{MemoryTable, MessagesTable},
        lambda, models,
        otlp::Exporter,
        sdk_config,
    },
    app::{ModelChain, summarize_day::Settings},
    config::{DailySummaryConfig, environment},
    telemetry,
};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = DailySummaryConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "daily_summary");
    let memory = MemoryTable::new(&aws, config.memory_table).keeping_summaries_for(config.summary_retention);
    let (models, ()) = tokio::join!(models::connect(config.models, &aws), memory.warm_up());
    let deps = Deps {
        model: ModelChain::new(models?, memory.clone(), SystemClock),
        messages: MessagesTable::new(&memory, config.messages_table),
        memory,
        clock: SystemClock,
        settings: Settings {
            settle: config.settle,
            open_day_ttl: config.open_day_ttl,
            retention: config.summary_retention,
            chunks: config.chunks,
        },
        discord_guilds: config.discord_guilds,
    };
    let handler = service_fn(|event: LambdaEvent<_>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("daily_summary", &event.context, &event.payload);
        lambda::in_span(span, handle(&deps, event.payload, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

//! Wiring of the `sync_messages` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        discord::Discord,
        dynamodb::{MemoryTable, MessagesTable},
        lambda::{self, Functions},
        otlp::Exporter,
        sdk_config,
        secrets::Secret,
    },
    app::{Cooldowns, sync_messages::Settings},
    config::{SyncMessagesConfig, environment},
    telemetry,
};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::Value;
use sync_messages::{Deps, PATIENCE, TIMEOUT, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = SyncMessagesConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "sync_messages");
    let memory = MemoryTable::new(&aws, config.memory_table);
    let (token, ()) = tokio::join!(Secret::read(config.discord.bot_token, &aws), memory.warm_up());
    let summary_models = config.summary_models.iter().map(ToString::to_string).collect();
    let deps = Deps {
        discord: Discord::new(config.discord.base_url.as_deref())?.as_bot(token?).patient_for(PATIENCE),
        functions: Functions::retried(&aws, config.daily_summary_function, config.get_memories_function),
        summary_cooldowns: Cooldowns::new(memory.clone(), SystemClock, summary_models),
        messages: MessagesTable::new(&memory, config.messages_table),
        memory,
        clock: SystemClock,
        settings: Settings {
            guilds: config.guilds,
            backfill_days: config.backfill_days,
            retention: config.retention,
            calendar: config.calendar,
            keep_warm: config.keep_warm,
            left_kept_for: config.left_kept_for,
        },
    };
    let handler = service_fn(|event: LambdaEvent<Value>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("sync_messages", &event.context, &event.payload);
        lambda::in_span(span, handle(&deps, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

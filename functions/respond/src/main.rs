//! Wiring of the `respond` Lambda.

use guild_memory::{
    adapters::{
        SystemClock,
        discord::{Discord, Replies},
        dynamodb::{MemoryTable, MessagesTable},
        lambda::{self, AnswerFunctions, Functions, People, Sweeper},
        otlp::Exporter,
        sdk_config,
        secrets::Secret,
    },
    config::{RespondConfig, environment},
    telemetry,
};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use respond::{Deps, TIMEOUT, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = RespondConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "respond");
    let memory = MemoryTable::new(&aws, config.memory_table);
    let (token, ()) = tokio::join!(Secret::read(config.discord.bot_token, &aws), memory.warm_up());
    let discord = Discord::new(config.discord.base_url.as_deref())?;
    let deps = Deps {
        messages: MessagesTable::new(&memory, config.messages_table),
        memory,
        functions: AnswerFunctions {
            functions: Functions::new(&aws, config.daily_summary_function, config.get_memories_function),
            sweeper: Sweeper::new(&aws, config.ingest_messages_function),
            people: People::new(&aws, config.people_function),
        },
        channels: discord.clone().as_bot(token?),
        replies: Replies::new(discord, config.application),
        clock: SystemClock,
        calendar: config.calendar,
        allowed_guilds: config.allowed_guilds,
    };
    let handler = service_fn(|event: LambdaEvent<_>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("respond", &event.context, &event.payload);
        lambda::in_span(span, handle(&deps, event.payload, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

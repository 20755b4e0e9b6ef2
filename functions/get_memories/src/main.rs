//! Wiring of the `get_memories` Lambda.

use get_memories::{Deps, TIMEOUT, handle};
use guild_memory::{
    adapters::{
        SystemClock,
        dynamodb::MemoryTable,
        lambda::{self, Functions},
        models,
        otlp::Exporter,
        sdk_config,
    },
    app::{AskedFor, Cooldowns, ModelChain},
    config::{GetMemoriesConfig, environment},
    contract::Models,
    telemetry,
};
use lambda_runtime::{LambdaEvent, Runtime, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = GetMemoriesConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "get_memories");
    let memory = MemoryTable::new(&aws, config.memory_table).keeping_summaries();
    let summary_models = config.summary_models.iter().map(ToString::to_string).collect();
    let merges = if config.models.chain.is_empty() { Models::None } else { Models::Configured };
    let functions = Functions::new(&aws, config.daily_summary_function, config.own_name);
    let models = models::connect(config.models, &aws);
    let (models, (), ()) = tokio::join!(models, memory.warm_up(), functions.warm_up());
    let deps = Deps {
        functions,
        model: ModelChain::new(models?, memory.clone(), SystemClock),
        models: merges,
        asked_for: AskedFor::default(),
        summary_cooldowns: Cooldowns::new(memory.clone(), SystemClock, summary_models),
        clock: SystemClock,
        calendar: config.calendar,
        today: config.today,
        merge_batch: config.merge_batch,
        memory,
    };
    let handler = service_fn(|event: LambdaEvent<_>| {
        let remaining = lambda::remaining(&event.context, TIMEOUT);
        let span = lambda::span("get_memories", &event.context, &event.payload);
        lambda::in_span(span, handle(&deps, event.payload, remaining))
    });
    lambda::run(Runtime::new(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

//! Wiring of the `get_memories` Lambda.

use get_memories::{Deps, handle};
use guild_memory::{
    adapters::{SystemClock, dynamodb::MemoryTable, lambda::DailySummaryFunction, models, sdk_config},
    app::ModelChain,
    config::{GetMemoriesConfig, environment},
    telemetry,
};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = GetMemoriesConfig::read(environment)?;
    let aws = sdk_config().await;
    let store = MemoryTable::new(&aws, config.memory_table);
    let (models, ()) = tokio::join!(models::connect(config.models, &aws), store.warm_up());
    let deps = Deps {
        days: DailySummaryFunction::new(&aws, config.daily_summary_function),
        model: ModelChain::new(models?),
        clock: SystemClock,
        calendar: config.calendar,
        store,
    };
    let handler = service_fn(|event: LambdaEvent<_>| handle(&deps, event.payload));
    lambda_runtime::run(handler).await.map_err(anyhow::Error::from_boxed)
}

//! Wiring of the `interactions` Lambda, which sits behind a Function URL.

use guild_memory::{
    adapters::{SystemClock, dynamodb::MemoryTable, lambda::Respond, sdk_config},
    app::interact,
    config::{InteractionsConfig, environment},
    telemetry,
};
use interactions::{Deps, handle};
use lambda_http::{Error, Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = InteractionsConfig::read(environment)?;
    let aws = sdk_config().await;
    let store = MemoryTable::new(&aws, config.memory_table);
    let responder = Respond::new(&aws, config.respond_function);
    tokio::join!(store.warm_up(), responder.warm_up());
    let deps = Deps {
        public_key: config.public_key,
        interact: interact::Deps { store, responder, clock: SystemClock, calendar: config.calendar },
    };
    let handler = service_fn(|request: Request| async { Ok::<_, Error>(handle(&deps, request).await) });
    lambda_http::run(handler).await.map_err(anyhow::Error::from_boxed)
}

//! Wiring of the `interactions` Lambda, which sits behind a Function URL.

use std::{sync::Arc, time::Duration};

use guild_memory::{
    adapters::{
        SystemClock,
        discord::Discord,
        dynamodb::MemoryTable,
        lambda::{self, Respond},
        otlp::Exporter,
        sdk_config,
        secrets::Secret,
    },
    app::interact,
    config::{InteractionsConfig, environment},
    telemetry,
};
use interactions::{Deps, handle};
use lambda_http::{Error, Request, RequestExt as _, http::StatusCode, runtime, service_fn};
use tracing::Instrument as _;

/// How long Discord is asked who is a moderator: what is left of its own 3 seconds.
const PATIENCE: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    telemetry::init(environment);
    let config = InteractionsConfig::read(environment)?;
    let aws = sdk_config().await;
    let exporter = Exporter::new(config.export, &aws, "interactions");
    let store = MemoryTable::new(&aws, config.memory_table);
    let responder = Respond::new(&aws, config.respond_function);
    let discord = async {
        let Some(config) = config.discord else { return anyhow::Ok(None) };
        match Secret::read(config.bot_token, &aws).await {
            Ok(token) => Ok(Some(Discord::new(config.base_url.as_deref())?.patient_for(PATIENCE).as_bot(token))),
            // The template names a parameter, whether there is one or not: without it there is no token.
            Err(error) if error.is_not_there() => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let (discord, (), ()) = tokio::join!(discord, store.warm_up(), responder.warm_up());
    let deps = Deps {
        public_key: config.public_key,
        interact: interact::Deps {
            store,
            responder,
            discord: discord?,
            clock: SystemClock,
            calendar: config.calendar,
            allowed_guilds: config.allowed_guilds,
            handling: config.handling,
        },
    };
    let deps = Arc::new(deps);
    let handler = service_fn(move |request: Request| {
        let deps = Arc::clone(&deps);
        async move {
            let span = lambda::span_of_http("interactions", request.lambda_context_ref());
            let response = handle(&deps, request).instrument(span.clone()).await;
            match response.status() {
                StatusCode::UNAUTHORIZED => lambda::forget(span),
                status => {
                    span.record("http.response.status_code", status.as_u16());
                }
            }
            Ok::<_, Error>(response)
        }
    });
    lambda::run(runtime(handler), exporter).await.map_err(anyhow::Error::from_boxed)
}

//! The ports, over the real world. What comes over a wire is decoded by types private to its adapter.

pub mod bedrock;
mod clock;
pub mod discord;
pub mod dynamodb;
pub mod gemini;
mod http;
pub mod lambda;
mod model_http;
pub mod models;
pub mod openai;
pub mod otlp;
pub mod secrets;

use aws_config::{BehaviorVersion, SdkConfig};

pub use clock::SystemClock;

/// The AWS configuration of the environment: region, credentials and endpoints by the SDK's own variables.
pub async fn sdk_config() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

//! Amazon Bedrock by its Converse API. The function's role is asked who it is: there is no key, and what is sent stays with
//! the account's own provider.

mod refusal;
mod request;
mod response;

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_bedrockruntime::{
    Client,
    config::{Builder, StalledStreamProtectionConfig},
};
use jiff::Timestamp;

use super::model_http;
use crate::{
    config::{ModelConfig, ModelOptions},
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelResponse},
};

/// One model of Amazon Bedrock.
pub struct BedrockModel {
    client: Client,
    /// A model's id, an inference profile's, or an ARN.
    model: String,
    /// The name it is configured by.
    name: String,
    options: ModelOptions,
}

impl BedrockModel {
    pub(super) fn new(client: Client, model: &ModelConfig) -> Self {
        let (name, id, options) = (model.name.to_string(), model.name.name().to_owned(), model.options.clone());
        Self { client, model: id, name, options }
    }
}

/// A client that gives up after `timeout`, and asks once: who is asked next is the chain's to decide. One for all models:
/// they share its connections.
pub(super) fn client(config: &SdkConfig, timeout: Duration) -> Client {
    let timeouts =
        TimeoutConfig::builder().connect_timeout(model_http::CONNECT_TIMEOUT).operation_timeout(timeout).build();
    let config = Builder::from(config)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::disabled())
        // A model that thinks sends nothing for a while: only the timeout says when that is too long.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Client::from_conf(config.build())
}

impl LanguageModel for BedrockModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let (outcome, tokens) = match request::converse(&self.client, &self.model, prompt, &self.options).send().await {
            Ok(output) => (response::answer(&output), response::tokens(&output)),
            Err(error) => (Err(refusal::error(&error, Timestamp::now())), Usage::default()),
        };
        model_http::response(&self.name, outcome, tokens)
    }
}

#[cfg(test)]
mod tests;

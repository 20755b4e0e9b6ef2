//! Connects the models that are configured.

use aws_config::SdkConfig;

use super::{
    gemini::{self, GeminiModel},
    model_http,
    openai::OpenAiModel,
    secrets::{Secret, SecretError},
};
use crate::{
    config::{KeySource, ModelConfig, ModelsConfig, Provider},
    domain::{Budget, prompt::Prompt},
    ports::{LanguageModel, ModelResponse},
};

/// The models cannot be connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Their key is not to be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// HTTPS is not to be had.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
}

/// A model of either API.
pub enum Model {
    /// One of the Gemini API.
    Gemini(GeminiModel),
    /// One of an OpenAI-compatible server.
    OpenAi(OpenAiModel),
}

impl LanguageModel for Model {
    fn name(&self) -> String {
        match self {
            Self::Gemini(model) => model.name(),
            Self::OpenAi(model) => model.name(),
        }
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        match self {
            Self::Gemini(model) => model.generate(prompt).await,
            Self::OpenAi(model) => model.generate(prompt).await,
        }
    }
}

/// The models of a chain, in its order, each with what may be spent on it.
///
/// # Errors
/// When a key or TLS is not to be had; no model is called.
pub async fn connect(config: ModelsConfig, aws: &SdkConfig) -> Result<Vec<(Model, Budget)>, ConnectError> {
    let http = model_http::client(config.timeout)?;
    let (gemini, openai) = (config.gemini.as_ref(), config.openai.as_ref());
    let gemini_key = secret(gemini.map(|gemini| &gemini.key), aws).await?;
    let openai_key = secret(openai.and_then(|openai| openai.key.as_ref()), aws).await?;
    let gemini_url = gemini.and_then(|gemini| gemini.base_url.as_deref()).unwrap_or(gemini::DEFAULT_BASE_URL);
    let model = |model: &ModelConfig| {
        let connected = match model.name.provider() {
            Provider::Gemini => Model::Gemini(GeminiModel::new(http.clone(), gemini_url, model, gemini_key.clone()?)),
            Provider::OpenAi => {
                Model::OpenAi(OpenAiModel::new(http.clone(), &openai?.base_url, model, openai_key.clone()))
            }
        };
        Some((connected, model.budget))
    };
    // The configuration brings what each of its models needs: none is left out here.
    Ok(config.chain.iter().filter_map(model).collect())
}

async fn secret(source: Option<&KeySource>, aws: &SdkConfig) -> Result<Option<Secret>, SecretError> {
    match source {
        Some(source) => Secret::read(source.clone(), aws).await.map(Some),
        None => Ok(None),
    }
}

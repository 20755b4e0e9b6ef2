//! Connects the models that are configured.

use aws_config::SdkConfig;

use super::{
    gemini::{self, GeminiModel},
    model_http::{self, TimedClient},
    openai::OpenAiModel,
    secrets::{Secret, SecretError},
};
use crate::{
    config::{KeySource, ModelConfig, ModelsConfig, Provider},
    domain::{Limits, prompt::Prompt},
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

/// The models of a chain, in its order, each with its limits.
///
/// # Errors
/// When a key or TLS is not to be had; no model is called.
pub async fn connect(config: ModelsConfig, aws: &SdkConfig) -> Result<Vec<(Model, Limits)>, ConnectError> {
    let http = model_http::client()?;
    for unpaid in config.chain.iter().filter(|model| model.is_unpaid()) {
        tracing::warn!(event = "unpaid_model", model = %unpaid.name, "what it is sent may be used to train models, which Discord forbids");
    }
    let (gemini, openai) = (config.gemini.as_ref(), config.openai.as_ref());
    let gemini_key = secret(gemini.map(|gemini| &gemini.key), aws).await?;
    let openai_key = secret(openai.and_then(|openai| openai.key.as_ref()), aws).await?;
    let gemini_url = gemini.and_then(|gemini| gemini.base_url.as_deref()).unwrap_or(gemini::DEFAULT_BASE_URL);
    let model = |model: &ModelConfig| {
        let timeout = model.timeout.unwrap_or(config.timeout);
        let limits = Limits { budget: model.budget, parallel: model.parallel, timeout };
        let http = TimedClient { client: http.clone(), timeout };
        let connected = match model.name.provider() {
            Provider::Gemini => Model::Gemini(GeminiModel::new(http, gemini_url, model, gemini_key.clone()?)),
            Provider::OpenAi => Model::OpenAi(OpenAiModel::new(http, &openai?.base_url, model, openai_key.clone())),
        };
        Some((connected, limits))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use local_cloud::{Fault, KeyFault, LocalCloud, Options, Rule};

    use super::*;
    use crate::{
        adapters::secrets::sdk_config_of,
        config::{GeminiConfig, OpenAiConfig},
        domain::{Priority, prompt::AnswerFormat},
    };

    const GEMINI_KEY: &str = "/guild-memory/gemini-api-key";
    const OPENAI_KEY: &str = "/guild-memory/openai-api-key";

    /// A model of each API, whose keys are parameters.
    async fn models(cloud: &LocalCloud) -> Vec<Model> {
        let parameter = |name: &str| KeySource::Parameter(name.to_owned());
        let config = ModelsConfig {
            chain: ["gemini:a", "openai:b"].map(|model| model.parse().unwrap()).into(),
            gemini: Some(GeminiConfig { key: parameter(GEMINI_KEY), base_url: Some(cloud.url().to_owned()) }),
            openai: Some(OpenAiConfig { key: Some(parameter(OPENAI_KEY)), base_url: format!("{}/v1", cloud.url()) }),
            timeout: Duration::from_secs(10),
        };
        connect(config, &sdk_config_of(cloud)).await.unwrap().into_iter().map(|(model, _)| model).collect()
    }

    fn prompt() -> Prompt {
        let data = "<person name=\"Ann\"><days><day date=\"2026-11-20\">Ann sailed.</day></days></person>".into();
        Prompt { instructions: "do", data, answer: AnswerFormat::Text, priority: Priority::Normal }
    }

    #[tokio::test]
    async fn a_server_that_refuses_a_form_of_json_is_asked_for_the_next_and_remembered() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        for name in [GEMINI_KEY, OPENAI_KEY] {
            cloud.put_parameter(name, "a key");
        }
        let models = models(&cloud).await;
        let openai = models.last().unwrap();
        cloud.model().set(vec![Rule { fault: Some(Fault::NoJson), times: Some(2), ..Rule::default() }]);
        let prompt = Prompt { answer: AnswerFormat::Summaries, ..prompt() };
        for calls in [3, 4] {
            assert_eq!(openai.generate(&prompt).await.outcome.err(), None);
            assert_eq!(cloud.model().calls().len(), calls, "schema, object, and then none at once");
        }
    }

    #[tokio::test]
    async fn rule_31_a_model_key_that_rotated_is_read_again_and_the_request_sent_once_more() {
        for refused in [KeyFault::Unknown, KeyFault::Blocked] {
            let cloud = LocalCloud::start(Options::default()).unwrap();
            for name in [GEMINI_KEY, OPENAI_KEY] {
                cloud.put_parameter(name, "the old one");
            }
            let models = models(&cloud).await;
            cloud.model().refuse_key("the old one", refused);
            for name in [GEMINI_KEY, OPENAI_KEY] {
                cloud.put_parameter(name, "the new one");
            }
            for model in &models {
                let response = model.generate(&prompt()).await;
                assert_eq!(response.outcome.err(), None, "{}", model.name());
                assert_eq!((response.usage.calls, response.usage.failures), (1, 0), "{}", model.name());
            }
            assert_eq!(cloud.parameter_reads(), 4, "each at the start and once more");
        }
    }

    #[tokio::test]
    async fn rule_31_a_key_that_did_not_change_is_refused_and_not_sent_again() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        for name in [GEMINI_KEY, OPENAI_KEY] {
            cloud.put_parameter(name, "the old one");
        }
        let models = models(&cloud).await;
        cloud.model().refuse_key("the old one", KeyFault::Unknown);
        for model in &models {
            for _ in 0..2 {
                let error = model.generate(&prompt()).await.outcome.err().unwrap();
                assert!(error.to_string().contains("check the API key"), "{error}");
            }
        }
        assert_eq!((cloud.parameter_reads(), cloud.model().key_refusals()), (4, 4), "within the minute");
    }
}

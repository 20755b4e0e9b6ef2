//! Connects the models that are configured.

use aws_config::SdkConfig;
use futures::future::{OptionFuture, join, join3};

use super::{
    bedrock::{self, BedrockModel},
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
    /// A model of Bedrock's is configured, and nothing says in which region.
    #[error("a model of bedrock: needs a region, and none is set: set AWS_REGION")]
    NoRegion,
    /// HTTPS is not to be had.
    #[error("the HTTP client cannot be made")]
    Http(#[from] reqwest::Error),
}

/// A model of any API.
pub enum Model {
    /// One of the Gemini API.
    Gemini(GeminiModel),
    /// One of an OpenAI-compatible server.
    OpenAi(OpenAiModel),
    /// One of Amazon Bedrock.
    Bedrock(BedrockModel),
}

impl LanguageModel for Model {
    fn name(&self) -> String {
        match self {
            Self::Gemini(model) => model.name(),
            Self::OpenAi(model) => model.name(),
            Self::Bedrock(model) => model.name(),
        }
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        match self {
            Self::Gemini(model) => model.generate(prompt).await,
            Self::OpenAi(model) => model.generate(prompt).await,
            Self::Bedrock(model) => model.generate(prompt).await,
        }
    }
}

/// The models of a chain, in its order, each with its limits.
///
/// # Errors
/// When a key, a region or TLS is not to be had; no model is called.
pub async fn connect(config: ModelsConfig, aws: &SdkConfig) -> Result<Vec<(Model, Limits)>, ConnectError> {
    let http = model_http::client()?;
    for unpaid in config.chain.iter().filter(|model| model.is_unpaid()) {
        tracing::warn!(event = "unpaid_model", model = %unpaid.name, "what it is sent may be used to train models, which Discord forbids");
    }
    let (gemini, openai) = (config.gemini.as_ref(), config.openai.as_ref());
    let gemini_url = gemini.and_then(|gemini| gemini.base_url.as_deref()).unwrap_or(gemini::DEFAULT_BASE_URL);
    let opened = join(
        OptionFuture::from(gemini.map(|_| model_http::open(&http, gemini_url))),
        OptionFuture::from(openai.map(|openai| model_http::open(&http, &openai.base_url))),
    );
    let (gemini_key, openai_key, _) = join3(
        secret(gemini.map(|gemini| &gemini.key), aws),
        secret(openai.and_then(|openai| openai.key.as_ref()), aws),
        opened,
    )
    .await;
    let (gemini_key, openai_key) = (gemini_key?, openai_key?);
    let asks_bedrock = config.chain.iter().any(|model| model.name.provider() == Provider::Bedrock);
    if asks_bedrock && aws.region().is_none() {
        return Err(ConnectError::NoRegion);
    }
    let model = |model: &ModelConfig| {
        let timeout = model.timeout.unwrap_or(config.timeout);
        let limits = Limits { budget: model.budget, parallel: model.parallel, timeout, hedge: model.hedge };
        let http = TimedClient { client: http.clone(), timeout };
        let connected = match model.name.provider() {
            Provider::Gemini => Model::Gemini(GeminiModel::new(http, gemini_url, model, gemini_key.clone()?)),
            Provider::OpenAi => Model::OpenAi(OpenAiModel::new(http, &openai?.base_url, model, openai_key.clone())),
            Provider::Bedrock => Model::Bedrock(BedrockModel::new(bedrock::client(aws, timeout), model)),
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
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use tokio::{
        io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
        net::TcpListener,
    };

    use local_cloud::{Fault, KeyFault, LocalCloud, Nowhere, Options, Rule};

    use super::*;
    use crate::{
        adapters::secrets::sdk_config_of,
        config::{ApiKey, GeminiConfig, OpenAiConfig},
        domain::{Priority, prompt::AnswerFormat},
        ports::ModelError,
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
        Prompt { instructions: "do", data, answer: AnswerFormat::Text, members: 0, priority: Priority::Normal }
    }

    /// How connecting a model of Bedrock's ends, and what is read for it.
    async fn bedrock(config: &SdkConfig) -> Result<Vec<(Model, Limits)>, ConnectError> {
        let chain = vec!["bedrock:eu.amazon.nova-lite-v1:0".parse().unwrap()];
        let config_of_models = ModelsConfig { chain, gemini: None, openai: None, timeout: Duration::from_secs(10) };
        connect(config_of_models, config).await
    }

    #[tokio::test]
    async fn bedrock_is_asked_with_credentials_and_without_a_key() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let models = bedrock(&sdk_config_of(&cloud)).await.unwrap();
        let answer = models[0].0.generate(&prompt()).await.outcome.unwrap();
        assert!(answer.text.contains("sailed") && answer.is_whole, "{}", answer.text);
        assert_eq!((cloud.model().calls()[0].model.as_str(), cloud.parameter_reads()), ("eu.amazon.nova-lite-v1:0", 0));
        for (fault, kind) in [
            (Fault::Blocked, "blocked"),
            (Fault::Safety, "blocked"),
            (Fault::MaxTokens, "too_long"),
            (Fault::RateLimited { retry_delay_s: 20 }, "rate_limited"),
            (Fault::DailyQuota, "rate_limited"),
            (Fault::Status(403), "refused"),
            (Fault::Status(503), "unavailable"),
            (Fault::Empty, "unavailable"),
            (Fault::CutBody, "unavailable"),
        ] {
            cloud.model().set(vec![Rule { fault: Some(fault), ..Rule::default() }]);
            let response = models[0].0.generate(&prompt()).await;
            assert_eq!(response.outcome.err().map(|error| error.kind()), Some(kind), "{fault:?}");
            assert_eq!((response.usage.calls, response.usage.failures), (1, 1), "{fault:?}");
        }
    }

    /// A server that refuses whatever it is asked, and counts its connections and the requests that came by them.
    async fn counting(listener: TcpListener, connections: Arc<AtomicUsize>, requests: Arc<AtomicUsize>) {
        while let Ok((stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::Relaxed);
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                loop {
                    let (mut line, mut length) = (String::new(), 0);
                    while line != "\r\n" {
                        line.clear();
                        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return;
                        }
                        let named = line.to_ascii_lowercase();
                        length = named.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                    }
                    stream.read_exact(&mut vec![0; length]).await.unwrap();
                    requests.fetch_add(1, Ordering::Relaxed);
                    let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    }

    #[tokio::test]
    async fn rule_49_the_first_question_waits_for_no_connection() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(counting(listener, Arc::clone(&connections), Arc::clone(&requests)));
        let config = ModelsConfig {
            chain: vec!["openai:b".parse().unwrap()],
            gemini: None,
            openai: Some(OpenAiConfig { key: None, base_url: format!("{url}/v1") }),
            timeout: Duration::from_secs(10),
        };
        let models = connect(config, &sdk_config_of(&cloud)).await.unwrap();
        let count = || (connections.load(Ordering::Relaxed), requests.load(Ordering::Relaxed));
        assert_eq!(count(), (1, 1));
        assert!(models[0].0.generate(&prompt()).await.outcome.is_err());
        assert_eq!(count(), (1, 2), "over the same connection");
    }

    /// Whose answer does not come in time may answer less; who is not there would not.
    #[tokio::test]
    async fn rule_16_a_call_that_takes_too_long_is_told_from_one_that_fails() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let timeout = Duration::from_millis(100);
        let asks = |url: String| ModelsConfig {
            chain: ["gemini:a", "openai:b", "bedrock:c"].map(|model| model.parse().unwrap()).into(),
            gemini: Some(GeminiConfig {
                key: KeySource::Value(ApiKey::new("a key").unwrap()),
                base_url: Some(url.clone()),
            }),
            openai: Some(OpenAiConfig { key: None, base_url: format!("{url}/v1") }),
            timeout,
        };
        let _hold = cloud.model().hold();
        for (model, _) in connect(asks(cloud.url().to_owned()), &sdk_config_of(&cloud)).await.unwrap() {
            assert_eq!(model.generate(&prompt()).await.outcome.err(), Some(ModelError::TimedOut), "{}", model.name());
        }
        let nowhere = Nowhere::new().unwrap();
        for (model, _) in
            connect(asks(nowhere.url().to_owned()), &sdk_config_of(&cloud)).await.unwrap().into_iter().take(2)
        {
            let error = model.generate(&prompt()).await.outcome.err();
            assert_eq!(error.map(|error| error.kind()), Some("unavailable"), "{}", model.name());
        }
    }

    #[tokio::test]
    async fn without_a_region_it_is_said_before_a_model_is_asked() {
        let nowhere = SdkConfig::builder().build();
        let error = bedrock(&nowhere).await.err().unwrap();
        assert!(error.to_string().contains("set AWS_REGION"), "{error}");
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

//! A small call to each model.

use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use futures::future::join_all;
use guild_memory::{
    adapters::models::{ConnectError, Model as Connected, connect},
    config::{ModelConfig, ModelsConfig},
    domain::{
        Limits, Priority,
        prompt::{AnswerFormat, Prompt},
    },
    ports::{LanguageModel as _, ModelError},
};

use crate::commands::doctor::judge::models::{Answer, Model};

/// What is asked: it is about nobody.
const INSTRUCTIONS: &str = "Write one short sentence about this invented person, and nothing else.";
const DATA: &str = r#"<person name="Nobody"><days><day date="2026-01-01">Nobody went sailing.</day></days></person>"#;

/// The models of a chain, each asked once if `is_asked` says so of its name.
///
/// # Errors
/// When their key or their region is not to be had; then none is asked.
pub(in crate::commands::doctor) async fn chain(
    config: ModelsConfig,
    aws: &SdkConfig,
    is_asked: impl Fn(&str) -> bool,
) -> Result<Vec<Model>, ConnectError> {
    let unpaid: Vec<bool> = config.chain.iter().map(|model| model.is_unpaid()).collect();
    let connected = connect(config, aws).await?;
    let asked = connected.into_iter().zip(unpaid).map(|((model, limits), is_unpaid)| {
        let is_asked = is_asked(&model.name());
        async move {
            let answer = if is_asked { Some(ask(&model, limits.timeout).await) } else { None };
            Model { name: model.name(), limits, is_unpaid, answer }
        }
    });
    Ok(join_all(asked).await)
}

/// The models of a chain that cannot be asked.
pub(in crate::commands::doctor) fn unasked(config: &ModelsConfig) -> Vec<Model> {
    let model = |model: &ModelConfig| Model {
        name: model.name.to_string(),
        limits: Limits {
            budget: model.budget,
            parallel: model.parallel,
            timeout: model.timeout.unwrap_or(config.timeout),
            hedge: model.hedge,
        },
        is_unpaid: model.is_unpaid(),
        answer: None,
    };
    config.chain.iter().map(model).collect()
}

/// The adapter ends a call at its time; this is for one that hangs all the same.
async fn ask(model: &Connected, limit: Duration) -> Result<Answer, ModelError> {
    let prompt = Prompt {
        instructions: INSTRUCTIONS,
        data: DATA.to_owned(),
        answer: AnswerFormat::Text,
        members: 0,
        priority: Priority::Normal,
    };
    let begun = Instant::now();
    let Ok(response) = tokio::time::timeout(limit, model.generate(&prompt)).await else {
        return Err(ModelError::TimedOut);
    };
    response.outcome?;
    Ok(Answer { seconds: begun.elapsed().as_secs_f64(), tokens: response.usage.tokens() })
}

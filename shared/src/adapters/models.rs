//! Connects the models that are configured.

use aws_config::SdkConfig;

use super::{
    gemini::{self, GeminiModel},
    secrets::{self, SecretError},
};
use crate::config::{ModelName, ModelsConfig};

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

/// The models of a chain, in its order, by name.
///
/// # Errors
/// When a key or TLS is not to be had; no model is called.
pub async fn connect(config: ModelsConfig, aws: &SdkConfig) -> Result<Vec<(String, GeminiModel)>, ConnectError> {
    let key = secrets::api_key(config.gemini_key, aws).await?;
    let http = gemini::http_client(config.timeout)?;
    let base_url = config.gemini_base_url.as_deref().unwrap_or(gemini::DEFAULT_BASE_URL);
    let model = |name: &ModelName| (name.to_string(), GeminiModel::new(http.clone(), base_url, name, key.clone()));
    Ok(config.chain.iter().map(model).collect())
}

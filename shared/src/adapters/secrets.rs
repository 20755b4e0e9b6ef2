//! Secrets from SSM Parameter Store.

use std::time::Duration;

use aws_config::{SdkConfig, timeout::TimeoutConfig};

use crate::config::{ApiKey, KeySource};

/// Less than a Lambda has for its init, so that its error says what is wrong.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The secret is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// SSM did not give it.
    #[error("the SSM parameter {parameter} cannot be read; does it exist, and may this function read it?")]
    Unreadable {
        /// The parameter's name.
        parameter: String,
        /// What SSM said.
        source: Box<aws_sdk_ssm::Error>,
    },
    /// It has no value.
    #[error("the SSM parameter {parameter} is empty")]
    Empty {
        /// The parameter's name.
        parameter: String,
    },
}

/// The key that `source` names.
///
/// # Errors
/// When it has to come from SSM and does not.
pub async fn api_key(source: KeySource, config: &SdkConfig) -> Result<ApiKey, SecretError> {
    let parameter = match source {
        KeySource::Value(key) => return Ok(key),
        KeySource::Parameter(parameter) => parameter,
    };
    let timeouts = TimeoutConfig::builder().operation_timeout(TIMEOUT).build();
    let config = aws_sdk_ssm::config::Builder::from(config).timeout_config(timeouts).build();
    let request = aws_sdk_ssm::Client::from_conf(config).get_parameter().name(&parameter).with_decryption(true);
    let answer = request
        .send()
        .await
        .map_err(|error| SecretError::Unreadable { parameter: parameter.clone(), source: Box::new(error.into()) })?;
    let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
    ApiKey::new(&value).ok_or(SecretError::Empty { parameter })
}

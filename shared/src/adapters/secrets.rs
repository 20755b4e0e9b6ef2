//! Secrets from SSM Parameter Store. They rotate: one that is refused is read again (DESIGN rule 31).

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use aws_config::{SdkConfig, timeout::TimeoutConfig};
use tokio::sync::Mutex;

use crate::config::{ApiKey, KeySource};

/// Less than a Lambda has for its init, so that its error says what is wrong.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long after a parameter was read again it is not.
const READ_AGAIN_EVERY: Duration = Duration::from_secs(60);

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

impl SecretError {
    /// Whether there is no such parameter.
    pub fn is_not_there(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if matches!(**source, aws_sdk_ssm::Error::ParameterNotFound(_)))
    }
}

/// A secret as it is now. Clones are one: what one of them reads again, all have.
#[derive(Debug, Clone)]
pub struct Secret(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    value: RwLock<ApiKey>,
    /// Where it is read again, and when it last was; `None` if it came from the environment.
    parameter: Option<(Parameter, Mutex<Option<Instant>>)>,
}

/// A SecureString.
#[derive(Debug)]
struct Parameter {
    ssm: aws_sdk_ssm::Client,
    name: String,
}

/// It never changes.
impl From<ApiKey> for Secret {
    fn from(key: ApiKey) -> Self {
        Self(Arc::new(Inner { value: RwLock::new(key), parameter: None }))
    }
}

impl Secret {
    /// The secret that `source` names.
    ///
    /// # Errors
    /// When it has to come from SSM and does not.
    pub async fn read(source: KeySource, config: &SdkConfig) -> Result<Self, SecretError> {
        let name = match source {
            KeySource::Value(key) => return Ok(key.into()),
            KeySource::Parameter(name) => name,
        };
        let timeouts = TimeoutConfig::builder().operation_timeout(TIMEOUT).build();
        let config = aws_sdk_ssm::config::Builder::from(config).timeout_config(timeouts).build();
        let parameter = Parameter { ssm: aws_sdk_ssm::Client::from_conf(config), name };
        let value = RwLock::new(parameter.value().await?);
        Ok(Self(Arc::new(Inner { value, parameter: Some((parameter, Mutex::new(None))) })))
    }

    /// As it is now.
    pub fn current(&self) -> ApiKey {
        self.0.value.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another value than the one that was `refused`, if there is one by now: it is read again, at most once a minute.
    pub async fn other_than(&self, refused: &ApiKey) -> Option<ApiKey> {
        let (parameter, read_again_at) = self.0.parameter.as_ref()?;
        let mut read_again_at = read_again_at.lock().await;
        let current = self.current();
        if current != *refused {
            return Some(current); // somebody else has read it again meanwhile
        }
        if read_again_at.is_some_and(|at| at.elapsed() < READ_AGAIN_EVERY) {
            return None;
        }
        *read_again_at = Some(Instant::now());
        let value = parameter.value().await;
        let changed = value.as_ref().is_ok_and(|value| value != refused);
        tracing::warn!(event = "key_refused", parameter = parameter.name, changed);
        let value = value.ok().filter(|_| changed)?;
        *self.0.value.write().unwrap_or_else(PoisonError::into_inner) = value.clone();
        Some(value)
    }
}

impl Parameter {
    async fn value(&self) -> Result<ApiKey, SecretError> {
        let parameter = || self.name.clone();
        let request = self.ssm.get_parameter().name(parameter()).with_decryption(true);
        let unreadable = |error| SecretError::Unreadable { parameter: parameter(), source: Box::new(error) };
        let answer = request.send().await.map_err(|error| unreadable(error.into()))?;
        let value = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        ApiKey::new(&value).ok_or_else(|| SecretError::Empty { parameter: parameter() })
    }
}

/// The AWS configuration of somebody who uses that local cloud.
#[cfg(test)]
pub(super) fn sdk_config_of(cloud: &local_cloud::LocalCloud) -> SdkConfig {
    use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};

    let credentials = Credentials::new("local", "local", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(cloud.url())
        .build()
}

#[cfg(test)]
mod tests {
    use local_cloud::{LocalCloud, Options};

    use super::*;

    const NAME: &str = "/guild-memory/gemini-api-key";

    async fn secret(cloud: &LocalCloud) -> Secret {
        Secret::read(KeySource::Parameter(NAME.to_owned()), &sdk_config_of(cloud)).await.unwrap()
    }

    #[tokio::test]
    async fn rule_31_a_key_that_is_refused_is_read_again_and_not_again_at_once() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let secret = secret(&cloud).await;
        let first = secret.current();
        cloud.put_parameter(NAME, "second");
        let second = ApiKey::new("second").unwrap();
        let together = tokio::join!(secret.other_than(&first), secret.other_than(&first));
        assert_eq!(together, (Some(second.clone()), Some(second.clone())));
        assert_eq!((secret.clone().current(), cloud.parameter_reads()), (second.clone(), 2), "one of them asked");

        cloud.put_parameter(NAME, "third");
        assert_eq!(secret.other_than(&second).await, None, "within the minute");
        assert_eq!(secret.other_than(&first).await, Some(second), "who comes late with the first");
        assert_eq!(cloud.parameter_reads(), 2);
    }

    #[tokio::test]
    async fn a_key_of_the_environment_stays() {
        let key = ApiKey::new("only").unwrap();
        assert_eq!(Secret::from(key.clone()).other_than(&key).await, None);
    }
}

//! The SDK's client, with the time it may take.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{Client, config::Builder};

/// An unreachable DynamoDB is an error within 5 seconds.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(4_500);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_000);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// Even when every second request is throttled, hardly one in a thousand is throttled ten times in a row.
const MAX_ATTEMPTS: u32 = 10;
const FIRST_BACKOFF: Duration = Duration::from_millis(25);
const LONGEST_BACKOFF: Duration = Duration::from_millis(500);

/// A client of its own for DynamoDB.
pub(super) fn connect(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(MAX_ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF);
    Client::from_conf(Builder::from(config).timeout_config(timeouts).retry_config(retries).build())
}

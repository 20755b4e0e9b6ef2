//! Asks everybody, all at once, each for so long and no longer.

pub(super) mod discord;
pub(super) mod lambda;
pub(super) mod models;
pub(super) mod store;
pub(super) mod tables;

use std::time::Duration;

use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use guild_memory::ports::StoreError;

use super::finding::{Asked, Trouble};
use crate::causes::first_cause;

/// How long anybody but a model may take.
pub(super) const LIMIT: Duration = Duration::from_secs(15);

/// The answer, or that it did not come in time.
async fn within<T>(limit: Duration, answer: impl Future<Output = Asked<T>>) -> Asked<T> {
    let late = || Trouble::Silent(format!("not within {} s", limit.as_secs()));
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| Err(late()))
}

/// Why AWS did not answer a request that takes the permission `action`. Of what it says the code is taken over.
fn trouble<E, R>(error: &SdkError<E, R>, action: &str) -> Trouble
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match error {
        SdkError::ServiceError(service) => by_code(service.err().code().unwrap_or("no code"), action),
        SdkError::TimeoutError(_) => Trouble::Silent("not in time".to_owned()),
        SdkError::DispatchFailure(_) => Trouble::Silent(first_cause(error)),
        _ => Trouble::Refused("its answer cannot be read".to_owned()),
    }
}

fn by_code(code: &str, action: &str) -> Trouble {
    match code {
        "ResourceNotFoundException" => Trouble::Absent,
        "AccessDeniedException" | "AccessDenied" => Trouble::Forbidden(action.to_owned()),
        code => Trouble::Refused(code.to_owned()),
    }
}

/// The same, where the store was asked.
fn store_trouble(error: StoreError) -> Trouble {
    match error {
        StoreError::Refused { reason } => by_code(&reason, "dynamodb:BatchGetItem and dynamodb:Query"),
        StoreError::Unavailable { reason } => Trouble::Silent(reason),
        error => Trouble::Refused(error.to_string()),
    }
}

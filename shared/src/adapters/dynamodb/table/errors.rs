//! What the SDK's errors mean. Their messages can quote data, so that only codes are taken over (DESIGN rule 21).

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
};

use crate::ports::StoreError;

pub(super) fn store_error<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> StoreError {
    match &error {
        SdkError::ServiceError(service) => match service.err().code() {
            Some(code) => by_code(code),
            None => unavailable("an answer without a reason"),
        },
        SdkError::TimeoutError(_) => unavailable("it did not answer in time"),
        SdkError::DispatchFailure(_) => unavailable("no connection"),
        SdkError::ResponseError(_) => unavailable("its answer cannot be read"),
        _ => StoreError::Refused { reason: "the request could not be made".to_owned() },
    }
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable { reason: reason.to_owned() }
}

fn by_code(code: &str) -> StoreError {
    match code {
        "ConditionalCheckFailedException" | "ConditionalCheckFailed" => StoreError::Conflict,
        // Others are writing the same items right now; the same write is tried again, see `contention`.
        "TransactionConflictException"
        | "TransactionConflict"
        | "TransactionInProgressException"
        | "ProvisionedThroughputExceededException"
        | "ProvisionedThroughputExceeded"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "ThrottlingError" => StoreError::Throttled,
        "InternalServerError" | "ServiceUnavailable" => unavailable(code),
        _ => StoreError::Refused { reason: code.to_owned() },
    }
}

/// A cancelled transaction names a reason for each of its items. A condition that failed will fail again; anything else may
/// pass the next time.
pub(super) fn transaction_error<R>(error: SdkError<TransactWriteItemsError, R>) -> StoreError {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error() else {
        return store_error(error);
    };
    let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    let errors: Vec<StoreError> = codes.filter(|code| *code != "None").map(by_code).collect();
    if errors.contains(&StoreError::Conflict) {
        return StoreError::Conflict;
    }
    errors.into_iter().next().unwrap_or_else(|| unavailable("the transaction was cancelled"))
}

/// Whether the condition of a write held: one that did not is an answer, not an error.
pub(crate) fn condition_held(written: Result<(), StoreError>) -> Result<bool, StoreError> {
    match written {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

//! Why Bedrock gave no answer, read by the rules of all model APIs.

use aws_sdk_bedrockruntime::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::converse::ConverseError,
};
use jiff::Timestamp;
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    adapters::model_http::{Said, refusal_as, unavailable},
    ports::ModelError,
};

/// What an error means. Its own words can quote the request, so that they are compared and never repeated (DESIGN rule 21).
pub(super) fn error(error: &SdkError<ConverseError>, now: Timestamp) -> ModelError {
    match error {
        SdkError::ServiceError(service) => refusal(service.raw(), service.err().code(), now),
        SdkError::TimeoutError(_) => ModelError::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => unavailable("no connection in time"),
        SdkError::DispatchFailure(failure) if failure.is_io() => unavailable("no connection"),
        SdkError::DispatchFailure(_) => unavailable("the connection broke, or there are no AWS credentials"),
        SdkError::ResponseError(_) => unavailable("its answer cannot be read"),
        _ => {
            ModelError::Refused { reason: "the request cannot be made; check the model's id and AWS_REGION".to_owned() }
        }
    }
}

/// The name of an exception is in a header, and says more than its status.
fn refusal(answer: &HttpResponse, exception: Option<&str>, now: Timestamp) -> ModelError {
    let said = Said::in_body(answer.body().bytes().unwrap_or_default()).with_code(exception);
    let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    if status.is_success() {
        return unavailable("its answer cannot be read");
    }
    refusal_as(status, &said, &headers(answer), now)
}

fn headers(answer: &HttpResponse) -> HeaderMap {
    let header =
        |(name, value): (&str, &str)| Some((HeaderName::try_from(name).ok()?, HeaderValue::from_str(value).ok()?));
    answer.headers().iter().filter_map(header).collect()
}

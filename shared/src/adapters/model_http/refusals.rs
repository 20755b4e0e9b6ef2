//! What a refusal means for who asked: by rules, most specific first, shared by all model APIs.

mod rules;
mod said;
mod waiting;

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{StatusCode, header::HeaderMap};

use super::{exchange::RawAnswer, unavailable::unavailable};
use crate::ports::ModelError;
use rules::{Meaning, rule_for};
pub(in crate::adapters) use said::Said;

/// Who says no time for a quota of a day or a week is asked again after that long.
const LONG_QUOTA: Duration = Duration::from_secs(3_600);

/// What an answer means that is no success.
pub(in crate::adapters) fn refusal(answer: &RawAnswer, now: Timestamp) -> ModelError {
    refusal_as(answer.status, &Said::in_body(&answer.body), &answer.headers, now)
}

/// The same for what was `said` with another status than the answer's own.
pub(in crate::adapters) fn refusal_as(
    status: StatusCode,
    said: &Said,
    headers: &HeaderMap,
    now: Timestamp,
) -> ModelError {
    let rule = rule_for(status.as_u16(), said);
    tracing::debug!(
        event = "refusal_read",
        status = status.as_u16(),
        rule = rule.map_or("its status", |rule| rule.vendor)
    );
    match rule.map_or_else(|| by_status(status), |rule| rule.means) {
        Meaning::TooLong => ModelError::TooLong,
        Meaning::Blocked => ModelError::Blocked { reason: "a filter of the API".to_owned() },
        Meaning::Malformed => ModelError::Malformed,
        Meaning::DailyQuota => ModelError::DailyQuota,
        Meaning::RateLimited => ModelError::RateLimited { retry_after: waiting::wait(said, headers, now) },
        Meaning::LongQuota => {
            ModelError::RateLimited { retry_after: waiting::wait(said, headers, now).or(Some(LONG_QUOTA)) }
        }
        Meaning::NoCredit(tell) if status == StatusCode::TOO_MANY_REQUESTS => {
            ModelError::NoCredit { reason: tell.to_owned() }
        }
        Meaning::NoCredit(tell) | Meaning::Refused(tell) => ModelError::Refused { reason: format!("{status}; {tell}") },
        Meaning::Unavailable => unavailable(&status.to_string()),
    }
}

/// What a status says by itself.
fn by_status(status: StatusCode) -> Meaning {
    match status.as_u16() {
        429 => Meaning::RateLimited,
        413 => Meaning::TooLong,
        // A client that went away (499) is their backend's here: it gave up under load.
        408 | 409 | 425 | 499 | 500.. => Meaning::Unavailable,
        401 | 403 => Meaning::Refused("check the API key"),
        404 => Meaning::Refused("check the model's name and the base URL"),
        402 => Meaning::Refused("the account has no credit left"),
        _ => Meaning::Refused("check the API key, the model's name and its options"),
    }
}

//! What Discord's refusals mean. Its messages can quote the request, so that only codes are taken over (DESIGN rule 21).

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};
use serde::Deserialize;

use crate::{adapters::http::transport_failure, ports::DiscordError};

/// What is waited after a 429 that names no time.
const UNNAMED_WAIT: Duration = Duration::from_secs(1);
/// No limit lasts longer than a day; more is a mistake.
const LONGEST_WAIT_S: f64 = 86_400.0;

/// The body of a refusal; that of a 429 has a time in it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    code: u32,
    retry_after: Option<f64>,
    global: bool,
}

pub(super) fn of_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> DiscordError {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    match status {
        StatusCode::UNAUTHORIZED => DiscordError::Unauthorized,
        StatusCode::FORBIDDEN => DiscordError::Forbidden { code: refusal.code },
        StatusCode::NOT_FOUND => DiscordError::NotFound { code: refusal.code },
        StatusCode::TOO_MANY_REQUESTS => rate_limit(headers, &refusal),
        StatusCode::REQUEST_TIMEOUT => unavailable(status.as_str()),
        status if status.is_server_error() => unavailable(status.as_str()),
        status => DiscordError::Refused { status: status.as_u16(), code: refusal.code },
    }
}

/// The body knows the time to the millisecond; the header, which a proxy in front of Discord sends too, to the second.
fn rate_limit(headers: &HeaderMap, refusal: &Refusal) -> DiscordError {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let seconds = refusal.retry_after.or_else(|| header("retry-after")?.parse().ok());
    let seconds = seconds.filter(|seconds| (0.0..=LONGEST_WAIT_S).contains(seconds));
    let retry_after = seconds.map_or(UNNAMED_WAIT, Duration::from_secs_f64);
    let global = refusal.global || header("x-ratelimit-global").is_some();
    DiscordError::RateLimited { retry_after, global }
}

/// How long to wait before the next request of the same kind, where the answer says that the last one was made that is
/// allowed until then.
pub(super) fn used_up(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
    let wait = number("x-ratelimit-reset-after").filter(|seconds| (0.0..=LONGEST_WAIT_S).contains(seconds))?;
    (number("x-ratelimit-remaining") == Some(0.0)).then(|| Duration::from_secs_f64(wait))
}

/// Without the error itself: it quotes the address, and with it an interaction's token.
pub(super) fn transport(error: &reqwest::Error) -> DiscordError {
    unavailable(transport_failure(error))
}

pub(super) fn unavailable(reason: &str) -> DiscordError {
    DiscordError::Unavailable { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, headers: &[(&'static str, &str)], body: &str) -> DiscordError {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        of_answer(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(error(401, &[], r#"{"message":"401: Unauthorized","code":0}"#), DiscordError::Unauthorized);
        assert_eq!(
            error(403, &[], r#"{"message":"Missing Access","code":50001}"#),
            DiscordError::Forbidden { code: 50001 }
        );
        assert_eq!(
            error(404, &[], r#"{"message":"Unknown Webhook","code":10015}"#),
            DiscordError::NotFound { code: DiscordError::UNKNOWN_WEBHOOK }
        );
        assert_eq!(error(404, &[], "<html>"), DiscordError::NotFound { code: 0 });
        assert_eq!(error(400, &[], r#"{"code":50035}"#), DiscordError::Refused { status: 400, code: 50035 });
        assert!(matches!(error(502, &[], ""), DiscordError::Unavailable { .. }));
    }

    #[test]
    fn the_last_request_that_is_allowed_says_so() {
        let headers = |remaining: &str| {
            let pairs = [("x-ratelimit-remaining", remaining), ("x-ratelimit-reset-after", "1.5")];
            pairs.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
        };
        assert_eq!(used_up(&headers("0")), Some(Duration::from_millis(1_500)));
        assert_eq!([used_up(&headers("1")), used_up(&HeaderMap::new())], [None; 2]);
    }

    #[test]
    fn a_rate_limit_says_how_long_and_for_whom() {
        let body = r#"{"message":"You are being rate limited.","retry_after":0.25,"global":false}"#;
        let expected = DiscordError::RateLimited { retry_after: Duration::from_millis(250), global: false };
        assert_eq!(error(429, &[("retry-after", "1")], body), expected);
        let global = DiscordError::RateLimited { retry_after: Duration::from_secs(3), global: true };
        assert_eq!(error(429, &[("retry-after", "3"), ("x-ratelimit-global", "true")], "<html>"), global);
        let unnamed = DiscordError::RateLimited { retry_after: UNNAMED_WAIT, global: false };
        assert_eq!(error(429, &[], r#"{"retry_after":-1}"#), unnamed);
    }
}

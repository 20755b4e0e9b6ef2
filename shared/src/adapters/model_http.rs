//! What all model APIs have in common: HTTP, and a careful reading of what comes back.

#[cfg(test)]
mod bodies;

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use serde::{Deserialize, Deserializer};

use super::http::transport_failure;
use crate::{
    domain::Usage,
    ports::{Answer, ModelError, Reply},
};

#[cfg(test)]
pub(super) use bodies::{answer, hostile_bodies};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The most of an answer that is read; far above the longest there is.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// An HTTP client that gives up after `timeout`, and takes key and chat nowhere else by a redirect. One for all models: they
/// share its connections.
///
/// # Errors
/// When TLS cannot be set up.
pub(super) fn client(timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(timeout).redirect(Policy::none()).build()
}

/// An answer of a model API, whatever it says.
pub(super) struct RawAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Sends the request and reads the whole answer.
pub(super) async fn exchange(request: RequestBuilder) -> Result<RawAnswer, ModelError> {
    let mut response = request.send().await.map_err(|error| transport_error(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport_error(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(unavailable("its answer is too large to be one"));
        }
    }
    Ok(RawAnswer { status, headers, body })
}

fn transport_error(error: &reqwest::Error) -> ModelError {
    unavailable(transport_failure(error))
}

pub(super) fn unavailable(reason: &str) -> ModelError {
    ModelError::Unavailable { reason: reason.to_owned() }
}

/// What came of one call.
pub(super) fn reply(model: &str, outcome: Result<String, ModelError>, tokens: Usage) -> Reply {
    Reply {
        usage: Usage { calls: 1, failures: u32::from(outcome.is_err()), ..tokens },
        outcome: outcome.map(|text| Answer { text, model: model.to_owned() }),
    }
}

/// A status that says the request is not at fault, and could pass another time.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT)
}

/// What a status says that only the operator can change.
pub(super) fn refused(status: StatusCode) -> ModelError {
    let advice = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "check the API key",
        StatusCode::NOT_FOUND => "check the model's name and the base URL",
        StatusCode::PAYMENT_REQUIRED => "the account has no credit left",
        _ => "check the API key, the model's name and its options",
    };
    ModelError::Refused { reason: format!("{status}; {advice}") }
}

/// A value of an enum of theirs; anything else could be text of ours (DESIGN rule 21).
pub(super) fn known_word(value: &str) -> String {
    let is_word = !value.is_empty() && value.len() <= 40 && value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if is_word { value.to_owned() } else { "unknown reason".to_owned() }
}

/// `20s`, `20.5s`, `250ms`, `1m30s`, `2h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let unit = rest[digits..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| digits + end);
        let factor = match &rest[digits..unit] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        seconds += rest[..digits].parse::<f64>().ok()? * factor;
        rest = &rest[unit..];
    }
    (!text.trim().is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

/// The header that all of HTTP has for it, in seconds. Nobody sends its other form, a date, for quotas.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A field that may be missing, null, or of another type than it was yesterday: what cannot be read is as good as missing.
pub(super) fn lenient<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Readable<T> {
        Yes(T),
        No(serde::de::IgnoredAny),
    }
    Ok(match Readable::deserialize(deserializer)? {
        Readable::Yes(value) => value,
        Readable::No(_) => T::default(),
    })
}

/// A list of which each entry may be unreadable by itself.
pub(super) fn lenient_list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry<T> {
        Readable(T),
        Unreadable(serde::de::IgnoredAny),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entries<T> {
        List(Vec<Entry<T>>),
        Nothing(serde::de::IgnoredAny),
    }
    let entries = match Entries::deserialize(deserializer)? {
        Entries::List(entries) => entries,
        Entries::Nothing(_) => Vec::new(),
    };
    let readable = |entry| match entry {
        Entry::Readable(value) => Some(value),
        Entry::Unreadable(_) => None,
    };
    Ok(entries.into_iter().filter_map(readable).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_as_they_write_it() {
        for (text, ms) in [("20s", 20_000), ("20.5s", 20_500), ("250ms", 250), ("1m30s", 90_000), ("2h", 7_200_000)] {
            assert_eq!(duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "s", "20", "20 s", "1e400s", "-1s", "1.2.3s", "9999999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn rule_21_only_a_word_of_theirs_is_repeated() {
        assert_eq!(known_word("PROHIBITED_CONTENT"), "PROHIBITED_CONTENT");
        for text in ["", "Ann sailed", "m1", "a\nb"] {
            assert_eq!(known_word(text), "unknown reason", "{text}");
        }
    }
}

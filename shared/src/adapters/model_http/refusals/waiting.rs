//! How long to wait, as servers say it: in the body, in headers, or in words.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{super::values::duration, said::Said};

/// Fields of a body that say it.
const FIELDS: [&str; 12] = [
    "retryDelay",
    "quotaResetDelay",
    "retry_after",
    "retryAfter",
    "retry_after_seconds",
    "retry_after_ms",
    "reset_after",
    "resets_in_seconds",
    "resets_at",
    "reset_at",
    "X-RateLimit-Reset",
    "x-ratelimit-reset",
];
/// Headers that say it, whatever else is left.
const HEADERS: [&str; 3] = ["retry-after-ms", "retry-after", "x-ratelimit-reset-after"];
/// Quotas that have headers of their own, used up where `remaining` is 0.
const QUOTAS: [&str; 6] = ["", "-requests", "-tokens", "-requests-day", "-tokens-minute", "-requests-minute"];
/// Words before it.
const PHRASES: [&str; 8] = [
    "try again in ",
    "retry again in ",
    "retry in ",
    "retry after ",
    "reset after ",
    "resets in ",
    "available again in ",
    "wait for ",
];
const MAX_DEPTH: usize = 8;

/// How long, if it is said: a body is more exact than headers, and headers than words.
pub(super) fn wait(said: &Said, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    in_body(&said.body, now, 0).or_else(|| in_headers(headers, now)).or_else(|| in_words(said))
}

fn in_body(body: &Value, now: Timestamp, depth: usize) -> Option<Duration> {
    let inner = |value| in_body(value, now, depth + 1);
    match body {
        Value::Object(fields) if depth < MAX_DEPTH => {
            let field = |name: &&str| fields.get(*name).and_then(|value| of_value(name, value, now));
            FIELDS.iter().find_map(field).or_else(|| fields.values().find_map(inner))
        }
        Value::Array(items) if depth < MAX_DEPTH => items.iter().find_map(inner),
        _ => None,
    }
}

fn of_value(name: &str, value: &Value, now: Timestamp) -> Option<Duration> {
    match value {
        Value::String(text) => of_text(name, text, now),
        Value::Number(number) => of_number(name, number.as_f64()?, now),
        _ => None,
    }
}

fn in_headers(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let said = HEADERS.iter().find_map(|name| of_text(name, text(name)?, now));
    let used_up = |quota: &&&str| text(&format!("x-ratelimit-remaining{quota}")).map(str::trim) == Some("0");
    let reset = |quota: &&str| {
        let name = format!("x-ratelimit-reset{quota}");
        of_text(&name, text(&name)?, now)
    };
    said.or_else(|| QUOTAS.iter().filter(used_up).filter_map(reset).max())
}

fn in_words(said: &Said) -> Option<Duration> {
    PHRASES.iter().find_map(|phrase| of_words(said.after(phrase)?))
}

/// A number, a duration such as `1m30s`, or a date.
fn of_text(name: &str, text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return of_number(name, number, now);
    }
    let date = || text.parse::<Timestamp>().ok().or_else(|| rfc2822::parse(text).ok().map(|date| date.timestamp()));
    duration(text).or_else(|| until(date()?, now))
}

/// Seconds or milliseconds from now, or since 1970.
fn of_number(name: &str, number: f64, now: Timestamp) -> Option<Duration> {
    const YEAR_2001: f64 = 1e9;
    if number >= YEAR_2001 * 1_000.0 {
        return until(Timestamp::from_millisecond(number as i64).ok()?, now);
    }
    if number >= YEAR_2001 {
        return until(Timestamp::from_second(number as i64).ok()?, now);
    }
    let seconds = if name.ends_with("ms") { number / 1_000.0 } else { number };
    Duration::try_from_secs_f64(seconds).ok()
}

fn until(at: Timestamp, now: Timestamp) -> Option<Duration> {
    Duration::try_from(at.duration_since(now)).ok()
}

/// `86400 seconds`, `9m38.016s`, `5h59m59s.`, `2 minutes and 30 seconds`.
fn of_words(words: &str) -> Option<Duration> {
    let (mut seconds, mut rest, mut found) = (0.0, words.trim_start(), false);
    while let Some((number, after)) = number(rest) {
        let after = after.trim_start();
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let Some(factor) = unit(&after[..end]) else { break };
        seconds += number * factor;
        found = true;
        rest = after[end..].trim_start_matches([' ', ',']).trim_start_matches("and ").trim_start();
    }
    found.then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    Some((number.parse().ok()?, &text[number.len()..]))
}

fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-22T23:00:00Z";

    fn wait_of(body: &Value, headers: &[(&'static str, &'static str)]) -> Option<f64> {
        let said = Said::in_body(body.to_string().as_bytes());
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        wait(&said, &headers, NOW.parse().unwrap()).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn rule_10_a_time_is_read_however_it_is_written() {
        for (header, expected) in [
            (("retry-after", "13"), 13.0),
            (("retry-after", "2.5"), 2.5),
            (("retry-after", "1m30s"), 90.0),
            (("retry-after", "Mon, 23 Nov 2026 00:00:00 GMT"), 3_600.0),
            (("retry-after", "2026-11-22T23:00:20Z"), 20.0),
            (("retry-after-ms", "1500"), 1.5),
            (("x-ratelimit-reset-after", "4"), 4.0),
        ] {
            assert_eq!(wait_of(&json!({}), &[header]), Some(expected), "{header:?}");
        }
        for (body, expected) in [
            (json!({"error": {"details": [{"retryDelay": "34.4s"}]}}), 34.4),
            (json!({"error": {"retry_after": 7}}), 7.0),
            (json!({"error": {"metadata": {"headers": {"X-RateLimit-Reset": "1795392000000"}}}}), 3_600.0),
            (json!({"error": {"resets_at": 1_795_392_000}}), 3_600.0),
            (json!({"error": {"metadata": {"resets_at": "2026-11-23T00:00:00Z"}}}), 3_600.0),
            (json!({"error": {"message": "Please retry after 86400 seconds."}}), 86_400.0),
            (json!({"error": {"message": "Please try again in 9m38.016s. Need more?"}}), 578.016),
            (json!({"error": {"message": "Your quota will reset after 5h59m59s."}}), 21_599.0),
            (json!({"error": "try again in 2 minutes and 30 seconds"}), 150.0),
            (json!({"error": {"message": "Please retry in 20.04s."}}), 20.04),
        ] {
            assert_eq!(wait_of(&body, &[]), Some(expected), "{body}");
        }
    }

    #[test]
    fn rule_10_only_a_quota_that_is_used_up_counts() {
        let quotas = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "1m30s"),
            ("x-ratelimit-remaining-tokens", "10"),
            ("x-ratelimit-reset-tokens", "6h"),
        ];
        assert_eq!(wait_of(&json!({}), &quotas), Some(90.0));
        let of_day = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795392000000")];
        assert_eq!(wait_of(&json!({}), &of_day), Some(3_600.0));
    }

    #[test]
    fn what_says_no_time_says_none() {
        for body in [json!({}), json!({"error": {"message": "retry in a while"}}), json!({"retry_after": -1})] {
            assert_eq!(wait_of(&body, &[("retry-after", "soon")]), None, "{body}");
        }
    }
}

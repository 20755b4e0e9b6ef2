//! Values as exporters write them: what is not needed costs no message, however it is written.

use std::str::FromStr;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// An id that may be missing: null, "0" and whatever else is none.
pub(super) fn id<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).parse().ok())
}

/// A kind by name or by number, in small letters; empty if there is none.
pub(super) fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).trim().to_lowercase())
}

/// Whether something is so.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(["true", "1"].contains(&text(&Value::deserialize(deserializer)?).to_lowercase().as_str()))
}

/// A time, in UTC where it does not say; `None` for what is none.
pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = text(&Value::deserialize(deserializer)?);
    let without_zone = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|time| time.timestamp());
    Ok(text.parse().ok().or_else(without_zone))
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        let read = |text: &str| time(json!(text)).unwrap().map(|time| time.to_string());
        assert_eq!(read("2025-06-28T10:03:00.5+03:00").as_deref(), Some("2025-06-28T07:03:00.5Z"));
        assert_eq!(read("2025-06-28 10:03:00").as_deref(), Some("2025-06-28T10:03:00Z"));
        assert_eq!(read("28-Jun-25 10:03"), None);
    }

    #[test]
    fn flags_are_read_in_many_forms() {
        assert!([json!(true), json!("True"), json!(1)].into_iter().all(|value| flag(value).unwrap()));
        assert!(![json!(false), json!("false"), json!(0), Value::Null].into_iter().any(|value| flag(value).unwrap()));
    }
}

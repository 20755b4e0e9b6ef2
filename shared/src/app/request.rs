//! Decodes a request so that an error names the field and the limit, and never repeats what was sent.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::AppError;

/// The request in `event`. Unknown fields are ignored.
///
/// # Errors
/// `InvalidRequest` with the path of the first field that is missing or has the wrong shape.
pub fn decode<T: DeserializeOwned>(event: Value) -> Result<T, AppError> {
    // Serde would read an array as a struct, field by field.
    if !event.is_object() {
        return Err(AppError::invalid("the request must be a JSON object"));
    }
    decode_value(event)
}

/// A part of a request, with the same errors.
pub(super) fn decode_value<T: DeserializeOwned>(value: Value) -> Result<T, AppError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let problem = problem(&error.into_inner().to_string());
        AppError::invalid(if path == "." { problem } else { format!("{path}: {problem}") })
    })
}

/// What serde says, less the part that quotes the input: chat text may stand where an id should.
fn problem(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::domain::{Day, GuildId, UserId};

    #[derive(Debug, Deserialize)]
    struct Request {
        #[serde(rename = "guild_id")]
        _guild_id: GuildId,
        #[serde(rename = "user_ids")]
        _user_ids: Vec<UserId>,
        #[serde(rename = "date")]
        _date: Option<Day>,
    }

    fn error(event: Value) -> String {
        decode::<Request>(event).unwrap_err().message
    }

    #[test]
    fn the_field_and_the_limit_are_named() {
        assert_eq!(error(json!({"user_ids": []})), "missing field `guild_id`");
        let no_snowflake =
            "user_ids[1]: not a snowflake (a whole number from 1 to 9223372036854775807, as a decimal string)";
        assert_eq!(error(json!({"guild_id": "1", "user_ids": ["2", "x"]})), no_snowflake);
        let no_date = "date: not a date (YYYY-MM-DD, from 2015-01-01 to 9000-12-31)";
        assert_eq!(error(json!({"guild_id": 1, "user_ids": [], "date": "yesterday"})), no_date);
        assert_eq!(error(json!(["1", ["2"]])), "the request must be a JSON object");
    }

    #[test]
    fn rule_21_what_was_sent_is_not_repeated() {
        for event in
            [json!({"guild_id": "1", "user_ids": "hush, expected nobody"}), json!("hush"), json!({"guild_id": "hush"})]
        {
            let error = error(event);
            assert!(!error.contains("hush"), "{error}");
        }
    }
}

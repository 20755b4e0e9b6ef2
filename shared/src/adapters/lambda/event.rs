//! An event as Lambda hands it over.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, value::RawValue};

use crate::contract::{read_json, with_whole_characters};

/// How deep an event is taken apart: the object, its lists, and what is in them.
const DEPTH: u32 = 2;

/// An event with many things in it, of which a broken one does not spoil the others: Lambda passes on what serde refuses as
/// a whole, such as half of an emoji. Broken characters are replaced; an element of a list that cannot be read all the same
/// is null, and whoever decodes it says so by its place.
#[derive(Debug)]
pub struct Event(pub Value);

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self(read(json.get(), DEPTH)))
    }
}

fn read(json: &str, depth: u32) -> Value {
    match read_json(json.as_bytes()) {
        Ok(value) => value,
        Err(_) if depth > 0 => read_parts(&with_whole_characters(json.as_bytes()), depth - 1),
        Err(_) => Value::Null,
    }
}

fn read_parts(json: &str, depth: u32) -> Value {
    if let Ok(fields) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) {
        return fields.into_iter().map(|(name, field)| (name, read(field.get(), depth))).collect();
    }
    let elements = serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
    elements.into_iter().map(|element| read(element.get(), depth)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As the Lambda runtime reads it.
    fn event(json: &str) -> Option<Value> {
        let mut deserializer = serde_json::Deserializer::from_slice(json.as_bytes());
        serde_path_to_error::deserialize(&mut deserializer).ok().map(|Event(value)| value)
    }

    #[test]
    fn half_a_character_costs_no_message() {
        let read = event(
            r#"{"guild_id":"1","messages":[{"id":"5","content":"nice \ud83d"},{"id":"6","content":"\ud83d\udca1"}]}"#,
        );
        let messages = json!([{"id": "5", "content": "nice \u{fffd}"}, {"id": "6", "content": "💡"}]);
        assert_eq!(read, Some(json!({"guild_id": "1", "messages": messages})));
    }

    #[test]
    fn a_message_that_cannot_be_read_takes_no_other_with_it() {
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        for broken in [deep.as_str(), "1e999"] {
            let messages = format!(r#"[{{"id":"5","content":"\udca1"}},{{"id":"6","content":{broken}}},{{"id":"7"}}]"#);
            let read = event(&format!(r#"{{"guild_id":"1","messages":{messages},"deleted":["8"]}}"#));
            let messages = json!([{"id": "5", "content": "\u{fffd}"}, null, {"id": "7"}]);
            assert_eq!(read, Some(json!({"guild_id": "1", "messages": messages, "deleted": ["8"]})), "{broken:.9}");
        }
    }

    #[test]
    fn what_is_no_json_is_no_event() {
        for json in ["", "{", "{\"guild_id\":}"] {
            assert_eq!(event(json), None, "{json}");
        }
        assert_eq!(event(r#""x""#), Some(json!("x")));
    }
}

//! JSON with broken text in it: half of an emoji, where a program cut a string between the two halves of a character
//! (`"nice \ud83d"`), or bytes that are no characters. What is whole in it is read all the same.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// Reads JSON. Broken characters in it become `U+FFFD`, as every browser shows them.
///
/// # Errors
/// What is wrong with it besides.
pub fn read_json<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    let read = serde_json::from_slice(json);
    if read.is_ok() {
        return read;
    }
    match with_whole_characters(json) {
        Cow::Borrowed(_) => read,
        Cow::Owned(repaired) => serde_json::from_str(&repaired),
    }
}

/// The text with every broken character replaced; borrowed if there is none.
pub fn with_whole_characters(json: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(json);
    let broken = lone_surrogates(&text);
    if broken.is_empty() {
        return text;
    }
    let mut whole = String::with_capacity(text.len());
    let mut from = 0;
    for at in broken {
        whole.push_str(&text[from..at]);
        whole.push_str("\\ufffd");
        from = at + ESCAPE;
    }
    whole.push_str(&text[from..]);
    Cow::Owned(whole)
}

/// The length of `\ud83d`.
const ESCAPE: usize = 6;

/// Where escapes stand that are one half of a character, and the other half is missing.
fn lone_surrogates(json: &str) -> Vec<usize> {
    let bytes = json.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(next) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += next;
        match (escaped(bytes, at), escaped(bytes, at + ESCAPE)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 2 * ESCAPE,
            (Some(0xd800..=0xdfff), _) => {
                found.push(at);
                at += ESCAPE;
            }
            // The character behind a backslash is no beginning of an escape.
            _ => at += 2,
        }
    }
    found
}

/// The unit that is escaped at that place, if one is.
fn escaped(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    let digits = str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(json: &str) -> Value {
        read_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn half_a_character_is_replaced_and_everything_else_stays() {
        assert_eq!(
            read(r#"["nice \ud83d","\udca1 x","\uD83D\ud83d\udca1"]"#),
            json!(["nice \u{fffd}", "\u{fffd} x", "\u{fffd}💡"])
        );
        assert_eq!(read(r#"["\ud83d\udca1 \\ud83d \"\u00e9\n"]"#), json!(["💡 \\ud83d \"é\n"]));
        assert_eq!(read(r#"["\ud83d\\udca1 \\\ud83d"]"#), json!(["\u{fffd}\\udca1 \\\u{fffd}"]));
        assert_eq!(read_json::<Value>(b"[\"caf\xe9\"]").unwrap(), json!(["caf\u{fffd}"]));
        assert!(read_json::<Value>(br#"["\ud83d" "#).is_err(), "what else is wrong stays wrong");
    }

    proptest! {
        #[test]
        fn what_is_whole_is_left_as_it_is(text in ".*") {
            let json = json!([text]).to_string();
            prop_assert!(matches!(with_whole_characters(json.as_bytes()), Cow::Borrowed(same) if same == json));
        }

        #[test]
        fn any_string_of_units_can_be_read(units in proptest::collection::vec(any::<u16>(), 0..12)) {
            let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let expected = String::from_utf16_lossy(&units);
            prop_assert_eq!(read(&format!("[\"{escaped}\"]")), json!([expected]));
        }
    }
}

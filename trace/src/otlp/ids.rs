//! Ids, in hexadecimal as OTLP has them, or in base64 as protobuf's own JSON has bytes.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::Value;

use crate::span::Id;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// How long the id of a trace and that of a span are.
pub(super) const TRACE_BYTES: usize = 16;
pub(super) const SPAN_BYTES: usize = 8;

/// An id of that many bytes. What is neither hexadecimal nor base64 of them is taken as it is, and only zeros are none.
pub(super) fn id(value: &Value, bytes: usize) -> Option<Id> {
    let text = value.as_str()?.trim();
    let is_hexadecimal = text.len() == 2 * bytes && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = match BASE64.decode(text) {
        Ok(decoded) if !is_hexadecimal && decoded.len() == bytes => {
            decoded.iter().map(|byte| format!("{byte:02x}")).collect()
        }
        _ if is_hexadecimal => text.to_ascii_lowercase(),
        _ => text.to_owned(),
    };
    id.bytes().any(|byte| byte != b'0').then(|| Id::new(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn trace(text: &str) -> Option<String> {
        id(&json!(text), TRACE_BYTES).map(|id| id.to_string())
    }

    #[test]
    fn ids_are_hexadecimal_or_base64() {
        let expected = Some("5b8efff798038103d269b633813fc60c".to_owned());
        assert_eq!(trace("5B8EFFF798038103D269B633813FC60C"), expected);
        assert_eq!(trace("W47/95gDgQPSabYzgT/GDA=="), expected);
        assert_eq!(trace("W47/95gDgQPSabYzgT/GDA"), expected);
        assert_eq!(trace("request-7").as_deref(), Some("request-7"));
    }

    #[test]
    fn zeros_are_no_id() {
        assert_eq!([trace(""), trace(&"0".repeat(32)), trace("AAAAAAAAAAAAAAAAAAAAAA==")], [None, None, None]);
        assert_eq!(id(&json!("AAAAAAAAAAA="), SPAN_BYTES), None);
    }
}

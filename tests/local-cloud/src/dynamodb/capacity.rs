//! What requests would cost: DynamoDB says it where it is asked to.

use axum::body::Bytes;
use serde_json::{Value, json};

/// The request, asking for what it consumes.
pub(super) fn asked_for(body: &Bytes) -> Option<Bytes> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    request.as_object_mut()?.insert("ReturnConsumedCapacity".to_owned(), json!("TOTAL"));
    Some(request.to_string().into())
}

/// The units in an answer: of one table, or of several.
pub(super) fn units(answer: &[u8]) -> f64 {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let units = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(units).sum(),
        one => units(one),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_units_of_all_tables_are_added_up() {
        let of_several = json!({"ConsumedCapacity": [{"CapacityUnits": 2.0}, {"CapacityUnits": 0.5}]});
        assert_eq!(units(of_several.to_string().as_bytes()), 2.5);
        assert_eq!(units(json!({"ConsumedCapacity": {"CapacityUnits": 3}}).to_string().as_bytes()), 3.0);
        assert_eq!(units(b"{}"), 0.0);
    }

    #[test]
    fn a_request_is_asked_for_what_it_consumes() {
        let asked = asked_for(&Bytes::from_static(br#"{"TableName":"A"}"#)).unwrap();
        let asked: Value = serde_json::from_slice(&asked).unwrap();
        assert_eq!(asked, json!({"TableName": "A", "ReturnConsumedCapacity": "TOTAL"}));
    }
}

//! A BatchGetItem that answers only a part, as DynamoDB may at any time.

use anyhow::Result;
use axum::{
    body::{Body, Bytes, to_bytes},
    http::StatusCode,
    response::Response,
};
use serde_json::{Map, Value};

/// The request with its first `limit` keys, and the rest of it; `None` if everything fits.
pub(super) fn split(body: &Bytes, limit: usize) -> Option<(Bytes, Map<String, Value>)> {
    let mut request: Value = serde_json::from_slice(body).ok()?;
    let tables = request["RequestItems"].as_object_mut()?;
    let (mut room, mut left) = (limit, Map::new());
    for (table, asked) in tables.iter_mut() {
        let keys = asked["Keys"].as_array_mut()?;
        let rest = keys.split_off(room.min(keys.len()));
        room -= keys.len();
        if !rest.is_empty() {
            let mut unprocessed = asked.clone();
            unprocessed["Keys"] = rest.into();
            left.insert(table.clone(), unprocessed);
        }
    }
    tables.retain(|_, asked| asked["Keys"].as_array().is_some_and(|keys| !keys.is_empty()));
    (!left.is_empty()).then(|| (request.to_string().into(), left))
}

/// The answer to the first part, saying what is left. Its checksum no longer fits and is dropped.
pub(super) async fn with_unprocessed(response: Response, left: Map<String, Value>) -> Result<Response> {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await?;
    if parts.status != StatusCode::OK {
        return Ok(Response::from_parts(parts, Body::from(body)));
    }
    let mut answer: Value = serde_json::from_slice(&body)?;
    answer["UnprocessedKeys"] = Value::Object(left);
    parts.headers.remove("x-amz-crc32");
    Ok(Response::from_parts(parts, Body::from(answer.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_beyond_the_limit_are_left_with_their_settings() {
        let request = json!({"RequestItems": {
            "A": {"ConsistentRead": true, "Keys": [{"pk": 1}, {"pk": 2}]},
            "B": {"ConsistentRead": true, "Keys": [{"pk": 3}]},
        }});

        let (asked, left) = split(&Bytes::from(request.to_string()), 1).unwrap();

        let asked: Value = serde_json::from_slice(&asked).unwrap();
        assert_eq!(asked, json!({"RequestItems": {"A": {"ConsistentRead": true, "Keys": [{"pk": 1}]}}}));
        let expected = json!({
            "A": {"ConsistentRead": true, "Keys": [{"pk": 2}]},
            "B": {"ConsistentRead": true, "Keys": [{"pk": 3}]},
        });
        assert_eq!(Value::Object(left), expected);
    }

    #[test]
    fn what_fits_is_not_split() {
        let request = json!({"RequestItems": {"A": {"Keys": [{"pk": 1}]}}});
        assert!(split(&Bytes::from(request.to_string()), 1).is_none());
    }
}

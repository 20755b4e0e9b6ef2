//! The only guard against stale reads: `dynoxide` ignores `ConsistentRead`, so a forgotten one would show in production only.

use serde_json::Value;

/// Why a read is refused, if it is. Writes and transactions are always consistent.
pub(super) fn check(operation: &str, body: &[u8]) -> Result<(), String> {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return Ok(()); // DynamoDB itself says what is wrong with it
    };
    match operation {
        "GetItem" | "Query" | "Scan" => consistent(&request).then_some(()).ok_or_else(|| refusal(operation)),
        "BatchGetItem" => match request["RequestItems"].as_object() {
            Some(tables) if !tables.values().all(consistent) => Err(refusal("BatchGetItem, for each table,")),
            _ => Ok(()),
        },
        "ExecuteStatement" | "BatchExecuteStatement" => Err("the local cloud has no PartiQL".to_owned()),
        _ => Ok(()),
    }
}

fn consistent(request: &Value) -> bool {
    request["ConsistentRead"] == Value::Bool(true)
}

fn refusal(operation: &str) -> String {
    format!("the local cloud refuses reads that may be stale: {operation} needs ConsistentRead = true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check_json(operation: &str, request: &Value) -> Result<(), String> {
        check(operation, request.to_string().as_bytes())
    }

    #[test]
    fn reads_must_ask_for_consistency() {
        for operation in ["GetItem", "Query", "Scan"] {
            assert!(check_json(operation, &json!({"TableName": "T"})).unwrap_err().contains("ConsistentRead"));
            assert!(check_json(operation, &json!({"ConsistentRead": false})).is_err());
            assert!(check_json(operation, &json!({"ConsistentRead": true})).is_ok());
        }
    }

    #[test]
    fn a_batch_must_ask_for_each_table() {
        let one_of_two = json!({"RequestItems": {"A": {"ConsistentRead": true}, "B": {"Keys": []}}});
        assert!(check_json("BatchGetItem", &one_of_two).is_err());
        let both = json!({"RequestItems": {"A": {"ConsistentRead": true}, "B": {"ConsistentRead": true}}});
        assert!(check_json("BatchGetItem", &both).is_ok());
    }

    #[test]
    fn writes_and_transactions_pass() {
        for operation in ["PutItem", "TransactGetItems", "TransactWriteItems", "DescribeTable"] {
            assert!(check_json(operation, &json!({})).is_ok());
        }
    }
}

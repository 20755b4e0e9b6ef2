//! Values under any of their names.

use std::collections::BTreeMap;

use serde_json::Value;

/// The value under the first of these names that is there.
pub(super) fn named<'a>(object: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| object.get(name)).filter(|value| !value.is_null())
}

/// A list under any of these names; empty if it is not there.
pub(super) fn list<'a>(object: &'a Value, names: &[&str]) -> &'a [Value] {
    named(object, names).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A time in nanoseconds: a number, or a text of one. Zero is how protobuf writes that there is none.
pub(super) fn time(value: &Value) -> Option<u64> {
    let from_float = |nanos: f64| (nanos >= 0.0).then_some(nanos as u64);
    let nanos = match value {
        Value::Number(number) => number.as_u64().or_else(|| from_float(number.as_f64()?)),
        Value::String(text) => text.parse().ok().or_else(|| from_float(text.parse().ok()?)),
        _ => None,
    };
    nanos.filter(|nanos| *nanos > 0 && i64::try_from(*nanos).is_ok())
}

/// Attributes as text: a list of keys and values, as OTLP has it, or an object, as some programs write it.
pub(super) fn attributes(object: &Value) -> BTreeMap<String, String> {
    match object.get("attributes") {
        Some(Value::Array(list)) => list.iter().filter_map(attribute).collect(),
        Some(Value::Object(map)) => map.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect(),
        _ => BTreeMap::new(),
    }
}

fn attribute(entry: &Value) -> Option<(String, String)> {
    Some((entry.get("key")?.as_str()?.to_owned(), text(entry.get("value")?)?))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        // `{"intValue":"3"}`: one of the names OTLP has for values.
        Value::Object(map) => {
            let names = ["stringValue", "intValue", "doubleValue", "boolValue"];
            let other = ["string_value", "int_value", "double_value", "bool_value"];
            names.iter().chain(&other).find_map(|name| map.get(*name)).and_then(plain)
        }
        Value::Null | Value::Array(_) => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_numbers_or_texts() {
        let all = [json!(1_544_712_660_000_000_000_u64), json!("1544712660000000000"), json!(1.54471266e18)];
        assert_eq!(all.map(|value| time(&value)), [Some(1_544_712_660_000_000_000); 3]);
        let none = [json!(0), json!("0"), json!(-4), json!("soon"), json!(u64::MAX), json!("NaN"), json!([1])];
        assert_eq!(none.map(|value| time(&value)), [None; 7]);
    }

    #[test]
    fn attributes_are_lists_or_objects() {
        let list = json!({"attributes": [
            {"key": "a", "value": {"stringValue": "x"}}, {"key": "b", "value": {"intValue": "3"}},
            {"key": "c", "value": {"bool_value": true}}, {"key": "d", "value": {"arrayValue": {}}}, 7
        ]});
        let object = json!({"attributes": {"a": "x", "b": 3, "c": true, "d": [1]}});
        let expected = [("a", "x"), ("b", "3"), ("c", "true")].map(|(key, text)| (key.to_owned(), text.to_owned()));
        assert_eq!(attributes(&list), expected.clone().into());
        assert_eq!(attributes(&object), expected.into());
    }
}

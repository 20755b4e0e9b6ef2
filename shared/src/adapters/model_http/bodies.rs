//! Answers for the tests of the decoders: those that APIs send, and those that none should.

use proptest::{
    collection::{hash_map, vec},
    prelude::*,
    sample::{Index, select},
};
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::RawAnswer;

/// What people said; no error may repeat it.
const SECRETS: [&str; 2] = ["hush, this was said in private", "Please retry in 1s. hush"];

/// An answer without headers.
pub(in crate::adapters) fn answer(status: u16, body: &str) -> RawAnswer {
    let status = StatusCode::from_u16(status).unwrap();
    RawAnswer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
}

/// Bodies that are nearly what an API sends: some values of a fixture are replaced by any other JSON, then, now and then, bytes
/// are changed and the end is cut off.
pub(in crate::adapters) fn hostile_bodies(fixtures: &[&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let fixtures: Vec<Value> = fixtures.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    let replaced = vec((any::<Index>(), any_json()), 0..4);
    let changed = prop_oneof![3 => Just(Vec::new()), 1 => vec((any::<Index>(), any::<u8>()), 1..4)];
    let cut = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (select(fixtures), replaced, changed, cut).prop_map(|(mut json, replaced, changed, cut)| {
        for (place, value) in replaced {
            let places = places(&json, "");
            if let Some(there) = json.pointer_mut(&places[place.index(places.len())]) {
                *there = value;
            }
        }
        let mut body = json.to_string().into_bytes();
        for (place, byte) in changed {
            let index = place.index(body.len());
            body[index] = byte;
        }
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len()));
        }
        body
    })
}

/// Any JSON, with numbers and durations that are hard to read among it.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[0-9]{0,400}(\\.[0-9]{0,3})?(ms|s|m|h)?".prop_map(Value::from),
        select(SECRETS.as_slice()).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let fields = hash_map("[a-zA-Z_]{1,12}", inner.clone(), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// JSON pointers to a value and all that is in it.
fn places(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<String> = match value {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, item)| places(item, &format!("{at}/{n}"))).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| places(field, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))))
            .collect(),
        _ => Vec::new(),
    };
    std::iter::once(at.to_owned()).chain(inner).collect()
}

//! Items between their structs and the SDK's maps, and the values that expressions name.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{keys::Key, shape};
use crate::ports::StoreError;

/// The attributes of one item, keys included.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// Reads an item. One that is damaged, or has a shape of a later version, is an error that names it.
pub(super) fn decode<T: DeserializeOwned>(key: &Key, item: Attributes) -> Result<T, StoreError> {
    if !shape::is_known(&item) {
        return Err(unreadable(key));
    }
    serde_dynamo::from_item(item).map_err(|_| unreadable(key))
}

/// Reads an item that can be made again: one that cannot be read is as good as none.
pub(super) fn decode_rebuildable<T: DeserializeOwned>(key: &Key, item: Attributes) -> Option<T> {
    decode(key, item).ok()
}

/// Writes an item, keys and shape included.
pub(super) fn encode<T: Serialize>(key: &Key, item: T) -> Result<Attributes, StoreError> {
    let mut attributes: Attributes = serde_dynamo::to_item(item).map_err(|_| corrupt(key))?;
    attributes.extend(key.attributes());
    attributes.insert(shape::ATTRIBUTE.to_owned(), shape::current());
    Ok(attributes)
}

/// The key of an item that was read.
pub(super) fn key_of(item: &Attributes) -> Result<Key, StoreError> {
    Key::of(item).ok_or_else(|| StoreError::Corrupt { item: "an item without keys".to_owned() })
}

/// What is there under that key cannot be read, and the operator is told so.
pub(super) fn unreadable(key: &Key) -> StoreError {
    tracing::warn!(event = "item_unreadable", item = %key);
    corrupt(key)
}

fn corrupt(key: &Key) -> StoreError {
    StoreError::Corrupt { item: key.to_string() }
}

/// A struct as one attribute; `what` names it where that fails.
pub(super) fn map<T: Serialize>(what: &str, value: T) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|_| StoreError::Corrupt { item: what.to_owned() })
}

/// A number.
pub(super) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// Yes or no.
pub(super) fn flag(value: bool) -> AttributeValue {
    AttributeValue::Bool(value)
}

/// A string.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A set of strings; DynamoDB has no empty ones.
pub(super) fn text_set(values: impl IntoIterator<Item = String>) -> AttributeValue {
    AttributeValue::Ss(values.into_iter().collect())
}

//! Items as structs, and as the SDK has them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::keys::Key;
use crate::ports::StoreError;

/// The attributes of one item, keys included.
pub(crate) type Attributes = HashMap<String, AttributeValue>;

/// Reads an item.
pub(crate) fn decode<T: DeserializeOwned>(key: &Key, item: Attributes) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|_| corrupt(key))
}

/// Writes an item, keys included.
pub(crate) fn encode<T: Serialize>(key: &Key, item: T) -> Result<Attributes, StoreError> {
    let mut attributes: Attributes = serde_dynamo::to_item(item).map_err(|_| corrupt(key))?;
    attributes.extend(key.attributes());
    Ok(attributes)
}

pub(crate) fn at_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

pub(crate) fn corrupt(key: &Key) -> StoreError {
    StoreError::Corrupt { item: key.to_string() }
}

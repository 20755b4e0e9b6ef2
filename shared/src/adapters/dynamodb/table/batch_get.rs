//! Consistent reads of many items: 100 keys a request, and again what DynamoDB left unprocessed.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::errors::store_error;
use crate::adapters::dynamodb::keys::Key;
use crate::ports::StoreError;

/// Keys of one BatchGetItem.
pub(crate) const MAX_KEYS: usize = 100;
/// Requests under way at the same time.
const CONCURRENT_REQUESTS: usize = 8;
/// Rounds after which unprocessed keys are an error, each after a wait that doubles: about 3 seconds in all.
const MAX_ROUNDS: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(12);

/// Items by key; what does not exist is not in it.
pub(crate) type Items = HashMap<Key, HashMap<String, AttributeValue>>;

/// Up to [`MAX_KEYS`] distinct keys, all or an error.
pub(crate) async fn batch_get(client: &Client, table: &str, keys: Vec<Key>) -> Result<Items, StoreError> {
    let mut found = Items::with_capacity(keys.len());
    let mut missing: Vec<_> = keys.iter().map(Key::attributes).collect();
    for round in 0..MAX_ROUNDS {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(missing))
            .consistent_read(true)
            .build()
            .map_err(|_| StoreError::Refused { reason: "no keys".to_owned() })?;
        let answer = client.batch_get_item().request_items(table, request).send().await.map_err(store_error)?;
        let items = answer.responses.and_then(|mut tables| tables.remove(table)).unwrap_or_default();
        found.extend(items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))));
        let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(table));
        missing = unprocessed.map(|rest| rest.keys).unwrap_or_default();
        if missing.is_empty() {
            return Ok(found);
        }
        tokio::time::sleep(FIRST_WAIT.saturating_mul(1 << round).mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    }
    Err(StoreError::Throttled)
}

/// Any number of distinct keys, all or an error.
pub(crate) async fn batch_get_all(client: &Client, table: &str, keys: &[Key]) -> Result<Items, StoreError> {
    let requests: Vec<_> = keys.chunks(MAX_KEYS).map(|keys| batch_get(client, table, keys.to_vec())).collect();
    let add = |mut all: Items, some: Items| async move {
        all.extend(some);
        Ok(all)
    };
    stream::iter(requests).buffer_unordered(CONCURRENT_REQUESTS).try_fold(Items::new(), add).await
}

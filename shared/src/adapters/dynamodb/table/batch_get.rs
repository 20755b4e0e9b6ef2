//! Consistent reads of items by their keys: 100 a request, and again what DynamoDB left unprocessed. A single item is read
//! so too, so that no function needs a second action in its policy.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::de::DeserializeOwned;

use super::{
    Table,
    capacity::{TOTAL, note_read},
    errors::store_error,
    spans::Requested,
};
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode},
        keys::{Key, PARTITION_KEY, SORT_KEY},
    },
    ports::StoreError,
};

/// Keys of one BatchGetItem.
pub(crate) const MAX_KEYS: usize = 100;
/// Requests under way at the same time.
const CONCURRENT_REQUESTS: usize = 8;
/// Rounds after which unprocessed keys are an error, each after a wait that doubles: about 3 seconds in all.
const MAX_ROUNDS: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(12);

/// Items by key; what does not exist is not in it.
pub(crate) type Items = HashMap<Key, Attributes>;

/// The attributes that are sent; of an item as large as a summary's not more than somebody asked for.
#[derive(Debug, Clone)]
pub(crate) struct Projection {
    expression: String,
    names: HashMap<String, String>,
}

impl Projection {
    /// The keys, these attributes, and of the map `map` these entries.
    pub(crate) fn new(attributes: &[&str], map: &str, entries: impl IntoIterator<Item = String>) -> Self {
        let mut names: HashMap<String, String> = HashMap::new();
        let mut name = |name: String| {
            let placeholder = format!("#{}", names.len());
            names.insert(placeholder.clone(), name);
            placeholder
        };
        let mut paths: Vec<String> =
            [PARTITION_KEY, SORT_KEY].iter().chain(attributes).map(|a| name((*a).to_owned())).collect();
        let map = name(map.to_owned());
        paths.extend(entries.into_iter().map(|entry| format!("{map}.{}", name(entry))));
        if paths.len() == attributes.len() + 2 {
            names.remove(&map);
        }
        Self { expression: paths.join(","), names }
    }
}

/// Takes one item out of those that were read.
pub(crate) fn take<T: DeserializeOwned>(items: &mut Items, key: &Key) -> Result<Option<T>, StoreError> {
    items.remove(key).map(|item| decode(key, item)).transpose()
}

impl Table {
    /// One item.
    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Attributes>, StoreError> {
        Ok(self.batch_get(std::slice::from_ref(key)).await?.remove(key))
    }

    /// One item, decoded.
    pub(crate) async fn read<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.get(key).await?.map(|item| decode(key, item)).transpose()
    }

    /// Any number of distinct keys, all or an error.
    pub(crate) async fn get_all(&self, keys: &[Key]) -> Result<Items, StoreError> {
        self.get_all_of(keys, None).await
    }

    /// The same, with these attributes alone; with all where none are named.
    pub(crate) async fn get_all_of(&self, keys: &[Key], only: Option<&Projection>) -> Result<Items, StoreError> {
        let requests: Vec<_> = keys.chunks(MAX_KEYS).map(|keys| self.batch_get_of(keys, only)).collect();
        let add = |mut all: Items, some: Items| async move {
            all.extend(some);
            Ok(all)
        };
        stream::iter(requests).buffer_unordered(CONCURRENT_REQUESTS).try_fold(Items::new(), add).await
    }

    /// Up to [`MAX_KEYS`] distinct keys, all or an error.
    pub(crate) async fn batch_get(&self, keys: &[Key]) -> Result<Items, StoreError> {
        self.batch_get_of(keys, None).await
    }

    async fn batch_get_of(&self, keys: &[Key], only: Option<&Projection>) -> Result<Items, StoreError> {
        let mut found = Items::with_capacity(keys.len());
        let mut missing: Vec<_> = keys.iter().map(Key::attributes).collect();
        for round in 0..MAX_ROUNDS {
            let (items, unprocessed) = self.batch_get_once(missing, only).await?;
            found.extend(items.into_iter().filter_map(|item| Some((Key::of(&item)?, item))));
            missing = unprocessed;
            if missing.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(FIRST_WAIT.saturating_mul(1 << round).mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        }
        Err(StoreError::Throttled)
    }

    /// What is there of those keys, and the keys that were left unprocessed.
    async fn batch_get_once(
        &self,
        keys: Vec<Attributes>,
        only: Option<&Projection>,
    ) -> Result<(Vec<Attributes>, Vec<Attributes>), StoreError> {
        let count = keys.len();
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .set_projection_expression(only.map(|only| only.expression.clone()))
            .set_expression_attribute_names(only.map(|only| only.names.clone()))
            .build()
            .map_err(|_| StoreError::Refused { reason: "no keys".to_owned() })?;
        let request = self.client.batch_get_item().request_items(&self.name, request);
        let request = request.return_consumed_capacity(TOTAL);
        let sent = async { request.send().await.map_err(store_error) };
        let answer = Requested::of("BatchGetItem", &self.name).items(count).send(sent).await?;
        note_read(answer.consumed_capacity());
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default();
        let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
        Ok((items, unprocessed.map(|rest| rest.keys).unwrap_or_default()))
    }
}

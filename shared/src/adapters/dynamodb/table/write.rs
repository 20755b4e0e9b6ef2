//! Writes of single items.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::de::DeserializeOwned;

use super::{
    Table,
    capacity::{TOTAL, note_write},
    contention::retry_on_contention,
    errors::store_error,
    spans::Requested,
};
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode},
        keys::{self, Key},
        shape,
    },
    ports::StoreError,
};

/// Items deleted at the same time.
const CONCURRENT_DELETIONS: usize = 16;

/// What is written to one item, and on which condition; alone or in a transaction.
#[derive(Clone)]
pub(crate) struct Write {
    pub(super) action: Action,
    pub(super) condition: Option<String>,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<Attributes>,
}

#[derive(Clone)]
pub(super) enum Action {
    Put(Attributes),
    Update { key: Attributes, expression: String },
    Delete { key: Attributes },
}

impl Write {
    /// The whole item.
    pub(crate) fn put(item: Attributes) -> Self {
        Self::of(Action::Put(item))
    }

    /// What the update expression says. An item that it makes has the shape of today.
    pub(crate) fn update(key: &Key, expression: &str) -> Self {
        Self::of(Action::Update { key: key.attributes(), expression: shape::noted(expression) })
            .value(shape::PLACEHOLDER, shape::current())
    }

    /// Nothing is left of it.
    pub(crate) fn delete(key: &Key) -> Self {
        Self::of(Action::Delete { key: key.attributes() })
    }

    fn of(action: Action) -> Self {
        Self { action, condition: None, names: None, values: None }
    }

    /// Only if the condition holds; [`StoreError::Conflict`] otherwise.
    pub(crate) fn only_if(self, condition: impl Into<String>) -> Self {
        Self { condition: Some(condition.into()), ..self }
    }

    /// Only if these attributes of the item are what they were when it was read, besides the condition that there is. It says
    /// nothing of attributes that were not there.
    pub(crate) fn only_over(self, seen: &Attributes) -> Self {
        let seen = seen.iter().filter(|(name, _)| ![keys::PARTITION_KEY, keys::SORT_KEY].contains(&name.as_str()));
        seen.enumerate().fold(self, |write, (n, (name, value))| {
            let is_same = format!("#seen{n} = :seen{n}");
            let condition = write.condition.as_ref().map_or(is_same.clone(), |all| format!("{all} AND {is_same}"));
            write.only_if(condition).name(&format!("#seen{n}"), name).value(&format!(":seen{n}"), value.clone())
        })
    }

    /// Stands for an attribute that expressions cannot name directly.
    pub(crate) fn name(mut self, placeholder: &str, attribute: impl Into<String>) -> Self {
        self.names.get_or_insert_default().insert(placeholder.to_owned(), attribute.into());
        self
    }

    /// Stands for a value in the expressions.
    pub(crate) fn value(mut self, placeholder: &str, value: impl Into<AttributeValue>) -> Self {
        self.values.get_or_insert_default().insert(placeholder.to_owned(), value.into());
        self
    }

    /// Several of them.
    pub(crate) fn values<const N: usize>(self, values: [(&str, AttributeValue); N]) -> Self {
        values.into_iter().fold(self, |write, (placeholder, value)| write.value(placeholder, value))
    }
}

impl Table {
    /// One write to an item that no transaction touches.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its condition does not hold.
    pub(crate) async fn write(&self, write: Write) -> Result<(), StoreError> {
        let Write { action, condition, names, values } = write;
        match action {
            Action::Put(item) => {
                let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
                let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
                let put = put.set_expression_attribute_values(values);
                let put = put.return_consumed_capacity(TOTAL);
                let sent = async { put.send().await.map_err(store_error) };
                note_write(Requested::of("PutItem", &self.name).send(sent).await?.consumed_capacity());
            }
            Action::Update { key, expression } => {
                let update = self.client.update_item().table_name(&self.name).set_key(Some(key));
                let update = update.update_expression(expression).set_condition_expression(condition);
                let update = update.set_expression_attribute_names(names).set_expression_attribute_values(values);
                let update = update.return_consumed_capacity(TOTAL);
                let sent = async { update.send().await.map_err(store_error) };
                note_write(Requested::of("UpdateItem", &self.name).send(sent).await?.consumed_capacity());
            }
            Action::Delete { key } => {
                let delete = self.client.delete_item().table_name(&self.name).set_key(Some(key));
                let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
                let delete = delete.set_expression_attribute_values(values);
                let delete = delete.return_consumed_capacity(TOTAL);
                let sent = async { delete.send().await.map_err(store_error) };
                note_write(Requested::of("DeleteItem", &self.name).send(sent).await?.consumed_capacity());
            }
        }
        Ok(())
    }

    /// Puts an item that can be made again. What is there and cannot be read is replaced, whatever the condition says of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the condition does not hold of an item that can be read.
    pub(crate) async fn replace<T: DeserializeOwned>(&self, key: &Key, put: Write) -> Result<(), StoreError> {
        let conflict = match self.write(put.clone()).await {
            Err(StoreError::Conflict) => StoreError::Conflict,
            written => return written,
        };
        match self.get(key).await? {
            Some(item) if decode::<T>(key, item.clone()).is_err() => {
                self.write(Write::of(put.action).only_over(&item)).await
            }
            _ => Err(conflict),
        }
    }

    /// One write to an item that others write at the same moment, transactions among them.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its condition does not hold.
    pub(crate) async fn write_contended(&self, write: Write) -> Result<(), StoreError> {
        retry_on_contention(|| self.write(write.clone())).await
    }

    /// Deletes all of them, many at the same time.
    pub(crate) async fn delete_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), StoreError> {
        let deletions: Vec<_> = keys.into_iter().map(|key| self.write_contended(Write::delete(&key))).collect();
        stream::iter(deletions).buffer_unordered(CONCURRENT_DELETIONS).try_collect().await
    }
}

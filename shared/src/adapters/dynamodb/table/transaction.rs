//! Writes that become true together or not at all.

use aws_sdk_dynamodb::{
    Client,
    error::BuildError,
    types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};

use super::{
    Table,
    capacity::{TOTAL, note_write},
    contention::retry_on_contention,
    errors::transaction_error,
    spans::Requested,
    write::{Action, Write},
};
use crate::{
    adapters::dynamodb::{attributes::Attributes, keys::Key},
    ports::StoreError,
};

/// Writes of one table, or of several over the same client.
pub(crate) struct Transaction {
    client: Client,
    /// The one that it was begun at.
    table: String,
    items: Vec<Result<TransactWriteItem, BuildError>>,
}

/// What must be so of an item that the transaction leaves as it is.
pub(crate) struct Check {
    key: Attributes,
    condition: &'static str,
    values: Attributes,
}

impl Check {
    /// The condition, and the values it names.
    pub(crate) fn new<const N: usize>(key: &Key, condition: &'static str, values: [(&str, AttributeValue); N]) -> Self {
        let values = values.map(|(placeholder, value)| (placeholder.to_owned(), value));
        Self { key: key.attributes(), condition, values: values.into() }
    }
}

impl Table {
    /// A transaction with nothing in it yet.
    pub(crate) fn transaction(&self) -> Transaction {
        Transaction { client: self.client.clone(), table: self.name.clone(), items: Vec::new() }
    }
}

impl Transaction {
    /// Adds a write to an item of `table`.
    pub(crate) fn write(mut self, table: &Table, write: Write) -> Self {
        self.items.push(transact_write_item(table, write));
        self
    }

    /// Adds a condition on an item of `table`.
    pub(crate) fn check(mut self, table: &Table, check: Check) -> Self {
        let check = ConditionCheck::builder()
            .table_name(&table.name)
            .set_key(Some(check.key))
            .condition_expression(check.condition)
            .set_expression_attribute_values(Some(check.values).filter(|values| !values.is_empty()))
            .build();
        self.items.push(check.map(|check| TransactWriteItem::builder().condition_check(check).build()));
        self
    }

    /// All of it, tried again for as long as it only meets others.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a condition does not hold.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        let items: Result<Vec<_>, BuildError> = self.items.into_iter().collect();
        let items = items.map_err(|_| StoreError::Refused { reason: "incomplete request".to_owned() })?;
        retry_on_contention(|| async {
            let request = self.client.transact_write_items().set_transact_items(Some(items.clone()));
            let request = request.return_consumed_capacity(TOTAL);
            let sent = async { request.send().await.map_err(transaction_error) };
            let written = Requested::of("TransactWriteItems", &self.table).items(items.len()).send(sent).await?;
            note_write(written.consumed_capacity());
            Ok(())
        })
        .await
    }
}

fn transact_write_item(table: &Table, write: Write) -> Result<TransactWriteItem, BuildError> {
    let Write { action, condition, names, values } = write;
    let item = TransactWriteItem::builder();
    Ok(match action {
        Action::Put(attributes) => {
            let put = Put::builder().table_name(&table.name).set_item(Some(attributes));
            let put = put.set_condition_expression(condition).set_expression_attribute_names(names);
            item.put(put.set_expression_attribute_values(values).build()?)
        }
        Action::Update { key, expression } => {
            let update = Update::builder().table_name(&table.name).set_key(Some(key)).update_expression(expression);
            let update = update.set_condition_expression(condition).set_expression_attribute_names(names);
            item.update(update.set_expression_attribute_values(values).build()?)
        }
        Action::Delete { key } => {
            let delete = Delete::builder().table_name(&table.name).set_key(Some(key));
            let delete = delete.set_condition_expression(condition).set_expression_attribute_names(names);
            item.delete(delete.set_expression_attribute_values(values).build()?)
        }
    }
    .build())
}

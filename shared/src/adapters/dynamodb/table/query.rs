//! Consistent reads of a partition: every page of it, or an error.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::{AttributeValue, Select};

use super::{
    Table,
    capacity::{TOTAL, note_read},
    errors::store_error,
    spans::Requested,
};
use crate::{adapters::dynamodb::attributes::Attributes, ports::StoreError};

/// Which items of a partition, and what of them.
pub(crate) struct Query {
    partition: String,
    prefix: Option<Cow<'static, str>>,
    projection: Option<&'static str>,
}

impl Query {
    /// All of the partition.
    pub(crate) fn of(partition: String) -> Self {
        Self { partition, prefix: None, projection: None }
    }

    /// Only what has a sort key that begins so.
    pub(crate) fn beginning_with(self, prefix: impl Into<Cow<'static, str>>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    /// Only these attributes of each, with commas between them.
    pub(crate) fn only(self, projection: &'static str) -> Self {
        Self { projection: Some(projection), ..self }
    }
}

impl Table {
    /// What `decode` makes of each item, in the order of the sort keys; page by page, so that a large partition is not held
    /// twice.
    pub(crate) async fn query<T>(
        &self,
        query: Query,
        decode: impl Fn(Attributes) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let request = self.client.query().table_name(&self.name).consistent_read(true);
        let request = request.expression_attribute_values(":pk", AttributeValue::S(query.partition));
        let request = match query.prefix {
            None => request.key_condition_expression("pk = :pk"),
            Some(prefix) => request
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", AttributeValue::S(prefix.into_owned())),
        };
        let request = match query.projection {
            None => request,
            Some(projection) => request.select(Select::SpecificAttributes).projection_expression(projection),
        };
        let mut pages = request.return_consumed_capacity(TOTAL).into_paginator().send();
        let mut found = Vec::new();
        for number in 0.. {
            let next = async { pages.next().await.transpose().map_err(store_error) };
            let Some(page) = Requested::of("Query", &self.name).page(number).send(next).await? else { break };
            note_read(page.consumed_capacity());
            let is_last = page.last_evaluated_key.is_none();
            for item in page.items.unwrap_or_default() {
                found.push(decode(item)?);
            }
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

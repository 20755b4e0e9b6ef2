//! Interactions that were seen.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{MemoryTable, keys::Key, table::errors::store_error};
use crate::{
    domain::InteractionId,
    ports::{ClaimInteractions, StoreError},
};

/// An item that has expired is as good as gone (DESIGN rule 3); one that this call has just written is no other's: the SDK
/// sends a write again whose answer was lost.
const IS_NEW: &str = "attribute_not_exists(pk) OR expires_at <= :now OR claim = :claim";

impl ClaimInteractions for MemoryTable {
    async fn claim(
        &self,
        interaction: InteractionId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = self
            .update(&Key::interaction(interaction))
            .update_expression("SET expires_at = :expiry, claim = :claim")
            .condition_expression(IS_NEW)
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .expression_attribute_values(":expiry", AttributeValue::N(expires_at.as_second().to_string()))
            .expression_attribute_values(":claim", AttributeValue::N(fastrand::u64(..).to_string()));
        match update.send().await.map_err(store_error) {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

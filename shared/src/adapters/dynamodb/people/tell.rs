//! Who was told that a guild asks.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    adapters::dynamodb::{
        keys::Key,
        table::{Write, condition_held},
        tables::MemoryTable,
    },
    domain::{GuildId, UserId},
    ports::{StoreError, TellOnce},
};

impl TellOnce for MemoryTable {
    async fn note_told(&self, guild: GuildId, user: UserId) -> Result<bool, StoreError> {
        let note = Write::update(&Key::person(guild, user), "SET told_of_consent = :yes")
            .only_if("attribute_not_exists(told_of_consent)")
            .value(":yes", AttributeValue::Bool(true));
        condition_held(self.table.write_contended(note).await)
    }
}

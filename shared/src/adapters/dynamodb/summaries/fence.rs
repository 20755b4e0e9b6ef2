//! What must still be so of a guild-day when something made from its messages is written: the lease is mine, and nothing was
//! deleted since the version that was read.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, number, text},
        keys::{self, Key},
        table::{Check, Write},
        tables::MemoryTable,
    },
    domain::{Day, GuildId, LeaseOwner},
    ports::StoreError,
};

const HOLDS: &str = "lease_owner = :owner AND purged_version <= :version";

/// Who writes, and which version of which day it was made from.
#[derive(Clone, Copy)]
pub(super) struct Fence<'a> {
    pub(super) guild: GuildId,
    pub(super) day: Day,
    pub(super) version: u64,
    pub(super) owner: &'a LeaseOwner,
}

impl Fence<'_> {
    /// Drops the lease, if all of that is still so, and notes whose summary is there from then on.
    pub(super) fn drop_lease(&self) -> Write {
        let drop = "SET committed = :owner REMOVE lease_owner, lease_until";
        Write::update(&self.ledger(), drop).only_if(HOLDS).values(self.values())
    }

    /// The name of the generation of parts that belongs to it.
    pub(super) fn generation(&self) -> String {
        keys::generation(self.version, self.owner)
    }

    fn check(&self) -> Check {
        Check::new(&self.ledger(), HOLDS, self.values())
    }

    fn ledger(&self) -> Key {
        Key::ledger(self.guild, self.day)
    }

    fn values(&self) -> [(&'static str, AttributeValue); 2] {
        [(":owner", text(self.owner.as_str())), (":version", number(self.version))]
    }
}

impl MemoryTable {
    /// Puts an item that belongs to a commit, on the conditions of that commit.
    pub(super) async fn put_fenced(&self, fence: &Fence<'_>, item: Attributes) -> Result<(), StoreError> {
        let transaction = self.table.transaction().write(&self.table, Write::put(item));
        transaction.check(&self.table, fence.check()).commit().await
    }
}

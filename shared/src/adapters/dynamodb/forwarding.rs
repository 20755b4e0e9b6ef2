//! For use cases that were given the `Messages` table alone: what they ask of `Memory` through it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::tables::MessagesTable;
use crate::{
    domain::{
        Allowance, Day, DayRecord, DaySummary, FailedAttempt, GuildId, KeptChunk, Lease, LeaseOwner, Person, UserId,
    },
    ports::{
        CommitDaySummary, CoolModels, HoldLeases, KeepChunks, LeaseOn, ReadDay, ReadPeople, ReadWindow, SpendBudget,
        Spending, StoreError, Window,
    },
};

macro_rules! forward_to_memory {
    ($(impl $port:ident { $(async fn $method:ident($($name:ident: $type:ty),*) -> $answer:ty;)+ })+) => {
        $(impl $port for MessagesTable {
            $(async fn $method(&self, $($name: $type),*) -> $answer {
                self.memory.$method($($name),*).await
            })+
        })+
    };
}

forward_to_memory! {
    impl ReadDay {
        async fn read_day(guild: GuildId, day: Day) -> Result<DayRecord, StoreError>;
    }
    impl CommitDaySummary {
        async fn commit_summary(guild: GuildId, day: Day, summary: &DaySummary, owner: &LeaseOwner) -> Result<(), StoreError>;
        async fn renew_summary(guild: GuildId, day: Day, seen: &DaySummary, expires_at: Option<Timestamp>) -> Result<(), StoreError>;
    }
    impl HoldLeases {
        async fn acquire(guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError>;
        async fn renew(guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError>;
        async fn release(guild: GuildId, on: &LeaseOn, owner: &LeaseOwner, failure: Option<&FailedAttempt>) -> Result<(), StoreError>;
    }
    impl KeepChunks {
        async fn kept_chunk(guild: GuildId, day: Day, hash: &str) -> Result<Option<KeptChunk>, StoreError>;
        async fn keep_chunk(guild: GuildId, day: Day, hash: &str, chunk: &KeptChunk, version: u64, owner: &LeaseOwner) -> Result<(), StoreError>;
    }
    impl ReadWindow {
        async fn read_window(guild: GuildId, days: &[Day], people: &[UserId]) -> Window;
    }
    impl ReadPeople {
        async fn people(guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError>;
    }
    impl CoolModels {
        async fn cooldowns(models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError>;
        async fn cool_down(model: &str, until: Timestamp) -> Result<(), StoreError>;
    }
    impl SpendBudget {
        async fn spend(model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError>;
        async fn correct(model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError>;
    }
}

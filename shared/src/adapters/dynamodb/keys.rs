//! The key strings of both tables; nothing else in the project knows them.

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{AttemptId, ChannelId, Day, GuildId, InteractionId, MessageId, UserId};

/// The name of the partition key of both tables.
pub const PARTITION_KEY: &str = "pk";
/// The name of the sort key of both tables.
pub const SORT_KEY: &str = "sk";

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pk: String,
    sk: String,
}

impl Key {
    /// `Messages`: one message.
    pub fn message(guild: GuildId, id: MessageId) -> Self {
        Self { pk: messages_partition(guild, id.day()), sk: padded(id) }
    }

    /// `Memory`: the ledger of a guild-day.
    pub fn ledger(guild: GuildId, day: Day) -> Self {
        Self { pk: format!("G#{guild}#DAYS"), sk: format!("{day}#LEDGER") }
    }

    /// `Memory`: the summary of a guild-day.
    pub fn summary(guild: GuildId, day: Day) -> Self {
        Self { pk: format!("G#{guild}#DAYS"), sk: format!("{day}#SUMMARY") }
    }

    /// `Memory`: part `n` of a large summary.
    pub fn part(guild: GuildId, day: Day, generation: &str, n: u32) -> Self {
        Self { pk: parts_partition(guild, day), sk: format!("{PART_PREFIX}{generation}#{n}") }
    }

    /// `Memory`: everybody who ever was in a summary of a guild-day.
    pub fn day_people(guild: GuildId, day: Day) -> Self {
        Self { pk: parts_partition(guild, day), sk: "PEOPLE".to_owned() }
    }

    /// `Memory`: what came of a chunk of a guild-day.
    pub fn chunk(guild: GuildId, day: Day, hash: &str) -> Self {
        Self { pk: parts_partition(guild, day), sk: format!("{CHUNK_PREFIX}{hash}") }
    }

    /// `Memory`: what was spent on a model in a minute or a day.
    pub fn spent(model: &str, period: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: format!("USAGE#{period}") }
    }

    /// `Memory`: what the managers of a guild decided.
    pub fn settings(guild: GuildId) -> Self {
        Self { pk: guild_partition(guild), sk: "SETTINGS".to_owned() }
    }

    /// `Memory`: how far a channel was read.
    pub fn channel(guild: GuildId, channel: ChannelId) -> Self {
        Self { pk: guild_partition(guild), sk: format!("{CHANNEL_PREFIX}{channel}") }
    }

    /// `Memory`: until when a model is left alone.
    pub fn cooldown(model: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: "COOLDOWN".to_owned() }
    }

    /// `Memory`: facts and names of a person.
    pub fn person(guild: GuildId, user: UserId) -> Self {
        Self { pk: format!("G#{guild}#P#{user}"), sk: "PERSON".to_owned() }
    }

    /// `Memory`: the merged memory of a person.
    pub fn memory(guild: GuildId, user: UserId) -> Self {
        Self { pk: format!("G#{guild}#P#{user}"), sk: "MEMORY".to_owned() }
    }

    /// `Memory`: that an interaction was seen.
    pub fn interaction(interaction: InteractionId) -> Self {
        Self { pk: format!("INTERACTION#{interaction}"), sk: "DONE".to_owned() }
    }

    /// An item that never exists.
    pub(crate) fn warm_up() -> Self {
        Self { pk: "WARM_UP".to_owned(), sk: "WARM_UP".to_owned() }
    }

    /// The key of an item that was read.
    pub(crate) fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: text(PARTITION_KEY)?, sk: text(SORT_KEY)? })
    }

    /// The message it is the key of.
    pub(crate) fn message_id(&self) -> Option<MessageId> {
        unpadded(&self.sk)
    }

    /// The channel whose cursor it is the key of.
    pub(crate) fn channel_id(&self) -> Option<ChannelId> {
        self.sk.strip_prefix(CHANNEL_PREFIX)?.parse().ok()
    }

    /// The generation of the part it is the key of.
    pub(crate) fn generation(&self) -> Option<&str> {
        self.sk.strip_prefix(PART_PREFIX)?.rsplit_once('#').map(|(generation, _)| generation)
    }

    /// As a request wants it.
    pub(crate) fn attributes(&self) -> HashMap<String, AttributeValue> {
        let attribute = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
        [attribute(PARTITION_KEY, &self.pk), attribute(SORT_KEY, &self.sk)].into()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.pk, self.sk)
    }
}

/// `Messages`: the partition of a guild-day.
pub fn messages_partition(guild: GuildId, day: Day) -> String {
    format!("{guild}#{day}")
}

/// `Memory`: the partition of what concerns a guild as a whole.
pub(crate) fn guild_partition(guild: GuildId) -> String {
    format!("G#{guild}")
}

/// What the sort keys of cursors begin with.
pub(crate) const CHANNEL_PREFIX: &str = "CHANNEL#";

/// `Memory`: the partition of a day's chunks and of a large summary's parts.
pub(crate) fn parts_partition(guild: GuildId, day: Day) -> String {
    format!("G#{guild}#DAY#{day}")
}

/// What the sort keys of parts begin with.
pub(crate) const PART_PREFIX: &str = "PART#";

/// What the sort keys of chunks begin with.
pub(crate) const CHUNK_PREFIX: &str = "CHUNK#";

/// The name of a generation of parts: it sorts by the version it was made from, and no two attempts share one.
pub(crate) fn generation(version: u64, attempt: &AttemptId) -> String {
    format!("{version:020}-{attempt}")
}

/// The version in the name of a generation.
pub(crate) fn version_of(generation: &str) -> Option<u64> {
    generation.split_once('-')?.0.parse().ok()
}

/// A message id so that strings sort as numbers.
pub(crate) fn padded(id: MessageId) -> String {
    format!("{:020}", id.get())
}

/// The id in a message's sort key.
pub(crate) fn unpadded(sort_key: &str) -> Option<MessageId> {
    sort_key.trim_start_matches('0').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_sort_as_numbers() {
        let id = |n: u64| MessageId::try_from(n).unwrap();
        assert!(padded(id(9)) < padded(id(10)));
        assert!(padded(id(99_999)) < padded(id(i64::MAX as u64)));
        assert_eq!(unpadded(&padded(id(10))), Some(id(10)));
    }
}

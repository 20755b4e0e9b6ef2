//! The key strings of both tables; nothing else in the project knows them.

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{ChannelId, Day, GuildId, InteractionId, LeaseOwner, Left, MessageId, UserId, folded_name};

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
        Self { pk: days_partition(guild), sk: format!("{day}{LEDGER_SUFFIX}") }
    }

    /// `Memory`: the summary of a guild-day.
    pub fn summary(guild: GuildId, day: Day) -> Self {
        Self { pk: days_partition(guild), sk: format!("{day}#SUMMARY") }
    }

    /// `Memory`: part `n` of a large summary.
    pub fn part(guild: GuildId, day: Day, generation: &str, n: u32) -> Self {
        Self { pk: day_partition(guild, day), sk: format!("{PART_PREFIX}{generation}#{n}") }
    }

    /// `Memory`: everybody who ever was in a summary of a guild-day.
    pub fn day_people(guild: GuildId, day: Day) -> Self {
        Self { pk: day_partition(guild, day), sk: "PEOPLE".to_owned() }
    }

    /// `Memory`: what came of a chunk of a guild-day.
    pub fn chunk(guild: GuildId, day: Day, hash: &str) -> Self {
        Self { pk: day_partition(guild, day), sk: format!("{CHUNK_PREFIX}{hash}") }
    }

    /// `Memory`: how a guild-day is cut into chunks.
    pub fn cut(guild: GuildId, day: Day) -> Self {
        Self { pk: day_partition(guild, day), sk: "CUTS".to_owned() }
    }

    /// `Memory`: what was spent on a model in a minute or a day.
    pub fn usage(model: &str, period: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: format!("USAGE#{period}") }
    }

    /// `Memory`: what the managers of a guild decided.
    pub fn settings(guild: GuildId) -> Self {
        Self { pk: guild_partition(guild), sk: "SETTINGS".to_owned() }
    }

    /// `Memory`: who owns a guild, and what its roles permit.
    pub fn roles(guild: GuildId) -> Self {
        Self { pk: guild_partition(guild), sk: "ROLES".to_owned() }
    }

    /// `Memory`: the channels that are open to a guild's audience.
    pub fn open_channels(guild: GuildId) -> Self {
        Self { pk: guild_partition(guild), sk: "OPEN".to_owned() }
    }

    /// `Memory`: how far a channel was read.
    pub fn cursor(guild: GuildId, channel: ChannelId) -> Self {
        Self { pk: guild_partition(guild), sk: format!("{CURSOR_PREFIX}{channel}") }
    }

    /// `Memory`: until when a model is left alone.
    pub fn cooldown(model: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: "COOLDOWN".to_owned() }
    }

    /// `Memory`: who stands in the line for a model.
    pub fn line(model: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: "LINE".to_owned() }
    }

    /// `Memory`: how fast a model writes.
    pub fn pace(model: &str) -> Self {
        Self { pk: format!("MODEL#{model}"), sk: "PACE".to_owned() }
    }

    /// `Memory`: facts and names of a person.
    pub fn person(guild: GuildId, user: UserId) -> Self {
        Self { pk: format!("G#{guild}#P#{user}"), sk: "PERSON".to_owned() }
    }

    /// `Memory`: that a person was seen under a name.
    pub fn name(guild: GuildId, name: &str, user: UserId) -> Self {
        Self { pk: names_partition(guild), sk: format!("{}{user}", name_prefix(name)) }
    }

    /// `Memory`: the merged memory of a person.
    pub fn memory(guild: GuildId, user: UserId) -> Self {
        Self { pk: format!("G#{guild}#P#{user}"), sk: "MEMORY".to_owned() }
    }

    /// `Memory`: when a person was last given answers that may call a model.
    pub fn asked(guild: GuildId, user: UserId) -> Self {
        Self { pk: format!("G#{guild}#P#{user}"), sk: "ASKED".to_owned() }
    }

    /// `Memory`: that a person was asked for.
    pub fn asked_for(guild: GuildId, user: UserId) -> Self {
        Self { pk: asked_for_partition(guild), sk: user.to_string() }
    }

    /// `Memory`: that something is kept of a person.
    pub fn listed(guild: GuildId, user: UserId) -> Self {
        Self { pk: people_partition(guild), sk: user.to_string() }
    }

    /// `Memory`: that somebody left.
    pub fn left(who: Left) -> Self {
        let sk = match who {
            Left::Member(guild, user) => format!("{LEFT_MEMBER}{guild}#{user}"),
            Left::Guild(guild) => format!("{LEFT_GUILD}{guild}"),
            Left::Missing(guild) => format!("{MISSING_GUILD}{guild}"),
            Left::Wiped(guild) => format!("{WIPED_GUILD}{guild}"),
        };
        Self { pk: LEFT_PARTITION.to_owned(), sk }
    }

    /// `Memory`: that a guild is to be wiped.
    pub fn wipe(guild: GuildId) -> Self {
        Self { pk: WIPES_PARTITION.to_owned(), sk: guild.to_string() }
    }

    /// `Memory`: until when what was said in a guild stays out.
    pub fn wiped(guild: GuildId) -> Self {
        Self { pk: guild_partition(guild), sk: "WIPED".to_owned() }
    }

    /// `Memory`: that people were handed over.
    pub fn hand_over(guild: GuildId, people: &str) -> Self {
        Self { pk: guild_partition(guild), sk: format!("HANDOVER#{people}") }
    }

    /// `Memory`: that an interaction was seen.
    pub fn interaction(interaction: InteractionId) -> Self {
        Self { pk: format!("INTERACTION#{interaction}"), sk: "DONE".to_owned() }
    }

    /// An item that never exists.
    pub(super) fn warm_up() -> Self {
        Self { pk: "WARM_UP".to_owned(), sk: "WARM_UP".to_owned() }
    }

    /// The key of an item that was read.
    pub(super) fn of(item: &HashMap<String, AttributeValue>) -> Option<Self> {
        let text = |name| item.get(name)?.as_s().ok().cloned();
        Some(Self { pk: text(PARTITION_KEY)?, sk: text(SORT_KEY)? })
    }

    /// The message it is the key of.
    pub(super) fn message_id(&self) -> Option<MessageId> {
        unpadded(&self.sk)
    }

    /// The person who was seen under the name it is the key of.
    pub(super) fn bearer(&self) -> Option<UserId> {
        self.sk.rsplit_once('#')?.1.parse().ok()
    }

    /// The person whom it says to be asked for.
    pub(super) fn asked_for_user(&self) -> Option<UserId> {
        self.sk.parse().ok()
    }

    /// The person of whom it says that something is kept.
    pub(super) fn listed_user(&self) -> Option<UserId> {
        self.sk.parse().ok()
    }

    /// Who left, by the item it is the key of.
    pub(super) fn who_left(&self) -> Option<Left> {
        if let Some((guild, user)) = self.sk.strip_prefix(LEFT_MEMBER).and_then(|ids| ids.split_once('#')) {
            return Some(Left::Member(guild.parse().ok()?, user.parse().ok()?));
        }
        let guild = |prefix| self.sk.strip_prefix(prefix).and_then(|guild| guild.parse().ok());
        let left = guild(LEFT_GUILD).map(Left::Guild);
        left.or_else(|| guild(MISSING_GUILD).map(Left::Missing)).or_else(|| guild(WIPED_GUILD).map(Left::Wiped))
    }

    /// The guild that is to be wiped by it.
    pub(super) fn wiped_guild(&self) -> Option<GuildId> {
        self.sk.parse().ok()
    }

    /// The day whose ledger or summary it is the key of.
    pub(super) fn day(&self) -> Option<Day> {
        self.sk.split_once('#')?.0.parse().ok()
    }

    /// The day whose ledger it is the key of.
    pub(super) fn ledger_day(&self) -> Option<Day> {
        self.sk.strip_suffix(LEDGER_SUFFIX)?.parse().ok()
    }

    /// The channel whose cursor it is the key of.
    pub(super) fn channel_id(&self) -> Option<ChannelId> {
        self.sk.strip_prefix(CURSOR_PREFIX)?.parse().ok()
    }

    /// Whether it is the key of a chunk.
    pub(super) fn is_chunk(&self) -> bool {
        self.sk.starts_with(CHUNK_PREFIX)
    }

    /// The generation of the part it is the key of.
    pub(super) fn generation(&self) -> Option<&str> {
        self.sk.strip_prefix(PART_PREFIX)?.rsplit_once('#').map(|(generation, _)| generation)
    }

    /// As a request wants it.
    pub(super) fn attributes(&self) -> HashMap<String, AttributeValue> {
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
pub(super) fn guild_partition(guild: GuildId) -> String {
    format!("G#{guild}")
}

/// `Memory`: the partition of the ledgers and summaries of a guild's days.
pub(super) fn days_partition(guild: GuildId) -> String {
    format!("G#{guild}#DAYS")
}

/// `Memory`: the partition of the names that people of a guild were seen under.
pub(super) fn names_partition(guild: GuildId) -> String {
    format!("G#{guild}#NAMES")
}

/// `Memory`: the partition of the people of a guild who are asked for.
pub(super) fn asked_for_partition(guild: GuildId) -> String {
    format!("G#{guild}#ASKED_FOR")
}

/// `Memory`: the partition of the people of a guild of whom something is kept.
pub(super) fn people_partition(guild: GuildId) -> String {
    format!("G#{guild}#PEOPLE")
}

/// `Memory`: the partition of the guilds that are to be wiped.
pub(super) const WIPES_PARTITION: &str = "WIPES";

/// `Memory`: the partition of who left, of all guilds.
pub(super) const LEFT_PARTITION: &str = "LEFT";
const LEFT_MEMBER: &str = "MEMBER#";
const LEFT_GUILD: &str = "GUILD#";
const MISSING_GUILD: &str = "MISSING#";
const WIPED_GUILD: &str = "WIPED#";

/// What the sort keys of everybody seen under a name begin with.
pub(super) fn name_prefix(name: &str) -> String {
    format!("{}#", folded_name(name))
}

/// What the sort keys of ledgers end with.
const LEDGER_SUFFIX: &str = "#LEDGER";

/// What the sort keys of cursors begin with.
pub(super) const CURSOR_PREFIX: &str = "CHANNEL#";

/// `Memory`: the partition of what a summary of a guild-day is made of, and of who was in one.
pub(super) fn day_partition(guild: GuildId, day: Day) -> String {
    format!("G#{guild}#DAY#{day}")
}

/// What the sort keys of parts begin with.
pub(super) const PART_PREFIX: &str = "PART#";

/// What the sort keys of chunks begin with.
pub(super) const CHUNK_PREFIX: &str = "CHUNK#";

/// The name of a generation of parts: it sorts by the version it was made from, and no two attempts share one.
pub(super) fn generation(version: u64, owner: &LeaseOwner) -> String {
    format!("{version:020}-{owner}")
}

/// The version in the name of a generation.
pub(super) fn version_of(generation: &str) -> Option<u64> {
    generation.split_once('-')?.0.parse().ok()
}

/// A message id so that strings sort as numbers.
pub(super) fn padded(id: MessageId) -> String {
    format!("{:020}", id.get())
}

/// The id in a message's sort key.
pub(super) fn unpadded(sort_key: &str) -> Option<MessageId> {
    sort_key.trim_start_matches('0').parse().ok()
}

/// A message id as an attribute, so that strings sort as numbers.
pub(super) mod padded_id {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    use crate::domain::MessageId;

    pub(in crate::adapters::dynamodb) fn serialize<S: Serializer>(id: &MessageId, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::padded(*id))
    }

    pub(in crate::adapters::dynamodb) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<MessageId, D::Error> {
        super::unpadded(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no message id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_left_is_read_from_the_key() {
        let (guild, user) = ("1".parse().unwrap(), "10".parse().unwrap());
        for who in [Left::Member(guild, user), Left::Guild(guild), Left::Missing(guild), Left::Wiped(guild)] {
            assert_eq!(Key::left(who).who_left(), Some(who));
        }
    }

    #[test]
    fn message_ids_sort_as_numbers() {
        let id = |n: u64| MessageId::try_from(n).unwrap();
        assert!(padded(id(9)) < padded(id(10)));
        assert!(padded(id(99_999)) < padded(id(i64::MAX as u64)));
        assert_eq!(unpadded(&padded(id(10))), Some(id(10)));
    }
}

//! Discord's ids as types that cannot be wrong. In every JSON they are decimal strings; numbers are accepted on input.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Day;

/// Milliseconds from the Unix epoch to the first second of 2015, where snowflakes begin.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

/// The text or number is no snowflake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a snowflake (a whole number from 1 to 9223372036854775807, as a decimal string)")]
pub struct InvalidSnowflake;

fn checked(value: u64) -> Result<u64, InvalidSnowflake> {
    if (1..=i64::MAX as u64).contains(&value) { Ok(value) } else { Err(InvalidSnowflake) }
}

/// Only the canonical form is taken, so that an id in an answer is written as it was asked for.
fn parse(text: &str) -> Result<u64, InvalidSnowflake> {
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidSnowflake);
    }
    checked(text.parse().map_err(|_| InvalidSnowflake)?)
}

struct SnowflakeVisitor;

impl de::Visitor<'_> for SnowflakeVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a snowflake (a whole number from 1 to 9223372036854775807, as a decimal string)")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        checked(value).map_err(E::custom)
    }
}

macro_rules! snowflake {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The id as a number, from 1 to 2^63 - 1.
            pub fn get(self) -> u64 {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = InvalidSnowflake;

            fn try_from(value: u64) -> Result<Self, InvalidSnowflake> {
                checked(value).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidSnowflake;

            fn from_str(text: &str) -> Result<Self, InvalidSnowflake> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(SnowflakeVisitor).map(Self)
            }
        }
    };
}

snowflake!(
    /// A Discord guild (a server, to its people).
    GuildId
);
snowflake!(
    /// A Discord account.
    UserId
);
snowflake!(
    /// A Discord channel or thread.
    ChannelId
);
snowflake!(
    /// A role of a guild; the one that everybody has bears the guild's own id.
    RoleId
);
snowflake!(
    /// A Discord message; its upper 42 bits say when it was written.
    MessageId
);
snowflake!(
    /// One use of a command, a button or a form in Discord; its upper 42 bits say when that was.
    InteractionId
);
snowflake!(
    /// A Discord application: this product's own, as it is registered there.
    ApplicationId
);

impl RoleId {
    /// The role that everybody in the guild has, `@everyone`.
    pub fn everyone(guild: GuildId) -> Self {
        Self(guild.get())
    }
}

impl MessageId {
    /// When the message was written, to the millisecond.
    pub fn written_at(self) -> Timestamp {
        made_at(self.0)
    }

    /// The largest id a message can have that was written before `at`.
    pub fn last_before(at: Timestamp) -> Self {
        let ms = u64::try_from(at.as_millisecond() - DISCORD_EPOCH_MS).unwrap_or(0);
        Self(((ms << 22) & i64::MAX as u64).max(2) - 1)
    }

    /// The guild-day the message belongs to: the UTC day it was written on (DESIGN rule 1).
    pub fn day(self) -> Day {
        Day::of(self.written_at())
    }
}

impl InteractionId {
    /// When it was asked, to the millisecond.
    pub fn asked_at(self) -> Timestamp {
        made_at(self.0)
    }
}

fn made_at(snowflake: u64) -> Timestamp {
    let ms = (snowflake >> 22) as i64 + DISCORD_EPOCH_MS;
    // 41 bits of milliseconds end in the year 2084, far inside what a timestamp holds.
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers_are_read_and_strings_written() {
        let ids: Vec<UserId> = serde_json::from_str(r#"["10", 11]"#).unwrap();
        assert_eq!(serde_json::to_string(&ids).unwrap(), r#"["10","11"]"#);
    }

    #[test]
    fn what_is_no_snowflake_is_refused_without_repeating_it() {
        for text in
            [r#""""#, r#""x""#, r#""0""#, "0", "-1", r#""007""#, r#""9223372036854775808""#, r#"" 1""#, r#""+1""#]
        {
            let error = serde_json::from_str::<UserId>(text).unwrap_err().to_string();
            assert!(error.contains("snowflake"), "{text}: {error}");
        }
    }

    #[test]
    fn rule_1_a_message_belongs_to_the_utc_day_of_its_snowflake() {
        // The example of Discord's documentation: 2016-04-30 11:18:25.796 UTC.
        let id: MessageId = "175928847299117063".parse().unwrap();
        assert_eq!(id.written_at().to_string(), "2016-04-30T11:18:25.796Z");
        assert_eq!(id.day().to_string(), "2016-04-30");

        let midnight = Day::of(id.written_at()).end();
        let first_of_next_day = ((midnight.as_millisecond() - DISCORD_EPOCH_MS) as u64) << 22;
        assert_eq!(MessageId(first_of_next_day).day().to_string(), "2016-05-01");
        assert_eq!(MessageId(first_of_next_day - 1).day().to_string(), "2016-04-30");
        assert_eq!(MessageId::last_before(midnight), MessageId(first_of_next_day - 1));
        assert_eq!(MessageId::last_before(Timestamp::UNIX_EPOCH), MessageId(1), "Discord began later");
    }
}

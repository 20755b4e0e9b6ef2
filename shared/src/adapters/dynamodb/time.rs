//! Points in time as attributes have them: ends of lives in seconds, because TTL wants them so; leases and cooldowns in
//! milliseconds; all others as RFC 3339.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Seconds since 1970, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct EpochSeconds(i64);

/// Milliseconds since 1970, rounded down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct EpochMillis(i64);

impl EpochSeconds {
    /// The end of a life that begins at `at`.
    pub(super) fn after(at: Timestamp, life: SignedDuration) -> Self {
        Self(at.as_second().saturating_add(life.as_secs()))
    }
}

impl From<Timestamp> for EpochSeconds {
    fn from(at: Timestamp) -> Self {
        Self(at.as_second())
    }
}

/// Seconds beyond all time are an end that never comes.
impl From<EpochSeconds> for Timestamp {
    fn from(EpochSeconds(seconds): EpochSeconds) -> Self {
        Self::from_second(seconds).unwrap_or(Self::MAX)
    }
}

impl From<EpochSeconds> for AttributeValue {
    fn from(EpochSeconds(seconds): EpochSeconds) -> Self {
        Self::N(seconds.to_string())
    }
}

impl From<Timestamp> for EpochMillis {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

/// Milliseconds beyond all time hold nobody up: the lease or the cooldown is over.
impl From<EpochMillis> for Timestamp {
    fn from(EpochMillis(millis): EpochMillis) -> Self {
        Self::from_millisecond(millis).unwrap_or(Self::MIN)
    }
}

impl From<EpochMillis> for AttributeValue {
    fn from(EpochMillis(millis): EpochMillis) -> Self {
        Self::N(millis.to_string())
    }
}

/// As serde writes a time into an item.
pub(super) fn rfc_3339(at: Timestamp) -> AttributeValue {
    AttributeValue::S(at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_comes_back_is_what_went_in_rounded_down_to_the_unit() {
        let precise = at("2026-11-20T12:00:00.123456Z");
        assert_eq!(Timestamp::from(EpochSeconds::from(precise)), at("2026-11-20T12:00:00Z"));
        assert_eq!(Timestamp::from(EpochMillis::from(precise)), at("2026-11-20T12:00:00.123Z"));
    }

    #[test]
    fn a_number_beyond_all_time_neither_expires_an_item_nor_holds_anybody_up() {
        assert_eq!(Timestamp::from(EpochSeconds(i64::MAX)), Timestamp::MAX);
        assert_eq!(Timestamp::from(EpochMillis(i64::MAX)), Timestamp::MIN);
        assert_eq!(EpochSeconds::after(Timestamp::MAX, SignedDuration::MAX), EpochSeconds(i64::MAX));
    }

    #[test]
    fn times_in_expressions_compare_with_those_in_items() {
        let precise = at("2026-11-20T12:00:00.5Z");
        let in_items: [AttributeValue; 2] = [
            serde_dynamo::to_attribute_value(EpochSeconds::from(precise)).unwrap(),
            serde_dynamo::to_attribute_value(precise).unwrap(),
        ];
        assert_eq!(in_items, [EpochSeconds::from(precise).into(), rfc_3339(precise)]);
    }
}

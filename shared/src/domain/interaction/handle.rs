//! What it takes to answer an interaction later.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de};

use crate::domain::InteractionId;

/// How long after it was asked an interaction can be answered.
const ANSWERABLE_FOR: SignedDuration = SignedDuration::from_mins(15);
/// Characters of a token that are taken; Discord's have about 230.
const MAX_TOKEN_CHARS: usize = 1_000;

/// What it takes to answer an interaction later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// The interaction.
    pub interaction_id: InteractionId,
    /// Its key.
    pub token: InteractionToken,
}

impl Handle {
    /// When it cannot be answered any more.
    pub fn ends_at(&self) -> Timestamp {
        self.interaction_id.asked_at().saturating_add(ANSWERABLE_FOR).unwrap_or(Timestamp::MAX)
    }

    /// How long somebody has waited by now.
    pub fn waited(&self, now: Timestamp) -> Duration {
        now.duration_since(self.interaction_id.asked_at()).try_into().unwrap_or_default()
    }
}

/// What lets somebody answer an interaction: a secret of 15 minutes, fit for a path of an address.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct InteractionToken(String);

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of an interaction")]
pub struct InvalidToken;

impl FromStr for InteractionToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~=+".contains(&byte));
        let fits = (1..=MAX_TOKEN_CHARS).contains(&text.len()) && !text.starts_with('.');
        if plain && fits { Ok(Self(text.to_owned())) } else { Err(InvalidToken) }
    }
}

impl InteractionToken {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractionToken(…)")
    }
}

impl<'de> Deserialize<'de> for InteractionToken {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_into_a_path_and_is_never_shown() {
        let token: InteractionToken = "aW50ZXJhY3Rpb246OTk4_x-y.z==".parse().unwrap();
        assert_eq!(format!("{token:?}"), "InteractionToken(…)");
        for text in ["", "a/b", "a?b", "../x", "a b", "é", "%2e", &"a".repeat(1_001)] {
            assert_eq!(text.parse::<InteractionToken>(), Err(InvalidToken), "{text}");
        }
    }

    #[test]
    fn an_interaction_can_be_answered_for_15_minutes() {
        let handle = Handle { interaction_id: "175928847299117063".parse().unwrap(), token: "t".parse().unwrap() };
        assert_eq!(handle.ends_at().to_string(), "2016-04-30T11:33:25.796Z");
    }
}

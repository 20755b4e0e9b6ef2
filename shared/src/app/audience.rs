//! Looks at Discord for whom a guild's memory is, and keeps what it says for those who decide without asking (DESIGN rules
//! 26 and 27):
//!
//! ```text
//! sync_messages, every 10 minutes ─┐                     ┌─▶ ingest_messages: is the channel open?
//! respond, if it is 15 minutes old ┴─▶ Discord ─▶ kept ──┼─▶ daily_summary: is the message told?
//!                                                        └─▶ interactions: is that a moderator?
//! ```

use jiff::Timestamp;

use crate::{
    domain::{Audience, GuildChannels, GuildId, KeptRoles, OpenChannels},
    ports::{DiscordError, KeepOpenChannels, KeepRoles, ReadChannels, StoreError},
};

/// What is kept of a guild for those who decide.
pub trait KeepAudience: KeepRoles + KeepOpenChannels {}

impl<M: KeepRoles + KeepOpenChannels> KeepAudience for M {}

/// How often it is tried again because somebody else kept something at the same moment.
const MAX_ATTEMPTS: u32 = 5;

/// Keeps what Discord said about roles and channels at `read_at`, and tells which channels are open to the audience. Whoever
/// has asked Discord later is right, and what they kept stays.
///
/// # Errors
/// [`StoreError::Conflict`] if what was kept later is for another audience: it was changed meanwhile, and what is open to this
/// one decides nothing any more. Else what the store failed with.
pub(super) async fn keep_audience<M: KeepAudience>(
    memory: &M,
    guild: GuildId,
    audience: Audience,
    channels: &GuildChannels,
    read_at: Timestamp,
) -> Result<OpenChannels, StoreError> {
    memory.keep_roles(guild, &KeptRoles { roles: channels.roles.clone(), read_at }).await?;
    for _ in 0..MAX_ATTEMPTS {
        let seen = memory.open_channels(guild).await?;
        if let Some(later) = seen.as_ref().filter(|seen| seen.read_at > read_at) {
            return if later.audience == audience { Ok(later.clone()) } else { Err(StoreError::Conflict) };
        }
        let now = channels.open_to(audience, read_at);
        let renewed = match &seen {
            Some(before) => before.renewed(now),
            // Nobody knows what was stored before anybody looked.
            None => now.to_be_swept(),
        };
        match memory.keep_open_channels(guild, seen.map(|seen| seen.read_at), &renewed).await {
            Err(StoreError::Conflict) => {}
            kept => return kept.map(|()| renewed),
        }
    }
    Err(StoreError::Conflict)
}

/// The channels that are open to the audience: by what is kept, if it is fresh; else by what Discord says now, which is kept.
///
/// # Errors
/// What the store failed with; within, why Discord does not say it, or that somebody changes it at this moment.
pub(super) async fn open_channels<M: KeepAudience, D: ReadChannels>(
    memory: &M,
    discord: &D,
    guild: GuildId,
    audience: Audience,
    now: Timestamp,
) -> Result<Result<OpenChannels, NotKnown>, StoreError> {
    let kept = memory.open_channels(guild).await?.filter(|open| open.are_fresh(audience, now));
    if let Some(open) = kept {
        return Ok(Ok(open));
    }
    match discord.channels(guild).await {
        Err(error) => Ok(Err(NotKnown::Discord(error))),
        Ok(channels) => match keep_audience(memory, guild, audience, &channels, now).await {
            Err(StoreError::Conflict) => Ok(Err(NotKnown::Changing)),
            kept => kept.map(Ok),
        },
    }
}

/// Why it is not known which channels are open.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotKnown {
    /// Discord does not say it.
    #[error(transparent)]
    Discord(DiscordError),
    /// It is being changed whom the guild's memory is for.
    #[error("the guild's audience is being changed")]
    Changing,
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{ports::ReadOpenChannels as _, testing::InMemoryStore};

    const VERIFIED: u64 = 5;

    fn guild() -> GuildId {
        "1".parse().unwrap()
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    /// What was kept at that minute: one channel, open to that audience.
    fn kept(audience: Audience, channel: u64, minute: i64) -> OpenChannels {
        OpenChannels {
            audience,
            channels: [channel.try_into().unwrap()].into(),
            parents: Default::default(),
            read_at: at(minute),
            sweep_due: false,
            sweep_again_at: None,
        }
    }

    async fn store_with(open: &OpenChannels) -> InMemoryStore {
        let store = InMemoryStore::default();
        store.keep_open_channels(guild(), None, open).await.unwrap();
        store
    }

    /// Somebody has asked Discord at that minute, and nothing was open then.
    async fn keep(store: &InMemoryStore, audience: Audience, minute: i64) -> Result<OpenChannels, StoreError> {
        keep_audience(store, guild(), audience, &GuildChannels::default(), at(minute)).await
    }

    #[tokio::test]
    async fn rule_26_an_older_look_at_discord_replaces_no_newer_one() {
        let newer = kept(Audience::Everyone, 7, 2);
        let store = store_with(&newer).await;
        assert_eq!(keep(&store, Audience::Everyone, 1).await, Ok(newer.clone()));
        assert_eq!(store.open_channels(guild()).await.unwrap(), Some(newer));
        let newest = keep(&store, Audience::Everyone, 3).await.unwrap();
        assert!(newest.channels.is_empty() && newest.sweep_due);
    }

    #[tokio::test]
    async fn rule_26_what_somebody_else_kept_for_another_audience_decides_nothing() {
        let newer = kept(Audience::Role(VERIFIED.try_into().unwrap()), 7, 2);
        let store = store_with(&newer).await;
        assert_eq!(keep(&store, Audience::Everyone, 1).await, Err(StoreError::Conflict));
        assert_eq!(store.open_channels(guild()).await.unwrap(), Some(newer), "it stays");
    }
}

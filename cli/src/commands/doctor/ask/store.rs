//! What is kept in the table of what is known.

use std::collections::BTreeMap;

use guild_memory::{
    adapters::dynamodb::MemoryTable,
    domain::{Cooldown, GuildId, Left},
    ports::{
        KeepCursors as _, ManageCooldowns as _, NoteLeft as _, ReadOpenChannels as _, ReadSettings as _, StoreError,
    },
};

use super::{LIMIT, store_trouble, within};
use crate::commands::doctor::{finding::Asked, judge::guild::Kept};

/// What is kept of a guild.
pub(in crate::commands::doctor) async fn guild(store: &MemoryTable, guild: GuildId) -> Asked<Kept> {
    let kept = async {
        let (settings, cursors, open, left, missing) = tokio::try_join!(
            store.settings(guild),
            store.cursors(guild),
            store.open_channels(guild),
            store.left_at(Left::Guild(guild)),
            store.left_at(Left::Missing(guild)),
        )?;
        Ok::<_, StoreError>(Kept { settings, cursors, open, missing_since: left.or(missing) })
    };
    within(LIMIT, async { kept.await.map_err(store_trouble) }).await
}

/// The models that are left alone, and why.
pub(in crate::commands::doctor) async fn cooldowns(
    store: &MemoryTable,
    models: &[String],
) -> Asked<BTreeMap<String, Cooldown>> {
    within(LIMIT, async { store.cooldowns_with_reasons(models).await.map_err(store_trouble) }).await
}

//! How far the channels of a guild were read.

use std::{collections::BTreeMap, future::Future};

use super::StoreError;
use crate::domain::{ChannelId, Cursor, GuildId};

/// Remembers how far channels were read.
pub trait KeepCursors: Send + Sync {
    /// The cursors of every channel and thread that was ever read and not forgotten, expired ones included.
    fn cursors(&self, guild: GuildId) -> impl Future<Output = Result<BTreeMap<ChannelId, Cursor>, StoreError>> + Send;

    /// Keeps a cursor, unless the one that is there is further.
    fn keep_cursor(
        &self,
        guild: GuildId,
        channel: ChannelId,
        cursor: &Cursor,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Forgets the cursor of a channel that is gone.
    fn forget_cursor(&self, guild: GuildId, channel: ChannelId) -> impl Future<Output = Result<(), StoreError>> + Send;
}

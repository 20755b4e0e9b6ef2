//! Reads what is new in a channel.

use super::{
    channel::ChannelSync,
    deps::{SyncDiscord, SyncMemory, SyncMessages},
    stop::Stop,
};
use crate::ports::Clock;

/// Reads from the cursor to the channel's end.
pub(super) async fn read_news<M: SyncMemory, W: SyncMessages, D: SyncDiscord, C: Clock>(
    channel: &mut ChannelSync<'_, M, W, D, C>,
) -> Result<(), Stop> {
    if channel.cursor.is_left_alone(channel.run.begun) {
        return Err(Stop::Forbidden);
    }
    if !channel.cursor.has_news(channel.last_message) {
        return Ok(());
    }
    while let Some(page) = channel.page_after(channel.cursor.after).await? {
        let (is_last, read_to) = (page.is_last, page.last_id().unwrap_or(channel.cursor.after));
        channel.store(page.entries, Vec::new()).await?;
        channel.read_to(read_to);
        if is_last {
            channel.cursor.complete_at = channel.last_message;
        }
        channel.save_cursor().await?;
        if is_last {
            break;
        }
    }
    Ok(())
}

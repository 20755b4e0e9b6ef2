//! Puts an answer in place of "thinking…".

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    app::AppError,
    contract::DeferredInteraction,
    domain::{Handle, ReplyContent},
    ports::{Clock, DiscordError, EditReply},
};

/// Discord may not know an interaction yet, right after it was put off: about 12 seconds in all.
pub(super) const MAX_DELIVERIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// Edits the reply, at most that many times; `false` if Discord does not know it (any more).
pub(super) async fn deliver<R: EditReply, C: Clock>(
    replies: &R,
    clock: &C,
    interaction: &DeferredInteraction,
    reply: &ReplyContent,
    max_deliveries: u32,
) -> Result<bool, AppError> {
    for attempt in 0..max_deliveries {
        match replies.edit_reply(&interaction.handle, reply, interaction.language).await {
            Ok(()) => return Ok(true),
            Err(DiscordError::NotFound { .. }) => {
                let wait = FIRST_WAIT.saturating_mul(1 << attempt);
                if wait >= time_left(clock.now(), &interaction.handle) {
                    break;
                }
                tokio::time::sleep(wait).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// How long the reply can still be edited.
pub(super) fn time_left(now: Timestamp, handle: &Handle) -> Duration {
    handle.ends_at().duration_since(now).try_into().unwrap_or_default()
}

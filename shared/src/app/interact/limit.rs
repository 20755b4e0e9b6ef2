//! How often one person is given an answer that may call a model (DESIGN rule 30).

use jiff::Timestamp;

use crate::{
    app::retry::backoff,
    domain::{GuildId, UserId},
    ports::{LimitAnswers, StoreError},
};

/// How often a note is made anew because the same person asked for something else meanwhile.
const MAX_ATTEMPTS: u32 = 5;

/// Notes one more answer; the error is when there is room for it, if there is none now.
pub(super) async fn note_answer<S: LimitAnswers>(
    store: &S,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> Result<Result<(), Timestamp>, StoreError> {
    for attempt in 0..MAX_ATTEMPTS {
        let seen = store.asked(guild, user).await?;
        let next = match seen.once_more(now) {
            Ok(next) => next,
            Err(room_at) => return Ok(Err(room_at)),
        };
        match store.note_asked(guild, user, &seen, &next).await {
            Err(StoreError::Conflict) => tokio::time::sleep(backoff(attempt)).await,
            written => return written.map(Ok),
        }
    }
    Err(StoreError::Conflict)
}

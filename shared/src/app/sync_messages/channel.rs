//! One channel, page by page.

use std::collections::BTreeSet;

use super::{
    SyncStore,
    guild::{GuildSync, Reading},
};
use crate::{
    app::{AppError, ingest_messages},
    domain::{Message, MessageId, Review},
    ports::{Clock, DiscordError, HistoryPage, ReadChannels, ReadHistory, StoreError, Written, WrittenKind},
};

/// How far a channel was read in this run.
pub(super) enum Outcome {
    /// To its end.
    Complete,
    /// The time was up, or Discord wants to be asked later.
    Unfinished,
    /// The bot may not read it.
    Forbidden,
    /// Discord does not know the bot.
    UnknownToken,
    /// Something is wrong.
    Failed(String),
}

impl Outcome {
    /// Whether there is nothing more to wait for.
    pub(super) fn is_complete(&self) -> bool {
        matches!(self, Self::Complete | Self::Forbidden)
    }
}

impl From<StoreError> for Outcome {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<AppError> for Outcome {
    fn from(error: AppError) -> Self {
        Self::Failed(error.message)
    }
}

/// Ends a channel's reading early.
type Step<T> = Result<T, Outcome>;

impl<S, D, F, C> GuildSync<'_, S, D, F, C>
where
    S: SyncStore,
    D: ReadChannels + ReadHistory,
    F: Sync,
    C: Clock,
{
    /// Reads what is new in a channel.
    pub(super) async fn read_news(&self, mut reading: Reading) -> (Reading, Outcome) {
        if reading.cursor.is_left_alone(self.begun) {
            return (reading, Outcome::Forbidden);
        }
        if !reading.cursor.has_news(reading.last_message) {
            return (reading, Outcome::Complete);
        }
        let outcome = self.pages_of_news(&mut reading).await.unwrap_or_else(|outcome| outcome);
        (reading, outcome)
    }

    async fn pages_of_news(&self, reading: &mut Reading) -> Step<Outcome> {
        loop {
            let Some(page) = self.page(reading, reading.cursor.after).await? else { return Ok(Outcome::Complete) };
            let is_last = page.is_last;
            let last = page.messages.last().map(|message| message.id);
            self.ingest(page.messages, Vec::new()).await?;
            reading.cursor.read_to(last.unwrap_or(reading.cursor.after), self.deps.clock.now());
            if is_last {
                reading.cursor.complete_at = reading.last_message;
            }
            self.keep(reading).await?;
            if is_last {
                return Ok(Outcome::Complete);
            }
        }
    }

    /// Looks through the last 48 hours of a channel again: edits, deletions, and what was missed. `stored` was read before.
    pub(super) async fn review_channel(&self, mut reading: Reading, stored: &BTreeSet<MessageId>) -> Outcome {
        self.pages_of_review(&mut reading, stored).await.unwrap_or_else(|outcome| outcome)
    }

    async fn pages_of_review(&self, reading: &mut Reading, stored: &BTreeSet<MessageId>) -> Step<Outcome> {
        let mut review = reading.cursor.review(self.begun);
        loop {
            let Some(page) = self.page(reading, review.after).await? else {
                return self.is_gone(reading, review, stored).await;
            };
            let is_last = page.is_last;
            let last = page.messages.last().map(|message| message.id);
            let deleted = missing(&page, review.after, stored);
            self.is_readable(reading, &page, &deleted).await?;
            self.ingest(page.messages, deleted).await?;
            review.after = last.unwrap_or(review.after);
            reading.cursor.read_to(review.after, self.deps.clock.now());
            match is_last {
                true => reading.cursor.reviewed(review),
                false => reading.cursor.review = Some(review),
            }
            self.keep(reading).await?;
            if is_last {
                return Ok(Outcome::Complete);
            }
        }
    }

    /// An empty page can mean that everything was deleted, or that the bot may not read what was written before: then it is
    /// left alone, and nothing is deleted.
    async fn is_readable(&self, reading: &mut Reading, page: &HistoryPage, deleted: &[MessageId]) -> Step<()> {
        let Some(message) = deleted.first().filter(|_| page.messages.is_empty()) else { return Ok(()) };
        match self.deps.discord.is_there(reading.channel, *message).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Outcome::Unfinished), // whatever that was, the next run looks again
            Err(error) => Err(self.refused(reading, error).await?),
        }
    }

    /// A channel that is gone takes its messages with it.
    async fn is_gone(&self, reading: &Reading, review: Review, stored: &BTreeSet<MessageId>) -> Step<Outcome> {
        let deleted = stored.iter().copied().filter(|id| *id > review.after).collect();
        self.ingest(Vec::new(), deleted).await?;
        self.deps.store.forget_cursor(self.guild, reading.channel).await?;
        Ok(Outcome::Complete)
    }

    /// The next page of a channel; `None` if there is no such channel any more.
    async fn page(&self, reading: &mut Reading, after: MessageId) -> Step<Option<HistoryPage>> {
        if self.deadline.is_reached() {
            return Err(Outcome::Unfinished);
        }
        match self.deps.discord.messages_after(reading.channel, after).await {
            Ok(page) if is_hidden(&page) => Err(Outcome::Failed(
                "the bot may not see what people write: turn on the Message Content Intent of the application (Discord's \
                 developer portal, Bot); nothing is lost, the next run reads these messages"
                    .to_owned(),
            )),
            Ok(page) => Ok(Some(page)),
            Err(DiscordError::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.refused(reading, error).await?),
        }
    }

    /// What a refusal means for the channel; that the bot may not read it is remembered.
    async fn refused(&self, reading: &mut Reading, error: DiscordError) -> Step<Outcome> {
        Ok(match error {
            DiscordError::Forbidden { .. } => {
                reading.cursor.leave_alone(self.begun);
                self.keep(reading).await?;
                Outcome::Forbidden
            }
            DiscordError::Unauthorized => Outcome::UnknownToken,
            DiscordError::RateLimited { .. } => Outcome::Unfinished,
            error => Outcome::Failed(format!("{error}; nothing is lost, the next run goes on")),
        })
    }

    async fn ingest(&self, page: Vec<Written>, deleted: Vec<MessageId>) -> Step<()> {
        let messages: Vec<Message> = page.into_iter().filter_map(said).collect();
        if messages.is_empty() && deleted.is_empty() {
            return Ok(());
        }
        let _one_at_a_time = self.writing.lock().await;
        let now = self.deps.clock.now();
        let keeper = ingest_messages::Keeper {
            store: &self.deps.store,
            guild: self.guild,
            now,
            kept_days: self.settings.kept_days(self.deps.settings.retention),
            least_days: self.deps.settings.retention.least,
        };
        let ingested = keeper.keep(messages, deleted).await?;
        self.count(&ingested);
        Ok(())
    }

    async fn keep(&self, reading: &Reading) -> Step<()> {
        Ok(self.deps.store.keep_cursor(self.guild, reading.channel, &reading.cursor).await?)
    }
}

fn said(written: Written) -> Option<Message> {
    match written.what {
        WrittenKind::Said(message) => Some(*message),
        WrittenKind::Hidden | WrittenKind::Other => None,
    }
}

/// Whether Discord hides what people write. It still shows messages that mention the bot.
fn is_hidden(page: &HistoryPage) -> bool {
    let count = |wanted: fn(&WrittenKind) -> bool| page.messages.iter().filter(|one| wanted(&one.what)).count();
    let hidden = count(|what| matches!(what, WrittenKind::Hidden));
    hidden > 0 && hidden >= count(|what| matches!(what, WrittenKind::Said(_)))
}

/// Stored messages in the stretch of a page that are not on it.
fn missing(page: &HistoryPage, after: MessageId, stored: &BTreeSet<MessageId>) -> Vec<MessageId> {
    let there: BTreeSet<MessageId> = page.messages.iter().map(|message| message.id).collect();
    let last = page.messages.last().map(|message| message.id).filter(|_| !page.is_last);
    let in_stretch = stored.iter().filter(|id| **id > after && last.is_none_or(|last| **id <= last));
    in_stretch.filter(|id| !there.contains(id)).copied().collect()
}

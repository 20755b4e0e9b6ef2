//! One guild: which channels are read, and in what order.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt as _, future::join_all, stream};
use jiff::Timestamp;

use super::{Deps, SyncStore, UnknownToken, channel::Outcome};
use crate::{
    app::{AppError, Deadline},
    contract::{GuildReport, IngestReport as Ingested},
    domain::{
        Channel, ChannelId, ChannelKind, Cursor, Day, GuildChannels, GuildId, GuildSettings, MessageId, REVIEWED,
    },
    ports::{Clock, DiscordError, ReadChannels, ReadHistory, StoreError},
};

/// Channels of a guild read at the same time.
const CONCURRENT_CHANNELS: usize = 4;

const NOTHING_TO_READ: &str = "the bot can read no channel of this guild: give it View Channel and Read Message History \
     where everybody has them, or name channels in the guild's settings";

/// One run over one guild.
pub(super) struct GuildSync<'a, S, D, F, C> {
    pub(super) deps: &'a Deps<S, D, F, C>,
    pub(super) guild: GuildId,
    pub(super) begun: Timestamp,
    pub(super) deadline: Deadline,
    /// One writer at a time: channels that are read at the same time would meet in the ledgers of the same days.
    pub(super) writing: tokio::sync::Mutex<()>,
    pub(super) settings: GuildSettings,
    counts: Mutex<Ingested>,
}

/// A channel that is read.
pub(super) struct Reading {
    pub(super) channel: ChannelId,
    pub(super) cursor: Cursor,
    /// What Discord calls its last message.
    pub(super) last_message: Option<MessageId>,
}

/// The ids of stored messages by channel: those of the last 48 hours.
pub(super) type StoredIds = BTreeMap<ChannelId, BTreeSet<MessageId>>;

/// Why a guild cannot be read at all.
enum Failure {
    UnknownToken,
    Problem(String),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Problem(AppError::from(error).message)
    }
}

impl From<DiscordError> for Failure {
    fn from(error: DiscordError) -> Self {
        match error {
            DiscordError::Unauthorized => Self::UnknownToken,
            DiscordError::Forbidden { .. } | DiscordError::NotFound { .. } => Self::Problem(
                "the bot is not in this guild any more, or never was: invite it, or take the guild out of DISCORD_GUILDS"
                    .to_owned(),
            ),
            error => Self::Problem(format!("{error}; nothing is lost, the next run goes on")),
        }
    }
}

impl<'a, S, D, F, C> GuildSync<'a, S, D, F, C>
where
    S: SyncStore,
    D: ReadChannels + ReadHistory,
    F: Sync,
    C: Clock,
{
    pub(super) fn new(deps: &'a Deps<S, D, F, C>, guild: GuildId, begun: Timestamp, deadline: Deadline) -> Self {
        let (writing, settings, counts) = (tokio::sync::Mutex::new(()), GuildSettings::default(), Mutex::default());
        Self { deps, guild, begun, deadline, writing, settings, counts }
    }

    /// Everything there is time for.
    pub(super) async fn run(mut self) -> Result<GuildReport, UnknownToken> {
        let mut report = GuildReport::new(self.guild);
        match self.read(&mut report).await {
            Ok(()) => {}
            Err(Failure::UnknownToken) => return Err(UnknownToken),
            Err(Failure::Problem(problem)) => report.problems.push(problem),
        }
        let counts = self.counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (report.stored, report.updated, report.deleted) = (counts.stored, counts.updated, counts.deleted);
        report.complete &= report.problems.is_empty();
        report.problems.sort();
        report.problems.dedup();
        Ok(report)
    }

    async fn read(&mut self, report: &mut GuildReport) -> Result<(), Failure> {
        let store = &self.deps.store;
        let (settings, mut cursors) = tokio::try_join!(store.settings(self.guild), store.cursors(self.guild))?;
        self.settings = settings;
        cursors.retain(|_, cursor| self.begun < cursor.expires_at);
        let channels = self.deps.discord.channels(self.guild).await?;
        let (readings, gone) = self.readings(&channels, cursors);
        report.channels = readings.len();

        let news = readings.into_iter().map(|reading| self.read_news(reading));
        let read: Vec<(Reading, Outcome)> = stream::iter(news).buffer_unordered(CONCURRENT_CHANNELS).collect().await;
        report.complete = read.iter().all(|(_, outcome)| outcome.is_complete());
        let (readings, outcomes): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        note(report, outcomes)?;
        if report.forbidden == report.channels {
            report.problems.push(NOTHING_TO_READ.to_owned());
        }
        let reviewed = self.review(readings, gone).await?;
        note(report, reviewed)
    }

    /// The channels that are read, each with its cursor, and those with a cursor that are no more.
    fn readings(
        &self,
        channels: &GuildChannels,
        mut cursors: BTreeMap<ChannelId, Cursor>,
    ) -> (Vec<Reading>, Vec<Reading>) {
        let now = self.begun;
        let mut readings: Vec<Reading> = Vec::new();
        for channel in channels.channels.values().filter(|channel| is_read(channel, channels, &self.settings)) {
            let parent = (channel.kind == ChannelKind::PublicThread).then_some(channel.parent).flatten();
            let known = cursors.remove(&channel.id);
            let cursor = known.unwrap_or_else(|| Cursor::new(parent, now, self.deps.settings.backfill_days));
            readings.push(Reading { channel: channel.id, cursor, last_message: channel.last_message });
        }
        // What is listed and not read any more is left alone. Of what is not listed, a thread may be archived or gone, and
        // a channel is gone.
        let unlisted = cursors.into_iter().filter(|(id, _)| !channels.channels.contains_key(id));
        let unlisted = unlisted.map(|(channel, cursor)| Reading { channel, cursor, last_message: None });
        (readings, unlisted.collect())
    }

    /// Looks for edits and deletions where it is time.
    async fn review(&self, readings: Vec<Reading>, unlisted: Vec<Reading>) -> Result<Vec<Outcome>, Failure> {
        let is_due = |reading: &Reading| {
            !reading.cursor.is_left_alone(self.begun) && reading.cursor.is_review_due(reading.last_message, self.begun)
        };
        let due: Vec<Reading> = readings.into_iter().chain(unlisted).filter(is_due).collect();
        if due.is_empty() || self.deadline.is_reached() {
            return Ok(Vec::new());
        }
        let stored = self.stored_ids().await?;
        let nothing = BTreeSet::new();
        let reviews = due.into_iter().map(|reading| {
            let stored = stored.get(&reading.channel).unwrap_or(&nothing);
            self.review_channel(reading, stored)
        });
        Ok(stream::iter(reviews).buffer_unordered(CONCURRENT_CHANNELS).collect().await)
    }

    /// What is stored of the last 48 hours, read before Discord is asked: what Discord then does not have is deleted.
    async fn stored_ids(&self) -> Result<StoredIds, StoreError> {
        let from = Day::of(self.begun - REVIEWED);
        let today = Day::of(self.begun);
        let days = (0..=3).map(|days| today.days_before(days)).filter(|day| *day >= from);
        let days = join_all(days.map(|day| self.deps.store.messages_of_day(self.guild, day))).await;
        let mut ids = StoredIds::new();
        for day in days {
            for message in day?.into_iter().filter_map(|stored| stored.message) {
                ids.entry(message.channel).or_default().insert(message.id);
            }
        }
        Ok(ids)
    }

    /// Adds what became of a page.
    pub(super) fn count(&self, ingested: &Ingested) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.stored += ingested.stored;
        counts.updated += ingested.updated;
        counts.deleted += ingested.deleted;
    }
}

/// Whether a channel is read: one that was named and the public threads in it, or, if none were, one that everybody may
/// see.
fn is_read(channel: &Channel, channels: &GuildChannels, settings: &GuildSettings) -> bool {
    let has_messages = match channel.kind {
        ChannelKind::Text | ChannelKind::PublicThread | ChannelKind::PrivateThread => true,
        ChannelKind::Forum | ChannelKind::Other => false,
    };
    let parent = channel.parent.filter(|_| channel.kind == ChannelKind::PublicThread);
    has_messages
        && if settings.channels.is_empty() {
            channels.everybody_reads(channel.id)
        } else {
            settings.reads(channel.id, parent)
        }
}

fn note(report: &mut GuildReport, outcomes: Vec<Outcome>) -> Result<(), Failure> {
    for outcome in outcomes {
        match outcome {
            Outcome::Complete | Outcome::Unfinished => {}
            Outcome::Forbidden => report.forbidden += 1,
            Outcome::UnknownToken => return Err(Failure::UnknownToken),
            Outcome::Failed(problem) => report.problems.push(problem),
        }
    }
    Ok(())
}

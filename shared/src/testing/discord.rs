use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use jiff::Timestamp;

use crate::{
    domain::{ChannelId, GuildChannels, GuildId, MessageId, Roles, UserId},
    ports::{
        ArchivedThread, ArchivedThreads, DiscordError, HistoryEntry, HistoryPage, MaybeMember, ReadArchivedThreads,
        ReadChannels, ReadGuildRoles, ReadHistory, ReadIntents, ReadMembers, ReadNicks,
    },
};

/// Messages of a page.
const PAGE: usize = 100;

/// A Discord with one guild in it, that refuses what it is told to, and counts how often it is asked for messages. Clones
/// are the same.
#[derive(Clone, Default)]
pub struct ScriptedDiscord(Arc<Mutex<State>>);

/// What it holds.
#[derive(Default)]
pub struct State {
    /// The guild's channels.
    pub channels: GuildChannels,
    /// Why the guild cannot be read.
    pub guild_error: Option<DiscordError>,
    /// The messages of each channel.
    pub messages: BTreeMap<ChannelId, BTreeMap<MessageId, HistoryEntry>>,
    /// Why channels cannot be read.
    pub errors: BTreeMap<ChannelId, DiscordError>,
    /// Channels whose messages the bot may see from now on, but not those that were written before.
    pub without_history: BTreeSet<ChannelId>,
    /// The archived public threads of each channel, by when they were archived.
    pub archived: BTreeMap<ChannelId, BTreeMap<Timestamp, ChannelId>>,
    /// The nicks of members.
    pub nicks: BTreeMap<UserId, String>,
    /// Why members cannot be asked for.
    pub nick_error: Option<DiscordError>,
    /// The members that were asked for.
    pub nicks_asked: Vec<UserId>,
    /// Accounts that are no members, or not any more.
    pub gone: BTreeSet<UserId>,
    /// Who was asked whether they are members.
    pub members_asked: Vec<UserId>,
    /// Pages of messages that were asked for.
    pub pages: usize,
    /// Pages of archived threads that were asked for.
    pub archive_pages: usize,
    /// Whether the application is shown what people write; `None` if Discord does not say.
    pub sees_content: Option<bool>,
    /// Pages from now on are cut to so many messages: a short page that is no proof.
    pub short_pages: Option<usize>,
}

impl ScriptedDiscord {
    /// What it holds, to look at and to change.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }
}

impl State {
    /// Lets somebody have written that.
    pub fn write(&mut self, channel: ChannelId, entry: HistoryEntry) {
        if let Some(channel) = self.channels.channels.get_mut(&channel) {
            channel.last_message = channel.last_message.max(Some(entry.id));
        }
        self.messages.entry(channel).or_default().insert(entry.id, entry);
    }

    fn refusal(&self, channel: ChannelId) -> Result<(), DiscordError> {
        match self.errors.get(&channel) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }
}

impl ReadGuildRoles for ScriptedDiscord {
    async fn roles(&self, _: GuildId) -> Result<Roles, DiscordError> {
        let state = self.state();
        state.guild_error.clone().map_or_else(|| Ok(state.channels.roles.clone()), Err)
    }
}

impl ReadChannels for ScriptedDiscord {
    async fn channels(&self, _: GuildId) -> Result<GuildChannels, DiscordError> {
        let state = self.state();
        state.guild_error.clone().map_or_else(|| Ok(state.channels.clone()), Err)
    }
}

impl ReadArchivedThreads for ScriptedDiscord {
    /// A thread a page.
    async fn archived_threads(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
    ) -> Result<ArchivedThreads, DiscordError> {
        let mut state = self.state();
        state.archive_pages += 1;
        state.refusal(channel)?;
        let threads = state.archived.get(&channel).into_iter().flatten().rev();
        let mut threads = threads.filter(|(at, _)| before.is_none_or(|before| **at < before));
        let Some((at, thread)) = threads.next() else { return Ok(ArchivedThreads::default()) };
        let last_message = state.messages.get(thread).and_then(|messages| messages.keys().last().copied());
        let one = ArchivedThread { id: *thread, archived_at: Some(*at), last_message };
        Ok(ArchivedThreads { threads: vec![one], next: threads.next().map(|_| *at) })
    }
}

impl ReadHistory for ScriptedDiscord {
    async fn messages_after(&self, channel: ChannelId, after: MessageId) -> Result<HistoryPage, DiscordError> {
        let mut state = self.state();
        state.pages += 1;
        state.refusal(channel)?;
        if state.without_history.contains(&channel) {
            return Ok(HistoryPage { entries: Vec::new(), is_last: true });
        }
        let messages = state.messages.get(&channel).into_iter().flatten();
        let page = state.short_pages.unwrap_or(PAGE);
        let entries: Vec<HistoryEntry> =
            messages.filter(|(id, _)| **id > after).map(|(_, one)| one.clone()).take(page).collect();
        Ok(HistoryPage { is_last: entries.len() < PAGE, entries })
    }

    async fn message_exists(&self, channel: ChannelId, message: MessageId) -> Result<bool, DiscordError> {
        let state = self.state();
        state.refusal(channel)?;
        if state.without_history.contains(&channel) {
            return Err(DiscordError::Forbidden { code: 50_001 });
        }
        Ok(state.messages.get(&channel).is_some_and(|messages| messages.contains_key(&message)))
    }
}

impl ReadNicks for ScriptedDiscord {
    async fn nick(&self, _: GuildId, user: UserId) -> Result<MaybeMember, DiscordError> {
        let mut state = self.state();
        state.nicks_asked.push(user);
        match state.nick_error.clone() {
            Some(error) => Err(error),
            None if state.gone.contains(&user) => Ok(MaybeMember::Nobody),
            None => Ok(MaybeMember::Member(state.nicks.get(&user).cloned())),
        }
    }
}

impl ReadMembers for ScriptedDiscord {
    async fn is_member(&self, _: GuildId, user: UserId) -> Result<bool, DiscordError> {
        let mut state = self.state();
        state.members_asked.push(user);
        state.nick_error.clone().map_or_else(|| Ok(!state.gone.contains(&user)), Err)
    }
}

impl ReadIntents for ScriptedDiscord {
    async fn sees_content(&self) -> Result<bool, DiscordError> {
        self.state().sees_content.ok_or_else(|| DiscordError::Unavailable { reason: "503".to_owned() })
    }
}

//! Discord's REST API.

use std::{future::Future, time::Duration};

use jiff::Timestamp;

use crate::domain::{ChannelId, GuildChannels, GuildId, Message, MessageId, RetryAfter, Roles, UserId};

/// Why Discord did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscordError {
    /// 401: the bot token is wrong or was reset.
    #[error("Discord does not know the bot token (401)")]
    Unauthorized,
    /// 403: the bot may not do that there.
    #[error("Discord forbids it (403, code {code})")]
    Forbidden {
        /// Discord's own code of the error, such as 50001; 0 without one.
        code: u32,
    },
    /// 404: there is no such thing, or not yet.
    #[error("Discord does not know it (404, code {code})")]
    NotFound {
        /// Discord's own code of the error, such as 10015; 0 without one.
        code: u32,
    },
    /// 429: too many requests.
    #[error("Discord's rate limit is reached{}; {}", if *.global { " for all requests" } else { "" }, RetryAfter(*.retry_after))]
    RateLimited {
        /// When it can be asked again.
        retry_after: Duration,
        /// Whether that is so for every request, not only for this one's kind.
        global: bool,
    },
    /// It cannot be reached, failed (5xx), took too long, or wrote what cannot be read.
    #[error("Discord is unavailable: {reason}")]
    Unavailable {
        /// What happened, without data.
        reason: String,
    },
    /// Any other refusal: the request itself is wrong.
    #[error("Discord refused the request ({status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code of the error; 0 without one.
        code: u32,
    },
}

impl DiscordError {
    /// Code of a channel that is gone.
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    /// Code of an account that is no member of the guild, or not any more.
    pub const UNKNOWN_MEMBER: u32 = 10_007;
    /// Code of a message that is gone.
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    /// Code of an account that is gone.
    pub const UNKNOWN_USER: u32 = 10_013;
    /// Code of a webhook that is not known: an interaction whose first answer Discord has not noted yet, or whose time is over.
    pub const UNKNOWN_WEBHOOK: u32 = 10_015;
    /// Code of a command that is gone.
    pub const UNKNOWN_COMMAND: u32 = 10_063;
    /// Code of a channel that the bot does not see.
    pub const MISSING_ACCESS: u32 = 50_001;
    /// Code of what cannot be done with a channel of that kind.
    pub const WRONG_KIND_OF_CHANNEL: u32 = 50_024;
    /// Code of what the bot may not do in a channel that it sees.
    pub const MISSING_PERMISSIONS: u32 = 50_013;

    /// Whether Discord itself says that there is no such channel. Any other 404 says nothing about it (DESIGN rule 23).
    pub fn is_unknown_channel(&self) -> bool {
        *self == Self::NotFound { code: Self::UNKNOWN_CHANNEL }
    }

    /// Whether Discord itself says that there is no such message, or not even its channel.
    pub fn is_unknown_message(&self) -> bool {
        *self == Self::NotFound { code: Self::UNKNOWN_MESSAGE } || self.is_unknown_channel()
    }

    /// Whether Discord itself says that the guild has no such member.
    pub fn is_unknown_member(&self) -> bool {
        matches!(self, Self::NotFound { code: Self::UNKNOWN_MEMBER | Self::UNKNOWN_USER })
    }

    /// Whether Discord itself says that channels of that kind have nothing of the sort.
    pub fn is_wrong_kind(&self) -> bool {
        matches!(self, Self::Refused { code: Self::WRONG_KIND_OF_CHANNEL, .. })
    }

    /// Whether Discord itself says that the bot may not read there.
    pub fn is_missing_access(&self) -> bool {
        matches!(self, Self::Forbidden { code: Self::MISSING_ACCESS | Self::MISSING_PERMISSIONS })
    }
}

/// Reads who owns a guild, and what its roles permit.
pub trait ReadGuildRoles: Send + Sync {
    /// The guild's roles: one request.
    fn roles(&self, guild: GuildId) -> impl Future<Output = Result<Roles, DiscordError>> + Send;
}

/// Reads which channels a guild has, and who may see them.
pub trait ReadChannels: Send + Sync {
    /// The guild's channels and active threads, as far as the bot sees them.
    fn channels(&self, guild: GuildId) -> impl Future<Output = Result<GuildChannels, DiscordError>> + Send;
}

/// A part of a channel's archived threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchivedThreads {
    /// The threads, those that were archived last first.
    pub threads: Vec<ArchivedThread>,
    /// Where the next part begins: threads that were archived before that; `None` on the last one.
    pub next: Option<Timestamp>,
}

/// A thread that is archived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchivedThread {
    /// Its id.
    pub id: ChannelId,
    /// When it was archived, as far as Discord says.
    pub archived_at: Option<Timestamp>,
    /// The last message in it; one that was deleted, at times.
    pub last_message: Option<MessageId>,
}

/// Reads the archived threads of channels: they are in no list of a guild's.
pub trait ReadArchivedThreads: Send + Sync {
    /// The next hundred public threads of the channel that were archived before `before`, or the first ones.
    fn archived_threads(
        &self,
        channel: ChannelId,
        before: Option<Timestamp>,
    ) -> impl Future<Output = Result<ArchivedThreads, DiscordError>> + Send;
}

/// A part of what was written in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// In the order of the ids.
    pub entries: Vec<HistoryEntry>,
    /// Nothing comes after it.
    pub is_last: bool,
}

/// A message as Discord shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Its id.
    pub id: MessageId,
    /// What it is.
    pub kind: EntryKind,
}

/// What a message is, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// Somebody said something.
    Said(Box<Message>),
    /// Somebody said something, and it shows nothing: the application may have no message-content intent, or it is of a kind
    /// that is new.
    Hidden,
    /// A bot, a webhook or Discord itself wrote it, or there is nothing to read in it.
    Other,
}

impl HistoryPage {
    /// The last message on it.
    pub fn last_id(&self) -> Option<MessageId> {
        self.entries.last().map(|entry| entry.id)
    }
}

/// Reads what was written in channels.
pub trait ReadHistory: Send + Sync {
    /// The next messages of the channel after that id, at most a hundred.
    fn messages_after(
        &self,
        channel: ChannelId,
        after: MessageId,
    ) -> impl Future<Output = Result<HistoryPage, DiscordError>> + Send;

    /// Whether that message is there; it is not only if Discord says so by the code for it. Unlike a list, which is empty
    /// then, this is refused where the bot may not read what was written before.
    fn message_exists(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> impl Future<Output = Result<bool, DiscordError>> + Send;
}

/// What Discord says of an account that may be a member of a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaybeMember {
    /// It is one, and has that nick, in one line and cut where it is too long, or none.
    Member(Option<String>),
    /// It is none: Discord says so by the code for it.
    Nobody,
}

/// Reads what the members of a guild are called there.
pub trait ReadNicks: Send + Sync {
    /// The nick of a member. One request, and no privileged intent.
    fn nick(&self, guild: GuildId, user: UserId) -> impl Future<Output = Result<MaybeMember, DiscordError>> + Send;
}

/// Reads who is in a guild.
pub trait ReadMembers: Send + Sync {
    /// Whether the account is a member; it is not only if Discord says so by the code for it. One request, and no privileged
    /// intent.
    fn is_member(&self, guild: GuildId, user: UserId) -> impl Future<Output = Result<bool, DiscordError>> + Send;
}

/// Reads what an application is allowed.
pub trait ReadIntents: Send + Sync {
    /// Whether it is shown what people write: has the Message Content Intent, approved or for few guilds.
    fn sees_content(&self) -> impl Future<Output = Result<bool, DiscordError>> + Send;
}

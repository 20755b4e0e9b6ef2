//! What the product knows and decides, without I/O, clock, async or SDK: every function here can be called from a test
//! with plain values. A room a subject; the same words name the rooms of `ports`, `app` and the stores.

mod day;
mod guild;
pub mod hash;
mod ids;
mod interaction;
mod lease;
mod leaving;
mod messages;
mod models;
mod people;
pub mod prompt;
mod summaries;
mod trace_parent;

pub use day::{Calendar, Day, InvalidDay};
pub use guild::{
    AllowedGuilds, Audience, Channel, ChannelKind, Consent, GUILD_FACTS_LIFE, GuildChannels, GuildSettings, KeptRoles,
    MAX_CHANNELS, MAX_RETENTION_DAYS, NamedChannel, OpenChannels, Openness, Overwrite, Permissions, Retention, Roles,
    SettingsChange, Teacher, Teachers, Tellable, Viewers,
};
pub use ids::{ApplicationId, ChannelId, GuildId, InteractionId, InvalidSnowflake, MessageId, RoleId, UserId};
pub use interaction::{
    ANSWERS_WITHIN, Action, Asked, Autocomplete, Button, Choice, Command, Component, FilledForm, Form, Handle,
    Interaction, InteractionResponse, InteractionToken, InvalidToken, Invoker, Language, MAX_ANSWERS, ReplyContent,
    ReplyFile, inline, quoted,
};
pub use lease::{BuildState, FailedAttempt, Lease, LeaseOwner};
pub use leaving::{Left, MISSING_FOR, WIPED_AFTER, Wipe};
pub use messages::{
    Author, Authors, Cursor, Ledger, MAX_ATTACHMENT_CHARS, MAX_ATTACHMENTS, MAX_CONTENT_CHARS, MAX_MENTIONS, Mention,
    Message, MessageBody, RECONCILED, Reconciliation, StoredMessage, Told, batch, cut,
};
pub use models::{
    Allowance, Answers, Budget, Cooldown, DataHandling, LONGEST_COOLDOWN, Limits, Line, ModelReader, Pace, Place,
    Priority, RetryAfter, Standing, Usage, quota,
};
pub use people::{
    Alias, DayText, Fact, FactId, KnownNames, LONGEST_KEPT_WARM, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS,
    MAX_NAME_CHARS, MAX_NAMES, MEMORY_LIFE, Memory, MergeInputs, Person, PersonError, Said, SaidNames, Source, Today,
    cut_name, is_same_name,
};
pub(crate) use people::{cleaned, folded_name};
pub use summaries::{
    CHUNK_LIFE, ChunkOutcome, DayRecord, DaySummary, Freshness, KeptChunk, SummaryRetention, SummaryStatus,
};
pub use trace_parent::{NoTraceParent, TraceParent};

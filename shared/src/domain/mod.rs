//! What the product knows and decides, without I/O, clock, async or SDK: every function here can be called from a test
//! with plain values.

mod budget;
mod channel;
mod chunk;
mod cursor;
mod day;
pub mod hash;
mod ids;
pub mod ingest;
mod interaction;
mod lease;
mod ledger;
mod memory;
mod message;
mod permissions;
mod person;
mod phrases;
pub mod prompt;
pub mod quota;
mod settings;
mod summary;
mod usage;

pub use budget::{Allowance, Budget, Priority};
pub use channel::{Channel, ChannelKind, GuildChannels};
pub use chunk::{CHUNK_LIFE, ChunkOutcome, KeptChunk};
pub use cursor::{Cursor, REVIEWED, Review};
pub use day::{Calendar, Day, InvalidDay};
pub use ids::{ApplicationId, ChannelId, GuildId, InteractionId, InvalidSnowflake, MessageId, UserId};
pub use interaction::{
    Action, Answer, Choice, Handle, Interaction, InteractionToken, InvalidToken, Language, Place, Question, Reply,
    Task, Undo,
};
pub use lease::{AttemptId, FailedAttempt, Lease, Making};
pub use ledger::Ledger;
pub use memory::{DayText, Knowledge, MEMORY_LIFE, Memory, Source};
pub use message::{Author, Mention, Message, MessageBody, StoredMessage};
pub use permissions::Permissions;
pub(crate) use person::cleaned;
pub use person::{
    Fact, FactId, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, MAX_NAMES, Person, PersonError,
};
pub use settings::{
    GuildSettings, MAX_CHANNELS, MAX_RETENTION_DAYS, Retention, SettingsChange, Teacher, Teachers, Viewers,
};
pub use summary::{DayRecord, DaySummary, Freshness, SummaryStatus};
pub use usage::Usage;

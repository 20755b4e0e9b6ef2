//! What the product knows and decides, without I/O, clock, async or SDK: every function here can be called from a test
//! with plain values.

mod day;
pub mod hash;
mod ids;
pub mod ingest;
mod ledger;
mod memory;
mod message;
mod person;
pub mod prompt;
mod summary;

pub use day::{Calendar, Day, InvalidDay};
pub use ids::{ChannelId, GuildId, InvalidSnowflake, MessageId, UserId};
pub use ledger::Ledger;
pub use memory::{DayText, Knowledge, Memory, Source};
pub use message::{Author, Mention, Message, MessageBody, StoredMessage};
pub(crate) use person::cleaned;
pub use person::{Fact, FactId, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, Person, PersonError};
pub use summary::{DayRecord, DaySummary, Freshness, SummaryStatus};

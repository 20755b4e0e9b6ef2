//! What the use cases need from the world: a trait for each thing somebody is allowed to do, so that a signature states its
//! authority and the IAM statements of `template.yaml` mirror it. One error enum per kind of port.
//!
//! Nothing here hides time: what expires is handed out with its `expires_at`, and whoever decides looks at it himself
//! (DESIGN rule 3).

mod cursors;
mod days;
mod discord;
mod functions;
mod interactions;
mod leases;
mod memories;
mod messages;
mod models;
mod people;
mod settings;
mod store;

use jiff::Timestamp;

pub use cursors::KeepCursors;
pub use days::{CommitDaySummary, PurgeDay, ReadDay};
pub use discord::{DiscordError, HistoryPage, ReadChannels, ReadHistory, Written, WrittenKind};
pub use functions::{
    AskMemories, CloseDays, DayReport, DayRequest, DayState, DayStatus, InvokeError, MemoriesReport, MemoriesRequest,
    SummarizeDay, WarmMemories,
};
pub use interactions::{ClaimInteractions, EditReply, RespondLater};
pub use leases::{HoldLeases, LeaseOn};
pub use memories::{CommitMemory, PersonRecord, ReadWindow, Window};
pub use messages::{
    ChannelsOfDay, DayChange, MAX_CHANGE_BYTES, MAX_CHANGES, ReadChannelsOfDay, ReadMessages, StoredDay, WriteMessages,
};
pub use models::{Answer, CoolModels, LanguageModel, ModelError};
pub use people::{ReadPeople, RecordNames, TeachPeople};
pub use settings::{ReadSettings, WriteSettings};
pub use store::StoreError;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

//! What the use cases need from the world: a trait for each thing somebody is allowed to do, so that a signature states its
//! authority and the IAM statements of `template.yaml` mirror it. One error enum per kind of port.
//!
//! Nothing here hides time: what expires is handed out with its `expires_at`, and whoever decides looks at it himself
//! (DESIGN rule 3).

mod asked_for;
mod discord;
mod functions;
mod guild;
mod hand_overs;
mod interaction;
mod leases;
mod leaving;
mod messages;
mod models;
mod people;
mod store;
mod summaries;
mod wipes;

use jiff::Timestamp;

pub use asked_for::{NoteAskedFor, ReadAskedFor};
pub use discord::{
    ArchivedThread, ArchivedThreads, DiscordError, EntryKind, HistoryEntry, HistoryPage, MaybeMember,
    ReadArchivedThreads, ReadChannels, ReadGuildRoles, ReadHistory, ReadIntents, ReadMembers, ReadNicks,
};
pub use functions::{AskMemories, AskPeople, AskSweep, CloseDays, InvokeError, SummarizeDay, WarmMemories};
pub use guild::{KeepOpenChannels, KeepRoles, ReadOpenChannels, ReadRoles, ReadSettings, WriteSettings};
pub use hand_overs::ClaimHandOvers;
pub use interaction::{ClaimInteractions, EditReply, LimitAnswers, RespondLater};
pub use leases::{HoldLeases, LeaseOn};
pub use leaving::{ListPeople, NoteLeft, ReadLeft};
pub use messages::{
    ChannelsOfDay, DayChange, KeepCursors, MAX_CHANGE_BYTES, MAX_CHANGES, ReadChannelsOfDay, ReadLedgers,
    ReadMessageChannels, ReadMessages, StoredDay, WriteMessages,
};
pub use models::{
    Capacity, Completion, CoolModels, KeepLines, KeepPaces, LanguageModel, ManageCooldowns, ModelError, ModelResponse,
    NO_CREDIT_COOLDOWN, ReadSpent, SpendBudget, Spending,
};
pub use people::{
    CommitMemory, ErasePeople, FindByName, PersonRecord, ReadPeople, ReadWindow, RecordNames, TeachPeople, TellOnce,
    Window,
};
pub use store::StoreError;
pub use summaries::{CommitDaySummary, KeepChunks, LedgerRecord, PurgeDay, ReadDay, TextsOf, WatchDays};
pub use wipes::{DropMessages, KeepWipes, WipeGuilds};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

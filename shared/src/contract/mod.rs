//! What the functions are asked and what they answer: the JSON of `docs/DESIGN.md`, section 3, each type once. Whoever asks
//! and whoever answers share it: the edge of `app`, the Lambda adapter, the operator's tool and tests.
//!
//! A file a function. `interactions` has none: its language is Discord's, and lives in `discord`. Only `domain` is known
//! here. A type is read and written where somebody does; a field that was added later has a default, so that an older
//! caller is understood.

mod broken_text;
mod daily_summary;
mod error;
mod get_memories;
mod ingest_messages;
mod leaving;
mod people;
mod request;
mod respond;
mod sweep;
mod sync_messages;
mod traced;

pub use broken_text::{read_json, with_whole_characters};
pub use daily_summary::{DayReport, DayRequest, DayStatus};
pub use error::{AppError, ErrorType, FunctionError, UnknownErrorType};
pub use get_memories::{DayState, Failure, MemoriesRequest, MemoriesResponse, Models, Subject};
pub use ingest_messages::{
    IngestReport, IngestRequest, Rejected, SentAuthor, SentMember, SentMention, SentMessage, Skipped,
};
pub use leaving::{EndedReport, GuildOp, GuildRequest, PeopleAnswer, PeopleCall, Wiped};
pub use people::{
    Erased, Export, ExportFile, ExportedDay, ExportedMemory, ExportedMention, ExportedMessage, KnownAlias, KnownFact,
    PeopleOp, PeopleRequest, PeopleResponse,
};
pub use request::Request;
pub use respond::{Decision, DeferredInteraction, Question};
pub use sweep::SweepRequest;
pub use sync_messages::{GuildReport, SyncReport};
pub use traced::Traced;

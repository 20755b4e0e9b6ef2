//! Other functions of this product.

use std::future::Future;

use crate::{
    contract::{DayReport, DayRequest, MemoriesRequest, MemoriesResponse, PeopleRequest, PeopleResponse},
    domain::{Day, GuildId},
};

/// Why an invocation brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The function answered with an error.
    #[error("{error_type}: {message}")]
    Failed {
        /// Its `errorType`.
        error_type: String,
        /// Its `errorMessage`.
        message: String,
    },
    /// Too many invocations at once.
    #[error("invocations are throttled")]
    Throttled,
    /// It could not be invoked, or did not answer in time.
    #[error("the function cannot be invoked: {reason}")]
    Unavailable {
        /// What happened, without payloads.
        reason: String,
    },
}

/// Has a guild-day summarized, elsewhere.
pub trait SummarizeDay: Send + Sync {
    /// One invocation of `daily_summary`.
    fn summarize_day(&self, request: DayRequest) -> impl Future<Output = Result<DayReport, InvokeError>> + Send;
}

/// Has memories built by somebody else, for the next request.
pub trait WarmMemories: Send + Sync {
    /// One asynchronous invocation of `get_memories`, with a request that is `warm`: it hands over nothing itself.
    fn warm_memories(&self, request: MemoriesRequest) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Has guild-days summarized for good, before anybody asks.
pub trait CloseDays: Send + Sync {
    /// One asynchronous invocation of `daily_summary`.
    fn close_day(&self, guild: GuildId, day: Day) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Has what is stored of channels that are not open deleted (DESIGN rule 28).
pub trait AskSweep: Send + Sync {
    /// One asynchronous invocation of `ingest_messages`.
    fn ask_sweep(&self, guild: GuildId) -> impl Future<Output = Result<(), InvokeError>> + Send;
}

/// Has what somebody decided about what is kept of them done, elsewhere.
pub trait AskPeople: Send + Sync {
    /// One invocation of `people`.
    fn people(&self, request: &PeopleRequest) -> impl Future<Output = Result<PeopleResponse, InvokeError>> + Send;
}

/// Asks for memories, elsewhere.
pub trait AskMemories: Send + Sync {
    /// One invocation of `get_memories`.
    fn memories(&self, request: &MemoriesRequest)
    -> impl Future<Output = Result<MemoriesResponse, InvokeError>> + Send;
}

//! Who is asked what.

use aws_config::SdkConfig;

use super::function::Function;
use crate::{
    contract::{
        DayReport, DayRequest, DeferredInteraction, MemoriesRequest, MemoriesResponse, PeopleRequest, PeopleResponse,
        SweepRequest,
    },
    domain::{Day, GuildId},
    ports::{AskMemories, AskPeople, AskSweep, CloseDays, InvokeError, RespondLater, SummarizeDay, WarmMemories},
};

/// `daily_summary`.
type DailySummary = Function<DayRequest>;
/// `get_memories`.
pub type GetMemories = Function<MemoriesRequest>;
/// `ingest_messages`, to have it sweep.
pub type Sweeper = Function<SweepRequest>;
/// `people`.
pub type People = Function<PeopleRequest>;
/// `respond`.
pub type Respond = Function<DeferredInteraction>;

/// The functions that build memories and days.
#[derive(Debug, Clone)]
pub struct Functions {
    daily_summary: DailySummary,
    get_memories: GetMemories,
}

impl Functions {
    /// The functions of those names.
    pub fn new(config: &SdkConfig, daily_summary: String, get_memories: String) -> Self {
        Self { daily_summary: Function::new(config, daily_summary), get_memories: Function::new(config, get_memories) }
    }
}

impl Functions {
    /// Opens a connection to Lambda, so that the first request does not wait for it (DESIGN rule 49).
    pub async fn warm_up(&self) {
        self.daily_summary.warm_up().await;
    }

    /// The functions of those names, invoked again where Lambda refuses: what they do twice they pay once.
    pub fn retried(config: &SdkConfig, daily_summary: String, get_memories: String) -> Self {
        Self {
            daily_summary: Function::retried(config, daily_summary),
            get_memories: Function::retried(config, get_memories),
        }
    }
}

impl SummarizeDay for Functions {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.daily_summary.call(&request).await
    }
}

impl AskMemories for Functions {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        self.get_memories.call(request).await
    }
}

/// The functions that `respond` invokes.
#[derive(Debug, Clone)]
pub struct AnswerFunctions {
    /// Those that build.
    pub functions: Functions,
    /// The one that deletes what is of closed channels.
    pub sweeper: Sweeper,
    /// The one that ends and hands out what is kept of a person.
    pub people: People,
}

impl SummarizeDay for AnswerFunctions {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.functions.summarize_day(request).await
    }
}

impl AskMemories for AnswerFunctions {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        self.functions.memories(request).await
    }
}

impl AskSweep for AnswerFunctions {
    async fn ask_sweep(&self, guild: GuildId) -> Result<(), InvokeError> {
        self.sweeper.enqueue(&SweepRequest::new(guild)).await
    }
}

impl AskPeople for AnswerFunctions {
    async fn people(&self, request: &PeopleRequest) -> Result<PeopleResponse, InvokeError> {
        self.people.call(request).await
    }
}

impl WarmMemories for Functions {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        self.get_memories.enqueue(&request).await
    }
}

impl CloseDays for Functions {
    async fn close_day(&self, guild: GuildId, day: Day) -> Result<(), InvokeError> {
        let request = DayRequest { background: true, ..DayRequest::new(guild, day) };
        self.daily_summary.enqueue(&request).await
    }
}

impl RespondLater for Respond {
    async fn respond_later(&self, interaction: &DeferredInteraction) -> Result<(), InvokeError> {
        self.enqueue(interaction).await
    }
}

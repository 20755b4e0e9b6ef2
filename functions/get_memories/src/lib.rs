//! `get_memories`: what a bot should know about each person. See `docs/DESIGN.md`, section 3.

use std::time::Instant;

use guild_memory::{
    app::{
        AppError,
        build_memories::{DayState, Response, build_memories},
        decode,
    },
    domain::{Calendar, Source},
    ports::{Clock, LanguageModel, ReadWindow, SaveMemory, SummarizeDay},
};
use serde_json::Value;

/// What the function works with.
pub struct Deps<S, D, M, C> {
    /// Days and people, without messages.
    pub store: S,
    /// Who has days summarized.
    pub days: D,
    /// Who merges memories.
    pub model: M,
    /// The time.
    pub clock: C,
    /// Which days matter.
    pub calendar: Calendar,
}

/// Decodes the event and answers with everybody's memory.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, D, M, C>(deps: &Deps<S, D, M, C>, event: Value) -> Result<Response, AppError>
where
    S: ReadWindow + SaveMemory,
    D: SummarizeDay,
    M: LanguageModel,
    C: Clock,
{
    let (request, started) = (decode(event)?, Instant::now());
    let response = build_memories(&deps.store, &deps.days, &deps.model, &deps.clock, deps.calendar, request).await?;
    tracing::info!(
        event = "memories_built",
        guild = %response.guild_id,
        people = response.memories.len(),
        merged = response.sources.values().filter(|source| **source == Source::Merged).count(),
        days_built = response.days.values().filter(|day| **day == DayState::Built).count(),
        errors = response.errors.len(),
        duration_ms = started.elapsed().as_millis() as u64,
    );
    Ok(response)
}

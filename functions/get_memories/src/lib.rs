//! `get_memories`: what a bot should know about each person. See `docs/DESIGN.md`, section 3.

use std::time::{Duration, Instant};

pub use guild_memory::app::build_memories::Deps;
use guild_memory::{
    app::{
        AppError, Deadline,
        build_memories::{BuildFunctions, BuildMemory, build_memories},
        decode,
    },
    contract::{DayState, MemoriesRequest, MemoriesResponse},
    domain::Source,
    ports::{Clock, LanguageModel},
};
use serde_json::Value;

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(180);

/// Decodes the event and answers with everybody's memory; the Lambda is stopped after `remaining`.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, F, M, C>(
    deps: &Deps<S, F, M, C>,
    event: Value,
    remaining: Duration,
) -> Result<MemoriesResponse, AppError>
where
    S: BuildMemory,
    F: BuildFunctions,
    M: LanguageModel,
    C: Clock,
{
    let request: MemoriesRequest = decode(event)?;
    let (guild, warm, started) = (request.guild_id, request.warm, Instant::now());
    let deadline = Deadline::new(remaining, request.max_wait());
    let response = build_memories(deps, deadline, request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, error_type = %error.kind))?;
    let of = |wanted| response.sources.values().filter(|source| **source == wanted).count();
    let days = |wanted| response.days.values().filter(|day| **day == wanted).count();
    tracing::info!(
        event = "memories_built",
        %guild,
        warm,
        people = response.memories.len(),
        merged = of(Source::Merged),
        cached = of(Source::Cached),
        facts = of(Source::Facts),
        summary = of(Source::Summary),
        last_known_good = of(Source::LastKnownGood),
        unmerged = of(Source::Unmerged),
        verbatim = of(Source::Verbatim),
        unknown = of(Source::None),
        days_built = days(DayState::Built),
        days_cached = days(DayState::Cached),
        errors = response.errors.len(),
        duration_ms = started.elapsed().as_millis() as u64,
    );
    Ok(response)
}

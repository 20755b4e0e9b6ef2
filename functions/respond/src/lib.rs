//! `respond`: gives the answers that take long. See `docs/DESIGN.md`, section 3.

use std::time::{Duration, Instant};

pub use guild_memory::app::respond::Deps;
use guild_memory::{
    app::{
        AppError, decode,
        respond::{RespondFunctions, RespondMemory, respond},
    },
    contract::DeferredInteraction,
    ports::{Clock, EditReply, ReadArchivedThreads, ReadChannels, ReadChannelsOfDay},
};
use serde_json::Value;

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(180);

/// Decodes the event and edits the reply that somebody waits for; the Lambda is stopped after `remaining`.
///
/// # Errors
/// When the event cannot be decoded, or Discord did not take the answer: Lambda sends the event again, and keeps what
/// failed for good in the queue of failures.
pub async fn handle<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    event: Value,
    remaining: Duration,
) -> Result<Value, AppError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    F: RespondFunctions,
    D: ReadChannels + ReadArchivedThreads,
    R: EditReply,
    C: Clock,
{
    let interaction: DeferredInteraction = decode(event)?;
    let (guild, question, started) = (interaction.guild_id, interaction.question.name(), Instant::now());
    let delivery = respond(deps, remaining, &interaction)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, question, error_type = %error.kind))?;
    let duration_ms = started.elapsed().as_millis() as u64;
    let after_ms = interaction.handle.waited(deps.clock.now()).as_millis() as u64;
    tracing::info!(event = "interaction_responded", %guild, question, %delivery, after_ms, duration_ms);
    Ok(Value::Null)
}

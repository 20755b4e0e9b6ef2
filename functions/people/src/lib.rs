//! `people`: what people teach about a person, and what a person decides about what is kept of them. See `docs/DESIGN.md`,
//! section 3.

pub use guild_memory::app::people::Deps;
use guild_memory::{
    app::{
        AppError, decode,
        people::{PeopleMemory, PeopleMessages, people},
    },
    contract::{PeopleRequest, PeopleResponse},
    ports::Clock,
};
use serde_json::Value;

/// Decodes the event and does what it asks for.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, W, C>(deps: &Deps<S, W, C>, event: Value) -> Result<PeopleResponse, AppError>
where
    S: PeopleMemory,
    W: PeopleMessages,
    C: Clock,
{
    let request: PeopleRequest = decode(event)?;
    let (guild, user, op) = (request.guild_id, request.user_id, request.op);
    let response = people(deps, request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, %user, %op, error_type = %error.kind))?;
    tracing::info!(event = "person_served", %guild, %user, %op);
    Ok(response)
}

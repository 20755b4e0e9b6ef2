//! `people`: what people teach about a person, facts and aliases. See `docs/DESIGN.md`, section 3.

use guild_memory::{
    app::{AppError, check_allowed, decode, people::people},
    contract::{PeopleRequest, PeopleResponse},
    domain::AllowedGuilds,
    ports::{Clock, FindByName, ReadSettings, TeachPeople},
};
use serde_json::Value;

/// What the function works with.
pub struct Deps<S, C> {
    /// The people.
    pub store: S,
    /// The time.
    pub clock: C,
    /// Where anything is taught.
    pub allowed_guilds: AllowedGuilds,
}

/// Decodes the event and does what it asks for.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, C>(deps: &Deps<S, C>, event: Value) -> Result<PeopleResponse, AppError>
where
    S: TeachPeople + FindByName + ReadSettings,
    C: Clock,
{
    let request: PeopleRequest = decode(event)?;
    let (guild, user, op) = (request.guild_id, request.user_id, request.op);
    check_allowed(&deps.allowed_guilds, guild)?;
    let response = people(&deps.store, &deps.clock, request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, %user, %op, error_type = %error.kind))?;
    tracing::info!(event = "person_served", %guild, %user, %op);
    Ok(response)
}

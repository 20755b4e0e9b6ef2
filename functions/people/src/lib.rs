//! `people`: what people teach about a person, what a person decides about what is kept of them, and the end of what is kept
//! of who left. See `docs/DESIGN.md`, section 3.

use std::time::Duration;

pub use guild_memory::app::people::Deps;
use guild_memory::{
    app::{
        AppError, Deadline, decode,
        people::{PeopleMemory, PeopleMessages, erase_due, guild_came_back, guild_left, people, wipe_now},
    },
    contract::{GuildOp, GuildRequest, PeopleAnswer, PeopleCall, PeopleRequest},
    ports::Clock,
};
use serde_json::Value;

/// The function's timeout in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(120);
/// What is left of it to end the days that somebody is being erased from.
const MARGIN: Duration = Duration::from_secs(15);

/// Decodes the event and does what it asks for; the Lambda is stopped after `remaining`.
///
/// # Errors
/// As a caller sees them (DESIGN section 3).
pub async fn handle<S, W, C>(deps: &Deps<S, W, C>, event: Value, remaining: Duration) -> Result<PeopleAnswer, AppError>
where
    S: PeopleMemory,
    W: PeopleMessages,
    C: Clock,
{
    let deadline = Deadline::new(remaining.saturating_sub(MARGIN), None);
    match PeopleCall::of(&event) {
        PeopleCall::AboutOne => of_one(deps, decode(event)?, deadline).await,
        PeopleCall::AboutGuild => of_guild(deps, decode(event)?, deadline).await,
        PeopleCall::EraseDue => {
            let report = erase_due(deps, deadline)
                .await
                .inspect_err(|error| tracing::warn!(event = "erase_due_failed", error_type = %error.kind, "{error}"))?;
            Ok(PeopleAnswer::Ended(report))
        }
    }
}

async fn of_one<S, W, C>(
    deps: &Deps<S, W, C>,
    request: PeopleRequest,
    deadline: Deadline,
) -> Result<PeopleAnswer, AppError>
where
    S: PeopleMemory,
    W: PeopleMessages,
    C: Clock,
{
    let (guild, user, op) = (request.guild_id, request.user_id, request.op);
    let response = people(deps, deadline, request)
        .await
        .inspect_err(|error| tracing::warn!(event = "request_failed", %guild, %user, %op, error_type = %error.kind))?;
    tracing::info!(event = "person_served", %guild, %user, %op);
    Ok(PeopleAnswer::OfOne(response))
}

async fn of_guild<S, W, C>(
    deps: &Deps<S, W, C>,
    request: GuildRequest,
    deadline: Deadline,
) -> Result<PeopleAnswer, AppError>
where
    S: PeopleMemory,
    W: PeopleMessages,
    C: Clock,
{
    let GuildRequest { guild_id: guild, op } = request;
    let answer = match op {
        GuildOp::GuildLeft => guild_left(deps, guild).await.map(|noted| PeopleAnswer::Noted { noted }),
        GuildOp::GuildCameBack => guild_came_back(deps, guild).await.map(|noted| PeopleAnswer::Noted { noted }),
        GuildOp::Wipe => wipe_now(deps, deadline, guild).await.map(PeopleAnswer::Wiped),
    };
    let answer =
        answer.inspect_err(|error| tracing::warn!(event = "request_failed", %guild, %op, error_type = %error.kind))?;
    tracing::info!(event = "guild_served", %guild, %op);
    Ok(answer)
}

//! `interactions`: Discord's webhook. See `docs/DESIGN.md`, section 3.

use std::time::Instant;

use guild_memory::{
    app::interact::{self, InteractStore, interact},
    discord::{BadSignature, Incoming, PublicKey, Unreadable, callback, is_timely, pong, read},
    domain::{Interaction, InteractionResponse},
    ports::{Clock, ReadChannels, ReadGuildRoles, RespondLater},
};
use lambda_http::{
    Body, Request, Response,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
};
use serde_json::Value;

/// What the function works with.
pub struct Deps<S, R, D, C> {
    /// What checks that a request comes from Discord.
    pub public_key: PublicKey,
    /// What interactions are answered with.
    pub interact: interact::Deps<S, R, D, C>,
}

/// Answers one request: 401 unless Discord signed it, 400 if it is no interaction, else what Discord shows.
pub async fn handle<S, R, D, C>(deps: &Deps<S, R, D, C>, request: Request) -> Response<Body>
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    let started = Instant::now();
    let answer = match checked(deps, &request) {
        Ok(Incoming::Ping) => pong(),
        Ok(Incoming::Interaction(interaction)) => callback(&answered(deps, *interaction, started).await),
        Err(Refusal::Unsigned(refusal)) => return refused(StatusCode::UNAUTHORIZED, &refusal.to_string()),
        Err(Refusal::Unreadable(refusal)) => return refused(StatusCode::BAD_REQUEST, &refusal.to_string()),
    };
    json(&answer)
}

enum Refusal {
    Unsigned(BadSignature),
    Unreadable(Unreadable),
}

/// What is asked, once it is known that Discord asks, and just now. A PING changes nothing and may be as old as it likes.
fn checked<S, R, D, C: Clock>(deps: &Deps<S, R, D, C>, request: &Request) -> Result<Incoming, Refusal> {
    let header = |name: &str| request.headers().get(name).map_or(&[][..], |value| value.as_bytes());
    let timestamp = header("x-signature-timestamp");
    // Lambda hands over a body that is no text in base64; lambda_http has made bytes of it again.
    let body = request.body().as_ref();
    let signed = deps.public_key.verify(header("x-signature-ed25519"), timestamp, body);
    signed.map_err(Refusal::Unsigned)?;
    let incoming = read(body).map_err(Refusal::Unreadable)?;
    if incoming == Incoming::Ping || is_timely(timestamp, deps.interact.clock.now()) {
        Ok(incoming)
    } else {
        Err(Refusal::Unsigned(BadSignature))
    }
}

async fn answered<S, R, D, C>(
    deps: &Deps<S, R, D, C>,
    interaction: Interaction,
    started: Instant,
) -> InteractionResponse
where
    S: InteractStore,
    R: RespondLater,
    D: ReadGuildRoles + ReadChannels,
    C: Clock,
{
    let guild = interaction.invoker.as_ref().map(|invoker| invoker.guild.to_string()).unwrap_or_default();
    let action = interaction.action.name();
    let answer = interact(&deps.interact, interaction).await;
    let duration_ms = started.elapsed().as_millis() as u64;
    tracing::info!(event = "interaction_answered", guild, action, answer = ?answer, duration_ms);
    answer
}

fn refused(status: StatusCode, reason: &str) -> Response<Body> {
    tracing::warn!(event = "request_refused", status = status.as_u16());
    let mut response = Response::new(Body::from(reason));
    *response.status_mut() = status;
    response
}

fn json(answer: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

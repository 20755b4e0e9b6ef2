//! Interactions: signed and sent to the webhook of the application, and what it answers then and later.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{HeaderMap, Method, StatusCode},
    response::Response,
};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use super::{
    DiscordFile, DiscordScript,
    call::{APPLICATION, error, ok},
    limits,
    reply::DiscordReply,
};
use crate::http::loopback_client;

/// Discord gives up after that.
const PATIENCE: Duration = Duration::from_secs(3);
const INVALID_FORM_BODY: u32 = 50_035;
const UNKNOWN_WEBHOOK: u32 = 10_015;
/// A message without words, that Discord shows as "thinking…".
const DEFERRED: u64 = 5;
/// What takes the place of the message whose button was pressed.
const UPDATE: u64 = 7;
/// A form to fill in, which is no message.
const FORM: u64 = 9;
/// A button was pressed.
const COMPONENT: u64 = 3;
/// A form was sent.
const SUBMISSION: u64 = 5;

/// The key that checks what the stand-in signs, as Discord shows it.
pub(crate) fn public_key() -> String {
    hex::encode(signing_key().verifying_key().as_bytes())
}

/// The key the stand-in signs with.
pub(super) fn signing_key() -> SigningKey {
    SigningKey::from_bytes(b"the local cloud's own Discord...")
}

/// Signs as Discord does: the headers of a request with that body.
#[must_use]
pub fn discord_signature(timestamp: &str, body: &[u8]) -> [(&'static str, String); 2] {
    let signature = signing_key().sign(&[timestamp.as_bytes(), body].concat());
    [("x-signature-ed25519", hex::encode(signature.to_bytes())), ("x-signature-timestamp", timestamp.to_owned())]
}

impl DiscordScript {
    /// Sends an interaction, complete with id and token, to the application's webhook, and gives its first answer.
    ///
    /// # Errors
    /// When the webhook answers with another status than 200, later than after 3 seconds, or against Discord's limits.
    pub async fn interact(&self, webhook: &str, interaction: &Value) -> Result<Value> {
        let kind = interaction["type"].as_u64().unwrap_or_default();
        if kind == COMPONENT {
            limits::press(interaction).map_err(anyhow::Error::msg)?;
        }
        if kind == SUBMISSION {
            // It closes, whatever comes of it.
            let shown = self.state().forms.remove(&who(interaction));
            limits::submission(interaction, shown.as_ref()).map_err(anyhow::Error::msg)?;
        }
        let token = interaction["token"].as_str().unwrap_or_default().to_owned();
        self.state().replies.insert(token.clone(), DiscordReply::default());
        let timestamp = jiff::Timestamp::now().as_second().to_string();
        let answer = self.post(webhook, &timestamp, interaction.to_string()).await?;
        if let Err(problem) = limits::callback(kind, &answer) {
            bail!("Discord would refuse this answer: {problem}: {answer}");
        }
        self.note_answer(&token, interaction, &answer);
        Ok(answer)
    }

    async fn post(&self, webhook: &str, timestamp: &str, body: String) -> Result<Value> {
        let mut request = loopback_client()?.post(webhook).header("content-type", "application/json");
        for (name, value) in discord_signature(timestamp, body.as_bytes()) {
            request = request.header(name, value);
        }
        let started = Instant::now();
        let response = request.body(body).send().await.context("the webhook cannot be reached")?;
        let (status, body) = (response.status(), response.bytes().await?);
        ensure!(started.elapsed() <= PATIENCE, "the webhook answered after {:?}", started.elapsed());
        ensure!(status == 200, "the webhook answered {status}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).context("the webhook's answer is no JSON")
    }

    fn note_answer(&self, token: &str, interaction: &Value, answer: &Value) {
        let mut state = self.state();
        if answer["type"] == FORM {
            state.forms.insert(who(interaction), answer["data"].clone());
            return;
        }
        let reply = state.replies.entry(token.to_owned()).or_default();
        // Who sees a message is decided when it is sent, and stays so.
        let message = if answer["type"] == UPDATE { &interaction["message"] } else { &answer["data"] };
        reply.private = message["flags"] == 64;
        reply.deferred = answer["type"] == DEFERRED;
        if !reply.deferred && reply.message.is_none() {
            reply.message = Some(answer["data"].clone());
        }
        drop(state);
        self.changed();
    }

    /// What the asker of an interaction sees now.
    #[must_use]
    pub fn reply(&self, token: &str) -> Option<DiscordReply> {
        self.state().replies.get(token).cloned()
    }

    /// What the asker sees once there is something; more may follow while Lambda works. The caller sets the limit in time.
    pub async fn first_reply(&self, token: &str) -> DiscordReply {
        let mut news = self.news();
        loop {
            match self.reply(token) {
                Some(reply) if reply.message.is_some() => return reply,
                _ => drop(news.changed().await),
            }
        }
    }

    /// What was sent against Discord's limits so far, in words.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.state().violations.clone()
    }
}

/// Whose interaction it is.
fn who(interaction: &Value) -> String {
    interaction["member"]["user"]["id"].as_str().unwrap_or_default().to_owned()
}

/// Everything under `/webhooks`: the interaction's token is all it takes.
pub(super) async fn route(
    script: &DiscordScript,
    method: &Method,
    path: &[&str],
    headers: &HeaderMap,
    body: Bytes,
) -> Option<Response> {
    let ["webhooks", application, token, rest @ ..] = path else { return None };
    if !matches!((method, rest), (&Method::PATCH, ["messages", "@original"])) {
        return None;
    }
    Some(edit(script, application, token, headers, body).await)
}

/// An edit of the original reply. Before the first answer has come, Discord knows nothing to edit.
async fn edit(script: &DiscordScript, application: &str, token: &str, headers: &HeaderMap, body: Bytes) -> Response {
    let known = script.reply(token).is_some_and(|reply| reply.deferred || reply.message.is_some());
    if !known || application != APPLICATION {
        return error(StatusCode::NOT_FOUND, UNKNOWN_WEBHOOK, "Unknown Webhook");
    }
    let checked = match payload(headers, body).await {
        Ok((message, files)) => limits::message(&message, &files).map(|()| (message, files)),
        Err(problem) => Err(problem.to_string()),
    };
    match checked {
        Ok((message, files)) => {
            script.edit(token, message, files);
            ok(json!({"id": "1"}))
        }
        Err(problem) => {
            script.state().violations.push(problem.clone());
            error(StatusCode::BAD_REQUEST, INVALID_FORM_BODY, &problem)
        }
    }
}

impl DiscordScript {
    fn edit(&self, token: &str, message: Value, files: Vec<DiscordFile>) {
        let mut state = self.state();
        if let Some(reply) = state.replies.get_mut(token) {
            (reply.message, reply.files) = (Some(message), files);
            reply.edits += 1;
        }
        drop(state);
        self.changed();
    }
}

/// A message as JSON, or in a form with its files.
async fn payload(headers: &HeaderMap, body: Bytes) -> Result<(Value, Vec<DiscordFile>)> {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Ok((serde_json::from_slice(&body).context("a body that is no JSON")?, Vec::new()));
    }
    let mut request = Request::new(Body::from(body));
    *request.headers_mut() = headers.clone();
    let mut form = Multipart::from_request(request, &()).await?;
    let (mut message, mut files) = (None, Vec::new());
    while let Some(field) = form.next_field().await? {
        match field.name() {
            Some("payload_json") => message = Some(serde_json::from_str(&field.text().await?)?),
            Some(name) if name.starts_with("files[") => {
                let name = field.file_name().context("a file without a name")?.to_owned();
                files.push(DiscordFile { name, text: field.text().await? });
            }
            other => bail!("the field {other:?} of a form"),
        }
    }
    Ok((message.context("a form without payload_json")?, files))
}

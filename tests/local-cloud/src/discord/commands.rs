//! The commands an application has registered.

use axum::{
    body::Bytes,
    http::{Method, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    DiscordScript,
    call::{APPLICATION, Call, error, ok},
    limits,
};

const INVALID_FORM_BODY: u32 = 50_035;
const UNKNOWN_COMMAND: u32 = 10_063;

/// `/applications/{id}/commands`, and `/applications/{id}/guilds/{guild}/commands`: all of them, or a single one.
pub(super) fn route(script: &DiscordScript, call: &Call<'_>, body: &Bytes) -> Option<Response> {
    let (scope, command) = match call.path {
        ["applications", APPLICATION, "commands", command @ ..] => (String::new(), command),
        ["applications", APPLICATION, "guilds", guild, "commands", command @ ..] => ((*guild).to_owned(), command),
        _ => return None,
    };
    match (call.method, command) {
        (&Method::GET, []) => Some(ok(json!(script.commands(&scope)))),
        (&Method::PUT, []) => Some(replace(script, scope, body)),
        (&Method::POST, []) => Some(upsert(script, scope, body)),
        (&Method::DELETE, [id]) => Some(delete(script, &scope, id)),
        _ => None,
    }
}

/// All of them at once. Discord gives each an id, and fills in what was left out.
fn replace(script: &DiscordScript, scope: String, body: &Bytes) -> Response {
    let commands: Vec<Value> = serde_json::from_slice(body).unwrap_or_default();
    match checked(script, &commands) {
        Ok(()) => {
            let stored: Vec<Value> = commands.into_iter().enumerate().map(|(n, command)| stored(n, command)).collect();
            script.state().commands.insert(scope, stored.clone());
            ok(json!(stored))
        }
        Err(refusal) => *refusal,
    }
}

/// One command: "creating a command with the same name as an existing command … will overwrite the existing command".
fn upsert(script: &DiscordScript, scope: String, body: &Bytes) -> Response {
    let command: Value = serde_json::from_slice(body).unwrap_or_default();
    let is_same = |known: &Value| {
        let kind = |command: &Value| command["type"].as_u64().unwrap_or(1);
        known["name"] == command["name"] && kind(known) == kind(&command)
    };
    let mut commands = script.commands(&scope);
    let place = commands.iter().position(is_same);
    match place {
        Some(place) => commands[place] = command.clone(),
        None => commands.push(command.clone()),
    }
    if let Err(refusal) = checked(script, &commands) {
        return *refusal;
    }
    let place = place.unwrap_or(commands.len() - 1);
    let created = stored(place, command);
    commands[place] = created.clone();
    script.state().commands.insert(scope, commands);
    ok(created)
}

fn delete(script: &DiscordScript, scope: &str, id: &str) -> Response {
    let mut state = script.state();
    let commands = state.commands.entry(scope.to_owned()).or_default();
    let before = commands.len();
    commands.retain(|command| command["id"] != id);
    match commands.len() == before {
        true => error(StatusCode::NOT_FOUND, UNKNOWN_COMMAND, "Unknown application command"),
        false => StatusCode::NO_CONTENT.into_response(),
    }
}

/// Discord refuses a list with one command beyond its limits as a whole.
fn checked(script: &DiscordScript, commands: &[Value]) -> Result<(), Box<Response>> {
    limits::commands(commands).map_err(|problem| {
        script.state().violations.push(problem.clone());
        Box::new(error(StatusCode::BAD_REQUEST, INVALID_FORM_BODY, &problem))
    })
}

fn stored(n: usize, mut command: Value) -> Value {
    let given = [
        ("id", json!((998_100_000_000_001_000 + n as u64).to_string())),
        ("application_id", json!(APPLICATION)),
        ("version", json!("998100000000002000")),
        ("default_member_permissions", Value::Null),
        ("nsfw", json!(false)),
        ("dm_permission", json!(true)),
    ];
    if let Some(command) = command.as_object_mut() {
        command.extend(given.map(|(field, value)| (field.to_owned(), value)));
        // A menu has a description, too: an empty one.
        command.entry("description").or_insert(json!(""));
    }
    command
}

impl DiscordScript {
    /// Lets there be commands already, registered by whomever.
    pub fn put_commands(&self, guild: &str, commands: Vec<Value>) {
        let stored = commands.into_iter().enumerate().map(|(n, command)| stored(900 + n, command)).collect();
        self.state().commands.insert(guild.to_owned(), stored);
    }

    /// The commands that are registered, for everybody (`""`) or for one guild.
    #[must_use]
    pub fn commands(&self, guild: &str) -> Vec<Value> {
        self.state().commands.get(guild).cloned().unwrap_or_default()
    }
}

//! The commands an application has registered.

use axum::{
    body::Bytes,
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{APPLICATION, Call, DiscordScript, error, limits, ok};

const INVALID_FORM_BODY: u32 = 50_035;

/// `/applications/{id}/commands`, and `/applications/{id}/guilds/{guild}/commands`.
pub(super) fn route(script: &DiscordScript, call: &Call<'_>, body: &Bytes) -> Option<Response> {
    let scope = match call.path {
        ["applications", APPLICATION, "commands"] => String::new(),
        ["applications", APPLICATION, "guilds", guild, "commands"] => (*guild).to_owned(),
        _ => return None,
    };
    match *call.method {
        Method::GET => Some(ok(json!(script.commands(&scope)))),
        Method::PUT => Some(replace(script, scope, body)),
        _ => None,
    }
}

/// All of them at once. Discord gives each an id, and fills in what was left out.
fn replace(script: &DiscordScript, scope: String, body: &Bytes) -> Response {
    let commands: Vec<Value> = serde_json::from_slice(body).unwrap_or_default();
    if let Err(problem) = limits::commands(&commands) {
        script.state().violations.push(problem.clone());
        return error(StatusCode::BAD_REQUEST, INVALID_FORM_BODY, &problem);
    }
    let stored: Vec<Value> = commands.into_iter().enumerate().map(|(n, command)| stored(n, command)).collect();
    script.state().commands.insert(scope, stored.clone());
    ok(json!(stored))
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
    /// The commands that are registered, for everybody (`""`) or for one guild.
    #[must_use]
    pub fn commands(&self, guild: &str) -> Vec<Value> {
        self.state().commands.get(guild).cloned().unwrap_or_default()
    }
}

//! Guilds, channels and messages.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{Call, DiscordScript, error, ok, script::Guild};

const UNKNOWN_CHANNEL: u32 = 10_003;
const UNKNOWN_GUILD: u32 = 10_004;
const UNKNOWN_MESSAGE: u32 = 10_008;
const INVALID_FORM_BODY: u32 = 50_035;
/// The kinds of a thread.
const THREADS: [u64; 3] = [10, 11, 12];

pub(super) fn route(script: &DiscordScript, call: &Call<'_>) -> Option<Response> {
    if *call.method != Method::GET {
        return None;
    }
    match call.path {
        ["guilds", guild] => Some(of_guild(script, guild, |guild| guild.object.clone())),
        ["guilds", guild, "channels"] => Some(of_guild(script, guild, |guild| listed(guild, false))),
        ["guilds", guild, "threads", "active"] => {
            Some(of_guild(script, guild, |guild| json!({"threads": listed(guild, true), "members": []})))
        }
        ["channels", channel] => Some(of_channel(script, channel, |guild| ok(guild.channels[*channel].clone()))),
        ["channels", channel, "messages"] => {
            Some(of_channel(script, channel, |guild| messages(guild, channel, call.query)))
        }
        ["channels", channel, "messages", id] => Some(of_channel(script, channel, |guild| message(guild, channel, id))),
        _ => None,
    }
}

fn of_guild(script: &DiscordScript, guild: &str, answer: impl FnOnce(&Guild) -> Value) -> Response {
    match script.state().guilds.get(guild) {
        Some(guild) => ok(answer(guild)),
        None => error(StatusCode::NOT_FOUND, UNKNOWN_GUILD, "Unknown Guild"),
    }
}

fn of_channel(script: &DiscordScript, channel: &str, answer: impl FnOnce(&Guild) -> Response) -> Response {
    match script.state().guilds.values().find(|guild| guild.channels.contains_key(channel)) {
        Some(guild) => answer(guild),
        None => error(StatusCode::NOT_FOUND, UNKNOWN_CHANNEL, "Unknown Channel"),
    }
}

/// Threads, or everything else; an archived thread is in no list.
fn listed(guild: &Guild, threads: bool) -> Value {
    let is_thread = |channel: &Value| channel["type"].as_u64().is_some_and(|kind| THREADS.contains(&kind));
    let archived = |channel: &Value| channel["thread_metadata"]["archived"] == true;
    guild.channels.values().filter(|channel| is_thread(channel) == threads && !archived(channel)).cloned().collect()
}

fn message(guild: &Guild, channel: &str, id: &str) -> Response {
    let message = guild.messages.get(channel).and_then(|messages| messages.get(&id.parse().ok()?));
    message.map_or_else(|| error(StatusCode::NOT_FOUND, UNKNOWN_MESSAGE, "Unknown Message"), |one| ok(one.clone()))
}

/// The newest messages first. With `after` the oldest ones after it, but these newest first, too.
fn messages(guild: &Guild, channel: &str, query: &str) -> Response {
    let parameter = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).and_then(|(_, value)| value.parse::<u64>().ok())
    };
    let limit = parameter("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return error(StatusCode::BAD_REQUEST, INVALID_FORM_BODY, "Invalid Form Body");
    }
    let nothing = std::collections::BTreeMap::new();
    let messages = guild.messages.get(channel).unwrap_or(&nothing);
    let limit = limit as usize;
    let mut page: Vec<&Value> = match (parameter("after"), parameter("before")) {
        (Some(after), _) => messages.range(after + 1..).take(limit).map(|(_, message)| message).collect(),
        (None, before) => messages.range(..before.unwrap_or(u64::MAX)).rev().take(limit).map(|(_, m)| m).collect(),
    };
    if parameter("after").is_some() {
        page.reverse();
    }
    ok(json!(page))
}

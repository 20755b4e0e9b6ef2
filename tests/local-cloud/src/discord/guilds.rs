//! Guilds, channels and messages.

use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    DiscordScript,
    call::{APPLICATION, Call, error, ok},
    guild::Guild,
    permissions::{self, Reading},
    script::BOT,
    webhooks::public_key,
};

const UNKNOWN_CHANNEL: u32 = 10_003;
const UNKNOWN_GUILD: u32 = 10_004;
const UNKNOWN_MEMBER: u32 = 10_007;
const UNKNOWN_MESSAGE: u32 = 10_008;
const INVALID_FORM_BODY: u32 = 50_035;
const MISSING_ACCESS: u32 = 50_001;
/// The kinds of a thread.
const THREADS: [u64; 3] = [10, 11, 12];
const PRIVATE_THREAD: u64 = 12;

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
        ["guilds", guild, "members", user] => Some(member(script, guild, user)),
        ["channels", channel] => Some(of_channel(script, channel, |guild| readable(guild, channel, one_channel))),
        ["channels", channel, "messages"] => Some(of_channel(script, channel, |guild| {
            readable(guild, channel, |guild, channel, reading| messages(guild, channel, reading, call.query))
        })),
        ["channels", channel, "messages", id] => Some(of_channel(script, channel, |guild| {
            readable(guild, channel, |guild, channel, reading| message(guild, channel, reading, id))
        })),
        ["channels", channel, "threads", "archived", "public"] => Some(of_channel(script, channel, |guild| {
            readable(guild, channel, |guild, channel, reading| archived_threads(guild, channel, reading, call.query))
        })),
        ["applications", "@me"] => Some(application(script)),
        _ => None,
    }
}

fn of_guild(script: &DiscordScript, guild: &str, answer: impl FnOnce(&Guild) -> Value) -> Response {
    match script.state().guilds.get(guild) {
        Some(guild) => ok(answer(guild)),
        None => error(StatusCode::NOT_FOUND, UNKNOWN_GUILD, "Unknown Guild"),
    }
}

/// Any bot of the guild may ask for one member; the list of all of them needs an intent, and is not played.
fn member(script: &DiscordScript, guild: &str, user: &str) -> Response {
    let state = script.state();
    let Some(guild) = state.guilds.get(guild) else {
        return error(StatusCode::NOT_FOUND, UNKNOWN_GUILD, "Unknown Guild");
    };
    match guild.members.get(user) {
        Some(roles) => ok(json!({"user": {"id": user}, "nick": guild.nicks.get(user), "roles": roles})),
        None => error(StatusCode::NOT_FOUND, UNKNOWN_MEMBER, "Unknown Member"),
    }
}

fn of_channel(script: &DiscordScript, channel: &str, answer: impl FnOnce(&Guild) -> Response) -> Response {
    match script.state().guilds.values().find(|guild| guild.channels.contains_key(channel)) {
        Some(guild) => answer(guild),
        None => error(StatusCode::NOT_FOUND, UNKNOWN_CHANNEL, "Unknown Channel"),
    }
}

/// What the bot is answered about a channel: "Missing Access" where it may not see it. While it is no member it sees all.
fn readable(guild: &Guild, channel: &str, answer: impl FnOnce(&Guild, &str, Reading) -> Response) -> Response {
    let reading = match guild.members.contains_key(BOT) {
        true => permissions::reading(guild, &guild.channels[channel], BOT),
        false => Reading::Everything,
    };
    match reading {
        Reading::Refused => error(StatusCode::FORBIDDEN, MISSING_ACCESS, "Missing Access"),
        reading => answer(guild, channel, reading),
    }
}

fn one_channel(guild: &Guild, channel: &str, _: Reading) -> Response {
    ok(guild.channels[channel].clone())
}

/// Both limited and unlimited message content, unless a test says otherwise.
fn application(script: &DiscordScript) -> Response {
    let state = script.state();
    let flags = state.application_flags.unwrap_or(1 << 18 | 1 << 19);
    ok(json!({"id": APPLICATION, "name": "guild-memory", "flags": flags, "bot": {"id": BOT},
        "verify_key": public_key(), "interactions_endpoint_url": state.endpoint}))
}

/// Threads, or everything else; an archived thread is in no list of these.
fn listed(guild: &Guild, threads: bool) -> Value {
    let channels = guild.channels.values();
    channels.filter(|channel| is_thread(channel) == threads && !is_archived(channel)).cloned().collect()
}

fn is_thread(channel: &Value) -> bool {
    channel["type"].as_u64().is_some_and(|kind| THREADS.contains(&kind))
}

fn is_archived(channel: &Value) -> bool {
    channel["thread_metadata"]["archived"] == true
}

/// "List Public Archived Threads": those that were archived last first, `before` a moment. It needs the history.
fn archived_threads(guild: &Guild, channel: &str, reading: Reading, query: &str) -> Response {
    let archived_at = |thread: &Value| {
        let at = thread["thread_metadata"]["archive_timestamp"].as_str();
        at.and_then(|at| at.parse().ok()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    };
    let is_listed = |thread: &&Value| {
        let is_public = thread["type"] != PRIVATE_THREAD;
        is_thread(thread) && is_archived(thread) && is_public && thread["parent_id"] == channel
    };
    let mut threads: Vec<&Value> = match reading {
        Reading::Everything => guild.channels.values().filter(is_listed).collect(),
        _ => Vec::new(),
    };
    threads.sort_by_key(|thread| std::cmp::Reverse((archived_at(thread), thread["id"].to_string())));
    if let Some(before) = parameter::<jiff::Timestamp>(query, "before") {
        threads.retain(|thread| archived_at(thread) < before);
    }
    let limit = parameter(query, "limit").unwrap_or(50);
    let has_more = threads.len() > limit;
    threads.truncate(limit);
    ok(json!({"threads": threads, "members": [], "has_more": has_more}))
}

fn parameter<T: std::str::FromStr>(query: &str, name: &str) -> Option<T> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| value.replace("%3A", ":").replace("%2B", "+").parse().ok())
}

/// Who may not read the history can ask for no single message of it, either.
fn message(guild: &Guild, channel: &str, reading: Reading, id: &str) -> Response {
    if reading == Reading::Nothing {
        return error(StatusCode::FORBIDDEN, MISSING_ACCESS, "Missing Access");
    }
    let message = guild.messages.get(channel).and_then(|messages| messages.get(&id.parse().ok()?));
    message.map_or_else(|| error(StatusCode::NOT_FOUND, UNKNOWN_MESSAGE, "Unknown Message"), |one| ok(one.clone()))
}

/// The newest messages first. With `after` the oldest ones after it, but these newest first, too.
fn messages(guild: &Guild, channel: &str, reading: Reading, query: &str) -> Response {
    let limit = parameter(query, "limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return error(StatusCode::BAD_REQUEST, INVALID_FORM_BODY, "Invalid Form Body");
    }
    let nothing = std::collections::BTreeMap::new();
    let messages = guild.messages.get(channel).filter(|_| reading == Reading::Everything).unwrap_or(&nothing);
    let (after, before) = (parameter::<u64>(query, "after"), parameter::<u64>(query, "before"));
    let mut page: Vec<&Value> = match (after, before) {
        (Some(after), _) => messages.range(after + 1..).take(limit).map(|(_, message)| message).collect(),
        (None, before) => messages.range(..before.unwrap_or(u64::MAX)).rev().take(limit).map(|(_, m)| m).collect(),
    };
    if after.is_some() {
        page.reverse();
    }
    ok(json!(page))
}

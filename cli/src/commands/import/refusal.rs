//! Why a file is not read at all: the first thing in it that does not fit, and where that is.

use serde::de::IgnoredAny;

use super::parse::Misfit;

/// A file that is no guild's.
pub(super) fn of_no_guild(name: &str) -> String {
    format!("{name} has direct messages, which are no guild's: name one with --guild")
}

/// An export whose guild and channel cannot be read.
pub(super) fn of_head(name: &str, misfit: &Misfit) -> String {
    let Misfit { line, what, .. } = misfit;
    format!(
        "{name} looks like an export of DiscordChatExporter, but in line {line} it does not fit: {what}; nothing was read from it"
    )
}

/// A file that begins like nothing that is known.
pub(super) fn of_no_export(name: &str, beginning: &[u8]) -> String {
    format!(
        "{name} is neither an export of DiscordChatExporter in its JSON format (`-f Json`) nor JSON lines in the shape of \
         ingest_messages: {}; nothing was read from it",
        first_misfit(beginning)
    )
}

fn first_misfit(beginning: &[u8]) -> String {
    let start = beginning.trim_ascii_start();
    let begins_with = |with: &[u8]| start.len() >= with.len() && start[..with.len()].eq_ignore_ascii_case(with);
    if start.is_empty() {
        return "there is nothing but white space in it".to_owned();
    }
    if begins_with(b"<!doctype") || begins_with(b"<html") {
        return "it is HTML".to_owned();
    }
    if begins_with(b"[") {
        return "it begins with a list, where an object should be that has a guild, a channel and messages".to_owned();
    }
    if begins_with(b"authorid,") || begins_with(b"\"authorid\"") {
        return "it is CSV".to_owned();
    }
    match serde_json::from_slice::<IgnoredAny>(beginning) {
        // It is longer than what was looked at, or has all but the messages.
        Err(error) if error.is_eof() => "it is JSON, but no list `messages` follows its guild and channel".to_owned(),
        Ok(_) => "it is JSON, but has no list `messages` beside its guild and channel".to_owned(),
        Err(error) => {
            format!("in line {}, at character {}, it stops being JSON", error.line(), error.column())
        }
    }
}

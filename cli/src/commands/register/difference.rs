//! What is different between the commands that are registered and those that are to be.

use std::fmt;

use guild_memory::discord::says_nothing;
use serde_json::{Map, Value};

/// Fields that Discord adds, which say nothing about the command itself.
const ADDED: [&str; 8] = [
    "id",
    "application_id",
    "guild_id",
    "version",
    "name_localized",
    "description_localized",
    "dm_permission",
    "default_permission",
];
/// Fields that a guild's own command does not have: it can only be used there.
const ONLY_GLOBAL: [&str; 2] = ["contexts", "integration_types"];

/// What becomes of one command.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::commands) enum Change {
    /// It was not there.
    New(String),
    /// It was there, but different.
    Changed(String),
    /// It is there as it is to be.
    Unchanged(String),
    /// It has a name of these commands and is of another kind: one that was of an older version.
    Removed(String),
    /// It has another name: somebody else registered it.
    LeftAlone(String),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(name) => write!(f, "new        {name}"),
            Self::Changed(name) => write!(f, "changed    {name}"),
            Self::Unchanged(name) => write!(f, "unchanged  {name}"),
            Self::Removed(name) => write!(f, "removed    {name}"),
            Self::LeftAlone(name) => write!(f, "left alone {name}"),
        }
    }
}

/// A change for each command that is there or wanted.
pub(in crate::commands) fn changes(there: &[Value], wanted: &[Value], of_a_guild: bool) -> Vec<Change> {
    let change = |one: &Value| match there.iter().find(|other| title(other) == title(one)) {
        None => Change::New(title(one)),
        Some(other) if essence(other, of_a_guild) == essence(one, of_a_guild) => Change::Unchanged(title(one)),
        Some(_) => Change::Changed(title(one)),
    };
    let is_wanted = |one: &&Value| wanted.iter().any(|other| title(other) == title(one));
    let others = there.iter().filter(|one| !is_wanted(one));
    let others = others.map(|one| match has_a_name_of(wanted, one) {
        true => Change::Removed(title(one)),
        false => Change::LeftAlone(title(one)),
    });
    wanted.iter().map(change).chain(others).collect()
}

/// The commands to send: those that are new or changed.
pub(super) fn to_send<'a>(there: &[Value], wanted: &'a [Value], of_a_guild: bool) -> Vec<&'a Value> {
    let is_there = |one: &&Value| {
        let same = |other: &Value| title(other) == title(one) && essence(other, of_a_guild) == essence(one, of_a_guild);
        there.iter().any(same)
    };
    wanted.iter().filter(|one| !is_there(one)).collect()
}

/// The ids of the commands to remove.
pub(super) fn to_remove<'a>(there: &'a [Value], wanted: &[Value]) -> Vec<&'a str> {
    let is_wanted = |one: &&Value| wanted.iter().any(|other| title(other) == title(one));
    let old = there.iter().filter(|one| !is_wanted(one) && has_a_name_of(wanted, one));
    old.filter_map(|one| one["id"].as_str()).collect()
}

fn has_a_name_of(wanted: &[Value], command: &Value) -> bool {
    wanted.iter().any(|other| other["name"] == command["name"])
}

/// A command by its kind and name, which tell it from all others.
fn title(command: &Value) -> String {
    let name = command["name"].as_str().unwrap_or_default();
    match command["type"].as_u64().unwrap_or(1) {
        1 => format!("/{name}"),
        2 => format!("{name} (menu of a person)"),
        3 => format!("{name} (menu of a message)"),
        other => format!("{name} (kind {other})"),
    }
}

/// The command without what Discord adds, and without what says the same as nothing.
fn essence(value: &Value, of_a_guild: bool) -> Value {
    match value {
        Value::Object(fields) => {
            let added = |name: &str| ADDED.contains(&name) || (of_a_guild && ONLY_GLOBAL.contains(&name));
            let fields = fields.iter().filter(|(name, _)| !added(name));
            let fields = fields.map(|(name, value)| (name.clone(), essence(value, of_a_guild)));
            Value::Object(fields.filter(|(_, value)| !says_nothing(value)).collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(|item| essence(item, of_a_guild)).collect(),
        plain => plain.clone(),
    }
}

#[cfg(test)]
mod tests {
    use guild_memory::discord::definitions;
    use serde_json::json;

    use super::*;

    /// As Discord gives a command back.
    fn kept(mut command: Value) -> Value {
        let given = json!({"id": "5", "application_id": "1", "version": "6", "default_member_permissions": null,
            "nsfw": false, "dm_permission": true, "description_localized": "x"});
        command.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        command.as_object_mut().unwrap().entry("description").or_insert(json!(""));
        command
    }

    #[test]
    fn what_discord_adds_is_no_change() {
        let there: Vec<Value> = definitions().into_iter().map(kept).collect();
        let all = changes(&there, &definitions(), false);
        assert!(all.iter().all(|change| matches!(change, Change::Unchanged(_))), "{all:?}");
    }

    #[test]
    fn new_changed_and_removed_commands_are_told_apart() {
        let mut there: Vec<Value> = definitions().into_iter().map(kept).collect();
        there[0]["options"][0]["required"] = json!(true);
        there[1]["name"] = json!("missed");
        there.push(json!({"id": "9", "type": 2, "name": "memory"}));
        let changes: Vec<String> = changes(&there, &definitions(), false).iter().map(ToString::to_string).collect();
        let expected = [
            "changed    /memory",
            "new        /catchup",
            "unchanged  /privacy",
            "unchanged  What do you remember? (menu of a person)",
            "unchanged  Remember this (menu of a message)",
            "left alone /missed",
            "removed    memory (menu of a person)",
        ];
        assert_eq!(changes, expected);
        assert_eq!(to_remove(&there, &definitions()), ["9"]);
        let definitions = definitions();
        let sent: Vec<&Value> = to_send(&there, &definitions, false).into_iter().map(|one| &one["name"]).collect();
        assert_eq!(sent, ["memory", "catchup"]);
    }

    #[test]
    fn a_guilds_own_command_has_no_contexts() {
        let there: Vec<Value> = definitions()
            .into_iter()
            .map(|mut command| {
                for field in ONLY_GLOBAL {
                    command.as_object_mut().unwrap().remove(field);
                }
                kept(command)
            })
            .collect();
        assert!(changes(&there, &definitions(), true).iter().all(|change| matches!(change, Change::Unchanged(_))));
        assert!(changes(&there, &definitions(), false).iter().all(|change| matches!(change, Change::Changed(_))));
    }
}

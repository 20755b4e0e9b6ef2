//! What somebody may do in a channel, computed as Discord's documentation does (Topics, Permissions): by its own example, and
//! not by the code of the product, so that one checks the other.

use serde_json::{Value, json};

use super::guild::Guild;

pub(super) const VIEW_CHANNEL: u64 = 1 << 10;
pub(super) const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub(super) const CONNECT: u64 = 1 << 20;
const ADMINISTRATOR: u64 = 1 << 3;
const MANAGE_THREADS: u64 = 1 << 34;
const ALL: u64 = u64::MAX >> 1;
/// The kinds of channels that people talk in, and of threads.
const VOICE: [u64; 2] = [2, 13];
const THREADS: [u64; 3] = [10, 11, 12];
const PRIVATE_THREAD: u64 = 12;

/// Whether the bot may read a channel, and what was said there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Everything,
    /// It is shown an empty history.
    Nothing,
    /// "Missing Access".
    Refused,
}

/// The documentation's `compute_base_permissions`: what a member may do where no channel says otherwise.
pub(super) fn base(guild: &Guild, user: &str) -> u64 {
    if guild.object["owner_id"] == user {
        return ALL;
    }
    let everyone = guild.object["id"].as_str().unwrap_or_default();
    let held = roles_of(guild, user).into_iter().chain([everyone.to_owned()]);
    let permissions = held.map(|role| permissions_of_role(guild, &role)).fold(0, |all, one| all | one);
    if permissions & ADMINISTRATOR == ADMINISTRATOR { ALL } else { permissions }
}

/// The documentation's `compute_overwrites`. Threads have no overwrites of their own, and take those of their channel.
pub(super) fn in_channel(guild: &Guild, channel: &Value, user: &str) -> u64 {
    let base = base(guild, user);
    if base & ADMINISTRATOR == ADMINISTRATOR {
        return ALL;
    }
    let parent = channel["parent_id"].as_str().and_then(|parent| guild.channels.get(parent));
    let channel = if is_thread(channel) { parent.unwrap_or(channel) } else { channel };
    let mut permissions = base;
    let everyone = guild.object["id"].as_str().unwrap_or_default();
    if let Some(overwrite) = overwrite_of(channel, everyone) {
        permissions = permissions & !bits(&overwrite["deny"]) | bits(&overwrite["allow"]);
    }
    let (mut allow, mut deny) = (0, 0);
    for role in roles_of(guild, user) {
        if let Some(overwrite) = overwrite_of(channel, &role) {
            allow |= bits(&overwrite["allow"]);
            deny |= bits(&overwrite["deny"]);
        }
    }
    permissions = permissions & !deny | allow;
    if let Some(overwrite) = overwrite_of(channel, user) {
        permissions = permissions & !bits(&overwrite["deny"]) | bits(&overwrite["allow"]);
    }
    // "Denying a user or a role this permission will deny all the others": what cannot be seen permits nothing.
    if permissions & VIEW_CHANNEL == 0 { 0 } else { permissions }
}

/// "Get Channel Messages": who may not view the channel, or may not join a voice channel, is refused; who may not read its
/// history is shown no messages. A private thread is for who was invited, and for who manages threads.
pub(super) fn reading(guild: &Guild, channel: &Value, user: &str) -> Reading {
    let permissions = in_channel(guild, channel, user);
    let kind = channel["type"].as_u64().unwrap_or_default();
    let may_join = !VOICE.contains(&kind) || permissions & CONNECT != 0;
    let is_invited = kind != PRIVATE_THREAD || permissions & MANAGE_THREADS != 0;
    if permissions & VIEW_CHANNEL == 0 || !may_join || !is_invited {
        return Reading::Refused;
    }
    if permissions & READ_MESSAGE_HISTORY == 0 { Reading::Nothing } else { Reading::Everything }
}

/// The member of an interaction in that channel: with their roles, and what they may do there, overwrites included.
pub(super) fn member(guild: &Guild, channel: &str, user: &str) -> Value {
    let nothing = Value::Null;
    let permissions = in_channel(guild, guild.channels.get(channel).unwrap_or(&nothing), user);
    json!({"roles": roles_of(guild, user), "permissions": permissions.to_string()})
}

fn is_thread(channel: &Value) -> bool {
    channel["type"].as_u64().is_some_and(|kind| THREADS.contains(&kind))
}

fn roles_of(guild: &Guild, user: &str) -> Vec<String> {
    guild.members.get(user).cloned().unwrap_or_default()
}

fn permissions_of_role(guild: &Guild, role: &str) -> u64 {
    let roles = guild.object["roles"].as_array().into_iter().flatten();
    roles.filter(|one| one["id"] == role).map(|one| bits(&one["permissions"])).sum()
}

fn overwrite_of<'a>(channel: &'a Value, id: &str) -> Option<&'a Value> {
    channel["permission_overwrites"].as_array()?.iter().find(|overwrite| overwrite["id"] == id)
}

fn bits(text: &Value) -> u64 {
    text.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whom it is about, what is allowed and what is denied.
    type Overwrite = (&'static str, u64, u64);

    const MANAGE_GUILD: u64 = 1 << 5;
    const READING: u64 = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

    fn guild() -> Guild {
        let role = |id: &str, permissions: u64| json!({"id": id, "permissions": permissions.to_string()});
        let roles = [role("1", READING), role("2", MANAGE_GUILD), role("3", ADMINISTRATOR), role("4", 0), role("5", 0)];
        let members = [("10", vec![]), ("11", vec!["2"]), ("12", vec!["3"]), ("13", vec!["4", "5"])];
        Guild {
            object: json!({"id": "1", "owner_id": "99", "roles": roles}),
            members: members
                .into_iter()
                .map(|(user, roles)| (user.to_owned(), roles.into_iter().map(str::to_owned).collect()))
                .collect(),
            ..Guild::default()
        }
    }

    fn channel(kind: u64, overwrites: &[Overwrite]) -> Value {
        let overwrites = overwrites
            .iter()
            .map(|(id, allow, deny)| json!({"id": id, "allow": allow.to_string(), "deny": deny.to_string()}));
        json!({"id": "50", "type": kind, "permission_overwrites": overwrites.collect::<Vec<_>>()})
    }

    /// Channel overwrites against who may do what: a row each of the documentation's order.
    #[test]
    fn permissions_are_computed_in_the_order_of_the_documentation() {
        let hidden = ("1", 0, VIEW_CHANNEL);
        let cases: [(&str, &[Overwrite], &str, u64); 9] = [
            ("the base permissions of everybody", &[], "10", READING),
            ("a role adds to them", &[], "11", READING | MANAGE_GUILD),
            ("what is denied to everybody is gone, and with the view everything", &[hidden], "10", 0),
            ("a role is allowed what everybody is denied", &[hidden, ("4", VIEW_CHANNEL, 0)], "13", READING),
            (
                "of two roles, the one that allows wins",
                &[("4", 0, VIEW_CHANNEL), ("5", VIEW_CHANNEL, 0)],
                "13",
                READING,
            ),
            ("a member comes after the roles", &[("4", VIEW_CHANNEL, 0), ("13", 0, VIEW_CHANNEL)], "13", 0),
            ("no overwrite holds for an administrator", &[hidden, ("12", 0, VIEW_CHANNEL)], "12", ALL),
            ("nor for the owner", &[hidden], "99", ALL),
            (
                "an administrator by overwrite is none in the guild",
                &[("10", ADMINISTRATOR, 0)],
                "10",
                READING | ADMINISTRATOR,
            ),
        ];
        for (what, overwrites, user, expected) in cases {
            assert_eq!(in_channel(&guild(), &channel(0, overwrites), user), expected, "{what}");
        }
        assert_eq!(base(&guild(), "10"), READING);
    }

    #[test]
    fn who_may_read_is_told_apart_from_who_sees_no_history_and_who_is_refused() {
        let read = |kind, overwrites: &[Overwrite], user| reading(&guild(), &channel(kind, overwrites), user);
        assert_eq!(read(0, &[], "10"), Reading::Everything);
        assert_eq!(read(0, &[("1", 0, READ_MESSAGE_HISTORY)], "10"), Reading::Nothing);
        assert_eq!(read(0, &[("1", 0, VIEW_CHANNEL)], "10"), Reading::Refused);
        assert_eq!([2, 13].map(|kind| read(kind, &[], "10")), [Reading::Refused; 2], "nobody may join");
        assert_eq!(read(2, &[("1", CONNECT, 0)], "10"), Reading::Everything);
        assert_eq!(read(12, &[], "10"), Reading::Refused, "a private thread");
    }

    #[test]
    fn a_thread_is_read_as_its_channel() {
        let mut guild = guild();
        guild.channels.insert("50".to_owned(), channel(0, &[("1", 0, VIEW_CHANNEL)]));
        let thread = json!({"id": "51", "type": 11, "parent_id": "50"});
        assert_eq!(reading(&guild, &thread, "10"), Reading::Refused);
    }
}

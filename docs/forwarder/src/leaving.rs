//! Who leaves, and who comes back: members, and servers that remove the app. In the shape of `people`.

use serde_json::{Value, json};

/// What an event says of it; most say nothing.
pub(crate) fn read(text: &str) -> Option<Value> {
    let event: Value = serde_json::from_str(text).ok()?;
    let data = &event["d"];
    match event["t"].as_str()? {
        "GUILD_MEMBER_REMOVE" => of_member(data, "left"),
        "GUILD_MEMBER_ADD" => of_member(data, "came_back"),
        // During an outage of Discord's nobody has left.
        "GUILD_DELETE" if data["unavailable"] != true => of_guild(data, "guild_left"),
        "GUILD_CREATE" if data["unavailable"] != true => of_guild(data, "guild_came_back"),
        _ => None,
    }
}

fn of_member(data: &Value, op: &str) -> Option<Value> {
    Some(json!({"guild_id": data["guild_id"].as_str()?, "user_id": data["user"]["id"].as_str()?, "op": op}))
}

fn of_guild(data: &Value, op: &str) -> Option<Value> {
    Some(json!({"guild_id": data["id"].as_str()?, "op": op}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, data: Value) -> Option<Value> {
        read(&json!({"op": 0, "s": 1, "t": kind, "d": data}).to_string())
    }

    #[test]
    fn rule_44_who_leaves_and_who_comes_back_is_told() {
        let member = json!({"guild_id": "1", "user": {"id": "10", "username": "ann"}});
        for (kind, op) in [("GUILD_MEMBER_REMOVE", "left"), ("GUILD_MEMBER_ADD", "came_back")] {
            assert_eq!(told(kind, member.clone()), Some(json!({"guild_id": "1", "user_id": "10", "op": op})));
        }
        assert_eq!(told("GUILD_MEMBER_REMOVE", json!({"guild_id": "1"})), None);
    }

    #[test]
    fn rule_45_a_guild_that_is_away_has_not_left() {
        for (kind, op) in [("GUILD_DELETE", "guild_left"), ("GUILD_CREATE", "guild_came_back")] {
            assert_eq!(told(kind, json!({"id": "1"})), Some(json!({"guild_id": "1", "op": op})));
            assert_eq!(told(kind, json!({"id": "1", "unavailable": true})), None);
        }
        assert!(told("MESSAGE_CREATE", json!({"id": "1", "guild_id": "1"})).is_none() && read("no json").is_none());
    }
}

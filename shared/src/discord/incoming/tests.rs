use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::UserId;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/", $name, ".json"))
    };
}

const ANN: u64 = 998100000000000010;
const BEN: u64 = 998100000000000011;

fn user(id: u64) -> UserId {
    UserId::try_from(id).unwrap()
}

fn interaction(body: &[u8]) -> Interaction {
    match read(body).unwrap() {
        Incoming::Interaction(interaction) => *interaction,
        Incoming::Ping => panic!("a ping"),
    }
}

#[test]
fn a_ping_is_one() {
    assert_eq!(read(fixture!("ping")), Ok(Incoming::Ping));
}

#[test]
fn a_subcommand_says_who_asks_where_and_for_what() {
    let Interaction { handle, language, invoker, action } = interaction(fixture!("show"));
    let invoker = invoker.unwrap();
    assert_eq!(handle.interaction_id.to_string(), "998100000000000040");
    assert_eq!((invoker.guild.to_string().as_str(), invoker.user), ("998100000000000777", user(ANN)));
    assert!(invoker.may_manage_here() && language == Language::German);
    assert!(action == Action::Command(Command::Show { person: Some(user(BEN)) }));
}

#[test]
fn each_kind_of_request_is_understood() {
    let typing = Action::Autocomplete(Autocomplete::Fact { person: Some(user(BEN)), typed: "haz".into() });
    assert!(interaction(fixture!("forget_typing")).action == typing);
    assert!(interaction(fixture!("user_menu")).action == Action::Command(Command::Show { person: Some(user(BEN)) }));
    let remembered = Action::Command(Command::RememberMessage {
        channel: "998100000000000700".parse().ok(),
        author: Some(user(BEN)),
        text: "I keep bees now".into(),
    });
    assert!(interaction(fixture!("message_menu")).action == remembered);
    let undo = Action::Component(Component::Undo { person: user(BEN), fact: "01M81WPB19BT58MKM6GY32HGFB".into() });
    assert!(interaction(fixture!("button")).action == undo);
}

#[test]
fn what_was_typed_into_a_form_is_found_in_a_label_and_in_a_row() {
    assert!(
        interaction(fixture!("wipe_form")).action == Action::Form(FilledForm::Wipe { typed: "Alles löschen".into() })
    );
    let mut body: Value = serde_json::from_slice(fixture!("wipe_form")).unwrap();
    let line = json!({"type": 4, "custom_id": "typed", "value": "x"});
    for (components, typed) in [
        (json!([{"type": 1, "components": [line]}]), "x"),
        (json!([{"type": 18, "component": {"type": 4, "value": 7}}, null]), ""),
        (json!("x"), ""),
        (json!(null), ""),
    ] {
        body["data"]["components"] = components;
        let filled = FilledForm::Wipe { typed: typed.to_owned() };
        assert!(interaction(body.to_string().as_bytes()).action == Action::Form(filled), "{body}");
    }
    assert_eq!(format!("{:?}", interaction(fixture!("wipe_form")).action), "confirm_wipe", "without what was typed");
}

#[test]
fn what_discord_has_added_since_does_no_harm() {
    let Interaction { invoker, action, .. } = interaction(fixture!("command_of_today"));
    assert!(action == Action::Command(Command::Remember { person: Some(user(BEN)), text: "keeps bees".into() }));
    assert!(!invoker.unwrap().may_manage_here());
}

#[test]
fn settings_say_what_is_to_be_changed() {
    let settings = |options: Value| {
        let data =
            json!({"name": "memory", "type": 1, "options": [{"name": "settings", "type": 1, "options": options}]});
        let channels = json!({"7": {"id": "7", "type": 5, "permissions": "66560"}, "8": {"id": "8", "type": 4}});
        let mut body = json!({"type": 2, "id": "1", "token": "t", "guild_id": "2", "data": data});
        body["data"]["resolved"] = json!({"channels": channels});
        interaction(body.to_string().as_bytes()).action
    };
    assert!(settings(json!([])) == Action::Command(Command::Settings(SettingsChange::default())));
    let options = json!([
        {"name": "read", "type": 7, "value": "7"}, {"name": "teach", "type": 3, "value": "oneself"},
        {"name": "see", "type": 3, "value": "nobody knows this"}, {"name": "keep_days", "type": 4, "value": 20}
    ]);
    let change = SettingsChange {
        read: Some(NamedChannel {
            id: "7".parse().unwrap(),
            holds_messages: true,
            permissions: Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY,
        }),
        teachers: Some(crate::domain::Teachers::Oneself),
        retention_days: Some(20),
        ..SettingsChange::default()
    };
    assert!(settings(options) == Action::Command(Command::Settings(change)));
    for unknown in ["8", "9"] {
        let Action::Command(Command::Settings(change)) =
            settings(json!([{"name": "read", "type": 7, "value": unknown}]))
        else {
            panic!("settings")
        };
        let read = change.read.unwrap();
        assert!(!read.holds_messages && !read.is_read_by_asker(), "a category, or nothing that Discord tells of");
    }
}

#[test]
fn rule_26_the_role_of_everybody_is_no_role() {
    for (role, audience) in [("2", Audience::Everyone), ("5", Audience::Role("5".parse().unwrap()))] {
        let options = json!([{"name": "audience", "type": 8, "value": role}]);
        let data =
            json!({"name": "memory", "type": 1, "options": [{"name": "settings", "type": 1, "options": options}]});
        let body = json!({"type": 2, "id": "1", "token": "t", "guild_id": "2", "data": data});
        let change = SettingsChange { audience: Some(audience), ..SettingsChange::default() };
        assert!(interaction(body.to_string().as_bytes()).action == Action::Command(Command::Settings(change)));
    }
}

#[test]
fn rule_26_the_asker_has_the_roles_that_can_be_read() {
    let mut body: Value = serde_json::from_slice(fixture!("show")).unwrap();
    body["member"]["roles"] = json!(["5", "x", null, 6]);
    let roles = interaction(body.to_string().as_bytes()).invoker.unwrap().roles;
    assert_eq!(roles, ["5", "6"].map(|role| role.parse().unwrap()));
}

#[test]
fn what_can_be_chosen_are_the_kinds_that_hold_messages() {
    let definitions = crate::discord::definitions();
    let settings = definitions[0]["options"].as_array().unwrap().iter().find(|one| one["name"] == "settings").unwrap();
    for option in settings["options"].as_array().unwrap().iter().filter(|option| option["type"] == 7) {
        assert_eq!(option["channel_types"], json!(wire::CHANNELS_WITH_MESSAGES), "{option}");
    }
}

#[test]
fn what_others_send_is_unknown_and_no_error() {
    assert!(interaction(fixture!("foreign_command")).action == Action::Unknown);
    assert!(interaction(fixture!("modal")).action == Action::Unknown);
    assert!(interaction(fixture!("foreign_select")).action == Action::Unknown);
    let minimal =
        interaction(br#"{"type":9,"id":1,"token":"t","data":null,"guild_id":"2","member":null,"locale":null}"#);
    assert_eq!((minimal.invoker, minimal.language), (None, Language::English));
}

#[test]
fn outside_of_guilds_there_is_no_invoker() {
    let direct = interaction(fixture!("in_a_direct_message"));
    assert_eq!(direct.invoker, None);
    assert!(direct.action == Action::Command(Command::CatchUp { day: None, person: None }));
}

#[test]
fn bots_and_webhooks_have_no_author() {
    for change in [("author", json!({"id": "5", "bot": true})), ("webhook_id", json!("5"))] {
        let mut body: Value = serde_json::from_slice(fixture!("message_menu")).unwrap();
        body["data"]["resolved"]["messages"]["998100000000000060"][change.0] = change.1;
        let action = interaction(body.to_string().as_bytes()).action;
        assert!(matches!(action, Action::Command(Command::RememberMessage { author: None, .. })));
    }
}

#[test]
fn permissions_that_cannot_be_read_permit_nothing() {
    let mut body: Value = serde_json::from_slice(fixture!("show")).unwrap();
    for permissions in [json!(null), json!("all"), json!("-1")] {
        body["member"]["permissions"] = permissions;
        assert!(!interaction(body.to_string().as_bytes()).invoker.unwrap().may_manage_here());
    }
}

#[test]
fn rule_21_what_cannot_be_read_is_not_quoted() {
    for body in
        ["", "hush", "[]", r#"{"type":"hush"}"#, r#"{"type":2,"id":"hush"}"#, r#"{"type":2,"id":1,"token":"a/hush"}"#]
    {
        assert_eq!(read(body.as_bytes()), Err(Unreadable), "{body}");
    }
    let shown = format!("{:?}", interaction(fixture!("message_menu")));
    assert!(!shown.contains("bees") && !shown.contains("UNIQUE_TOKEN"), "{shown}");
}

/// Any JSON, with names that mean something here.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "id|token|type|data|member|user|options|component|components|value|name|focused|resolved|messages|target_id|custom_id|guild_id|locale",
        "\\PC{0,8}"
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0u64..12).prop_map(Value::from),
        "memory|show|forget|catchup|Remember this|forget:1:x|wipe|\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_panic(body: Vec<u8>) {
        let _ = read(&body);
    }

    #[test]
    fn no_json_panics(mut body in any_json(), data in any_json(), kind in 2..6) {
        let _ = read(body.to_string().as_bytes());
        if let Some(object) = body.as_object_mut() {
            for (field, value) in [("type", json!(kind)), ("id", json!("5")), ("token", json!("t")), ("data", data)] {
                object.insert(field.to_owned(), value);
            }
            let _ = read(body.to_string().as_bytes());
        }
    }
}

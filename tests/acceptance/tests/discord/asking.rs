//! A world with Discord in it, and people who ask.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use guild_memory::testing::id_at;
use jiff::Timestamp;
use local_cloud::{DiscordReply, EmulatorOptions};
use serde_json::{Value, json};

use crate::world::{GUILD, World};

pub(crate) const ANN: u64 = 998100000000000010;
pub(crate) const BEN: u64 = 998100000000000011;
pub(crate) const GENERAL: &str = "998100000000000700";
/// View Channel and Read Message History.
pub(crate) const READING: &str = "66560";
pub(super) const MANAGE_GUILD: &str = "32";
/// The role of those who have Manage Guild.
const MODERATORS: &str = "998100000000000020";

/// Who asks, and in which language.
#[derive(Clone, Copy)]
pub(crate) struct Asker {
    pub(crate) id: u64,
    pub(crate) roles: &'static [&'static str],
    /// What they may do in the channel they ask in, by its overwrites, too.
    pub(crate) permissions: &'static str,
    pub(crate) locale: &'static str,
}

/// Somebody without any permissions.
pub(crate) const fn member(id: u64) -> Asker {
    Asker { id, roles: &[], permissions: "0", locale: "en-US" }
}

pub(crate) const fn moderator(id: u64) -> Asker {
    Asker { roles: &[MODERATORS], permissions: MANAGE_GUILD, ..member(id) }
}

/// A guild with a channel that everybody may read.
pub(crate) fn world() -> World {
    world_with(EmulatorOptions::default())
}

pub(crate) fn world_with(options: EmulatorOptions) -> World {
    let world = World::with(options);
    let discord = world.cloud.discord();
    discord.put_guild(GUILD, READING);
    discord.put_role(GUILD, MODERATORS, MANAGE_GUILD);
    discord.put_channel(GUILD, json!({"id": GENERAL, "type": 0, "name": "general"}));
    world
}

/// An interaction as Discord sends it, new each time.
pub(crate) fn interaction(asker: Asker, kind: u64, data: Value) -> Value {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = id_at(Timestamp::now(), NEXT.fetch_add(1, Ordering::Relaxed) & 0x003f_ffff);
    let user = json!({"id": asker.id.to_string(), "username": "somebody", "discriminator": "0", "global_name": null});
    json!({
        "id": id, "token": format!("token-of-{id}"), "type": kind, "version": 1,
        "application_id": "998100000000000001", "guild_id": GUILD, "channel_id": GENERAL,
        "locale": asker.locale, "guild_locale": "en-US",
        "member": {"user": user, "permissions": asker.permissions, "roles": asker.roles, "nick": null},
        "data": data,
    })
}

/// A press of the button with that label below what somebody reads, as Discord sends it.
pub(crate) fn press(asker: Asker, reply: &DiscordReply, label: &str) -> Value {
    let mut message = reply.message.clone().unwrap();
    message["flags"] = json!(if reply.private { 64 } else { 0 });
    let rows = message["components"].as_array().unwrap();
    let mut buttons = rows.iter().flat_map(|row| row["components"].as_array().unwrap());
    let button = buttons.find(|button| button["label"] == label).unwrap_or_else(|| panic!("no {label}: {message}"));
    let data = json!({"custom_id": button["custom_id"], "component_type": 2});
    let mut pressed = interaction(asker, 3, data);
    pressed["message"] = message;
    pressed
}

/// A form that somebody was shown, with that typed into each line, as Discord sends it.
pub(crate) fn fill_in(asker: Asker, form: &Value, typed: &str) -> Value {
    let filled = |(id, part): (usize, &Value)| match &part["component"] {
        Value::Null => json!({"type": part["type"], "id": id}),
        line => {
            let line = json!({"type": line["type"], "id": 100 + id, "custom_id": line["custom_id"], "value": typed});
            json!({"type": part["type"], "id": id, "component": line})
        }
    };
    let parts: Vec<Value> = form["components"].as_array().unwrap().iter().enumerate().map(filled).collect();
    interaction(asker, 5, json!({"custom_id": form["custom_id"], "components": parts}))
}

/// `/memory <sub>` with options of users (numbers), channels, roles and texts.
pub(crate) fn memory(sub: &str, options: &[(&str, Value)]) -> Value {
    json!({"id": "21", "name": "memory", "type": 1, "options": [{"name": sub, "type": 1, "options": listed(options)}]})
}

/// `/catchup`.
pub(crate) fn catchup(options: &[(&str, Value)]) -> Value {
    json!({"id": "22", "name": "catchup", "type": 1, "options": listed(options)})
}

fn listed(options: &[(&str, Value)]) -> Vec<Value> {
    let option = |(name, value): &(&str, Value)| match (*name, value.as_u64()) {
        ("read" | "leave", _) => json!({"name": name, "type": 7, "value": value}),
        ("audience", _) => json!({"name": name, "type": 8, "value": value}),
        (_, Some(user)) => json!({"name": name, "type": 6, "value": user.to_string()}),
        (_, None) => json!({"name": name, "type": 3, "value": value}),
    };
    options.iter().map(option).collect()
}

impl World {
    /// The first answer of the webhook.
    pub(crate) async fn first_answer(&self, interaction: &Value) -> Value {
        self.watched.plant_options(&interaction["data"]["options"]);
        self.cloud.discord().interact(self.cloud.webhook_url(), interaction).await.unwrap()
    }

    /// What the asker reads in the end, and that Discord took all of it.
    pub(crate) async fn ask(&self, interaction: &Value) -> DiscordReply {
        self.first_answer(interaction).await;
        self.settled_reply(interaction).await
    }

    /// What the asker of that interaction reads once something is there.
    pub(crate) async fn first_reply(&self, interaction: &Value) -> DiscordReply {
        let token = interaction["token"].as_str().unwrap();
        let first = tokio::time::timeout(Duration::from_secs(60), self.cloud.discord().first_reply(token)).await;
        first.unwrap_or_else(|_| panic!("nobody answered: {}", self.emulator.logs_of("respond")))
    }

    /// What they read once nothing is to follow any more.
    pub(crate) async fn settled_reply(&self, interaction: &Value) -> DiscordReply {
        self.first_reply(interaction).await;
        let idle = tokio::time::timeout(Duration::from_secs(60), self.cloud.lambda().wait_until_idle()).await;
        idle.unwrap_or_else(|_| panic!("nobody ended: {}", self.emulator.logs_of("respond")));
        assert_eq!(self.cloud.discord().violations(), Vec::<String>::new());
        self.cloud.discord().reply(interaction["token"].as_str().unwrap()).unwrap()
    }

    /// A command of somebody, and what they read in the end.
    pub(crate) async fn command(&self, asker: Asker, data: Value) -> DiscordReply {
        self.ask(&interaction(asker, 2, data)).await
    }

    /// The form that a command shows.
    pub(crate) async fn form(&self, asker: Asker, data: Value) -> Value {
        let answer = self.first_answer(&interaction(asker, 2, data)).await;
        assert_eq!(answer["type"], 9, "{answer}");
        answer["data"].clone()
    }

    /// What can be chosen while somebody types the last option.
    pub(crate) async fn choices(&self, asker: Asker, mut data: Value) -> Vec<Value> {
        let options = &mut data["options"];
        let nested = options[0]["options"].is_array();
        let options = if nested { &mut options[0]["options"] } else { options };
        options.as_array_mut().unwrap().last_mut().unwrap()["focused"] = json!(true);
        let answer = self.first_answer(&interaction(asker, 4, data)).await;
        answer["data"]["choices"].as_array().unwrap().clone()
    }
}

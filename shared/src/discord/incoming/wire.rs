//! An interaction as Discord writes it, as far as it is looked at. Lenient: whatever may be missing may also be null.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::domain::{ChannelId, GuildId, InteractionId, Permissions, RoleId, UserId};

pub(super) const PING: u64 = 1;
pub(super) const COMMAND: u64 = 2;
pub(super) const COMPONENT: u64 = 3;
pub(super) const AUTOCOMPLETE: u64 = 4;
pub(super) const FORM: u64 = 5;
/// The kinds of channels that hold messages, or threads with messages: text, voice, announcements, stage, forum, media. As in
/// `commands.json`.
pub(super) const CHANNELS_WITH_MESSAGES: [u64; 6] = [0, 2, 5, 13, 15, 16];

/// What kind of request it is, whatever else is in it.
#[derive(Deserialize)]
pub(super) struct WireKind {
    #[serde(rename = "type")]
    pub(super) kind: u64,
}

#[derive(Deserialize)]
pub(super) struct WireInteraction {
    pub(super) id: InteractionId,
    pub(super) token: String,
    #[serde(default)]
    pub(super) locale: Option<String>,
    #[serde(default)]
    pub(super) guild_id: Option<GuildId>,
    #[serde(default)]
    channel_id: Option<Value>,
    #[serde(default)]
    pub(super) member: Option<WireMember>,
    #[serde(default)]
    pub(super) data: Option<WireData>,
}

impl WireInteraction {
    /// Where it was asked.
    pub(super) fn place(&self) -> Place {
        let channel = self.channel_id.clone().and_then(|id| serde_json::from_value(id).ok());
        Place { guild: self.guild_id, channel }
    }
}

/// Where something was asked.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) guild: Option<GuildId>,
    pub(super) channel: Option<ChannelId>,
}

#[derive(Deserialize)]
pub(super) struct WireMember {
    #[serde(default)]
    pub(super) user: Option<WireUser>,
    #[serde(default)]
    pub(super) permissions: Option<String>,
    #[serde(default)]
    roles: Option<Vec<Value>>,
}

impl WireMember {
    /// The roles that can be read; one that cannot gives nobody anything.
    pub(super) fn roles(&self) -> Vec<RoleId> {
        let roles = self.roles.iter().flatten();
        roles.filter_map(|role| serde_json::from_value(role.clone()).ok()).collect()
    }
}

#[derive(Deserialize)]
pub(super) struct WireUser {
    pub(super) id: UserId,
    #[serde(default)]
    pub(super) bot: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireData {
    name: Option<String>,
    options: Option<Vec<WireOption>>,
    target_id: Option<String>,
    resolved: Option<WireResolved>,
    pub(super) custom_id: Option<String>,
    components: Value,
}

/// What was typed into the first line of a part of a form: a line has a value, and whatever else holds one has parts.
fn typed(part: &Value) -> Option<&str> {
    let own = part.get("value").and_then(Value::as_str);
    let within = || part.get("component").and_then(typed);
    own.or_else(within).or_else(|| part.get("components")?.as_array()?.iter().find_map(typed))
}

#[derive(Deserialize)]
struct WireOption {
    name: String,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    focused: Option<bool>,
    #[serde(default)]
    options: Option<Vec<WireOption>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireResolved {
    messages: Option<HashMap<String, WireMessage>>,
    channels: Option<HashMap<String, WireChannel>>,
}

/// A channel that was chosen, as the one who chose it sees it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireChannel {
    #[serde(rename = "type")]
    kind: Option<u64>,
    permissions: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct WireMessage {
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    author: Option<WireUser>,
    #[serde(default)]
    webhook_id: Option<String>,
}

impl WireData {
    /// The name of the command with that of its subcommand, and the options of the latter.
    pub(super) fn path(&self) -> (String, Options<'_>) {
        let name = self.name.as_deref().unwrap_or_default();
        let options = self.options.as_deref().unwrap_or_default();
        match options {
            [WireOption { name: sub, options: Some(options), .. }] => (format!("{name} {sub}"), Options(options)),
            [WireOption { name: sub, value: Value::Null, .. }] => (format!("{name} {sub}"), Options(&[])),
            options => (name.to_owned(), Options(options)),
        }
    }

    fn channel(&self, id: ChannelId) -> Option<&WireChannel> {
        self.resolved.as_ref()?.channels.as_ref()?.get(&id.to_string())
    }

    /// Whether a channel that was chosen is of a kind that holds messages.
    pub(super) fn holds_messages(&self, id: ChannelId) -> bool {
        let kind = self.channel(id).and_then(|channel| channel.kind);
        kind.is_some_and(|kind| CHANNELS_WITH_MESSAGES.contains(&kind))
    }

    /// What the asker may do in a channel that was chosen. What cannot be read permits nothing.
    pub(super) fn permissions_in(&self, id: ChannelId) -> Permissions {
        let permissions = self.channel(id).and_then(|channel| channel.permissions.as_deref());
        permissions.and_then(Permissions::read).unwrap_or_default()
    }

    /// What was typed into the first line of a form.
    pub(super) fn typed(&self) -> &str {
        self.components.as_array().into_iter().flatten().find_map(typed).unwrap_or_default()
    }

    /// The person whose menu was opened.
    pub(super) fn target_user(&self) -> Option<UserId> {
        self.target_id.as_ref()?.parse().ok()
    }

    /// The message whose menu was opened.
    pub(super) fn target_message(&self) -> Option<&WireMessage> {
        self.resolved.as_ref()?.messages.as_ref()?.get(self.target_id.as_ref()?)
    }
}

impl WireMessage {
    /// Who wrote it; nobody, if that is a bot or a webhook.
    pub(super) fn human_author(&self) -> Option<UserId> {
        let human = |author: &&WireUser| author.bot != Some(true) && self.webhook_id.is_none();
        self.author.as_ref().filter(human).map(|author| author.id)
    }
}

/// The options of a command.
pub(super) struct Options<'a>(&'a [WireOption]);

impl Options<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|option| option.name == name).map(|option| &option.value)
    }

    pub(super) fn user(&self, name: &str) -> Option<UserId> {
        self.value(name)?.as_str()?.parse().ok()
    }

    /// A value of that kind; any other counts as none, and changes nothing.
    pub(super) fn parsed<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.value(name)?.clone()).ok()
    }

    pub(super) fn optional_text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_str().map(str::to_owned)
    }

    pub(super) fn text(&self, name: &str) -> String {
        self.optional_text(name).unwrap_or_default()
    }

    /// The option that is being typed, and what was typed so far.
    pub(super) fn focused(&self) -> Option<(&str, String)> {
        let option = self.0.iter().find(|option| option.focused == Some(true))?;
        Some((&option.name, option.value.as_str().unwrap_or_default().to_owned()))
    }
}

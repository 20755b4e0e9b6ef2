//! What Discord sends.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::domain::{
    Action, GuildId, Handle, Interaction, InteractionId, Language, Permissions, Place, SettingsChange, UserId,
};

/// A request of Discord's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Discord asks whether anybody is there.
    Ping,
    /// Somebody asks for something.
    Interaction(Box<Interaction>),
}

/// The body is no interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an interaction of Discord's")]
pub struct Unreadable;

/// Reads the body of a request, whose signature was checked.
///
/// # Errors
/// [`Unreadable`] without quoting the body. A command that is not known is no error but [`Action::Unknown`].
pub fn read(body: &[u8]) -> Result<Incoming, Unreadable> {
    let kind: WireKind = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    if kind.kind == PING {
        return Ok(Incoming::Ping);
    }
    let wire: WireInteraction = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    Ok(Incoming::Interaction(Box::new(wire.into_interaction(kind.kind)?)))
}

const PING: u64 = 1;
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const AUTOCOMPLETE: u64 = 4;

#[derive(Deserialize)]
struct WireKind {
    #[serde(rename = "type")]
    kind: u64,
}

#[derive(Deserialize)]
struct WireInteraction {
    id: InteractionId,
    token: String,
    #[serde(default)]
    locale: Option<String>,
    #[serde(default)]
    guild_id: Option<GuildId>,
    #[serde(default)]
    member: Option<WireMember>,
    #[serde(default)]
    data: Option<WireData>,
}

#[derive(Deserialize)]
struct WireMember {
    #[serde(default)]
    user: Option<WireUser>,
    #[serde(default)]
    permissions: Option<String>,
}

#[derive(Deserialize)]
struct WireUser {
    id: UserId,
    #[serde(default)]
    bot: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WireData {
    name: Option<String>,
    options: Option<Vec<WireOption>>,
    target_id: Option<String>,
    resolved: Option<WireResolved>,
    custom_id: Option<String>,
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
}

#[derive(Deserialize)]
struct WireMessage {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    author: Option<WireUser>,
    #[serde(default)]
    webhook_id: Option<String>,
}

impl WireInteraction {
    fn into_interaction(self, kind: u64) -> Result<Interaction, Unreadable> {
        let token = self.token.parse().map_err(|_| Unreadable)?;
        let place = self.guild_id.zip(self.member).and_then(|(guild, member)| member.in_guild(guild));
        let data = self.data.unwrap_or_default();
        let action = match kind {
            COMMAND => data.command(),
            COMPONENT => data.button(),
            AUTOCOMPLETE => data.choice(),
            _ => Action::Unknown,
        };
        let language = Language::of(self.locale.as_deref().unwrap_or_default());
        Ok(Interaction { handle: Handle { interaction_id: self.id, token }, language, place, action })
    }
}

impl WireMember {
    /// Permissions that cannot be read permit nothing.
    fn in_guild(self, guild: GuildId) -> Option<Place> {
        let permissions = self.permissions.as_deref().and_then(Permissions::read).unwrap_or_default();
        self.user.map(|user| Place { guild, asker: user.id, permissions })
    }
}

impl WireData {
    fn command(self) -> Action {
        let (name, options) = self.path();
        match (name.as_str(), options) {
            ("memory show", options) => Action::Show { person: options.user("person") },
            ("memory remember", options) => {
                Action::Remember { person: options.user("person"), text: options.text("fact") }
            }
            ("memory alias", options) => Action::Alias { person: options.user("person"), name: options.text("name") },
            ("memory forget", options) => Action::Forget { person: options.user("person"), fact: options.text("fact") },
            ("memory settings", options) => Action::Settings(options.settings()),
            ("catchup", options) => {
                Action::CatchUp { day: options.optional_text("day"), person: options.user("person") }
            }
            ("What do you remember?", _) => match self.target_id.and_then(|id| id.parse().ok()) {
                Some(person) => Action::Show { person: Some(person) },
                None => Action::Unknown,
            },
            ("Remember this", _) => self.message().unwrap_or(Action::Unknown),
            _ => Action::Unknown,
        }
    }

    fn choice(self) -> Action {
        let (name, options) = self.path();
        match (name.as_str(), options.focused()) {
            ("memory forget", Some(("fact", typed))) => Action::ChooseFact { person: options.user("person"), typed },
            ("catchup", Some(("day", typed))) => Action::ChooseDay { typed },
            _ => Action::ChooseUnknown,
        }
    }

    fn button(self) -> Action {
        let id = self.custom_id.unwrap_or_default();
        let undo = id.strip_prefix(super::outgoing::UNDO).and_then(|rest| rest.split_once(':'));
        match undo.map(|(person, fact)| (person.parse(), fact)) {
            Some((Ok(person), fact)) => Action::Undo { person, fact: fact.to_owned() },
            _ => Action::Unknown,
        }
    }

    /// The name of the command with that of its subcommand, and the options of the latter.
    fn path(&self) -> (String, Options<'_>) {
        let name = self.name.as_deref().unwrap_or_default();
        let options = self.options.as_deref().unwrap_or_default();
        match options {
            [WireOption { name: sub, options: Some(options), .. }] => (format!("{name} {sub}"), Options(options)),
            [WireOption { name: sub, value: Value::Null, .. }] => (format!("{name} {sub}"), Options(&[])),
            options => (name.to_owned(), Options(options)),
        }
    }

    fn message(&self) -> Option<Action> {
        let message = self.resolved.as_ref()?.messages.as_ref()?.get(self.target_id.as_ref()?)?;
        let author = message.author.as_ref().filter(|author| author.bot != Some(true) && message.webhook_id.is_none());
        let text = message.content.clone().unwrap_or_default();
        Some(Action::RememberMessage { author: author.map(|author| author.id), text })
    }
}

/// The options of a command.
struct Options<'a>(&'a [WireOption]);

impl Options<'_> {
    fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|option| option.name == name).map(|option| &option.value)
    }

    fn user(&self, name: &str) -> Option<UserId> {
        self.value(name)?.as_str()?.parse().ok()
    }

    fn settings(&self) -> SettingsChange {
        SettingsChange {
            read: self.parsed("read"),
            leave: self.parsed("leave"),
            teachers: self.parsed("teach"),
            viewers: self.parsed("see"),
            retention_days: self.parsed("keep_days"),
        }
    }

    /// A value of that kind; any other counts as none, and changes nothing.
    fn parsed<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.value(name)?.clone()).ok()
    }

    fn optional_text(&self, name: &str) -> Option<String> {
        self.value(name)?.as_str().map(str::to_owned)
    }

    fn text(&self, name: &str) -> String {
        self.optional_text(name).unwrap_or_default()
    }

    /// The option that is being typed, and what was typed so far.
    fn focused(&self) -> Option<(&str, String)> {
        let option = self.0.iter().find(|option| option.focused == Some(true))?;
        Some((&option.name, option.value.as_str().unwrap_or_default().to_owned()))
    }
}

#[cfg(test)]
mod tests;

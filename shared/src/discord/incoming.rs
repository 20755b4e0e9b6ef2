//! What Discord sends, and what it means.

mod wire;

use super::custom_id;
use crate::domain::{
    Action, Audience, Autocomplete, ChannelId, Command, Component, FilledForm, GuildId, Handle, Interaction, Invoker,
    Language, NamedChannel, Permissions, RoleId, SettingsChange,
};
use wire::{
    AUTOCOMPLETE, COMMAND, COMPONENT, FORM, Options, PING, Place, WireData, WireInteraction, WireKind, WireMember,
    WireMessage,
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
    let WireKind { kind } = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    if kind == PING {
        return Ok(Incoming::Ping);
    }
    let wire: WireInteraction = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    Ok(Incoming::Interaction(Box::new(interaction(kind, wire)?)))
}

fn interaction(kind: u64, wire: WireInteraction) -> Result<Interaction, Unreadable> {
    let (token, place) = (wire.token.parse().map_err(|_| Unreadable)?, wire.place());
    Ok(Interaction {
        handle: Handle { interaction_id: wire.id, token },
        language: Language::of(wire.locale.as_deref().unwrap_or_default()),
        invoker: wire.guild_id.zip(wire.member).and_then(|(guild, member)| invoker(guild, member)),
        action: action(kind, place, &wire.data.unwrap_or_default()).unwrap_or(Action::Unknown),
    })
}

/// Permissions that cannot be read permit nothing.
fn invoker(guild: GuildId, member: WireMember) -> Option<Invoker> {
    let permissions = member.permissions.as_deref().and_then(Permissions::read).unwrap_or_default();
    let roles = member.roles();
    member.user.map(|user| Invoker { guild, user: user.id, roles, permissions })
}

fn action(kind: u64, place: Place, data: &WireData) -> Option<Action> {
    match kind {
        COMMAND => command(place, data).map(Action::Command),
        COMPONENT => component(data).map(Action::Component),
        FORM => form(data).map(Action::Form),
        AUTOCOMPLETE => Some(Action::Autocomplete(autocomplete(data))),
        _ => None,
    }
}

/// By the names in `commands.json`.
fn command(place: Place, data: &WireData) -> Option<Command> {
    let (name, options) = data.path();
    Some(match name.as_str() {
        "memory show" => Command::Show { person: options.user("person") },
        "memory remember" => Command::Remember { person: options.user("person"), text: options.text("fact") },
        "memory alias" => Command::Alias { person: options.user("person"), name: options.text("name") },
        "memory forget" => Command::Forget { person: options.user("person"), fact: options.text("fact") },
        "memory opt-out" => Command::OptOut,
        "memory opt-in" => Command::OptIn,
        "memory erase" => Command::Erase { person: options.user("person") },
        "memory export" => Command::Export { from: options.optional_text("from") },
        "memory wipe" => Command::Wipe,
        "memory settings" => Command::Settings(settings(place.guild, data, &options)),
        "privacy" => Command::Privacy,
        "catchup" => Command::CatchUp { day: options.optional_text("day"), person: options.user("person") },
        "What do you remember?" => Command::Show { person: Some(data.target_user()?) },
        "Remember this" => remember_message(place.channel, data.target_message()?),
        _ => return None,
    })
}

/// The role of everybody has the guild's own id.
fn settings(guild: Option<GuildId>, data: &WireData, options: &Options<'_>) -> SettingsChange {
    let is_everybody = |role: &RoleId| guild.map(RoleId::everyone) == Some(*role);
    let audience = |role: RoleId| Audience::from(Some(role).filter(|role| !is_everybody(role)));
    SettingsChange {
        read: options.parsed("read").map(|id| NamedChannel {
            id,
            holds_messages: data.holds_messages(id),
            permissions: data.permissions_in(id),
        }),
        leave: options.parsed("leave"),
        teachers: options.parsed("teach"),
        viewers: options.parsed("see"),
        retention_days: options.parsed("keep_days"),
        audience: options.parsed("audience").map(audience),
        consent: options.parsed("consent"),
    }
}

/// The menu of a message is opened where the message is.
fn remember_message(channel: Option<ChannelId>, message: &WireMessage) -> Command {
    let (author, text) = (message.human_author(), message.content.clone().unwrap_or_default());
    Command::RememberMessage { channel, author, text }
}

fn component(data: &WireData) -> Option<Component> {
    custom_id::read(data.custom_id.as_deref()?)
}

fn form(data: &WireData) -> Option<FilledForm> {
    let is_wipe = data.custom_id.as_deref() == Some(custom_id::WIPE_FORM);
    is_wipe.then(|| FilledForm::Wipe { typed: data.typed().to_owned() })
}

fn autocomplete(data: &WireData) -> Autocomplete {
    let (name, options) = data.path();
    match (name.as_str(), options.focused()) {
        ("memory forget", Some(("fact", typed))) => Autocomplete::Fact { person: options.user("person"), typed },
        ("catchup", Some(("day", typed))) => Autocomplete::Day { typed },
        _ => Autocomplete::Unknown,
    }
}

#[cfg(test)]
mod tests;

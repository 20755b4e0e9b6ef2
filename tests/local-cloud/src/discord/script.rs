//! What Discord is told to hold and to do, and what it was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{guild::Guild, permissions, reply::DiscordReply};

/// Who owns every guild.
const OWNER: &str = "998100000000000099";
/// The account of the application's bot.
pub const BOT: &str = "998100000000000002";

/// Something that goes wrong. What is not given fits every request; the first fault that fits counts.
#[derive(Clone, Debug, Default)]
pub struct DiscordFault {
    /// Only requests of this method.
    pub method: Option<String>,
    /// Only requests whose path (after `/api/v10`) contains this.
    pub path: Option<String>,
    /// What is answered instead.
    pub status: u16,
    /// Discord's own code of the error.
    pub code: u32,
    /// Seconds, for a 429; 0.05 if left out.
    pub retry_after: Option<f64>,
    /// Whether a 429 is about every request.
    pub global: bool,
    /// The fault ends after that many requests.
    pub times: Option<u64>,
    /// Only every nth of the requests that fit.
    pub every: Option<u64>,
    /// Requests that fitted so far.
    pub seen: u64,
}

/// A request that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiscordRequest {
    /// Its method.
    pub method: String,
    /// Its path after `/api/v10`, without the query.
    pub path: String,
    /// The status it was answered with.
    pub status: u16,
    /// When it was answered.
    pub answered: Instant,
}

/// What Discord holds and does, and what it was asked. A handle: clones are the same.
#[derive(Clone, Debug, Default)]
pub struct DiscordScript(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// How often a reply changed or a request was answered.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) guilds: BTreeMap<String, Guild>,
    /// The application's flags: which privileged intents it has.
    pub(super) application_flags: Option<u64>,
    /// Where the application is sent its interactions.
    pub(super) endpoint: Option<String>,
    /// By scope: a guild, or everybody (empty).
    pub(super) commands: BTreeMap<String, Vec<Value>>,
    /// By the interaction's token.
    pub(super) replies: BTreeMap<String, DiscordReply>,
    /// The form that each person has open.
    pub(super) forms: BTreeMap<String, Value>,
    pub(super) violations: Vec<String>,
    faults: Vec<DiscordFault>,
    requests: Vec<DiscordRequest>,
}

impl DiscordScript {
    /// Lets there be a guild in which everybody has these permissions (a decimal string of bits).
    pub fn put_guild(&self, guild: &str, everyone: &str) {
        let role = json!({"id": guild, "name": "@everyone", "permissions": everyone});
        self.state().guilds.entry(guild.to_owned()).or_default().object =
            json!({"id": guild, "name": "A guild", "owner_id": OWNER, "roles": [role]});
    }

    /// Lets a guild have a role with these permissions (a decimal string of bits), or the role these permissions; the guild
    /// must be there.
    pub fn put_role(&self, guild: &str, role: &str, permissions: &str) {
        let mut state = self.state();
        let Some(guild) = state.guilds.get_mut(guild) else { return };
        if let Some(roles) = guild.object["roles"].as_array_mut() {
            roles.retain(|one| one["id"] != role);
            roles.push(json!({"id": role, "name": role, "permissions": permissions}));
        }
    }

    /// Lets a guild have a member with these roles; the guild must be there. The [bot](BOT) may read every channel until it
    /// is a member.
    pub fn put_member(&self, guild: &str, user: &str, roles: &[&str]) {
        if let Some(guild) = self.state().guilds.get_mut(guild) {
            guild.members.insert(user.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect());
        }
    }

    /// `roles` and `permissions` of an interaction's member, as Discord fills them in: what the user may do in that channel,
    /// overwrites included.
    #[must_use]
    pub fn member_in(&self, guild: &str, channel: &str, user: &str) -> Value {
        self.state().guilds.get(guild).map_or(Value::Null, |guild| permissions::member(guild, channel, user))
    }

    /// Takes privileged intents from the application, or gives them: the `flags` of its own object.
    pub fn set_application_flags(&self, flags: u64) {
        self.state().application_flags = Some(flags);
    }

    /// Enters the address of the application's interactions, or takes it out. It is only told: who plays a person sends what
    /// they do where they want.
    pub fn set_endpoint(&self, url: Option<&str>) {
        self.state().endpoint = url.map(str::to_owned);
    }

    /// Lets a member of a guild have that nick there, or none any more; the guild must be there.
    pub fn put_nick(&self, guild: &str, member: &str, nick: Option<&str>) {
        let mut state = self.state();
        let Some(guild) = state.guilds.get_mut(guild) else { return };
        guild.members.entry(member.to_owned()).or_default();
        match nick {
            Some(nick) => drop(guild.nicks.insert(member.to_owned(), nick.to_owned())),
            None => drop(guild.nicks.remove(member)),
        }
    }

    /// Lets an account not be a member of a guild any more.
    pub fn remove_member(&self, guild: &str, member: &str) {
        if let Some(guild) = self.state().guilds.get_mut(guild) {
            guild.members.remove(member);
            guild.nicks.remove(member);
        }
    }

    /// The ids of all guilds.
    #[must_use]
    pub fn guilds(&self) -> Vec<String> {
        self.state().guilds.keys().cloned().collect()
    }

    /// Lets a guild have that channel or thread, in the shape of Discord's own object; the guild must be there.
    pub fn put_channel(&self, guild: &str, channel: Value) {
        let id = channel["id"].as_str().unwrap_or_default().to_owned();
        if let Some(guild) = self.state().guilds.get_mut(guild) {
            guild.channels.insert(id, channel);
        }
    }

    /// Lets a channel have that message, in the shape of Discord's own object, or no message of that id any more.
    pub fn put_message(&self, guild: &str, channel: &str, id: u64, message: Option<Value>) {
        let mut state = self.state();
        let Some(guild) = state.guilds.get_mut(guild) else { return };
        let messages = guild.messages.entry(channel.to_owned()).or_default();
        match message {
            Some(message) => drop(messages.insert(id, message)),
            None => return drop(messages.remove(&id)), // Discord goes on to call it the last one
        }
        let last = messages.keys().next_back().map_or(id, |last| id.max(*last));
        if let Some(channel) = guild.channels.get_mut(channel) {
            channel["last_message_id"] = json!(last.to_string());
        }
    }

    /// Takes a channel or thread away, with its messages.
    pub fn remove_channel(&self, guild: &str, channel: &str) {
        if let Some(guild) = self.state().guilds.get_mut(guild) {
            guild.channels.remove(channel);
            guild.messages.remove(channel);
        }
    }

    /// Lets something go wrong, after everything that goes wrong already.
    pub fn fail(&self, fault: DiscordFault) {
        self.state().faults.push(fault);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// Every request so far, in the order they were answered.
    #[must_use]
    pub fn requests(&self) -> Vec<DiscordRequest> {
        self.state().requests.clone()
    }

    /// Waits until at least `n` requests have been answered since the start. The caller sets the limit in time.
    pub async fn wait_for_requests(&self, n: usize) {
        let _ = self.news().wait_for(|_| self.state().requests.len() >= n).await;
    }

    /// The fault that fits a request, if one does; that is one of its times.
    pub(super) fn fault(&self, method: &Method, path: &str) -> Option<DiscordFault> {
        let mut state = self.state();
        let mut fitting = state.faults.iter_mut().filter(|fault| fault.fits(method, path));
        let fits = fitting.find_map(|fault| fault.is_its_turn().then_some(fault))?;
        if let Some(times) = &mut fits.times {
            *times = times.saturating_sub(1);
        }
        Some(fits.clone())
    }

    pub(super) fn note(&self, method: &Method, path: &str, status: StatusCode) {
        self.state().requests.push(DiscordRequest {
            method: method.to_string(),
            path: path.to_owned(),
            status: status.as_u16(),
            answered: Instant::now(),
        });
        self.changed();
    }

    /// Tells who waits for a reply or a request.
    pub(super) fn changed(&self) {
        self.0.changes.send_modify(|changes| *changes += 1);
    }

    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DiscordFault {
    /// Counts a request that fits.
    fn is_its_turn(&mut self) -> bool {
        self.seen += 1;
        self.every.is_none_or(|every| self.seen.is_multiple_of(every))
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.times != Some(0)
            && self.method.as_ref().is_none_or(|wanted| wanted == method.as_str())
            && self.path.as_ref().is_none_or(|wanted| path.contains(wanted))
    }
}

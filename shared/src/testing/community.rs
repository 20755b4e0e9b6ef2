//! Communities that do what communities do, at random but the same for each seed: they write, mention, answer, rename
//! themselves, edit, delete, teach, close channels, send the past again, are erased and opt out. Every text has a word of its
//! own, so that whose it is can be told wherever it turns up, and whether it may.

mod guild;
mod members;
mod steps;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    domain::{Audience, ChannelId, GuildId, OpenChannels, UserId},
    ports::{KeepOpenChannels, StoreError},
};
use guild::Guild;
use words::Words;

/// Some guilds that have some people in common.
pub struct Community {
    random: fastrand::Rng,
    words: Words,
    guilds: Vec<Guild>,
    /// Tells messages apart that are written at the same time.
    messages: u64,
    steps_left: usize,
}

/// What is to be asked of a function.
#[derive(Debug)]
pub struct Step {
    /// Which.
    pub function: &'static str,
    /// What.
    pub event: Value,
    /// It has to refuse.
    pub is_refused: bool,
}

impl Community {
    /// The one of that seed. Its guilds are no other's.
    pub fn of(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut words = Words::of(seed);
        let guilds = (0..random.u64(1..=3)).map(|n| Guild::new(seed * 3 + n + 1, &mut random, &mut words)).collect();
        let steps_left = random.usize(4..10);
        Self { random, words, guilds, messages: 0, steps_left }
    }

    /// Everybody in each guild.
    pub fn people(&self) -> BTreeMap<GuildId, Vec<UserId>> {
        let people = |guild: &Guild| (guild.id, guild.members.iter().map(|member| member.id).collect());
        self.guilds.iter().map(people).collect()
    }

    /// Keeps which channels are open, as whoever asks Discord would.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep_open<S: KeepOpenChannels>(&self, store: &S, now: Timestamp) -> Result<(), StoreError> {
        for guild in &self.guilds {
            let Some(channels) = &guild.open else { continue };
            let seen = store.open_channels(guild.id).await?;
            let now = OpenChannels {
                audience: Audience::Everyone,
                channels: channels.iter().map(|id| ChannelId::try_from(*id).expect("a snowflake")).collect(),
                parents: BTreeMap::new(),
                read_at: now,
                sweep_due: false,
                sweep_again_at: None,
            };
            let kept = seen.as_ref().map_or_else(|| now.clone().to_be_swept(), |seen| seen.renewed(now.clone()));
            store.keep_open_channels(guild.id, seen.map(|seen| seen.read_at), &kept).await?;
        }
        Ok(())
    }

    /// What is wrong with words that are kept or told as `user`'s in that guild; as nobody's in particular without one.
    pub fn wrong_in(&self, guild: GuildId, user: Option<UserId>, text: &str) -> Vec<String> {
        let mentions = |writer, owner| {
            let guild = self.guilds.iter().find(|one| one.id == guild);
            guild.is_some_and(|guild| guild.mentions.contains(&(writer, owner)))
        };
        self.words.wrong_in(guild, user, text, mentions)
    }

    /// What is wrong with a prompt: words of several guilds, or in a merge of several people, and what is over.
    pub fn wrong_in_prompt(&self, prompt: &str) -> Vec<String> {
        let Some((guild, owner)) = self.words.first_owner(prompt) else { return Vec::new() };
        let is_merge = prompt.contains("<person ");
        // Whose it is where that one only mentions others: who owns the texts.
        self.wrong_in(guild, is_merge.then_some(owner), prompt)
    }

    /// What is wrong with the answer of a step that asked for memories. In the last, everything is told as it is now.
    pub fn wrong_in_answers(&self, step: &Step, answer: &Value, is_last: bool) -> Vec<String> {
        let guild = step.event["guild_id"].as_str().and_then(|id| id.parse().ok());
        let memories = answer["memories"].as_object().into_iter().flatten();
        let of =
            |(user, text): (&String, &Value)| Some((user.parse().ok()?, text.as_str().unwrap_or_default().to_owned()));
        let told = memories.filter_map(of);
        told.flat_map(|(user, text)| {
            guild.map_or_else(Vec::new, |guild| self.wrong_in_answer(guild, user, &text, is_last))
        })
        .collect()
    }

    fn wrong_in_answer(&self, guild: GuildId, user: UserId, text: &str, is_last: bool) -> Vec<String> {
        let mut wrong = self.wrong_in(guild, Some(user), text);
        if self.is_out(guild, user) && !text.is_empty() {
            wrong.push(format!("{user} opted out of {guild}, and is told of"));
        }
        if is_last {
            wrong.extend(self.words.missing_in(guild, user, text));
            wrong.extend(self.words.old_in(text));
        }
        wrong
    }

    /// Whether any word of this community is in it.
    pub fn is_in(&self, text: &str) -> bool {
        self.words.first_owner(text).is_some()
    }

    fn is_out(&self, guild: GuildId, user: UserId) -> bool {
        let members = self.guilds.iter().filter(|one| one.id == guild).flat_map(|guild| &guild.members);
        members.filter(|member| member.id == user).any(|member| member.opted_out)
    }
}

//! What happens next, and what comes of it by the rules: the simple, sequential specification of who is remembered with what.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Community, Step,
    guild::Said,
    members::CHANNELS,
    words::{Fate, Is},
};
use crate::{
    domain::{Day, UserId},
    testing::id_at,
};

/// Days back from today that anything is written on.
const DAYS: u16 = 5;

impl Community {
    /// The first words of each guild.
    pub fn begin(&mut self, now: Timestamp) -> Vec<Step> {
        (0..self.guilds.len())
            .map(|guild| {
                let messages = self.random.usize(6..14);
                self.say(guild, messages, now)
            })
            .collect()
    }

    /// Something that happens at `now`; `None` when it is enough.
    pub fn next_step(&mut self, now: Timestamp) -> Option<Step> {
        self.steps_left = self.steps_left.checked_sub(1)?;
        let guild = self.random.usize(..self.guilds.len());
        let member = self.random.usize(..self.guilds[guild].members.len());
        Some(match self.random.u8(..16) {
            0..=2 => {
                let messages = self.random.usize(1..4);
                self.say(guild, messages, now)
            }
            3 => self.edit(guild, now),
            4 => self.delete(guild),
            5 => self.teach(guild, member, "remember", Is::Fact),
            6 => self.teach(guild, member, "alias", Is::Name),
            7 => self.end(guild, member, "erase", now),
            8 => self.end(guild, member, "opt_out", now),
            9 => self.opt_in(guild, member, now),
            10 => self.close_or_open(guild),
            11 => self.send_again(guild),
            _ => self.ask(guild),
        })
    }

    /// Asks for everybody.
    pub fn ask_for_all(&self) -> Vec<Step> {
        (0..self.guilds.len()).map(|guild| self.ask(guild)).collect()
    }

    fn ask(&self, guild: usize) -> Step {
        let users: Vec<UserId> = self.guilds[guild].members.iter().map(|member| member.id).collect();
        self.step(guild, "get_memories", json!({"user_ids": users}))
    }

    fn step(&self, guild: usize, function: &'static str, mut event: Value) -> Step {
        event["guild_id"] = json!(self.guilds[guild].id);
        Step { function, event, is_refused: false }
    }

    /// New messages, of today and of days before, also from before somebody was erased.
    fn say(&mut self, guild: usize, messages: usize, now: Timestamp) -> Step {
        let sent = (0..messages).map(|_| self.new_message(guild, now)).collect::<Vec<_>>();
        self.step(guild, "ingest_messages", json!({"messages": sent}))
    }

    fn new_message(&mut self, guild: usize, now: Timestamp) -> Value {
        self.messages += 1;
        let id = match self.random.u16(..DAYS) {
            0 => id_at(now, self.messages),
            days => {
                let day = Day::of(now).days_before(days);
                id_at(day.start() + SignedDuration::from_mins(self.random.i64(0..1_440)), self.messages)
            }
        };
        let author = self.random.usize(..self.guilds[guild].members.len());
        let channel = CHANNELS[self.random.usize(..CHANNELS.len())];
        let mut sent = json!({"id": id, "channel_id": channel.to_string()});
        if self.random.u8(..4) == 0 {
            let Self { guilds, random, words, .. } = self;
            let of = &mut guilds[guild];
            of.members[author].rename(of.id, random, words);
        }
        if self.random.bool() {
            sent["member"] = self.guilds[guild].members[author].as_member();
        }
        if let Some(to) = self.guilds[guild].said.last().filter(|_| self.random.bool()) {
            sent["reply_to"] = json!(to.id);
        }
        sent["author"] = self.guilds[guild].members[author].as_author();
        self.guilds[guild].said.push(Said { id, author, channel, sent, words: Vec::new(), is_over: false });
        self.write(guild, self.guilds[guild].said.len() - 1)
    }

    /// Gives a message a text of its own, with a mention in it at times, and has it arrive.
    fn write(&mut self, guild: usize, number: usize) -> Value {
        let author = self.guilds[guild].members[self.guilds[guild].said[number].author].id;
        let (word, text) = self.words.add(self.guilds[guild].id, author, Is::Said, Fate::Gone);
        let mentioned = self.random.usize(..self.guilds[guild].members.len() * 2);
        let of = &mut self.guilds[guild];
        let said = &mut of.said[number];
        said.words.push(word);
        let mut content = text;
        said.sent["attachments"] = json!([]);
        if let Some(member) = of.members.get(mentioned) {
            content = format!("{content} <@{}>", member.id);
            if self.random.bool() {
                said.sent["mentions"] = json!([member.as_author()]);
            }
            of.mentions.insert((author, member.id));
        }
        if self.random.u8(..4) == 0 {
            said.sent["attachments"] = json!([content]);
            content = "look".to_owned();
        }
        said.sent["content"] = json!(content);
        self.arrive(guild, number);
        self.guilds[guild].said[number].sent.clone()
    }

    /// What becomes of a message that comes in as it is now.
    fn arrive(&mut self, guild: usize, number: usize) {
        let of = &mut self.guilds[guild];
        let said = &mut of.said[number];
        if of.members[said.author].keeps_out(said.id) {
            said.is_over = true;
        }
        let is_open = of.open.as_ref().is_none_or(|open| open.contains(&said.channel));
        let Some((last, before)) = said.words.split_last() else { return };
        self.words.set(*last, if is_open && !said.is_over { Fate::Live } else { Fate::Gone });
        if is_open && !said.is_over {
            before.iter().for_each(|word| self.words.replace(*word));
        }
    }

    fn edit(&mut self, guild: usize, now: Timestamp) -> Step {
        let number = self.random.usize(..self.guilds[guild].said.len());
        self.guilds[guild].said[number].sent["edited_at"] = json!(now);
        let sent = self.write(guild, number);
        self.step(guild, "ingest_messages", json!({"messages": [sent]}))
    }

    fn delete(&mut self, guild: usize) -> Step {
        let number = self.random.usize(..self.guilds[guild].said.len());
        self.over(guild, |index, _| index == number);
        let id = self.guilds[guild].said[number].id;
        self.step(guild, "ingest_messages", json!({"deleted": [id]}))
    }

    /// Messages are gone, and stay so.
    fn over(&mut self, guild: usize, is_over: impl Fn(usize, &Said) -> bool) {
        for (number, said) in self.guilds[guild].said.iter_mut().enumerate() {
            if is_over(number, said) {
                said.is_over = true;
                said.words.iter().for_each(|word| self.words.set(*word, Fate::Gone));
            }
        }
    }

    fn teach(&mut self, guild: usize, member: usize, op: &str, is: Is) -> Step {
        let of = &self.guilds[guild];
        let about = &of.members[member];
        let fate = if about.opted_out { Fate::Gone } else { Fate::Live };
        let by = &of.members[self.random.usize(..of.members.len())];
        let (_, word) = self.words.add(of.id, about.id, is, fate);
        let text = if is == Is::Fact { format!("{word} is a friend of <@{}>", by.id) } else { word };
        let event = json!({"op": op, "user_id": about.id, "text": text, "taught_by": by.id});
        Step { is_refused: about.opted_out, ..self.step(guild, "people", event) }
    }

    fn end(&mut self, guild: usize, member: usize, op: &str, now: Timestamp) -> Step {
        self.over(guild, |_, said| said.author == member);
        let Self { guilds, random, words, .. } = self;
        let of = &mut guilds[guild];
        let one = &mut of.members[member];
        words.end_facts_and_names(of.id, one.id);
        one.opted_out |= op == "opt_out";
        one.ended_at = Some(now);
        one.rename(of.id, random, words);
        let event = json!({"op": op, "user_id": one.id});
        self.step(guild, "people", event)
    }

    fn opt_in(&mut self, guild: usize, member: usize, now: Timestamp) -> Step {
        let Self { guilds, random, words, .. } = self;
        let of = &mut guilds[guild];
        let one = &mut of.members[member];
        if one.opted_out {
            one.opted_out = false;
            one.ended_at = Some(now);
            one.rename(of.id, random, words);
        }
        let event = json!({"op": "opt_in", "user_id": one.id});
        self.step(guild, "people", event)
    }

    fn close_or_open(&mut self, guild: usize) -> Step {
        let channel = CHANNELS[self.random.usize(..CHANNELS.len())];
        let is_known = self.guilds[guild].open.is_some();
        if let Some(open) = &mut self.guilds[guild].open
            && !open.remove(&channel)
        {
            open.insert(channel);
        }
        let open = self.guilds[guild].open.clone();
        if let Some(open) = open {
            // What was never stored is not over: whoever sends it again has it stored.
            let words = &self.words;
            let closed: Vec<bool> = self.guilds[guild]
                .said
                .iter()
                .map(|said| !open.contains(&said.channel) && said.words.iter().any(|word| words.is_stored(*word)))
                .collect();
            self.over(guild, |number, _| closed[number]);
        }
        self.step(guild, "ingest_messages", json!({"messages": [], "sweep": is_known}))
    }

    fn send_again(&mut self, guild: usize) -> Step {
        for number in 0..self.guilds[guild].said.len() {
            self.arrive(guild, number);
        }
        let all: Vec<Value> = self.guilds[guild].said.iter().map(|said| said.sent.clone()).collect();
        self.step(guild, "ingest_messages", json!({"messages": all}))
    }
}

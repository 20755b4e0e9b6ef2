//! The prompts that summarize a guild-day: one, or several where a day is too long for one (DESIGN rule 15).

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use super::{
    AnswerFormat, Prompt,
    clean::{Names, clean, clean_name},
    known_as,
    tokens::estimate,
};
use crate::domain::{ChannelId, Day, Message, MessageId, Person, Priority, UserId};

const INSTRUCTIONS: &str = include_str!("../../../prompts/daily_summary.md");

/// How much of a day goes into one prompt (DESIGN rule 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLimits {
    /// Messages at the most.
    pub messages: usize,
    /// Estimated tokens at the most. A single message that has more is a chunk of its own.
    pub tokens: u64,
}

/// A part of a day's prompt, and who its aliases stand for.
pub struct DayPrompt {
    /// What to ask.
    pub prompt: Prompt,
    /// The members it asks about: whom `m1` stands for is at 1.
    pub members: BTreeMap<usize, UserId>,
}

/// A day as models read it. Members, messages and channels have short aliases, one set for the whole day, in the order of
/// their first appearance (DESIGN rule 18): what is written later changes nothing of what was written before, so that the
/// answer to an earlier chunk stays of use.
pub struct Transcript {
    day: Day,
    members: Vec<Member>,
    lines: Vec<Line>,
}

/// Somebody who wrote that day. The first of the day is `m1`.
struct Member {
    id: UserId,
    tag: String,
    tokens: u64,
}

/// A message. The first of the day is 1.
struct Line {
    /// The index of who wrote it.
    member: usize,
    channel: usize,
    at: String,
    /// The index of the line it answers.
    reply_to: Option<usize>,
    text: String,
    tokens: u64,
}

impl Transcript {
    /// The messages of a day in the order of their ids; blank ones are left out. `people` are those who wrote, as far as they
    /// are known: what they are called elsewhere is told as `also_known_as`.
    pub fn new(day: Day, messages: &[Message], people: &HashMap<UserId, Person>) -> Self {
        let messages: Vec<&Message> = messages.iter().filter(|message| !message.body.is_blank()).collect();
        let writers = Writers::of(&messages);
        let mut aliases = Aliases::new(&messages, &writers);
        let lines = messages.iter().map(|message| aliases.line(message)).collect();
        Self { day, members: writers.into_members(people), lines }
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Names the instructions: summaries made with others are older than they could be.
    pub fn instructions_hash() -> String {
        crate::domain::hash::of([INSTRUCTIONS])
    }

    /// The day in chunks, filled from the first message on.
    pub fn chunks(&self, limits: ChunkLimits) -> Vec<Range<usize>> {
        let frame = estimate(INSTRUCTIONS) + estimate(FRAME);
        let mut chunks: Vec<Range<usize>> = Vec::new();
        let mut members = BTreeSet::new();
        let mut tokens = 0;
        for (index, line) in self.lines.iter().enumerate() {
            let header = if members.contains(&line.member) { 0 } else { self.members[line.member].tokens };
            match chunks.last_mut() {
                Some(chunk) if chunk.len() < limits.messages && tokens + header + line.tokens <= limits.tokens => {
                    chunk.end = index + 1;
                    tokens += header + line.tokens;
                }
                _ => {
                    chunks.push(index..index + 1);
                    members.clear();
                    tokens = frame + self.members[line.member].tokens + line.tokens;
                }
            }
            members.insert(line.member);
        }
        chunks
    }

    /// The prompt for some of the messages, about those who wrote them.
    pub fn prompt(&self, lines: Range<usize>, priority: Priority) -> DayPrompt {
        let written = self.lines.get(lines.clone()).unwrap_or_default();
        let members: BTreeSet<usize> = written.iter().map(|line| line.member).collect();
        let mut data = format!("<day date=\"{}\">\n<members>", self.day);
        for member in &members {
            data.push_str(&self.members[*member].tag);
        }
        data.push_str("</members>\n<messages>\n");
        for (index, line) in lines.clone().zip(written) {
            line.write(index, &lines, &mut data);
        }
        data.push_str("</messages>\n</day>");
        DayPrompt {
            prompt: Prompt { instructions: INSTRUCTIONS, data, answer: AnswerFormat::Summaries, priority },
            members: members.into_iter().map(|member| (member + 1, self.members[member].id)).collect(),
        }
    }
}

/// What a prompt has besides members and messages.
const FRAME: &str = "<day date=\"2025-07-03\"><members></members><messages></messages></day>";

impl Line {
    /// A reply to what is not among the `lines` of the prompt says nothing to who reads it.
    fn write(&self, index: usize, lines: &Range<usize>, data: &mut String) {
        let Self { member, channel, at, text, .. } = self;
        let (number, member, channel) = (index + 1, member + 1, channel + 1);
        let reply_to = self.reply_to.filter(|answered| lines.contains(answered));
        let reply_to = reply_to.map(|answered| format!(" reply_to=\"{}\"", answered + 1)).unwrap_or_default();
        data.push_str(&format!(
            "<message id=\"{number}\" member=\"m{member}\" channel=\"c{channel}\" at=\"{at}\"{reply_to}>{text}</message>\n"
        ));
    }
}

/// Who wrote, in the order of their first message, under the names they had.
struct Writers<'a> {
    index_of: BTreeMap<UserId, usize>,
    /// Newest name last, so that the last is the name to use.
    names: Vec<(UserId, Vec<&'a str>)>,
}

impl<'a> Writers<'a> {
    fn of(messages: &[&'a Message]) -> Self {
        let mut writers = Self { index_of: BTreeMap::new(), names: Vec::new() };
        for message in messages {
            let index = *writers.index_of.entry(message.author.id).or_insert_with(|| {
                writers.names.push((message.author.id, Vec::new()));
                writers.names.len() - 1
            });
            let names = &mut writers.names[index].1;
            names.retain(|name| *name != message.author.name);
            names.push(&message.author.name);
        }
        writers
    }

    /// What a mention of each becomes: the name, with the alias where two have the same.
    fn mention_names(&self) -> BTreeMap<UserId, String> {
        let mut bearers: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, names) in &self.names {
            *bearers.entry(last(names)).or_default() += 1;
        }
        let name = |(index, (id, names)): (usize, &(UserId, Vec<&str>))| {
            let name = last(names);
            let unique = bearers.get(name) == Some(&1);
            (*id, if unique { name.to_owned() } else { format!("{name} (m{})", index + 1) })
        };
        self.names.iter().enumerate().map(name).collect()
    }

    fn into_members(self, people: &HashMap<UserId, Person>) -> Vec<Member> {
        let member = |(index, (id, names)): (usize, (UserId, Vec<&str>))| {
            let taught = people.get(&id).map(Person::also_known_as).unwrap_or_default();
            let others = names.iter().rev().skip(1).copied().chain(taught);
            let also_known_as = known_as(last(&names), others);
            let name = clean_name(last(&names));
            let tag = format!("<member id=\"m{}\" name=\"{name}\"{also_known_as}/>", index + 1);
            Member { id, tokens: estimate(&tag), tag }
        };
        self.names.into_iter().enumerate().map(member).collect()
    }
}

fn last<'a>(names: &[&'a str]) -> &'a str {
    names.last().copied().unwrap_or_default()
}

/// Writes lines, and remembers the aliases it gave.
struct Aliases<'a> {
    writers: &'a BTreeMap<UserId, usize>,
    messages: BTreeMap<MessageId, usize>,
    channels: BTreeMap<ChannelId, usize>,
    names: Names,
}

impl<'a> Aliases<'a> {
    fn new(messages: &[&Message], writers: &'a Writers<'_>) -> Self {
        let mut names = Names::new(writers.mention_names());
        for mention in messages.iter().flat_map(|message| &message.body.mentions) {
            names.learn(mention.id, &mention.name);
        }
        Self {
            writers: &writers.index_of,
            messages: messages.iter().enumerate().map(|(index, message)| (message.id, index)).collect(),
            channels: BTreeMap::new(),
            names,
        }
    }

    fn line(&mut self, message: &Message) -> Line {
        let next_channel = self.channels.len();
        let mut line = Line {
            member: self.writers.get(&message.author.id).copied().unwrap_or_default(),
            channel: *self.channels.entry(message.channel).or_insert(next_channel),
            at: message.id.written_at().strftime("%H:%M").to_string(),
            reply_to: message.body.reply_to.and_then(|id| self.messages.get(&id).copied()),
            text: self.text(message),
            tokens: 0,
        };
        let mut written = String::new();
        line.write(self.messages.get(&message.id).copied().unwrap_or_default(), &(0..usize::MAX), &mut written);
        line.tokens = estimate(&written);
        line
    }

    fn text(&mut self, message: &Message) -> String {
        let mut text = clean(&message.body.content, &mut self.names);
        for attachment in &message.body.attachments {
            let description = clean(attachment, &mut self.names);
            let gap = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{gap}[attachment: {description}]"));
        }
        text
    }
}

#[cfg(test)]
mod tests;

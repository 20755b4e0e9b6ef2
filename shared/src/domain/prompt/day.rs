//! The prompts that summarize a guild-day: one, or several where a day is too long for one (DESIGN rule 15).

mod lines;
mod members;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
};

use super::{AnswerFormat, Prompt, tokens::estimate};
use crate::domain::{Day, Message, Person, Priority, UserId};
use lines::{Line, Placeholders};
use members::{Member, Writers};

const INSTRUCTIONS: &str = include_str!("../../../prompts/daily_summary.md");

/// How much of a day goes into one prompt (DESIGN rule 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkLimits {
    /// Messages at the most.
    pub messages: usize,
    /// Estimated tokens at the most. A single message that has more is a chunk of its own.
    pub tokens: u64,
}

/// A part of a day's prompt, and who its placeholders stand for.
pub struct DayPrompt {
    /// What to ask.
    pub prompt: Prompt,
    /// The members it asks about: whom `m1` stands for is at 1.
    pub members: BTreeMap<usize, UserId>,
}

/// A day as models read it. Members, messages and channels have short placeholders, one set for the whole day, in the order of
/// their first appearance (DESIGN rule 18): what is written later changes nothing of what was written before, so that the
/// answer to an earlier chunk stays of use.
pub struct Transcript {
    day: Day,
    members: Vec<Member>,
    lines: Vec<Line>,
}

impl Transcript {
    /// The messages of a day in the order of their ids; blank ones are left out. `people` are those who wrote, as far as they
    /// are known: what they are called elsewhere is told as `also_known_as`.
    pub fn new(day: Day, messages: &[Message], people: &HashMap<UserId, Person>) -> Self {
        let messages: Vec<&Message> = messages.iter().filter(|message| !message.body.is_blank()).collect();
        let writers = Writers::of(&messages, people);
        let mut placeholders = Placeholders::new(&messages, &writers);
        let lines = messages.iter().map(|message| placeholders.line(message)).collect();
        Self { day, members: writers.into_members(), lines }
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
        let mut data = format!("<day date=\"{}\" weekday=\"{}\">\n<members>", self.day, self.day.weekday());
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
const FRAME: &str = "<day date=\"2025-07-03\" weekday=\"Thursday\"><members></members><messages></messages></day>";

#[cfg(test)]
mod tests;

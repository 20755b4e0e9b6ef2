//! The prompts that summarize a guild-day: one, or several where a day is too long for one (DESIGN rule 15).

mod cut;
mod extra;
mod limits;
mod lines;
mod members;
mod size;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{AnswerFormat, Prompt, tokens::estimate};
use crate::domain::{Day, Message, Person, Priority, UserId};
pub use extra::extra_chunks;
pub use limits::{Aim, ChunkLimits, Cuts};
use lines::{Line, Placeholders};
use members::{Member, Writers};
pub use size::{ChunkSize, KeptCut, Soon};

const INSTRUCTIONS: &str = include_str!("../../../prompts/daily_summary.md");

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

    /// The day in chunks, each the indexes of its messages, in the order of their first ones; and how it is to be cut the next
    /// time, which is nothing for a single chunk. As long as that is `kept`, all of them but the last to be closed are the same
    /// whatever is written later.
    pub fn chunks(&self, cuts: &Cuts, kept: &KeptCut) -> (Vec<Vec<usize>>, KeptCut) {
        cut::cut(&cut::Day { lines: &self.lines, members: &self.members, frame: frame() }, cuts, kept)
    }

    /// Two halves of some messages, with the conversations of a channel together.
    pub fn halves(&self, lines: &[usize]) -> [Vec<usize>; 2] {
        let mut first_of: BTreeMap<usize, usize> = BTreeMap::new();
        let first = |line: &usize, first_of: &BTreeMap<usize, usize>| first_of.get(&self.lines[*line].channel).copied();
        for line in lines {
            first_of.entry(self.lines[*line].channel).or_insert(*line);
        }
        let mut ordered = lines.to_vec();
        ordered.sort_by_key(|line| (first(line, &first_of), *line));
        let mut second = ordered.split_off(ordered.len() / 2);
        ordered.sort_unstable();
        second.sort_unstable();
        [ordered, second]
    }

    /// The prompt for some of the messages, by their indexes in their order, about those who wrote them.
    pub fn prompt(&self, lines: &[usize], priority: Priority) -> DayPrompt {
        let members: BTreeSet<usize> = lines.iter().map(|line| self.lines[*line].member).collect();
        // Messages first: the prompt of a day that goes on begins as it did before, so that providers' caches have it.
        let mut data = format!("<day date=\"{}\" weekday=\"{}\">\n<messages>\n", self.day, self.day.weekday());
        for index in lines {
            self.lines[*index].write(*index, lines, &mut data);
        }
        data.push_str("</messages>\n<members>");
        for member in &members {
            data.push_str(&self.members[*member].tag);
        }
        data.push_str("</members>\n</day>");
        DayPrompt {
            prompt: Prompt {
                instructions: INSTRUCTIONS,
                data,
                answer: AnswerFormat::Summaries,
                members: members.len(),
                priority,
            },
            members: members.into_iter().map(|member| (member + 1, self.members[member].id)).collect(),
        }
    }
}

/// Estimated tokens of what a prompt has besides members and messages.
fn frame() -> u64 {
    estimate(INSTRUCTIONS) + estimate(FRAME)
}

/// What the data of a prompt has besides members and messages.
const FRAME: &str = "<day date=\"2025-07-03\" weekday=\"Thursday\"><messages></messages><members></members></day>";

#[cfg(test)]
mod tests;

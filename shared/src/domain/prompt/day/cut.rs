//! Where a long day is cut (DESIGN rules 15 and 33). Messages are read in their order, and what does not fit any more is
//! closed: conversations that have been silent for longest, whole where they fit, else at their longest silence. What is
//! closed was decided by the messages until then, so that later ones change nothing of it.
//!
//! ```text
//! #garden   ■■ ■■■                                    ┐ silent for longest: closed whole ┐
//! #games         ■■■■■■ ■■■■ · · · · · · ■■■■■■■■■    ┘ closed up to its longest silence ┘ a chunk
//! #general    ■        ■■■        ■■■■        ■■■■■ ← here it is full: the rest stays open
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::limits::{Aim, ChunkLimits, Cuts};
use super::{lines::Line, members::Member};

/// The share of a day's tokens, in percent, that may be spent once more so that its answers are there sooner.
const EXTRA_PERCENT: u64 = 15;
/// The share of a chunk's tokens, in percent, that may be repeated from other chunks where it is closed for that.
const REPEATED_PERCENT: u64 = 12;

/// After an hour nobody goes on: who has been silent for two is as well closed.
const LONG_SILENCE_S: i64 = 3_600;

/// What is cut, and what each chunk has besides its messages and members.
pub(super) struct Day<'a> {
    pub(super) lines: &'a [Line],
    pub(super) members: &'a [Member],
    /// Estimated tokens of instructions and frame.
    pub(super) frame: u64,
}

/// The chunks of a day, each the indexes of its lines, in the order of their first ones. They are as small as they should be
/// for a short wait, or larger, until they are no more than allowed and cost no more than a share above what is needed.
pub(super) fn cut(day: &Day<'_>, cuts: &Cuts) -> Vec<Vec<usize>> {
    let needed = chunks(day, &cuts.limits, None);
    let Some(mut aim) = cuts.aim else { return needed };
    let tokens = day.tokens(&needed, aim.tokens_per_member);
    let (most_tokens, most) = ((tokens + tokens * EXTRA_PERCENT / 100).min(aim.tokens), aim.chunks.max(needed.len()));
    while aim.members < cuts.limits.members {
        let smaller = chunks(day, &cuts.limits, Some(&aim));
        if smaller.len() <= most && day.tokens(&smaller, aim.tokens_per_member) <= most_tokens {
            return smaller;
        }
        aim.members += aim.members.div_ceil(2);
    }
    needed
}

fn chunks(day: &Day<'_>, limits: &ChunkLimits, aim: Option<&Aim>) -> Vec<Vec<usize>> {
    let asked = BTreeSet::new();
    let mut cutting = Cutting { day, limits, aim, chunks: Vec::new(), asked, open: Load::default() };
    for index in 0..day.lines.len() {
        cutting.add(index);
    }
    let Cutting { mut chunks, open, .. } = cutting;
    chunks.extend((!open.lines.is_empty()).then_some(open.lines));
    chunks.sort_unstable();
    chunks
}

impl Day<'_> {
    /// About what the chunks cost, answers included.
    fn tokens(&self, chunks: &[Vec<usize>], tokens_per_member: u64) -> u64 {
        let loads = chunks.iter().map(|lines| Load::of(lines.clone(), self));
        loads.map(|load| self.frame + load.tokens + load.members.len() as u64 * tokens_per_member).sum()
    }
}

/// A day that is being cut.
struct Cutting<'a> {
    day: &'a Day<'a>,
    limits: &'a ChunkLimits,
    aim: Option<&'a Aim>,
    chunks: Vec<Vec<usize>>,
    /// Whom closed chunks are about.
    asked: BTreeSet<usize>,
    open: Load,
}

/// What a prompt holds.
#[derive(Default)]
struct Load {
    /// In their order.
    lines: Vec<usize>,
    members: BTreeSet<usize>,
    /// Estimated ones of lines and members.
    tokens: u64,
}

impl Load {
    fn of(lines: Vec<usize>, day: &Day<'_>) -> Self {
        let mut load = Self::default();
        lines.into_iter().for_each(|line| load.add(line, day));
        load
    }

    fn add(&mut self, index: usize, day: &Day<'_>) {
        self.tokens += self.more_tokens(index, day);
        self.members.insert(day.lines[index].member);
        self.lines.push(index);
    }

    /// What a line takes: it brings its author along.
    fn more_tokens(&self, index: usize, day: &Day<'_>) -> u64 {
        let line = &day.lines[index];
        let author = if self.members.contains(&line.member) { 0 } else { day.members[line.member].tokens };
        line.tokens + author
    }
}

impl Cutting<'_> {
    fn add(&mut self, index: usize) {
        while !self.open.lines.is_empty() && !self.fits(index) {
            self.close(index, |_, _| true);
        }
        if let Some(aim) = self.aim.filter(|aim| self.members_with(index) > aim.members)
            && self.is_worth_it(&self.open, aim)
        {
            self.close(index, |this, load| this.is_worth_it(load, aim));
        }
        self.open.add(index, self.day);
    }

    /// How many members there are with the author of a line.
    fn members_with(&self, index: usize) -> usize {
        self.open.members.len() + usize::from(!self.open.members.contains(&self.day.lines[index].member))
    }

    /// Whether little of it is repeated from other chunks: instructions, members, and what is said of these.
    fn is_worth_it(&self, load: &Load, aim: &Aim) -> bool {
        let again = load
            .members
            .intersection(&self.asked)
            .map(|member| self.day.members[*member].tokens + aim.tokens_per_member);
        let repeated = self.day.frame + again.sum::<u64>();
        let answer = load.members.len() as u64 * aim.tokens_per_member;
        repeated * 100 <= (self.day.frame + load.tokens + answer) * REPEATED_PERCENT
    }

    fn fits(&self, index: usize) -> bool {
        let (open, limits) = (&self.open, self.limits);
        open.lines.len() < limits.messages
            && self.members_with(index) <= limits.members
            && self.day.frame + open.tokens + open.more_tokens(index, self.day) <= limits.tokens
    }

    /// Closes half of what is open at the least, up to the longest silence before the line that does not fit, of what is
    /// `allowed`; all of it, if nothing less is.
    fn close(&mut self, next: usize, allowed: impl Fn(&Self, &Load) -> bool) {
        let mut quietest_first = self.quietest_first(next);
        let (least, all) = (quietest_first.len().div_ceil(2), quietest_first.len());
        let mut load = Load::of(quietest_first[..least - 1].to_vec(), self.day);
        let mut best = None;
        for end in least..=all {
            load.add(quietest_first[end - 1], self.day);
            let silence = self.silence_at(end, &quietest_first, next);
            if best.is_none_or(|(longest, _)| longest <= silence) && allowed(self, &load) {
                best = Some((silence, end));
            }
        }
        let mut rest = quietest_first.split_off(best.map_or(all, |(_, end)| end));
        quietest_first.sort_unstable();
        rest.sort_unstable();
        self.asked.extend(quietest_first.iter().map(|line| self.day.lines[*line].member));
        self.chunks.push(quietest_first);
        self.open = Load::of(rest, self.day);
    }

    /// The open lines channel by channel (a thread is one of its own), first the one whose last line is the oldest, and last
    /// the one that goes on with `next`.
    fn quietest_first(&self, next: usize) -> Vec<usize> {
        let mut channels: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for line in &self.open.lines {
            channels.entry(self.day.lines[*line].channel).or_default().push(*line);
        }
        let mut channels: Vec<Vec<usize>> = channels.into_values().collect();
        let goes_on = |line: usize| self.day.lines[line].channel == self.day.lines[next].channel;
        channels.sort_unstable_by_key(|lines| lines.last().map(|last| (goes_on(*last), *last)));
        channels.concat()
    }

    /// How long the silences are at which the lines before `end` are cut from others: of each channel until now, and of the
    /// last until its next line. The shortest counts, none beyond an hour, and then whether a conversation is cut that goes on.
    fn silence_at(&self, end: usize, ordered: &[usize], next: usize) -> (i64, bool) {
        let line = |index: usize| &self.day.lines[ordered[index]];
        let (last, now) = (line(end - 1), &self.day.lines[next]);
        let following = ordered.get(end).map(|_| line(end)).filter(|following| following.channel == last.channel);
        let before = (0..end).rev().map(line).find(|line| line.channel != last.channel);
        let own = following.unwrap_or(now).second - last.second;
        let silence = before.map_or(own, |before| own.min(now.second - before.second));
        (silence.min(LONG_SILENCE_S), following.is_none() && now.channel != last.channel)
    }
}

#[cfg(test)]
mod tests;

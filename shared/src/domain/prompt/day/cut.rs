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

use super::{
    limits::{Aim, ChunkLimits, Cuts},
    lines::Line,
    members::Member,
    size::{ChunkSize, KeptCut, Soon},
};

/// The share of a day's tokens, in percent, that may be spent once more so that its answers are there sooner.
const EXTRA_PERCENT: u64 = 15;
/// The share of a chunk's tokens, in percent, that may be repeated from other chunks where it is closed for that.
const REPEATED_PERCENT: u64 = 12;
/// Sizes that are tried for a number of chunks, in percent of an equal share.
const SHARES_PERCENT: [u64; 8] = [100, 103, 106, 110, 115, 122, 135, 150];

/// What is closed at the least of what is open: where it is too much, and where it is cut into parts of about equal size.
const HALF: (usize, usize) = (1, 2);
const MOST: (usize, usize) = (7, 8);

/// After an hour nobody goes on: who has been silent for two is as well closed.
const LONG_SILENCE_S: i64 = 3_600;

/// What is cut, and what each chunk has besides its messages and members.
pub(super) struct Day<'a> {
    pub(super) lines: &'a [Line],
    pub(super) members: &'a [Member],
    /// Estimated tokens of instructions and frame.
    pub(super) frame: u64,
}

/// A day in chunks, each the indexes of its lines, in the order of their first ones.
struct Chunked {
    chunks: Vec<Vec<usize>>,
    /// The size of those that are new.
    size: ChunkSize,
}

/// The chunks of a day, each the indexes of its lines, in the order of their first ones, and how it is cut from now on: what
/// was cut before stays as it was `kept`. They are as small as they should be for a short wait, or larger, until they are no
/// more than allowed and cost no more than a share above what is needed, or than was granted.
pub(super) fn cut(day: &Day<'_>, cuts: &Cuts, kept: &KeptCut) -> (Vec<Vec<usize>>, KeptCut) {
    let Chunked { chunks, size } = Choice { day, cuts, kept }.best();
    let until = day.lines.last().filter(|_| chunks.len() > 1).map(|line| line.second);
    (chunks, until.map_or_else(KeptCut::default, |until| kept.continued(until, size)))
}

/// What a day may be cut into.
struct Choice<'a> {
    day: &'a Day<'a>,
    cuts: &'a Cuts,
    kept: &'a KeptCut,
}

impl Choice<'_> {
    fn best(&self) -> Chunked {
        let whole = self.chunked(Soon::Never);
        let Some(aim) = self.cuts.aim else { return whole };
        // What was cut before does not make a day longer.
        let needed = chunks(self.day, &self.cuts.limits, &KeptCut::default(), whole.size);
        let room = Room::of(self.day, &needed, &aim);
        let by_members = self.by_members(&aim, &room).unwrap_or(whole);
        let is_slow = self.day.most_members(&by_members.chunks) * 2 > aim.members;
        let by_tokens = aim.extra.filter(|extra| is_slow && *extra > 0).and_then(|_| self.by_tokens(&aim, &room));
        by_tokens.filter(|equal| self.day.is_sooner(equal, &by_members, &aim)).unwrap_or(by_members)
    }

    fn chunked(&self, soon: Soon) -> Chunked {
        let size = ChunkSize { members: self.cuts.limits.members, soon };
        Chunked { chunks: chunks(self.day, &self.cuts.limits, self.kept, size), size }
    }

    /// Chunks of as many members as are answered soon, or of more.
    fn by_members(&self, aim: &Aim, room: &Room) -> Option<Chunked> {
        let mut members = aim.members;
        while members < self.cuts.limits.members {
            let soon = Soon::Members { members, tokens_each: aim.tokens_per_member };
            let smaller = self.chunked(soon);
            if room.is_for(self.day, &smaller.chunks, aim) {
                return Some(smaller);
            }
            members += members.div_ceil(2);
        }
        None
    }

    /// As many chunks as there is room for, of about equal size: where everybody talks all day, no chunk has fewer members
    /// than another.
    fn by_tokens(&self, aim: &Aim, room: &Room) -> Option<Chunked> {
        let tokens = Load::of((0..self.day.lines.len()).collect(), self.day).tokens;
        let equal = SHARES_PERCENT.map(|percent| (tokens * percent).div_ceil(100 * room.chunks.max(1) as u64));
        let tried = equal.map(|tokens| self.chunked(Soon::Tokens(tokens)));
        let fitting = tried.into_iter().filter(|chunked| room.is_for(self.day, &chunked.chunks, aim));
        fitting.min_by_key(|chunked| self.day.slowest(&chunked.chunks, aim))
    }
}

/// What may be spent so that answers are there sooner.
struct Room {
    chunks: usize,
    tokens: u64,
}

impl Room {
    /// A share of what is needed, or as many chunks as were granted.
    fn of(day: &Day<'_>, needed: &[Vec<usize>], aim: &Aim) -> Self {
        let (chunks, tokens) = match aim.extra {
            Some(extra) => ((needed.len() + extra).min(aim.chunks), u64::MAX),
            None => {
                let tokens = day.tokens(needed, aim.tokens_per_member);
                (aim.chunks, tokens + tokens * EXTRA_PERCENT / 100)
            }
        };
        Self { chunks: chunks.max(needed.len()), tokens: tokens.min(aim.tokens) }
    }

    fn is_for(&self, day: &Day<'_>, chunks: &[Vec<usize>], aim: &Aim) -> bool {
        chunks.len() <= self.chunks && day.tokens(chunks, aim.tokens_per_member) <= self.tokens
    }
}

fn chunks(day: &Day<'_>, limits: &ChunkLimits, kept: &KeptCut, size: ChunkSize) -> Vec<Vec<usize>> {
    let asked = BTreeSet::new();
    let mut cutting = Cutting { day, limits, size, chunks: Vec::new(), asked, open: Load::default() };
    for (index, line) in day.lines.iter().enumerate() {
        cutting.size = kept.size_at(line.second).unwrap_or(size);
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
        chunks.iter().map(|lines| self.frame + Load::of(lines.clone(), self).with_answer(tokens_per_member)).sum()
    }

    /// The tokens of the largest of the chunks.
    fn slowest(&self, chunks: &[Vec<usize>], aim: &Aim) -> u64 {
        let loads = chunks.iter().map(|lines| Load::of(lines.clone(), self));
        loads.map(|load| load.with_answer(aim.tokens_per_member)).max().unwrap_or_default()
    }

    fn most_members(&self, chunks: &[Vec<usize>]) -> usize {
        chunks.iter().map(|lines| Load::of(lines.clone(), self).members.len()).max().unwrap_or_default()
    }

    /// Whether the largest chunk is smaller than the largest of others, and asks about no more members.
    fn is_sooner(&self, chunked: &Chunked, than: &Chunked, aim: &Aim) -> bool {
        self.most_members(&chunked.chunks) <= self.most_members(&than.chunks)
            && self.slowest(&chunked.chunks, aim) < self.slowest(&than.chunks, aim)
    }
}

/// A day that is being cut.
struct Cutting<'a> {
    day: &'a Day<'a>,
    limits: &'a ChunkLimits,
    /// That of the line that is added.
    size: ChunkSize,
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

    /// With those of the answer.
    fn with_answer(&self, tokens_per_member: u64) -> u64 {
        self.tokens + self.members.len() as u64 * tokens_per_member
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
            self.close(index, HALF, |_, _| true);
        }
        match self.size.soon {
            Soon::Members { members, tokens_each }
                if self.members_with(index) > members && self.is_worth_it(&self.open, tokens_each) =>
            {
                self.close(index, HALF, |this, load| this.is_worth_it(load, tokens_each));
            }
            Soon::Tokens(tokens)
                if !self.open.lines.is_empty()
                    && self.open.tokens + self.open.more_tokens(index, self.day) > tokens =>
            {
                self.close(index, MOST, |_, _| true);
            }
            Soon::Never | Soon::Members { .. } | Soon::Tokens(_) => {}
        }
        self.open.add(index, self.day);
    }

    /// How many members there are with the author of a line.
    fn members_with(&self, index: usize) -> usize {
        self.open.members.len() + usize::from(!self.open.members.contains(&self.day.lines[index].member))
    }

    /// Whether little of it is repeated from other chunks: instructions, members, and what is said of these.
    fn is_worth_it(&self, load: &Load, tokens_each: u64) -> bool {
        let again = load.members.intersection(&self.asked).map(|member| self.day.members[*member].tokens + tokens_each);
        let repeated = self.day.frame + again.sum::<u64>();
        repeated * 100 <= (self.day.frame + load.with_answer(tokens_each)) * REPEATED_PERCENT
    }

    fn fits(&self, index: usize) -> bool {
        let (open, limits) = (&self.open, self.limits);
        open.lines.len() < limits.messages
            && self.members_with(index) <= self.size.members
            && self.day.frame + open.tokens + open.more_tokens(index, self.day) <= limits.tokens
    }

    /// Closes a share of what is open at the least, up to the longest silence before the line that does not fit, of what is
    /// `allowed`; all of it, if nothing less is.
    fn close(&mut self, next: usize, (of, out_of): (usize, usize), allowed: impl Fn(&Self, &Load) -> bool) {
        let mut quietest_first = self.quietest_first(next);
        let (least, all) = ((quietest_first.len() * of).div_ceil(out_of), quietest_first.len());
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

//! What is shown of a person: the memory, who taught what, how fresh it is and what is missing.

use jiff::Timestamp;

use crate::{
    contract::{DayState, MemoriesResponse},
    domain::{Day, DayRecord, Fact, Language, Memory, Person, ReplyContent, Source, UserId, inline, quoted},
    ports::PersonRecord,
};

/// What is known when it is shown.
pub(super) struct MemoryPage<'a> {
    pub(super) language: Language,
    pub(super) user: UserId,
    pub(super) record: &'a PersonRecord,
    /// What is known about today, to say how far it was read.
    pub(super) today: Option<&'a DayRecord>,
}

/// Where a text comes from that stands in for a memory.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// It is the memory as it was made then.
    Earlier(Timestamp),
    /// From the days one by one.
    Days,
}

impl MemoryPage<'_> {
    /// The page.
    pub(super) fn reply(&self, memories: &MemoriesResponse) -> ReplyContent {
        self.compose(self.memory(memories), self.freshness(memories))
    }

    /// Only what was taught, and why.
    pub(super) fn facts(&self, why: String) -> ReplyContent {
        self.compose(None, why)
    }

    /// What is told before a memory is there or where there is none, with where it comes from, and why.
    pub(super) fn at_hand(&self, told: Option<(String, Origin)>, why: String) -> ReplyContent {
        let (text, origin) = told.unzip();
        let origin = origin.map(|origin| match origin {
            Origin::Earlier(at) => self.language.earlier_version(at),
            Origin::Days => self.language.day_by_day(),
        });
        self.compose(text, origin.into_iter().chain([why]).collect::<Vec<_>>().join("\n"))
    }

    fn compose(&self, memory: Option<String>, footnote: String) -> ReplyContent {
        let body = memory.map(|text| quoted(&text)).filter(|text| !text.is_empty());
        let known: Vec<String> = [body, self.taught(), self.other_names()].into_iter().flatten().collect();
        if known.is_empty() && footnote.is_empty() {
            return self.language.nothing_known(self.user).into();
        }
        let text = [vec![self.language.about(self.user)], known].concat().join("\n\n");
        ReplyContent { footnote, ..ReplyContent::from(text) }
    }

    /// Whether anything was taught: a fact, or another name.
    pub(super) fn has_lessons(&self) -> bool {
        let Person { facts, aliases, .. } = &self.record.person;
        !facts.is_empty() || !aliases.is_empty()
    }

    /// Everybody who is mentioned on it.
    pub(super) fn mentioned(&self) -> Vec<UserId> {
        let Person { facts, aliases, .. } = &self.record.person;
        let teachers = facts.values().map(|fact| fact.taught_by).chain(aliases.values().map(|alias| alias.taught_by));
        let mut mentioned: Vec<UserId> = teachers.flatten().chain([self.user]).collect();
        mentioned.sort_unstable();
        mentioned.dedup();
        mentioned
    }

    /// The memory, unless it only repeats what was taught.
    fn memory(&self, memories: &MemoriesResponse) -> Option<String> {
        let text = memories.memories.get(&self.user)?.as_deref()?;
        let is_fact = |line: &str| {
            let mut facts = self.record.person.facts.values();
            line.strip_prefix("- ").is_some_and(|line| facts.any(|fact| fact.text == line))
        };
        match memories.sources.get(&self.user)? {
            Source::None => None,
            // What was taught is listed with who taught it.
            Source::Facts | Source::Unmerged | Source::Verbatim => {
                Some(text.lines().filter(|line| !is_fact(line)).collect::<Vec<_>>().join("\n"))
            }
            _ => Some(text.to_owned()),
        }
    }

    fn taught(&self) -> Option<String> {
        let line = |fact: &Fact| {
            let by = self.language.taught_by(fact.taught_by, Day::of(fact.taught_at));
            format!("- {} ({by})", inline(&fact.text))
        };
        let lines: Vec<String> = self.record.person.facts.values().map(line).collect();
        (!lines.is_empty()).then(|| format!("{}\n{}", self.language.taught(), lines.join("\n")))
    }

    fn other_names(&self) -> Option<String> {
        let Person { aliases, .. } = &self.record.person;
        let shown = |name: &str| match aliases.get(name) {
            Some(alias) => self.language.taught_name(&inline(name), *alias),
            None => inline(name),
        };
        let names: Vec<String> = self.record.person.also_known_as().into_iter().map(shown).collect();
        (!names.is_empty()).then(|| self.language.also_known_as(&names))
    }

    /// How fresh it is and what is missing, a line each. Nothing where nothing is known and nothing is missing.
    fn freshness(&self, memories: &MemoriesResponse) -> String {
        let source = memories.sources.get(&self.user).copied().unwrap_or(Source::None);
        let today =
            self.today_read_at().filter(|_| source != Source::None).map(|at| self.language.today_read_until(at));
        let missing = days(memories, &[DayState::Failed, DayState::Pending]).map(|days| self.language.missing(&days));
        let stale = days(memories, &[DayState::Stale]).map(|days| self.language.outdated(&days));
        let blocked = days(memories, &[DayState::Blocked]).map(|days| self.language.blocked_days(&days));
        [self.origin(source), today, missing, stale, blocked].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn origin(&self, source: Source) -> Option<String> {
        let made_at = self.record.memory.as_ref().map(|memory: &Memory| memory.built_at);
        match source {
            Source::Merged => Some(self.language.made_now()),
            Source::Cached => made_at.map(|at| self.language.made_at(at)),
            Source::Facts => Some(self.language.as_taught()),
            Source::Summary => Some(self.language.of_one_day()),
            Source::LastKnownGood => Some(self.language.last_known_good(made_at)),
            Source::Unmerged => Some(self.language.unmerged()),
            Source::Verbatim => Some(self.language.verbatim()),
            Source::None => None,
        }
    }

    fn today_read_at(&self) -> Option<Timestamp> {
        let summary = self.today?.summary.as_ref()?;
        Some(summary.built_at)
    }
}

/// The days of those states, newest first.
fn days(memories: &MemoriesResponse, states: &[DayState]) -> Option<String> {
    let days = memories.days.iter().rev().filter(|(_, state)| states.contains(state));
    let days: Vec<String> = days.map(|(day, _)| day.to_string()).collect();
    (!days.is_empty()).then(|| days.join(", "))
}

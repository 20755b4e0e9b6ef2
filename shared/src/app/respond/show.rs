//! What is remembered about a person: the memory, who taught what, how fresh it is and what is missing.

use std::time::Duration;

use jiff::Timestamp;

use super::{Deps, MAX_ATTEMPTS, names};
use crate::{
    app::AppError,
    contract::{DayState, MemoriesRequest, MemoriesResponse, Task},
    domain::{Day, DayRecord, Fact, GuildId, Language, Memory, Person, Reply, Source, UserId},
    ports::{AskMemories, Clock, InvokeError, PersonRecord, ReadPeople, ReadWindow, StoreError},
};

/// How long `get_memories` may take at the most: nobody likes to wait longer, and what is not ready then is there for the
/// next question. Less than its invocation may take.
const LONGEST_WAIT: Duration = Duration::from_secs(110);
/// What is kept of the time for everything else.
const TO_READ: Duration = Duration::from_secs(10);

pub(super) async fn show<S, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    time: Duration,
    task: &Task,
    user: UserId,
) -> Result<Reply, AppError>
where
    S: ReadWindow + ReadPeople,
    F: AskMemories,
    C: Clock,
{
    let (guild, language) = (task.guild_id, task.language);
    let started = tokio::time::Instant::now();
    let mut seen = person(&deps.store, guild, user).await?;
    for _ in 0..MAX_ATTEMPTS {
        if seen.opted_out {
            return Ok(language.opted_out(user).into());
        }
        let wait = time.saturating_sub(started.elapsed() + TO_READ).min(LONGEST_WAIT);
        let request = MemoriesRequest {
            guild_id: guild,
            user_ids: vec![user],
            max_wait_ms: Some(wait.as_millis() as u64),
            prompt: false,
            warm: false,
        };
        let report = deps.functions.memories(&request).await;
        let now = deps.clock.now();
        let days = deps.calendar.window(now);
        let mut window = deps.store.read_window(guild, &days, &[user]).await;
        let record = window.people.remove(&user).unwrap_or(Err(StoreError::Throttled))?;
        // A memory that was made while somebody had a fact forgotten may hold it: it is made again.
        if record.person.facts_revision == seen.facts_revision {
            let today = window.days.remove(&Day::of(now)).and_then(Result::ok);
            return View { language, user, record: &record, today: today.as_ref() }.reply(deps, guild, report).await;
        }
        seen = record.person;
    }
    Err(StoreError::Conflict.into())
}

async fn person<S: ReadPeople>(store: &S, guild: GuildId, user: UserId) -> Result<Person, StoreError> {
    Ok(store.people(guild, &[user]).await?.remove(&user).unwrap_or_default())
}

/// What is shown of a person.
struct View<'a> {
    language: Language,
    user: UserId,
    record: &'a PersonRecord,
    /// What is known about today, to say how far it was read.
    today: Option<&'a DayRecord>,
}

impl View<'_> {
    async fn reply<S: ReadPeople, F, D, R, C>(
        &self,
        deps: &Deps<S, F, D, R, C>,
        guild: GuildId,
        report: Result<MemoriesResponse, InvokeError>,
    ) -> Result<Reply, AppError> {
        let facts = &self.record.person.facts;
        let (body, footnote) = match report {
            Ok(report) => (self.memory(&report), self.freshness(&report)),
            // What was taught is there without anybody's help; without it there is nothing but the error.
            Err(error) if facts.is_empty() => return Err(error.into()),
            Err(_) => (None, self.language.only_facts()),
        };
        if body.is_none() && facts.is_empty() && footnote.is_empty() {
            return Ok(self.language.nothing_known(self.user).into());
        }
        let sections = [Some(self.language.about(self.user)), body, self.taught(), self.other_names()];
        let text = sections.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        let mut mentioned: Vec<UserId> = facts.values().filter_map(|fact| fact.taught_by).chain([self.user]).collect();
        mentioned.sort_unstable();
        mentioned.dedup();
        let names = names(&deps.store, guild, &mentioned).await?;
        Ok(Reply { text, footnote, names, undo: None })
    }

    /// The memory, unless it only repeats what was taught.
    fn memory(&self, report: &MemoriesResponse) -> Option<String> {
        let text = report.memories.get(&self.user)?.as_deref()?;
        let is_fact = |line: &str| {
            let mut facts = self.record.person.facts.values();
            line.strip_prefix("- ").is_some_and(|line| facts.any(|fact| fact.text == line))
        };
        match report.sources.get(&self.user)? {
            Source::Facts | Source::None => None,
            Source::Unmerged => Some(text.lines().filter(|line| !is_fact(line)).collect::<Vec<_>>().join("\n")),
            _ => Some(text.to_owned()),
        }
    }

    fn taught(&self) -> Option<String> {
        let line = |fact: &Fact| {
            let by = self.language.taught_by(fact.taught_by, Day::of(fact.taught_at));
            format!("- {} ({by})", fact.text)
        };
        let lines: Vec<String> = self.record.person.facts.values().map(line).collect();
        (!lines.is_empty()).then(|| format!("{}\n{}", self.language.taught(), lines.join("\n")))
    }

    fn other_names(&self) -> Option<String> {
        let names = self.record.person.also_known_as();
        (!names.is_empty()).then(|| self.language.also_known_as(&names))
    }

    /// How fresh it is and what is missing, a line each. Nothing where nothing is known and nothing is missing.
    fn freshness(&self, report: &MemoriesResponse) -> String {
        let source = report.sources.get(&self.user).copied().unwrap_or(Source::None);
        let today =
            self.today_read_at().filter(|_| source != Source::None).map(|at| self.language.today_read_until(at));
        let missing = days(report, &[DayState::Failed, DayState::Pending]).map(|days| self.language.missing(&days));
        let stale = days(report, &[DayState::Stale]).map(|days| self.language.outdated(&days));
        let blocked = days(report, &[DayState::Blocked]).map(|days| self.language.blocked_days(&days));
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
            Source::None => None,
        }
    }

    fn today_read_at(&self) -> Option<Timestamp> {
        let summary = self.today?.summary.as_ref()?;
        Some(summary.built_at)
    }
}

/// The days of those states, newest first.
fn days(report: &MemoriesResponse, states: &[DayState]) -> Option<String> {
    let days = report.days.iter().rev().filter(|(_, state)| states.contains(state));
    let days: Vec<String> = days.map(|(day, _)| day.to_string()).collect();
    (!days.is_empty()).then(|| days.join(", "))
}

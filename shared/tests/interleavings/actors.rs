//! Plays a scenario and keeps what everybody saw.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::{join, join_all};
use guild_memory::{
    app::{
        AskedFor, Cooldowns, Deadline, ModelChain,
        build_memories::{self, build_memories},
        decode,
        ingest_messages::ingest_messages,
        people,
        summarize_day::{self, Settings, summarize_day},
    },
    contract::{DayReport, DayRequest, MemoriesRequest, MemoriesResponse, Models},
    domain::{AllowedGuilds, Calendar, GuildId, Limits, MessageId, Person, Today, UserId, prompt::ChunkLimits},
    ports::{Clock as _, InvokeError, ReadPeople as _, SummarizeDay, WarmMemories},
    testing::{RETENTION, id_at, ingest_deps, message_at},
};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout},
};

use super::{
    jittery::{Freezing, JitteryStore, SlowModel, TODAY, VirtualClock, words},
    scenario::{Change, Message, Reader, Scenario},
};

const PEOPLE: [u64; 2] = [10, 11];
const SETTLE: Duration = Duration::from_secs(1200);
/// So few that most days are cut.
const CHUNKS: ChunkLimits = ChunkLimits { messages: 2, tokens: 60_000, members: 100, target: Duration::from_secs(6) };
/// Longer than all leases, waits and answers that may be under way.
const AFTERMATH: Duration = Duration::from_secs(400);

/// The life of a summary of today, and when it ages (DESIGN rules 2 and 37).
const LIFE: Duration = Duration::from_secs(3600);
const AGED: Duration = Duration::from_secs(46 * 60);

/// What came of a scenario.
pub(crate) struct Outcome {
    /// The live words of each person, by the sequential specification.
    expected: BTreeMap<u64, BTreeSet<String>>,
    /// The words of each person in the last answer, when nothing was under way any more.
    answered: BTreeMap<u64, BTreeSet<String>>,
    /// What was wrong in the answers on the way.
    wrong: Vec<String>,
    /// Every prompt a model was paid for.
    prompts: Vec<String>,
    /// Words of messages that are gone, and are still stored.
    left: Vec<String>,
}

impl Outcome {
    pub(crate) fn check_words(&self) -> Result<(), TestCaseError> {
        prop_assert_eq!(&self.answered, &self.expected);
        prop_assert!(self.wrong.is_empty(), "{:?}", self.wrong);
        prop_assert!(self.left.is_empty(), "still stored: {:?}", self.left);
        Ok(())
    }

    pub(crate) fn check_nothing_was_paid_twice(&self) -> Result<(), TestCaseError> {
        let different: BTreeSet<&String> = self.prompts.iter().collect();
        prop_assert_eq!(different.len(), self.prompts.len(), "{:?}", &self.prompts);
        Ok(())
    }
}

pub(crate) fn run(scenario: &Scenario) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async { Play::new(scenario).run(scenario).await })
}

fn guild() -> GuildId {
    "1".parse().unwrap()
}

struct Play {
    store: JitteryStore,
    clock: VirtualClock,
    model: SlowModel,
    /// Every message so far, and when its deletion was done, if it was.
    said: RefCell<Vec<(MessageId, Message, Option<Instant>)>>,
    account: Account,
    /// Who was erased, until when what they wrote stays out, and when that was done.
    erased: RefCell<Vec<(UserId, Timestamp, Instant)>>,
    wrong: RefCell<Vec<String>>,
    second_day: &'static str,
}

/// `daily_summary`, in a process of its own: it goes on when its caller is gone, and freezes with nobody.
struct InProcess {
    store: JitteryStore,
    clock: VirtualClock,
    model: SlowModel,
    account: Account,
}

/// What all functions share: so many executions at once, and a throttle.
#[derive(Clone)]
struct Account {
    executions: Arc<Semaphore>,
    throttled: Option<u32>,
    random: Arc<Mutex<fastrand::Rng>>,
}

impl Account {
    fn new(scenario: &Scenario) -> Self {
        let executions = Arc::new(Semaphore::new(scenario.executions.unwrap_or(Semaphore::MAX_PERMITS)));
        let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(scenario.seed ^ 1)));
        Self { executions, throttled: scenario.throttled, random }
    }

    fn execution(&self) -> Result<SemaphorePermit<'_>, InvokeError> {
        let refuses = self.throttled.is_some_and(|one_in| self.random.lock().unwrap().u32(..one_in) == 0);
        if refuses {
            Err(InvokeError::Throttled)
        } else {
            self.executions.try_acquire().map_err(|_| InvokeError::Throttled)
        }
    }

    /// One in which there is room for everybody.
    fn without_limits(&self) -> Self {
        Self { executions: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)), throttled: None, ..self.clone() }
    }
}

impl SummarizeDay for InProcess {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        let _execution = self.account.execution()?;
        let deps = summarize_day::Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            model: self.model.clone(),
            clock: self.clock.clone(),
            settings: Settings {
                settle: SETTLE,
                open_day_ttl: LIFE,
                retention: guild_memory::domain::SummaryRetention::default(),
                chunks: CHUNKS,
            },
            discord_guilds: BTreeSet::new(),
        };
        let report = summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await;
        report.map_err(|error| InvokeError::Failed { error_type: error.kind.to_string(), message: error.message })
    }
}

impl WarmMemories for InProcess {
    async fn warm_memories(&self, _: MemoriesRequest) -> Result<(), InvokeError> {
        Ok(())
    }
}

impl Play {
    fn new(scenario: &Scenario) -> Self {
        Self {
            store: JitteryStore::new(scenario.seed),
            clock: VirtualClock(Instant::now()),
            model: SlowModel::new(scenario.seed, scenario.slowest_model, scenario.failures),
            said: RefCell::default(),
            account: Account::new(scenario),
            erased: RefCell::default(),
            wrong: RefCell::default(),
            second_day: if scenario.ages { TODAY } else { "2026-11-20" },
        }
    }

    async fn run(self, scenario: &Scenario) -> Outcome {
        for message in &scenario.at_first {
            self.say(*message).await;
        }
        if scenario.ages {
            self.age().await;
        }
        let readers = join_all(scenario.readers.iter().map(|reader| self.read(reader)));
        let changes = join_all(scenario.changes.iter().map(|(at, change)| self.change(*at, *change)));
        join(readers, changes).await;
        sleep(if scenario.tells_of_today() { AFTERMATH + LIFE } else { AFTERMATH }).await;
        let answered = self.final_answer().await;
        let prompts = self.model.asked.lock().unwrap().clone();
        let expected = self.expected().await;
        let left = self.left(&expected);
        Outcome { expected, answered, wrong: self.wrong.take(), prompts, left }
    }

    /// Today has a summary that ages, since something was said after it was made.
    async fn age(&self) {
        self.say(Message { second_day: true, author: PEOPLE[0] }).await;
        self.ask(self.model.in_good_health(), self.account.without_limits(), None, false).await;
        sleep(AGED).await;
        self.say(Message { second_day: true, author: PEOPLE[1] }).await;
        self.model.asked.lock().unwrap().clear();
    }

    /// Says it, and gives its number.
    async fn say(&self, message: Message) -> usize {
        let number = self.said.borrow().len();
        let date = if message.second_day { self.second_day } else { "2026-11-18" };
        let mut id = message_at(date.parse().unwrap(), "10:00", message.author, "x", "").id;
        id = MessageId::try_from(id.get() + number as u64 * 100).unwrap();
        self.write(id, message).await
    }

    /// Says it as a message of this moment.
    async fn say_now(&self, author: u64) {
        let id = id_at(self.clock.now(), self.said.borrow().len() as u64);
        self.write(id, Message { second_day: false, author }).await;
    }

    async fn write(&self, id: MessageId, message: Message) -> usize {
        let number = self.said.borrow().len();
        self.said.borrow_mut().push((id, message, None));
        let author = json!({"id": message.author, "name": format!("member {}", message.author)});
        let content = format!("word-{number}-of-{}", message.author);
        self.ingest(json!({"messages": [{"id": id, "channel_id": "7", "author": author, "content": content}]})).await;
        number
    }

    async fn change(&self, at: u64, change: Change) {
        sleep(Duration::from_millis(at)).await;
        match change {
            Change::Say(message) => drop(self.say(message).await),
            Change::Flash(message, lasts) => {
                let number = self.say(message).await;
                sleep(Duration::from_millis(lasts)).await;
                self.delete(number).await;
            }
            Change::Delete(number) => self.delete(number).await,
            Change::SayNow(author) => self.say_now(author).await,
            Change::Erase(author, dies_after) => self.end(author, "erase", dies_after).await,
            Change::OptOut(author, dies_after) => self.end(author, "opt_out", dies_after).await,
            Change::OptIn(author) => self.decide(author, "opt_in").await,
        }
    }

    async fn delete(&self, number: usize) {
        let Some((id, ..)) = self.said.borrow().get(number).copied() else { return };
        self.ingest(json!({"deleted": [id]})).await;
        self.said.borrow_mut()[number].2.get_or_insert_with(Instant::now);
    }

    async fn ingest(&self, mut event: serde_json::Value) {
        event["guild_id"] = json!(guild());
        let deps = ingest_deps(&self.store, &self.clock);
        while ingest_messages(&deps, decode(event.clone()).unwrap()).await.is_err() {}
    }

    /// Ends what is kept of somebody; who dies on the way begins again.
    async fn end(&self, author: u64, op: &str, dies_after: Option<u64>) {
        if let Some(life) = dies_after {
            drop(timeout(Duration::from_millis(life), self.decide(author, op)).await);
        }
        self.decide(author, op).await;
        let user = UserId::try_from(author).unwrap();
        let erased_at = self.person(user).await.erased_at.unwrap();
        self.erased.borrow_mut().push((user, erased_at, Instant::now()));
    }

    async fn decide(&self, author: u64, op: &str) {
        let deps = people::Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            clock: self.clock.clone(),
            retention: RETENTION,
            allowed_guilds: AllowedGuilds::default(),
            left_kept_for: None,
            summary_retention: guild_memory::domain::SummaryRetention::default(),
        };
        let event = json!({"guild_id": guild(), "user_id": author, "op": op});
        let request = || decode(event.clone()).unwrap();
        while people::people(&deps, Deadline::new(Duration::from_secs(120), None), request()).await.is_err() {}
    }

    /// As they are now.
    async fn person(&self, user: UserId) -> Person {
        self.store.store.people(guild(), &[user]).await.unwrap().remove(&user).unwrap()
    }

    /// One request, which may freeze or die on the way.
    async fn read(&self, reader: &Reader) {
        sleep(Duration::from_millis(reader.starts)).await;
        // Whoever has no execution is not even begun.
        let Ok(_execution) = self.account.execution() else { return };
        let started = Instant::now();
        let after = |ms| started + Duration::from_millis(ms);
        let frozen = reader.frozen.map(|(from, lasts)| (after(from), after(from + lasts)));
        let answer = self.ask(self.model.clone(), self.account.clone(), reader.max_wait, reader.refreshes);
        let request = Freezing::new(answer, frozen);
        let life = Duration::from_millis(reader.dies_after.unwrap_or(u64::MAX / 4));
        if let Ok(Some(response)) = timeout(life, request).await {
            self.check(&response, started);
        }
    }

    async fn ask(
        &self,
        model: SlowModel,
        account: Account,
        max_wait: Option<u64>,
        refresh: bool,
    ) -> Option<MemoriesResponse> {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let deps = build_memories::Deps {
            functions: InProcess { store: store.clone(), clock: clock.clone(), model: model.clone(), account },
            model: ModelChain::new(vec![(model, Limits::default())], store.clone(), clock.clone()),
            models: Models::Configured,
            today: Today::Append,
            merge_batch: NonZeroUsize::MIN,
            asked_for: AskedFor::default(),
            summary_cooldowns: Cooldowns::new(store.clone(), clock.clone(), vec!["slow".to_owned()]),
            calendar: Calendar { history_days: 6, settle: SETTLE },
            memory: store,
            clock,
        };
        let request =
            decode(json!({"guild_id": guild(), "user_ids": PEOPLE, "warm": refresh, "refresh": refresh})).unwrap();
        let deadline = Deadline::new(Duration::from_secs(180), max_wait.map(Duration::from_millis));
        build_memories(&deps, deadline, request).await.ok()
    }

    /// Everybody's words are their own, and none was deleted before the request began.
    fn check(&self, response: &MemoriesResponse, started: Instant) {
        for (person, words) in words_of(response) {
            for word in words {
                let mut pieces = word.split('-').skip(1).step_by(2).map(|number| number.parse::<usize>().unwrap());
                let (number, author) = (pieces.next().unwrap(), pieces.next().unwrap());
                let (id, _, deleted) = self.said.borrow()[number];
                let deleted = deleted.is_some_and(|deleted| deleted <= started);
                let is_out = |(user, until, done): &(UserId, Timestamp, Instant)| {
                    user.get() == author as u64 && id.written_at() <= *until && *done <= started
                };
                if deleted || self.erased.borrow().iter().any(is_out) || author as u64 != person {
                    self.wrong.borrow_mut().push(format!("{word} in the memory of {person}"));
                }
            }
        }
    }

    /// What is answered when nothing is under way any more and all models are well.
    async fn final_answer(&self) -> BTreeMap<u64, BTreeSet<String>> {
        for _ in 0..5 {
            let response = self.ask(self.model.in_good_health(), self.account.without_limits(), None, false).await;
            if let Some(response) = response.filter(|response| response.errors.is_empty()) {
                return words_of(&response);
            }
            sleep(AFTERMATH).await;
        }
        panic!("it does not recover");
    }

    fn live(&self) -> Vec<(usize, MessageId, u64)> {
        let said = self.said.borrow();
        let live = said.iter().enumerate().filter(|(_, (_, _, deleted))| deleted.is_none());
        live.map(|(number, (id, message, _))| (number, *id, message.author)).collect()
    }

    /// What nobody deleted, and those who wrote it let be kept.
    async fn expected(&self) -> BTreeMap<u64, BTreeSet<String>> {
        let mut expected: BTreeMap<u64, BTreeSet<String>> = PEOPLE.map(|person| (person, BTreeSet::new())).into();
        for (number, id, author) in self.live() {
            if !self.person(UserId::try_from(author).unwrap()).await.keeps_out(id) {
                expected.entry(author).or_default().insert(format!("word-{number}-of-{author}"));
            }
        }
        expected
    }

    /// Words of messages that are gone in anything that is kept.
    fn left(&self, expected: &BTreeMap<u64, BTreeSet<String>>) -> Vec<String> {
        let live: BTreeSet<&String> = expected.values().flatten().collect();
        let stored = self.store.store.everything_kept();
        stored.iter().flat_map(|(.., text)| words(text)).filter(|word| !live.contains(word)).collect()
    }
}

fn words_of(response: &MemoriesResponse) -> BTreeMap<u64, BTreeSet<String>> {
    let words = |text: &Option<String>| words(text.as_deref().unwrap_or_default()).into_iter().collect();
    response.memories.iter().map(|(person, text)| (person.get(), words(text))).collect()
}

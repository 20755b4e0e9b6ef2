//! A store that takes its time, a model that takes more, a clock that follows, and callers that freeze.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};

use guild_memory::{
    domain::{
        Allowance, ChannelId, Cooldown, Day, DayRecord, DaySummary, FailedAttempt, GuildId, GuildSettings, KeptChunk,
        KnownNames, Lease, LeaseOwner, Ledger, Left, Line, Memory, MessageId, OpenChannels, Pace, Person,
        StoredMessage, UserId, Wipe,
        prompt::{KeptCut, Prompt},
    },
    ports::{
        ClaimHandOvers, Clock, CommitDaySummary, CommitMemory, CoolModels, DayChange, DropMessages, ErasePeople,
        FindByName, HoldLeases, KeepChunks, KeepLines, KeepPaces, KeepWipes, LanguageModel, LeaseOn, LedgerRecord,
        ModelError, ModelResponse, NoteAskedFor, NoteLeft, PurgeDay, ReadDay, ReadLedgers, ReadLeft,
        ReadMessageChannels, ReadMessages, ReadOpenChannels, ReadPeople, ReadSettings, ReadWindow, RecordNames,
        SpendBudget, Spending, StoreError, StoredDay, TeachPeople, TextsOf, WatchDays, Window, WipeGuilds,
        WriteMessages,
    },
    testing::{InMemoryStore, model_response},
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::torn::Torn;

/// When the virtual time begins: long after the days of these tests have closed, but for today.
const BEGIN: &str = "2026-11-22T12:00:00Z";
pub(crate) const TODAY: &str = "2026-11-22";

#[derive(Clone)]
pub(crate) struct VirtualClock(pub(crate) Instant);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        BEGIN.parse::<Timestamp>().unwrap() + SignedDuration::try_from(self.0.elapsed()).unwrap()
    }
}

/// The same store for everybody, each request with a delay before it is made and another before its answer arrives.
#[derive(Clone)]
pub(crate) struct JitteryStore {
    pub(crate) store: InMemoryStore,
    torn: Torn,
    random: Arc<Mutex<fastrand::Rng>>,
}

impl JitteryStore {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            store: InMemoryStore::default(),
            torn: Torn::default(),
            random: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))),
        }
    }

    async fn delayed<T>(&self, request: impl Future<Output = T>) -> T {
        self.delay().await;
        let answer = request.await;
        self.delay().await;
        answer
    }

    fn delay(&self) -> Sleep {
        let ms = {
            let mut random = self.random.lock().unwrap();
            if random.u8(..) < 8 { random.u64(..5_000) } else { random.u64(..20) }
        };
        sleep(Duration::from_millis(ms))
    }
}

/// Forwards a port's method, with its delays.
macro_rules! delayed {
    ($(impl $port:ident { $(async fn $method:ident($($name:ident: $type:ty),*) -> $answer:ty;)+ })+) => {
        $(impl $port for JitteryStore {
            $(async fn $method(&self, $($name: $type),*) -> $answer {
                self.delayed(self.store.$method($($name),*)).await
            })+
        })+
    };
}

delayed! {
    impl ReadMessageChannels {
        async fn message_channels(guild: GuildId, day: Day) -> Result<BTreeMap<MessageId, ChannelId>, StoreError>;
    }
    impl CommitDaySummary {
        async fn note_reading(guild: GuildId, day: Day, version: u64, owner: &LeaseOwner) -> Result<(), StoreError>;
        async fn commit_summary(guild: GuildId, day: Day, summary: &DaySummary, owner: &LeaseOwner) -> Result<(), StoreError>;
        async fn renew_summary(guild: GuildId, day: Day, seen: &DaySummary, expires_at: Option<Timestamp>) -> Result<(), StoreError>;
    }
    impl HoldLeases {
        async fn acquire(guild: GuildId, on: &LeaseOn, lease: &Lease, now: Timestamp) -> Result<bool, StoreError>;
        async fn renew(guild: GuildId, on: &LeaseOn, lease: &Lease) -> Result<(), StoreError>;
        async fn release(guild: GuildId, on: &LeaseOn, owner: &LeaseOwner, failure: Option<&FailedAttempt>) -> Result<(), StoreError>;
    }
    impl KeepChunks {
        async fn kept_chunk(guild: GuildId, day: Day, hash: &str) -> Result<Option<KeptChunk>, StoreError>;
        async fn keep_chunk(guild: GuildId, day: Day, hash: &str, chunk: &KeptChunk, version: u64, owner: &LeaseOwner) -> Result<(), StoreError>;
        async fn kept_cut(guild: GuildId, day: Day) -> Result<KeptCut, StoreError>;
        async fn keep_cut(guild: GuildId, day: Day, cut: &KeptCut, now: Timestamp) -> Result<(), StoreError>;
    }
    impl ClaimHandOvers {
        async fn claim_hand_over(guild: GuildId, people: &str, now: Timestamp, expires_at: Timestamp) -> Result<bool, StoreError>;
    }
    impl NoteAskedFor {
        async fn note_asked_for(guild: GuildId, users: &[(UserId, Option<Timestamp>)], at: Timestamp) -> Result<(), StoreError>;
    }
    impl SpendBudget {
        async fn spend(model: &str, allowances: &[Allowance], tokens: u64) -> Result<Spending, StoreError>;
        async fn correct(model: &str, allowances: &[Allowance], tokens: i64) -> Result<(), StoreError>;
        async fn take_back(model: &str, allowances: &[Allowance], tokens: u64) -> Result<(), StoreError>;
    }
    impl KeepLines {
        async fn line(model: &str) -> Result<Line, StoreError>;
        async fn keep_line(model: &str, line: &Line) -> Result<(), StoreError>;
    }
    impl KeepPaces {
        async fn pace(model: &str) -> Result<Pace, StoreError>;
        async fn keep_pace(model: &str, pace: &Pace, now: Timestamp) -> Result<(), StoreError>;
    }
    impl PurgeDay {
        async fn purge_day(guild: GuildId, day: Day, purged_version: u64) -> Result<(), StoreError>;
    }
    impl CommitMemory {
        async fn commit_memory(guild: GuildId, user: UserId, memory: &Memory, owner: &LeaseOwner) -> Result<(), StoreError>;
    }
    impl CoolModels {
        async fn cooldowns(models: &[String]) -> Result<BTreeMap<String, Timestamp>, StoreError>;
        async fn cool_down(model: &str, cooldown: &Cooldown) -> Result<(), StoreError>;
    }
    impl ReadPeople {
        async fn people(guild: GuildId, users: &[UserId]) -> Result<HashMap<UserId, Person>, StoreError>;
    }
    impl ReadOpenChannels {
        async fn open_channels(guild: GuildId) -> Result<Option<OpenChannels>, StoreError>;
    }
    impl NoteLeft {
        async fn note_left(who: Left, at: Timestamp) -> Result<bool, StoreError>;
        async fn note_back(who: Left) -> Result<bool, StoreError>;
        async fn left_at(who: Left) -> Result<Option<Timestamp>, StoreError>;
    }
    impl ReadLeft {
        async fn all_left() -> Result<BTreeMap<Left, Timestamp>, StoreError>;
    }
    impl KeepWipes {
        async fn note_wipe(guild: GuildId, wipe: Wipe) -> Result<bool, StoreError>;
        async fn replace_wipe(guild: GuildId, wipe: Wipe) -> Result<(), StoreError>;
        async fn cancel_wipe(guild: GuildId, now: Timestamp) -> Result<bool, StoreError>;
        async fn wipe_is_done(guild: GuildId) -> Result<(), StoreError>;
        async fn wipes() -> Result<BTreeMap<GuildId, Wipe>, StoreError>;
    }
    impl WipeGuilds {
        async fn fence_guild(guild: GuildId, at: Timestamp) -> Result<(), StoreError>;
        async fn days_of_guild(guild: GuildId) -> Result<BTreeSet<Day>, StoreError>;
        async fn everybody_in(guild: GuildId, days: &BTreeSet<Day>) -> Result<BTreeSet<UserId>, StoreError>;
        async fn wipe_person(guild: GuildId, user: UserId, at: Timestamp) -> Result<(), StoreError>;
        async fn empty_day(guild: GuildId, day: Day) -> Result<u64, StoreError>;
        async fn drop_day(guild: GuildId, day: Day, mark: u64) -> Result<bool, StoreError>;
        async fn drop_guild(guild: GuildId, keeps_settings: bool) -> Result<(), StoreError>;
    }
    impl DropMessages {
        async fn drop_messages(guild: GuildId, day: Day) -> Result<usize, StoreError>;
    }
    impl TeachPeople {
        async fn replace_taught(guild: GuildId, user: UserId, person: &Person) -> Result<(), StoreError>;
        async fn drop_name(guild: GuildId, user: UserId, person: &Person, name: &str) -> Result<(), StoreError>;
    }
    impl FindByName {
        async fn seen_as(guild: GuildId, name: &str) -> Result<Vec<UserId>, StoreError>;
    }
    impl ErasePeople {
        async fn erase_person(guild: GuildId, user: UserId, person: &Person, opted_out: bool, at: Timestamp) -> Result<(), StoreError>;
        async fn forget_memory(guild: GuildId, user: UserId) -> Result<(), StoreError>;
        async fn fence_day(guild: GuildId, day: Day) -> Result<(), StoreError>;
        async fn erase_from_day(guild: GuildId, day: Day, user: UserId) -> Result<bool, StoreError>;
    }
    impl ReadSettings {
        async fn settings(guild: GuildId) -> Result<GuildSettings, StoreError>;
    }
    impl RecordNames {
        async fn record_names(guild: GuildId, user: UserId, said: &KnownNames) -> Result<(), StoreError>;
    }
}

/// What is read beside a transaction is seen as [`Torn`] says.
impl ReadDay for JitteryStore {
    async fn read_day(&self, guild: GuildId, day: Day, of: TextsOf<'_>) -> Result<DayRecord, StoreError> {
        let read = async {
            let record = self.store.read_day(guild, day, of).await?;
            Ok(DayRecord { ledger: self.torn.ledger(guild, day, record.ledger), ..record })
        };
        self.delayed(read).await
    }
}

impl ReadLedgers for JitteryStore {
    async fn ledgers_of_guild(&self, guild: GuildId) -> Result<BTreeMap<Day, Ledger>, StoreError> {
        let read = async {
            let ledgers = self.store.ledgers_of_guild(guild).await?.into_iter();
            Ok(ledgers.filter_map(|(day, seen)| Some((day, self.torn.ledger(guild, day, Some(seen))?))).collect())
        };
        self.delayed(read).await
    }
}

impl WatchDays for JitteryStore {
    async fn day_ledgers(&self, guild: GuildId, days: &[Day]) -> BTreeMap<Day, Result<LedgerRecord, StoreError>> {
        let read = async {
            let mut ledgers = self.store.day_ledgers(guild, days).await;
            for (day, record) in &mut ledgers {
                let Ok(record) = record else { continue };
                record.ledger = self.torn.ledger(guild, *day, record.ledger);
            }
            ledgers
        };
        self.delayed(read).await
    }
}

impl ReadWindow for JitteryStore {
    async fn read_window(&self, guild: GuildId, days: &[Day], people: &[UserId]) -> Window {
        let read = async {
            let mut window = self.store.read_window(guild, days, people).await;
            for (day, record) in &mut window.days {
                let Ok(record) = record else { continue };
                record.ledger = self.torn.ledger(guild, *day, record.ledger);
            }
            window
        };
        self.delayed(read).await
    }
}

impl ReadMessages for JitteryStore {
    async fn messages_of_day(&self, guild: GuildId, day: Day) -> Result<Vec<StoredMessage>, StoreError> {
        let read = async {
            let stored = self.store.stored_messages().into_iter();
            let of_day = stored.filter(|((of, id), _)| *of == guild && id.day() == day).map(|((_, id), one)| (id, one));
            let seen = self.torn.messages(guild, of_day.collect(), |id| id.day() == day);
            Ok(seen.into_values().filter(|stored| stored.message.is_some()).collect())
        };
        self.delayed(read).await
    }
}

impl WriteMessages for JitteryStore {
    async fn stored_day(&self, guild: GuildId, day: Day, ids: &[MessageId]) -> Result<StoredDay, StoreError> {
        let read = async {
            let stored = self.store.stored_day(guild, day, ids).await?;
            let ledger = self.torn.ledger(guild, day, stored.ledger);
            let messages = self.torn.messages(guild, stored.messages, |id| ids.contains(&id));
            Ok(StoredDay { ledger, messages, ..stored })
        };
        self.delayed(read).await
    }

    async fn begin_day(&self, guild: GuildId, day: Day) -> Result<(), StoreError> {
        self.delayed(self.store.begin_day(guild, day)).await
    }

    /// Its items become visible one after the other, and all of them before it answers.
    async fn change_day(&self, guild: GuildId, day: Day, change: DayChange<'_>) -> Result<(), StoreError> {
        self.delay().await;
        let moment = {
            let mut random = self.random.lock().unwrap();
            let longest = if random.bool() { 60 } else { 6_000 };
            Duration::from_millis(random.u64(..longest))
        };
        let lags = || self.random.lock().unwrap().bool();
        self.torn.begin(&self.store, (guild, day), &change, Instant::now() + moment, lags);
        let changed = self.store.change_day(guild, day, change).await;
        sleep(moment).await;
        self.delay().await;
        changed
    }
}

/// Repeats every word it is shown, in its time.
#[derive(Clone)]
pub(crate) struct SlowModel {
    random: Arc<Mutex<fastrand::Rng>>,
    slowest: u64,
    failures: Option<u32>,
    /// The data of every prompt it was paid for.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl SlowModel {
    pub(crate) fn new(seed: u64, slowest: u64, failures: Option<u32>) -> Self {
        let random = Arc::new(Mutex::new(fastrand::Rng::with_seed(!seed)));
        Self { random, slowest, failures, asked: Arc::default() }
    }

    pub(crate) fn in_good_health(&self) -> Self {
        Self { failures: None, ..self.clone() }
    }
}

impl LanguageModel for SlowModel {
    fn name(&self) -> String {
        "slow".to_owned()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        self.asked.lock().unwrap().push(prompt.data.clone());
        let (ms, fails) = {
            let mut random = self.random.lock().unwrap();
            (random.u64(..self.slowest), self.failures.is_some_and(|one_in| random.u32(..one_in) == 0))
        };
        sleep(Duration::from_millis(ms)).await;
        let failure = ModelError::Unavailable { reason: "by the scenario".to_owned() };
        model_response(&self.name(), if fails { Err(failure) } else { Ok(repeat(&prompt.data)) })
    }
}

fn repeat(data: &str) -> String {
    if data.starts_with("<person") {
        return words(data).join(" ");
    }
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in data.lines().filter(|line| line.starts_with("<message ")) {
        let member = line.split("member=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        said.entry(member).or_default().extend(words(line));
    }
    let summary =
        |(member, words): (&str, Vec<String>)| format!(r#"{{"member":"{member}","summary":"{}"}}"#, words.join(" "));
    format!(r#"{{"summaries":[{}]}}"#, said.into_iter().map(summary).collect::<Vec<_>>().join(","))
}

/// The words of these tests: `word-7-of-10`, the seventh message, written by 10.
pub(crate) fn words(text: &str) -> Vec<String> {
    let is_word = |piece: &&str| piece.starts_with("word-");
    text.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(is_word).map(str::to_owned).collect()
}

/// A caller that is not run for a while, as a stalled process: its timers go on without it.
pub(crate) struct Freezing<F> {
    inner: Pin<Box<F>>,
    frozen: Option<(Instant, Instant)>,
    thaw: Rc<RefCell<Option<Pin<Box<Sleep>>>>>,
}

impl<F: Future> Freezing<F> {
    pub(crate) fn new(inner: F, frozen: Option<(Instant, Instant)>) -> Self {
        Self { inner: Box::pin(inner), frozen, thaw: Rc::default() }
    }
}

impl<F: Future> Future for Freezing<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if let Some((_, until)) = self.frozen.filter(|(from, until)| (*from..*until).contains(&Instant::now())) {
            let mut thaw = self.thaw.borrow_mut();
            let sleep = thaw.get_or_insert_with(|| Box::pin(sleep_until(until)));
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
        self.inner.as_mut().poll(context)
    }
}

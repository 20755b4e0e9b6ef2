//! What happens in one case, and when.

use proptest::prelude::*;

/// Milliseconds of virtual time.
pub(crate) type Ms = u64;

#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    /// How long each message of the first day is there before everything begins: author by author.
    pub(crate) at_first: Vec<Message>,
    pub(crate) readers: Vec<Reader>,
    pub(crate) changes: Vec<(Ms, Change)>,
    /// Decides how long each request to the store and each answer of the model takes.
    pub(crate) seed: u64,
    /// The longest a model may take: more than a lease, at times.
    pub(crate) slowest_model: Ms,
    /// The second day is today, and has a summary that ages: some readers make it anew behind an answer (DESIGN rule 37).
    pub(crate) ages: bool,
    /// One in so many model calls fails.
    pub(crate) failures: Option<u32>,
    /// One in so many invocations is throttled.
    pub(crate) throttled: Option<u32>,
    /// The executions that all functions share.
    pub(crate) executions: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    pub(crate) second_day: bool,
    pub(crate) author: u64,
}

/// Asks for memories; and may die, or be frozen for a while.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) starts: Ms,
    pub(crate) dies_after: Option<Ms>,
    pub(crate) frozen: Option<(Ms, Ms)>,
    pub(crate) max_wait: Option<Ms>,
    /// Nobody waits for it, and what ages is made anew.
    pub(crate) refreshes: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// A new message.
    Say(Message),
    /// A message that is deleted so long after it was said: people who write through a proxy delete each.
    Flash(Message, Ms),
    /// The deletion of the message of that number, counted from the first; of none if there are fewer.
    Delete(usize),
    /// A message of that moment, which no erase before it keeps out.
    SayNow(u64),
    /// The erase of that person; it may die after so long, and is asked for again.
    Erase(u64, Option<Ms>),
    /// The same, and nothing is kept of what they write from then on.
    OptOut(u64, Option<Ms>),
    /// What they write is kept again.
    OptIn(u64),
}

impl Scenario {
    /// Whether anything is said today: what is told of it may be an hour old.
    pub(crate) fn tells_of_today(&self) -> bool {
        self.ages || self.changes.iter().any(|(_, change)| matches!(change, Change::SayNow(_)))
    }

    pub(crate) fn with_nobody_dying(mut self) -> Self {
        self.failures = None;
        for reader in &mut self.readers {
            *reader = Reader { dies_after: None, frozen: None, max_wait: None, ..*reader };
        }
        self
    }
}

fn message() -> impl Strategy<Value = Message> {
    (any::<bool>(), 10..12_u64).prop_map(|(second_day, author)| Message { second_day, author })
}

fn reader() -> impl Strategy<Value = Reader> {
    let dies_after = prop::option::weighted(0.3, 0..40_000_u64);
    let frozen = prop::option::weighted(0.2, (0..20_000_u64, 1_000..90_000_u64));
    let max_wait = prop::option::weighted(0.2, 1..40_000_u64);
    let all = (0..60_000_u64, dies_after, frozen, max_wait, any::<bool>());
    all.prop_map(|(starts, dies_after, frozen, max_wait, refreshes)| Reader {
        starts,
        dies_after,
        frozen,
        max_wait,
        refreshes,
    })
}

fn change() -> impl Strategy<Value = Change> {
    let flash = (message(), prop_oneof![Just(1_u64), 0..2_000_u64, 0..30_000_u64]);
    prop_oneof![
        message().prop_map(Change::Say),
        flash.prop_map(|(message, lasts)| Change::Flash(message, lasts)),
        (0..8_usize).prop_map(Change::Delete)
    ]
}

/// Changes by and of people who are erased and opt out.
fn change_of_people() -> impl Strategy<Value = Change> {
    let erase = || (10..12_u64, prop::option::weighted(0.3, 0..20_000_u64));
    prop_oneof![
        2 => (10..12_u64).prop_map(Change::SayNow),
        2 => erase().prop_map(|(author, dies_after)| Change::Erase(author, dies_after)),
        1 => erase().prop_map(|(author, dies_after)| Change::OptOut(author, dies_after)),
        1 => (10..12_u64).prop_map(Change::OptIn),
        2 => change(),
    ]
}

pub(crate) fn scenarios() -> impl Strategy<Value = Scenario> {
    with_changes(prop::collection::vec((0..90_000_u64, change()), 0..5))
}

pub(crate) fn scenarios_with_erases() -> impl Strategy<Value = Scenario> {
    with_changes(prop::collection::vec((0..90_000_u64, change_of_people()), 1..6))
}

fn with_changes(changes: impl Strategy<Value = Vec<(Ms, Change)>>) -> impl Strategy<Value = Scenario> {
    (
        prop::collection::vec(message(), 1..5),
        prop::collection::vec(reader(), 1..5),
        changes,
        any::<u64>(),
        (any::<bool>(), prop_oneof![Just(1_000_u64), Just(12_000), Just(50_000)]),
        prop::option::weighted(0.3, 2..5_u32),
        prop::option::weighted(0.3, 2..5_u32),
        prop::option::weighted(0.3, 1..5_usize),
    )
        .prop_map(|(at_first, readers, changes, seed, (ages, slowest_model), failures, throttled, executions)| {
            Scenario { at_first, readers, changes, seed, slowest_model, ages, failures, throttled, executions }
        })
}

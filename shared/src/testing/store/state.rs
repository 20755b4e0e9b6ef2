//! What the store holds.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    domain::{
        Asked, BuildState, ChannelId, Cooldown, Cursor, Day, DaySummary, GuildId, GuildSettings, InteractionId,
        KeptChunk, KeptRoles, Ledger, Left, Line, Memory, MessageId, OpenChannels, Pace, Person, StoredMessage, UserId,
        Wipe, prompt::KeptCut,
    },
    ports::StoreError,
};

/// A store in memory. Clones share their contents.
#[derive(Clone, Default)]
pub struct InMemoryStore {
    state: Arc<Mutex<State>>,
}

/// Everything in it, by room.
#[derive(Default)]
pub(super) struct State {
    pub(super) messages: BTreeMap<(GuildId, MessageId), StoredMessage>,
    pub(super) ledgers: BTreeMap<(GuildId, Day), Ledger>,
    /// Up to which version somebody has read the day's messages.
    pub(super) read_versions: BTreeMap<(GuildId, Day), u64>,
    /// How often somebody was erased from the day.
    pub(super) erasures: BTreeMap<(GuildId, Day), u64>,
    pub(super) cursors: BTreeMap<(GuildId, ChannelId), Cursor>,

    pub(super) summaries: BTreeMap<(GuildId, Day), DaySummary>,
    /// Everybody who ever was in a summary of the day.
    pub(super) day_people: BTreeMap<(GuildId, Day), BTreeSet<UserId>>,
    /// By hash, with the version of the ledger they were read at.
    pub(super) chunks: BTreeMap<(GuildId, Day, String), (KeptChunk, u64)>,
    pub(super) cuts: BTreeMap<(GuildId, Day), KeptCut>,
    pub(super) day_builds: BTreeMap<(GuildId, Day), BuildState>,

    pub(super) people: BTreeMap<(GuildId, UserId), Person>,
    /// Who was told that the guild asks.
    pub(super) told: BTreeSet<(GuildId, UserId)>,
    pub(super) memories: BTreeMap<(GuildId, UserId), Memory>,
    pub(super) memory_builds: BTreeMap<(GuildId, UserId), BuildState>,
    /// What the memories are made from that somebody had the lease on last.
    pub(super) memory_leases: BTreeMap<(GuildId, UserId), BTreeMap<Day, u64>>,

    pub(super) settings: BTreeMap<GuildId, GuildSettings>,
    pub(super) roles: BTreeMap<GuildId, KeptRoles>,
    pub(super) open_channels: BTreeMap<GuildId, OpenChannels>,

    pub(super) cooldowns: BTreeMap<String, Cooldown>,
    /// Requests and tokens, by model and period.
    pub(super) spent: BTreeMap<(String, String), (i64, i64)>,
    pub(super) lines: BTreeMap<String, Line>,
    pub(super) paces: BTreeMap<String, Pace>,

    pub(super) hand_overs: BTreeMap<(GuildId, String), Timestamp>,
    /// The ends of claims.
    pub(super) claims: BTreeMap<InteractionId, Timestamp>,
    pub(super) asked: BTreeMap<(GuildId, UserId), Asked>,
    pub(super) asked_for: BTreeMap<(GuildId, UserId), Timestamp>,

    /// Of whom something is kept, and when Discord was last asked about them.
    pub(super) listed: BTreeMap<(GuildId, UserId), Option<Timestamp>>,
    pub(super) left: BTreeMap<Left, Timestamp>,
    /// Guilds that are to be wiped, and until when what was said in others stays out.
    pub(super) wipes: BTreeMap<GuildId, Wipe>,
    pub(super) wiped: BTreeMap<GuildId, Timestamp>,

    pub(super) failures: Failures,
}

/// What is to fail.
#[derive(Default)]
pub(super) struct Failures {
    /// What the next transactions answer, before they touch anything.
    pub(super) transactions: VecDeque<Option<StoreError>>,
    pub(super) days: Vec<Day>,
    pub(super) people: Vec<UserId>,
    pub(super) messages: bool,
    /// How long it takes to count what is spent.
    pub(super) spending_takes: Duration,
}

impl InMemoryStore {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics inside the store")
    }
}

impl State {
    pub(super) fn purged_version(&self, guild: GuildId, day: Day) -> u64 {
        self.ledgers.get(&(guild, day)).map_or(0, |ledger| ledger.purged_version)
    }
}

/// The error of everything that is to fail.
pub(super) fn unavailable() -> StoreError {
    StoreError::Unavailable { reason: "by request of a test".to_owned() }
}

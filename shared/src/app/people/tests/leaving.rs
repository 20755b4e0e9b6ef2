//! Who left is erased when their time is over (DESIGN rule 44).

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    domain::{GuildId, MessageId, Wipe},
    ports::{KeepWipes as _, ReadLeft as _, ReadPeople as _},
    testing::id_at,
};

const BEGAN: &str = "2026-11-22T12:00:00Z";

struct World {
    store: InMemoryStore,
    clock: FixedClock,
    left_kept_for: Option<SignedDuration>,
}

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

/// So many days and hours after the beginning.
fn after(days: i64, hours: i64) -> Timestamp {
    BEGAN.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * days + hours)
}

impl World {
    fn new(left_kept_for: Option<SignedDuration>) -> Self {
        Self { store: InMemoryStore::default(), clock: FixedClock::at(BEGAN), left_kept_for }
    }

    fn deps(&self) -> Deps<InMemoryStore, InMemoryStore, FixedClock> {
        Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            clock: self.clock.clone(),
            retention: RETENTION,
            allowed_guilds: AllowedGuilds::default(),
            summary_retention: crate::domain::SummaryRetention::default(),
            left_kept_for: self.left_kept_for,
        }
    }

    async fn call(&self, member: u64, op: &str) -> Value {
        let event = json!({"guild_id": "1", "user_id": member.to_string(), "op": op, "text": "likes tea"});
        let deadline = Deadline::new(Duration::from_secs(60), None);
        serde_json::to_value(people(&self.deps(), deadline, decode(event).unwrap()).await.unwrap()).unwrap()
    }

    /// Who is erased at that time.
    async fn erase_due(&self, now: Timestamp, members: &[u64]) -> Vec<u64> {
        self.clock.set(&now.to_string());
        let deadline = Deadline::new(Duration::from_secs(60), None);
        let report = erase_due(&self.deps(), deadline).await.unwrap();
        let users: Vec<UserId> = members.iter().map(|member| user(*member)).collect();
        let people = self.store.people(guild(), &users).await.unwrap();
        let erased: Vec<u64> = members.iter().copied().filter(|member| !people[&user(*member)].is_recorded()).collect();
        assert!(report.complete);
        erased
    }

    fn wrote(&self, at: Timestamp) -> MessageId {
        id_at(at, 1)
    }
}

fn thirty_days() -> Option<SignedDuration> {
    Some(SignedDuration::from_hours(30 * 24))
}

#[tokio::test]
async fn rule_44_who_left_is_erased_when_their_time_is_over_unless_they_came_back() {
    let world = World::new(thirty_days());
    for member in [10, 11, 12] {
        world.call(member, "remember").await;
    }
    for (member, op, noted) in [
        (10, "left", true),
        (10, "left", false),
        (11, "left", true),
        (11, "came_back", true),
        (11, "came_back", false),
        (13, "left", false),
    ] {
        world.clock.set(&(world.clock.now() + SignedDuration::from_secs(1)).to_string());
        assert_eq!(world.call(member, op).await, json!({"noted": noted}), "{member} {op}");
    }
    assert_eq!(world.erase_due(after(30, -1), &[10, 11, 12]).await, [0; 0]);
    assert_eq!(world.erase_due(after(30, 1), &[10, 11, 12]).await, [10]);
    assert!(world.store.all_left().await.unwrap().is_empty(), "it is done");
}

#[tokio::test]
async fn rule_44_who_writes_is_back_whoever_says_they_left() {
    let world = World::new(thirty_days());
    let wrote = async |member, at| {
        let said = KnownNames::of_account("Ann", world.wrote(at));
        world.store.record_names(guild(), user(member), &said).await.unwrap();
    };
    wrote(10, after(0, -1)).await;
    wrote(11, after(0, -1)).await;
    world.call(10, "left").await;
    world.call(11, "left").await;
    wrote(11, after(9, 0)).await;
    assert_eq!(world.erase_due(after(31, 0), &[10, 11]).await, [10]);
    assert!(world.store.all_left().await.unwrap().is_empty());
}

#[tokio::test]
async fn rule_44_where_it_is_turned_off_nobody_is_noted_and_nobody_erased() {
    let world = World::new(None);
    world.call(10, "remember").await;
    assert_eq!(world.call(10, "left").await, json!({"noted": false}));
    let noted_before = World { left_kept_for: thirty_days(), store: world.store.clone(), clock: world.clock.clone() };
    assert_eq!(noted_before.call(10, "left").await, json!({"noted": true}));
    assert_eq!(world.erase_due(after(300, 0), &[10]).await, [0; 0]);
}

#[tokio::test]
async fn rule_44_a_run_without_time_leaves_it_to_the_next_one() {
    let world = World::new(thirty_days());
    world.call(10, "remember").await;
    world.call(10, "left").await;
    world.clock.set(&after(40, 0).to_string());
    let report = erase_due(&world.deps(), Deadline::new(Duration::ZERO, None)).await.unwrap();
    assert_eq!((report.members, report.complete), (0, false));
    assert_eq!(world.erase_due(after(40, 1), &[10]).await, [10]);
}

#[tokio::test]
async fn rule_45_a_wipe_of_everything_replaces_one_that_keeps_the_settings_and_waits() {
    let no_time = Deadline::new(Duration::ZERO, None); // so that what is noted can be looked at
    for removed_the_app in [false, true] {
        let world = World::new(Some(SignedDuration::from_hours(24)));
        let deps = world.deps();
        world.call(10, "remember").await;
        if removed_the_app {
            assert!(guild_left(&deps, guild()).await.unwrap());
            world.clock.set(&after(1, 0).to_string());
        }
        let announced = Wipe::announced(deps.clock.now());
        assert!(world.store.note_wipe(guild(), announced).await.unwrap());
        if removed_the_app {
            erase_due(&deps, no_time).await.unwrap();
        } else {
            wipe_now(&deps, no_time, guild()).await.unwrap();
        }
        let noted = world.store.wipes().await.unwrap();
        assert_eq!(noted, [(guild(), Wipe::whole(deps.clock.now()))].into(), "removed: {removed_the_app}");
    }
}

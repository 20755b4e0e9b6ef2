mod archives;
mod keep_warm;
mod leaving;
mod nicks;
mod what_is_gone;

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::{
    app::Cooldowns,
    domain::{
        Author, Calendar, Channel, ChannelId, ChannelKind, Day, GuildId, GuildSettings, Message, MessageBody,
        MessageId, Overwrite, Permissions, SummaryStatus,
    },
    ports::{CoolModels as _, DiscordError, EntryKind, HistoryEntry, InvokeError, WriteSettings},
    testing::{FixedClock, InMemoryStore, RETENTION, ScriptedDiscord, ScriptedFunctions, id_at},
};

const READING: &str = "66560";
const MODEL: &str = "test:model";
/// Open to everybody, with a thread in it; hidden from everybody; a forum with a thread in it.
const GENERAL: u64 = 10;
const THREAD: u64 = 11;
const STAFF: u64 = 20;
const FORUM: u64 = 30;
const POST: u64 = 31;

struct World {
    store: InMemoryStore,
    discord: ScriptedDiscord,
    functions: ScriptedFunctions,
    clock: FixedClock,
}

fn guild() -> GuildId {
    GuildId::try_from(1).unwrap()
}

fn channel(id: u64) -> ChannelId {
    ChannelId::try_from(id).unwrap()
}

fn id(at: &str, n: u64) -> MessageId {
    id_at(at.parse().unwrap(), n)
}

fn said(within: u64, id: MessageId, content: &str) -> HistoryEntry {
    let message = Message {
        id,
        channel: channel(within),
        author: Author { id: "10".parse().unwrap(), name: "Ann".into() },
        body: MessageBody { content: content.into(), ..MessageBody::default() },
    };
    HistoryEntry { id, kind: EntryKind::Said(Box::new(message)) }
}

impl World {
    fn at(now: &str) -> Self {
        let world = Self {
            store: InMemoryStore::default(),
            discord: ScriptedDiscord::default(),
            functions: ScriptedFunctions::failing(InvokeError::Throttled),
            clock: FixedClock::at(now),
        };
        world.discord.state().channels.roles.everyone = Permissions::read(READING).unwrap();
        use ChannelKind::{Forum, PublicThread, Text};
        let channels = [
            (GENERAL, Text, None),
            (THREAD, PublicThread, Some(GENERAL)),
            (STAFF, Text, None),
            (FORUM, Forum, None),
            (POST, PublicThread, Some(FORUM)),
        ];
        for (id, kind, parent) in channels {
            world.put(id, kind, parent);
        }
        world
    }

    fn put(&self, id: u64, kind: ChannelKind, parent: Option<u64>) {
        let reading = Permissions::read(READING).unwrap();
        let one = Channel {
            id: channel(id),
            kind,
            parent: parent.map(channel),
            last_message: None,
            age_restricted: false,
            everyone: Overwrite {
                allow: Permissions::NONE,
                deny: if id == STAFF { reading } else { Permissions::NONE },
            },
            roles: BTreeMap::new(),
        };
        self.discord.state().channels.channels.insert(channel(id), one);
    }

    fn say(&self, within: u64, id: MessageId, content: &str) {
        self.discord.state().write(channel(within), said(within, id, content));
    }

    fn delete(&self, within: u64, id: MessageId) {
        self.discord.state().messages.get_mut(&channel(within)).unwrap().remove(&id);
    }

    async fn sync_within(&self, remaining: Duration) -> Result<GuildReport, AppError> {
        let deps = Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            discord: self.discord.clone(),
            functions: self.functions.clone(),
            summary_cooldowns: Cooldowns::new(self.store.clone(), self.clock.clone(), vec![MODEL.into()]),
            clock: self.clock.clone(),
            settings: Settings {
                guilds: vec![guild()],
                backfill_days: 7,
                retention: RETENTION,
                calendar: Calendar { history_days: 6, settle: Duration::from_secs(1200) },
                keep_warm: Duration::from_secs(24 * 3_600),
                left_kept_for: Some(SignedDuration::from_hours(30 * 24)),
            },
        };
        let report = sync_messages(&deps, Deadline::new(remaining, None)).await?;
        Ok(report.guilds.into_iter().next().unwrap())
    }

    async fn sync(&self) -> GuildReport {
        self.sync_within(Duration::from_secs(500)).await.unwrap()
    }

    /// The words that are stored.
    fn stored(&self) -> Vec<String> {
        let stored = self.store.stored_messages().into_values();
        stored.filter_map(|stored| stored.message).map(|message| message.body.content).collect()
    }

    fn pages(&self) -> usize {
        std::mem::take(&mut self.discord.state().pages)
    }
}

const NOON: &str = "2026-11-22T12:00:00Z";

#[tokio::test]
async fn what_is_new_is_read_once_and_nothing_is_asked_where_nothing_is_new() {
    let world = World::at(NOON);
    for n in 0..250 {
        world.say(GENERAL, id("2026-11-20T10:00:00Z", n), &format!("{n}"));
    }
    world.say(THREAD, id("2026-11-21T10:00:00Z", 1), "in a thread");
    world.say(POST, id("2026-11-21T10:00:00Z", 2), "in a forum");
    world.say(STAFF, id("2026-11-21T10:00:00Z", 3), "hush");
    world.say(GENERAL, id("2026-11-14T10:00:00Z", 4), "long ago");
    let report = world.sync().await;
    assert_eq!((report.channels, report.stored, report.complete), (3, 252, true));
    assert!(report.problems.is_empty(), "{report:?}");
    assert!(!world.stored().iter().any(|text| text == "hush" || text == "long ago"));
    assert_eq!(world.pages(), 3 + 1 + 1, "250 messages, and two channels with one");

    assert_eq!(world.sync().await, GuildReport { stored: 0, ..report });
    assert_eq!(world.pages(), 0);
    world.clock.set("2026-11-22T12:10:00Z");
    world.say(GENERAL, id("2026-11-22T12:05:00Z", 1), "news");
    assert_eq!(world.sync().await.stored, 1);
    assert_eq!(world.pages(), 1);
}

#[tokio::test]
async fn rule_22_the_intent_is_decided_by_the_applications_flags() {
    for (sees_content, complete) in [(Some(true), true), (Some(false), false), (None, false)] {
        let world = World::at(NOON);
        world.discord.state().sees_content = sees_content;
        let hidden = HistoryEntry { id: id("2026-11-21T10:00:00Z", 1), kind: EntryKind::Hidden };
        world.discord.state().write(channel(GENERAL), hidden);
        let report = world.sync().await;
        assert_eq!(report.complete, complete, "{sees_content:?}: {report:?}");
        world.discord.state().sees_content = Some(true);
        assert!(world.sync().await.complete, "nothing was skipped, and nothing stalls");
    }
}

#[tokio::test]
async fn a_forbidden_channel_is_remembered_and_left_alone_for_a_day() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-21T10:00:00Z", 1), "said");
    world.discord.state().errors.insert(channel(GENERAL), DiscordError::Forbidden { code: 50_001 });
    for (now, asked) in
        [(NOON, 1), ("2026-11-22T12:10:00Z", 0), ("2026-11-23T11:59:00Z", 0), ("2026-11-23T12:00:00Z", 1)]
    {
        world.clock.set(now);
        let report = world.sync().await;
        assert_eq!((report.forbidden, report.complete, world.pages()), (1, true, asked), "{now}");
    }
    world.discord.state().errors.clear();
    world.clock.set("2026-11-24T12:00:00Z");
    assert_eq!(world.sync().await.stored, 1, "and nothing is skipped");
}

#[tokio::test]
async fn rule_26_naming_channels_narrows_what_is_read_and_opens_nothing() {
    let world = World::at(NOON);
    for within in [GENERAL, THREAD, STAFF, POST] {
        world.say(within, id("2026-11-21T10:00:00Z", within), &within.to_string());
    }
    world.put(21, ChannelKind::PrivateThread, Some(STAFF));
    world.say(21, id("2026-11-21T10:00:00Z", 21), "an invitation only");
    let settings = GuildSettings { channels: [channel(STAFF), channel(FORUM)].into(), ..GuildSettings::default() };
    world.store.replace_settings(guild(), &settings).await.unwrap();
    assert_eq!((world.sync().await.channels, world.stored()), (1, vec!["31".to_owned()]));
}

#[tokio::test]
async fn a_missing_intent_is_said_in_words_and_nothing_is_skipped() {
    let world = World::at(NOON);
    let hidden = id("2026-11-21T10:00:00Z", 1);
    let other = HistoryEntry { id: id("2026-11-21T10:00:00Z", 0), kind: EntryKind::Other };
    world.discord.state().write(channel(GENERAL), other);
    world.discord.state().write(channel(GENERAL), HistoryEntry { id: hidden, kind: EntryKind::Hidden });
    let report = world.sync().await;
    assert!(!report.complete && report.problems[0].contains("Message Content Intent"), "{report:?}");
    world.say(GENERAL, hidden, "now it shows");
    let report = world.sync().await;
    assert_eq!((report.stored, report.complete, report.problems.len()), (1, true, 0));
}

#[tokio::test]
async fn what_cannot_be_read_at_all_is_said_in_words() {
    let world = World::at(NOON);
    world.discord.state().guild_error = Some(DiscordError::Unauthorized);
    let error = world.sync_within(Duration::from_secs(500)).await.unwrap_err();
    assert!(error.message.contains("bot token"), "{error}");
    world.discord.state().guild_error = Some(DiscordError::NotFound { code: 10_004 });
    assert!(world.sync().await.problems[0].contains("not in this guild"));
    world.discord.state().guild_error = None;
    world.discord.state().channels.roles.everyone = Permissions::NONE;
    assert!(world.sync().await.problems[0].contains("can read no channel"));
    world.discord.state().channels.roles.everyone = Permissions::read(READING).unwrap();
    world.say(GENERAL, id("2026-11-21T10:00:00Z", 1), "said");
    let failed = DiscordError::Unavailable { reason: "503".into() };
    world.discord.state().errors.insert(channel(GENERAL), failed);
    let report = world.sync().await;
    assert!(!report.complete && report.problems[0].contains("next run goes on"), "{report:?}");
}

#[tokio::test]
async fn a_run_ends_with_its_time_and_the_next_one_goes_on() {
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-21T10:00:00Z", 1), "said");
    let report = world.sync_within(Duration::ZERO).await.unwrap();
    assert_eq!((report.stored, report.complete, report.problems.len()), (0, false, 0));
    assert_eq!((world.sync().await.stored, world.pages()), (1, 1));
}

#[tokio::test]
async fn yesterday_is_closed_by_the_first_run_that_began_after_it_closed_and_read_everything() {
    let world = World::at("2026-11-22T00:19:59Z");
    let yesterday: Day = "2026-11-21".parse().unwrap();
    world.say(GENERAL, id("2026-11-21T23:59:59Z", 1), "late");
    assert_eq!(world.sync().await.closing, None, "it is still open");
    world.clock.set("2026-11-22T00:20:00Z");
    world.say(GENERAL, id("2026-11-22T00:19:59Z", 1), "today");
    world.discord.state().errors.insert(channel(GENERAL), DiscordError::Unavailable { reason: "503".into() });
    assert_eq!(world.sync().await.closing, None, "not everything was read");
    world.discord.state().errors.clear();
    let cooldown = crate::domain::Cooldown { until: "2026-11-22T00:30:00Z".parse().unwrap(), why: String::new() };
    world.store.cool_down(MODEL, &cooldown).await.unwrap();
    assert_eq!(world.sync().await.closing, None, "the model is to be left alone");
    world.clock.set("2026-11-22T00:30:00Z");
    tokio::time::pause(); // what was read of cooldowns counts for a second
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(world.sync().await.closing, Some(yesterday));
    assert_eq!(world.functions.closed(), [(guild(), yesterday)]);

    world.store.put_summary(guild(), yesterday, final_summary());
    assert_eq!(world.sync().await.closing, None, "it is final");
}

fn final_summary() -> crate::domain::DaySummary {
    crate::domain::DaySummary {
        texts: [("10".parse().unwrap(), "was late".to_owned())].into(),
        status: SummaryStatus::Built,
        version: 1,
        built_at: "2026-11-22T00:31:00Z".parse().unwrap(),
        expires_at: None,
        model: MODEL.into(),
        prompt_hash: String::new(),
        usage: crate::domain::Usage::default(),
        blocked_messages: 0,
    }
}

#[tokio::test]
async fn a_day_that_failed_of_late_is_not_asked_for_again_at_once() {
    use crate::{
        domain::{FailedAttempt, Lease, LeaseOwner},
        ports::{HoldLeases as _, LeaseOn},
    };
    let world = World::at(NOON);
    world.say(GENERAL, id("2026-11-21T10:00:00Z", 1), "said");
    let now: Timestamp = NOON.parse().unwrap();
    let day = "2026-11-21".parse().unwrap();
    assert_eq!(world.sync().await.closing, Some(day));
    let owner = LeaseOwner::new(now, 1);
    let lease = Lease { owner: owner.clone(), until: now + SignedDuration::from_secs(30) };
    let on = LeaseOn::Day(day);
    assert!(world.store.acquire(guild(), &on, &lease, now).await.unwrap());
    assert_eq!(world.sync().await.closing, None, "somebody is making it");
    let failure = FailedAttempt {
        owner: owner.clone(),
        inputs: None,
        error_type: "ModelUnavailable".into(),
        message: String::new(),
    };
    world.store.release(guild(), &on, &owner, Some(&failure)).await.unwrap();
    for (now, closing) in [("2026-11-22T17:59:59Z", None), ("2026-11-22T18:00:00Z", Some(day))] {
        world.clock.set(now);
        assert_eq!(world.sync().await.closing, closing, "{now}");
    }
}

#[tokio::test]
async fn rule_25_a_category_that_is_named_means_the_channels_in_it() {
    let world = World::at(NOON);
    world.put(40, ChannelKind::Other, None);
    world.discord.state().channels.channels.get_mut(&channel(GENERAL)).unwrap().parent = Some(channel(40));
    world.say(GENERAL, id("2026-11-22T11:00:00Z", 1), "said");
    let settings = GuildSettings { channels: [channel(40)].into(), ..GuildSettings::default() };
    world.store.replace_settings(guild(), &settings).await.unwrap();
    let report = world.sync().await;
    assert_eq!(report.stored, 1, "{report:?}");
}

#[tokio::test]
async fn rule_22_where_discord_does_not_say_the_whole_run_decides_whether_the_intent_is_missing() {
    let world = World::at(NOON);
    let invitation = HistoryEntry { id: id("2026-11-21T10:00:00Z", 1), kind: EntryKind::Hidden };
    world.discord.state().write(channel(GENERAL), invitation);
    world.say(POST, id("2026-11-21T10:00:00Z", 2), "the channel that is read last");
    let report = world.sync().await;
    assert!(report.complete && report.problems.is_empty(), "{report:?}");
    assert_eq!((world.sync().await.complete, world.pages()), (true, 3), "the first page twice, and never again");
}

#[tokio::test]
async fn one_hidden_message_in_a_quiet_channel_does_not_stop_the_guild() {
    let world = World::at(NOON);
    let invitation = HistoryEntry { id: id("2026-11-21T10:00:00Z", 1), kind: EntryKind::Hidden };
    world.discord.state().write(channel(THREAD), invitation);
    for n in 0..50 {
        world.say(GENERAL, id("2026-11-21T10:00:00Z", 100 + n), "the intent is there: words show");
    }
    let report = world.sync().await;
    assert!(report.complete && report.closing.is_some(), "{report:?}");
}

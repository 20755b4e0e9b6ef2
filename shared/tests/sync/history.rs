use std::{collections::BTreeSet, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use guild_memory::{
    adapters::{
        discord::Discord,
        dynamodb::{MemoryTable, MessagesTable},
    },
    app::{
        Cooldowns, Deadline,
        sync_messages::{Deps, Settings, sync_messages},
    },
    config::ApiKey,
    contract::SyncReport,
    domain::{Audience, Calendar, ChannelId, Day, GuildId, GuildSettings},
    ports::{Clock as _, InvokeError, ReadMessages as _, ReadSettings as _, WriteSettings as _},
    testing::{FixedClock, RETENTION, ScriptedFunctions},
};
use jiff::SignedDuration;
use local_cloud::{DiscordFault, LocalCloud, Options};

use super::script::{
    Closing, GUILDS, ROLE, Script, Spot, Truth, Truths, channel, channels, for_others, guild, spots, thread_in,
};

const NOW: &str = "2026-11-22T12:00:00Z";
const MODEL: &str = "test:model";

struct World {
    cloud: LocalCloud,
    deps: Deps<MemoryTable, MessagesTable, Discord, ScriptedFunctions, FixedClock>,
}

impl World {
    fn start() -> Self {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
                "local", "local", None, None, "tests",
            )))
            .endpoint_url(cloud.url())
            .build();
        let memory = MemoryTable::new(&config, "MemoryTable".to_owned());
        let messages =
            MessagesTable::new(&memory, "MessagesTable".to_owned()).with_transactions_of(cloud.largest_transaction());
        let clock = FixedClock::at(NOW);
        let token = ApiKey::new("local-cloud-key").unwrap();
        let deps = Deps {
            discord: Discord::new(Some(cloud.url())).unwrap().as_bot(token).patient_for(Duration::from_secs(20)),
            functions: ScriptedFunctions::failing(InvokeError::Throttled),
            summary_cooldowns: Cooldowns::new(memory.clone(), clock.clone(), vec![MODEL.to_owned()]),
            memory,
            messages,
            clock,
            settings: Settings {
                guilds: GUILDS.map(|id| GuildId::try_from(id).unwrap()).to_vec(),
                backfill_days: 7,
                retention: RETENTION,
                calendar: Calendar { history_days: 6, settle: Duration::from_secs(1200) },
                keep_warm: Duration::from_secs(24 * 3_600),
                left_kept_for: None,
            },
        };
        Self { cloud, deps }
    }

    async fn sync(&self) -> SyncReport {
        sync_messages(&self.deps, Deadline::new(Duration::from_secs(500), None)).await.unwrap()
    }

    /// A run that dies after that many answers of Discord's, wherever it is then: it reads and stores several channels at
    /// once. The report of one that needed fewer.
    async fn sync_for(&self, answers: usize) -> Option<SyncReport> {
        let discord = self.cloud.discord();
        let last = discord.requests().len() + answers;
        tokio::select! {
            report = self.sync() => Some(report),
            () = discord.wait_for_requests(last) => None,
        }
    }

    /// From now on the memory of every guild is for those who have the role.
    async fn tell_only_the_role(&self) {
        let audience = Audience::Role(ROLE.try_into().unwrap());
        for guild in &self.deps.settings.guilds {
            let settings = GuildSettings { audience, ..self.deps.memory.settings(*guild).await.unwrap() };
            self.deps.memory.replace_settings(*guild, &settings).await.unwrap();
        }
    }

    fn pass(&self, time: SignedDuration) {
        self.deps.clock.set(&(self.deps.clock.now() + time).to_string());
    }

    /// Everything that is stored.
    async fn stored(&self) -> Truths {
        let today = Day::of(self.deps.clock.now());
        let mut all = Truths::new();
        for guild in &self.deps.settings.guilds {
            for day in (0..10).map(|days| today.days_before(days)) {
                let messages = self.deps.messages.messages_of_day(*guild, day).await.unwrap();
                all.extend(messages.into_iter().filter_map(|stored| stored.message).map(|message| {
                    let truth = Truth {
                        channel: message.channel,
                        content: message.body.content,
                        edited_at: message.body.edited_at,
                    };
                    ((*guild, message.id), truth)
                }));
            }
        }
        all
    }

    fn pages_asked_of(&self, channel: ChannelId) -> usize {
        let path = format!("/channels/{channel}/messages");
        self.cloud.discord().requests().iter().filter(|request| request.path == path).count()
    }
}

fn is_complete(report: &SyncReport) -> bool {
    report.guilds.iter().all(|guild| guild.complete)
}

/// 429s and 500s among the answers.
fn trouble(world: &World) {
    let discord = world.cloud.discord();
    let limited = DiscordFault { status: 429, retry_after: Some(0.01), every: Some(7), ..DiscordFault::default() };
    discord.fail(limited);
    discord.fail(DiscordFault { status: 500, every: Some(23), ..DiscordFault::default() });
    discord.fail(DiscordFault {
        status: 429,
        global: true,
        retry_after: Some(0.05),
        every: Some(301),
        ..DiscordFault::default()
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_refuses_fails_dies_and_changes_the_table_ends_as_discord_has_it() {
    let world = World::start();
    let now = world.deps.clock.now();
    let mut script = Script::of_a_week(world.cloud.discord(), now, 40_000);
    trouble(&world);
    let (recent, mut random) = (now - SignedDuration::from_hours(47), fastrand::Rng::with_seed(7));

    // Runs die after a while, each wherever it is then, and people go on writing, editing and deleting.
    let mut runs = 0;
    loop {
        runs += 1;
        let report = world.sync_for(random.usize(5..100)).await;
        if report.is_some_and(|report| is_complete(&report)) {
            break;
        }
        for n in 0..40 {
            let edited_at = now + SignedDuration::from_millis(runs * 100 + n);
            let key = script.any_message(recent);
            if n % 2 == 0 { script.edit(key, edited_at) } else { script.delete(key) }
        }
        let spot = spots().nth(random.usize(..40)).unwrap();
        script.say(spot, now + SignedDuration::from_millis(runs));
    }
    assert!(runs > 5, "no run lived long enough to do everything: {runs}");

    // An hour later everything recent is looked through again; that dies on the way, too.
    world.pass(SignedDuration::from_hours(1));
    while world.sync_for(random.usize(10..80)).await.is_none() {}
    let report = world.sync().await;
    assert!(is_complete(&report), "{report:?}");
    let stored = world.stored().await;
    let missing = script.truths.keys().filter(|key| !stored.contains_key(key)).count();
    let wrong = stored.iter().filter(|(key, truth)| script.truths.get(key) != Some(truth)).count();
    assert_eq!((missing, wrong, stored.len()), (0, 0, script.truths.len()));
    assert!(stored.len() > 30_000);

    // And where nothing is new, nothing is asked.
    let before = world.cloud.discord().requests().len();
    world.cloud.discord().heal();
    world.sync().await;
    assert_eq!(world.cloud.discord().requests().len() - before, 3 * GUILDS.len(), "guilds, channels and threads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_that_is_revoked_is_remembered_and_the_rest_is_read() {
    let world = World::start();
    let now = world.deps.clock.now();
    let mut script = Script::of_a_week(world.cloud.discord(), now, 2_000);
    assert!(is_complete(&world.sync().await));
    let revoked = spots().next().unwrap();
    let path = format!("/channels/{}/messages", channel(revoked));
    world.cloud.discord().fail(DiscordFault { path: Some(path), status: 403, code: 50_001, ..DiscordFault::default() });
    let before = world.pages_asked_of(channel(revoked));
    for minute in 0..10 {
        spots().for_each(|spot| script.say(spot, now + SignedDuration::from_mins(10 * minute)));
        world.pass(SignedDuration::from_mins(10));
        let report = world.sync().await;
        assert!(is_complete(&report));
        assert_eq!(report.guilds[0].forbidden, 1);
    }
    assert_eq!(world.pages_asked_of(channel(revoked)) - before, 1, "it is left alone");
    let said_later = |truth: &Truth, id: &(GuildId, _)| truth.channel == channel(revoked) && id.0 == guild(revoked);
    let stored: BTreeSet<_> = world.stored().await.into_keys().collect();
    let unread: Vec<_> = script.truths.iter().filter(|(key, _)| !stored.contains(key)).collect();
    assert!(unread.iter().all(|(key, truth)| said_later(truth, key)) && !unread.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_deleted_takes_everything_in_it_and_its_threads_along() {
    let world = World::start();
    let mut script = Script::of_a_week(world.cloud.discord(), world.deps.clock.now(), 2_000);
    world.sync().await;
    let gone: Spot = spots().next().unwrap();
    world.cloud.discord().remove_channel(&gone.guild.to_string(), &gone.channel.to_string());
    world.pass(SignedDuration::from_hours(1));
    assert!(is_complete(&world.sync().await));
    let taken_along = [channel(gone), channel(thread_in(gone))];
    script.truths.retain(|_, truth| !taken_along.contains(&truth.channel));
    assert!(world.stored().await == script.truths);
}

/// Channels close in every way there is, and the audience changes, while runs die wherever they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_28_whatever_closes_and_dies_the_table_ends_with_what_is_open() {
    let world = World::start();
    let now = world.deps.clock.now();
    let mut script = Script::of_a_week(world.cloud.discord(), now, 3_000);
    trouble(&world);
    let (recent, mut random) = (now - SignedDuration::from_hours(40), fastrand::Rng::with_seed(11));
    let mut closed: BTreeSet<ChannelId> = GUILDS.map(|guild| channel(for_others(guild))).into();
    world.sync_for(60).await;
    for round in 0..15 {
        let (spot, how) = (channels().nth(random.usize(..channels().count())).unwrap(), Closing::ALL[round % 5]);
        script.close(spot, how);
        closed.insert(channel(spot));
        closed.extend(how.takes_threads().then(|| channel(thread_in(spot))));
        if round == 7 {
            world.tell_only_the_role().await;
        }
        let open: Vec<Spot> = spots().filter(|spot| !closed.contains(&channel(*spot))).collect();
        script.say(open[random.usize(..open.len())], now + SignedDuration::from_secs(round as i64));
        let key = script.any_message(recent);
        script.delete(key);
        world.pass(SignedDuration::from_mins(10));
        world.sync_for(random.usize(3..60)).await;
    }
    world.pass(SignedDuration::from_hours(1));
    let report = world.sync().await;
    assert!(is_complete(&report), "{report:?}");

    script.truths.retain(|_, truth| !closed.contains(&truth.channel));
    assert!(script.truths.len() > 1_000 && closed.len() > 12);
    let read_back = now - SignedDuration::from_hours(6 * 24);
    script.truths.append(&mut script.hidden);
    let of_late = |mut all: Truths| {
        all.retain(|(_, id), _| id.written_at() > read_back);
        all
    };
    let (stored, truths) = (of_late(world.stored().await), of_late(script.truths));
    // Texts are of made-up people, but ids are enough to see what went wrong.
    let of_closed = stored.values().filter(|truth| closed.contains(&truth.channel)).count();
    let gone: Vec<_> = stored.keys().filter(|key| !truths.contains_key(key)).collect();
    let missing: Vec<_> = truths.keys().filter(|key| !stored.contains_key(key)).collect();
    assert_eq!((of_closed, gone, missing), (0, vec![], vec![]), "of closed channels, deleted, missing");
    assert!(stored == truths, "edits");
}

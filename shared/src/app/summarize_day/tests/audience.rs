//! What of a day may be told (DESIGN rules 26 and 28).

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    app::ingest_messages::ingest_and_sweep,
    contract::ErrorType,
    domain::{Audience, ChannelId, OpenChannels},
    ports::{KeepOpenChannels as _, ReadOpenChannels as _},
};
use jiff::{SignedDuration, Timestamp};

/// A model that repeats the whole prompt for its first member.
fn parrot() -> ScriptedModel {
    ScriptedModel::new(|prompt| Ok(json!({"summaries": [{"member": "m1", "summary": prompt.data}]}).to_string()))
}

/// Lets Discord say now which channels are open.
async fn discord_says(store: &InMemoryStore, open: &[u64], read_at: Timestamp) {
    let channel = |id: u64| ChannelId::try_from(id).unwrap();
    let now = OpenChannels {
        audience: Audience::Everyone,
        channels: open.iter().map(|id| channel(*id)).collect(),
        parents: [(channel(70), channel(7))].into(),
        read_at,
        sweep_due: false,
        sweep_again_at: None,
    };
    let seen = store.open_channels(guild()).await.unwrap();
    let renewed = match &seen {
        Some(before) => before.renewed(now),
        None => OpenChannels { sweep_due: true, ..now },
    };
    store.keep_open_channels(guild(), seen.map(|seen| seen.read_at), &renewed).await.unwrap();
}

/// Says words in a channel; the id tells messages of the same minute apart.
async fn say_in(store: &InMemoryStore, channel: u64, time: &str, content: &str, now: &str) {
    let id = message_at(day(), time, channel, "x", "").id;
    let author = json!({"id": "10", "name": "Ann"});
    let message = json!({"id": id, "channel_id": channel, "author": author, "content": content});
    ingest(store, json!({"guild_id": "1", "messages": [message]}), now).await;
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Asks in a deployment whose `sync_messages` reads the guild, or does not.
async fn ask_where(store: &InMemoryStore, guild_is_read: bool, now: &str) -> Result<DayReport, AppError> {
    let deps = Deps {
        memory: store.clone(),
        messages: store.clone(),
        model: parrot(),
        clock: FixedClock::at(now),
        settings: settings(),
        discord_guilds: guild_is_read.then(guild).into_iter().collect(),
    };
    summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request()).await
}

/// Messages in channel 7, a thread of it, and channel 8, sent by a caller who alone decided what is open.
async fn sent() -> InMemoryStore {
    let store = InMemoryStore::default();
    say_in(&store, 7, "10:00", "in the open", DURING).await;
    say_in(&store, 70, "10:01", "in a thread", DURING).await;
    say_in(&store, 8, "10:02", "between us", DURING).await;
    store
}

#[tokio::test]
async fn rule_26_a_day_is_made_of_what_was_written_in_open_channels() {
    let store = sent().await;
    discord_says(&store, &[7], at(DURING)).await;
    for guild_is_read in [true, false] {
        let told = ask_where(&store, guild_is_read, DURING).await.unwrap().summaries.remove(&user(10)).unwrap();
        assert!(told.contains("in the open") && told.contains("in a thread") && !told.contains("between us"), "{told}");
    }
}

#[tokio::test]
async fn rule_26_where_it_is_not_known_what_is_open_nothing_is_told() {
    let store = sent().await;
    let unknown =
        |report: Result<DayReport, AppError>| report.is_err_and(|error| error.kind == ErrorType::AudienceUnknown);
    assert!(unknown(ask_where(&store, true, DURING).await), "sync_messages did not read the guild yet");
    discord_says(&store, &[7], at("2026-11-20T11:44:00Z")).await;
    assert!(unknown(ask_where(&store, true, DURING).await), "16 minutes ago");
    assert!(unknown(ask_where(&store, false, DURING).await), "a token reads it, whoever does");
    assert!(store.everything_made().is_empty());
    discord_says(&store, &[7], at("2026-11-20T11:45:00Z")).await;
    assert_eq!(ask_where(&store, true, DURING).await.unwrap().status, DayStatus::Built, "the next request tries again");
}

#[tokio::test]
async fn rule_26_where_no_token_reads_a_guild_who_sends_messages_decides_alone() {
    let told = ask_where(&sent().await, false, DURING).await.unwrap().summaries.remove(&user(10)).unwrap();
    assert!(told.contains("in the open") && told.contains("between us"), "{told}");
}

#[tokio::test]
async fn rule_26_a_day_with_nothing_open_in_it_is_made_once_without_a_model() {
    let store = sent().await;
    discord_says(&store, &[9], at(AFTER)).await;
    let model = model();
    for status in [DayStatus::Built, DayStatus::Cached] {
        let report = summarize(&store, &model, AFTER).await.unwrap();
        assert_eq!((report.status, report.summaries.len(), model.asked().len()), (status, 0, 0));
    }
}

/// The channels of the guild; a thread is in the first.
const CHANNELS: std::ops::Range<u64> = 7..10;

/// One thing that happens.
#[derive(Debug, Clone)]
enum Step {
    /// Discord is asked, and these of the channels are open.
    Discord([bool; 3]),
    Say(u64),
    Sweep,
    Build,
    Later(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => any::<[bool; 3]>().prop_map(Step::Discord),
        3 => CHANNELS.prop_map(Step::Say),
        1 => Just(Step::Sweep),
        2 => Just(Step::Build),
        1 => (1..20i64).prop_map(Step::Later),
    ]
}

/// The words of channel 7 are `word7-`, and a number each.
fn has_words_of(text: &str, channel: u64) -> bool {
    text.contains(&format!("word{channel}-"))
}

/// A guild that things happen in.
struct Play {
    store: InMemoryStore,
    now: Timestamp,
    /// What Discord said last.
    open: Option<Vec<u64>>,
    guild_is_read: bool,
}

impl Play {
    async fn step(&mut self, n: usize, step: Step) -> Result<(), TestCaseError> {
        self.now += SignedDuration::from_secs(1);
        match step {
            Step::Later(minutes) => self.now += SignedDuration::from_mins(minutes),
            Step::Discord(which) => self.discord(which).await,
            Step::Say(channel) => self.say(n, channel).await,
            Step::Sweep => self.sweep().await?,
            Step::Build => self.build().await?,
        }
        Ok(())
    }

    async fn discord(&mut self, which: [bool; 3]) {
        let channels: Vec<u64> = CHANNELS.zip(which).filter_map(|(id, open)| open.then_some(id)).collect();
        discord_says(&self.store, &channels, self.now).await;
        self.open = Some(channels);
    }

    async fn say(&self, n: usize, channel: u64) {
        let id = message_at(day(), &format!("10:{n:02}"), 10, "x", "").id;
        let author = json!({"id": "10", "name": "Ann"});
        let content = format!("word{channel}-{n}");
        let message = json!({"id": id, "channel_id": channel, "author": author, "content": content});
        let request = crate::app::decode(json!({"guild_id": "1", "messages": [message]})).unwrap();
        ingest_messages(&self.ingest_deps(), request).await.unwrap();
    }

    async fn sweep(&self) -> Result<(), TestCaseError> {
        let request = crate::app::decode(json!({"guild_id": "1", "sweep": true})).unwrap();
        let deadline = Deadline::new(Duration::from_secs(60), None);
        if ingest_and_sweep(&self.ingest_deps(), deadline, request).await.is_err() {
            return Ok(());
        }
        let stored: Vec<_> = self.store.stored_messages().into_values().filter_map(|stored| stored.message).collect();
        for closed in self.closed() {
            prop_assert!(!self.store.everything_made().iter().any(|(.., text)| has_words_of(text, closed)));
            prop_assert!(!stored.iter().any(|message| message.channel.get() == closed));
        }
        Ok(())
    }

    async fn build(&self) -> Result<(), TestCaseError> {
        let model = parrot();
        let deps = Deps {
            memory: self.store.clone(),
            messages: self.store.clone(),
            model: model.clone(),
            clock: self.clock(),
            settings: settings(),
            discord_guilds: self.discord_guilds(),
        };
        let request = DayRequest { rebuild: true, ..request() };
        let _whether_it_can_be_told =
            summarize_day(&deps, Deadline::new(Duration::from_secs(120), None), request).await;
        for closed in self.closed() {
            prop_assert!(!model.asked().iter().any(|prompt| has_words_of(prompt, closed)), "of channel {}", closed);
        }
        Ok(())
    }

    /// Channels that nothing may be told of.
    fn closed(&self) -> impl Iterator<Item = u64> {
        let told = |id: &u64| self.open.as_ref().map_or(!self.guild_is_read, |open| open.contains(id));
        CHANNELS.filter(move |id| !told(id))
    }

    fn ingest_deps(&self) -> crate::app::ingest_messages::Deps<InMemoryStore, InMemoryStore, FixedClock> {
        crate::app::ingest_messages::Deps {
            discord_guilds: self.discord_guilds(),
            ..ingest_deps(&self.store, &self.clock())
        }
    }

    fn clock(&self) -> FixedClock {
        FixedClock::at(&self.now.to_string())
    }

    fn discord_guilds(&self) -> BTreeSet<GuildId> {
        self.guild_is_read.then(guild).into_iter().collect()
    }
}

proptest! {
    /// In whatever order channels open and close, messages come, days are built and swept.
    #[test]
    fn rule_26_no_prompt_has_words_of_a_channel_that_is_not_open(
        steps in prop::collection::vec(step(), 1..40),
        guild_is_read in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let mut play = Play { store: InMemoryStore::default(), now: at(DURING), open: None, guild_is_read };
        for (n, step) in steps.into_iter().enumerate() {
            runtime.block_on(play.step(n, step))?;
        }
    }
}

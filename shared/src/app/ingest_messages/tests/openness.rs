//! What may come in, by what is open and which guilds are served.

use super::*;

/// Channel 7 was open at noon, and a thread of it is known.
async fn open_at_noon() -> InMemoryStore {
    let store = InMemoryStore::default();
    let open = OpenChannels {
        audience: Audience::Everyone,
        channels: ["7".parse().unwrap()].into(),
        parents: [("70".parse().unwrap(), "7".parse().unwrap())].into(),
        read_at: NOW.parse().unwrap(),
        sweep_due: true,
        sweep_again_at: None,
    };
    store.keep_open_channels(guild(), None, &open).await.unwrap();
    store
}

/// Messages in an open channel, a thread of it, a thread that is not known, and a closed channel.
fn in_four_channels() -> Value {
    let within = |n: u64, channel: &str| {
        let mut message = message(id("2026-11-20", n), "a");
        message["channel_id"] = json!(channel);
        message["parent_channel_id"] = json!((n > 1).then_some("7"));
        message
    };
    json!({"guild_id": "1", "messages": [within(1, "7"), within(2, "70"), within(3, "71"), within(4, "8")]})
}

/// How many messages are stored and how many left out, at `now`, where `sync_messages` reads the guild or not.
async fn stored_and_left_out(store: &InMemoryStore, now: &str, guild_is_read: bool) -> (usize, usize) {
    let discord_guilds = guild_is_read.then(guild).into_iter().collect();
    let deps = Deps { discord_guilds, ..ingest_deps(store, &FixedClock::at(now)) };
    let report = ingest_messages(&deps, decode(in_four_channels()).unwrap()).await.unwrap();
    (report.stored, report.skipped.channel)
}

#[tokio::test]
async fn rule_26_messages_of_channels_that_are_not_open_are_not_stored_whoever_sends_them() {
    for guild_is_read in [true, false] {
        assert_eq!(stored_and_left_out(&open_at_noon().await, "2026-11-22T12:15:00Z", guild_is_read).await, (2, 2));
    }
}

#[tokio::test]
async fn rule_26_where_it_is_not_known_what_is_open_who_sends_messages_decides_unless_the_guild_is_read() {
    for (guild_is_read, expected) in [(true, (0, 4)), (false, (4, 0))] {
        let (old, never) = (open_at_noon().await, InMemoryStore::default());
        assert_eq!(stored_and_left_out(&old, "2026-11-22T12:15:01Z", guild_is_read).await, expected);
        assert_eq!(stored_and_left_out(&never, NOW, guild_is_read).await, expected);
    }
}

#[tokio::test]
async fn rule_26_naming_a_channel_narrows_what_is_read_and_opens_nothing() {
    let store = open_at_noon().await;
    let settings = GuildSettings { channels: ["8".parse().unwrap()].into(), ..GuildSettings::default() };
    store.replace_settings(guild(), &settings).await.unwrap();
    assert_eq!(stored_and_left_out(&store, NOW, true).await, (0, 4));
}

#[tokio::test]
async fn rule_28_a_sweep_deletes_what_is_stored_of_closed_channels() {
    let store = InMemoryStore::default();
    ingest(&store, in_four_channels()).await.unwrap();
    let open = open_at_noon().await.open_channels(guild()).await.unwrap().unwrap();
    store.keep_open_channels(guild(), None, &open).await.unwrap();
    let sweep = |now: &str| {
        let deps = ingest_deps(&store, &FixedClock::at(now));
        let deadline = Deadline::new(std::time::Duration::from_secs(60), None);
        async move { ingest_and_sweep(&deps, deadline, decode(json!({"guild_id": "1", "sweep": true})).unwrap()).await }
    };
    let outdated = sweep("2026-11-22T12:15:01Z").await.unwrap_err();
    assert_eq!(outdated.kind, ErrorType::AudienceUnknown, "{outdated}");
    store.note_all_read();
    let swept = sweep(NOW).await.unwrap();
    assert_eq!((swept.deleted, swept.days_changed), (2, vec!["2026-11-20".parse().unwrap()]));
    assert_eq!(
        ledger(&store, "2026-11-20"),
        Ledger { version: 2, purged_version: 2, message_count: 2, ..Ledger::default() }
    );
    assert_eq!(sweep(NOW).await.unwrap(), IngestReport::default(), "nothing is left");
}

#[tokio::test]
async fn rule_30_a_guild_that_is_not_served_is_refused() {
    let store = InMemoryStore::default();
    let only_two = AllowedGuilds::new(["2".parse().unwrap()]);
    let deps = Deps { allowed_guilds: only_two, ..ingest_deps(&store, &FixedClock::at(NOW)) };
    let error = ingest_messages(&deps, decode(in_four_channels()).unwrap()).await.unwrap_err();
    assert_eq!(error.kind, ErrorType::InvalidRequest);
    assert!(error.message.contains("ALLOWED_GUILDS") && store.stored_messages().is_empty(), "{error}");
}

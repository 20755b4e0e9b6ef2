//! Nothing is told of channels that are not open, nor to who is not of the audience.

use super::*;

fn nobody() -> Functions {
    Functions::while_they_work(|_| panic!("nobody may be asked"))
}

#[tokio::test(start_paused = true)]
async fn rule_26_who_is_not_of_the_audience_is_shown_facts_alone() {
    let (store, replies) = (InMemoryStore::default(), Replies::default());
    let settings = GuildSettings { audience: Audience::Role("5".parse().unwrap()), ..GuildSettings::default() };
    store.replace_settings(guild(), &settings).await.unwrap();
    teach(&store, 1);
    let outsider = DeferredInteraction { audience_role: "5".parse().ok(), facts_only: true, ..deferred(SHOW()) };
    let deps = deps(&store, nobody(), discord(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &outsider).await.unwrap();
    let said = last(&replies);
    assert!(said.contains("fact 1") && said.contains("<@&5> only"), "{said}");

    let asked_before = deferred(SHOW());
    respond(&deps, Duration::from_secs(180), &asked_before).await.unwrap();
    assert!(last(&replies).contains("Just now it was changed"), "{}", last(&replies));
}

#[tokio::test(start_paused = true)]
async fn rule_26_where_discord_does_not_say_what_is_open_nothing_of_channels_is_told() {
    let (store, replies, discord) = (InMemoryStore::default(), Replies::default(), discord());
    keep_open(&store, "2026-11-22T11:44:59Z", false).await;
    teach(&store, 1);
    discord.state().guild_error = Some(DiscordError::Forbidden { code: 50_001 });
    let deps = deps(&store, nobody(), discord, &replies, NOW);
    for (question, facts) in [(SHOW(), true), (catch_up(), false)] {
        respond(&deps, Duration::from_secs(180), &deferred(question)).await.unwrap();
        let said = last(&replies);
        assert!(said.contains("could not find out which channels") && said.contains("fact 1") == facts, "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_26_what_is_open_is_read_again_after_15_minutes_and_kept() {
    let (store, replies) = (InMemoryStore::default(), Replies::default());
    keep_open(&store, "2026-11-22T11:44:59Z", false).await;
    let functions = Functions::while_they_work(|_| ());
    respond(&deps(&store, functions, discord(), &replies, NOW), Duration::from_secs(180), &deferred(SHOW()))
        .await
        .unwrap();
    let open = store.open_channels(guild()).await.unwrap().unwrap();
    assert_eq!((open.read_at.to_string().as_str(), open.sweep_due), (NOW, false));
    assert!(store.kept_roles(guild()).await.unwrap().is_some());
    assert!(last(&replies).contains("memory 0"), "{}", last(&replies));
}

#[tokio::test(start_paused = true)]
async fn rule_28_a_sweep_that_is_due_is_asked_for_and_waited_for_before_anything_is_told() {
    let (store, replies) = (InMemoryStore::default(), Replies::default());
    keep_open(&store, NOW, true).await;
    teach(&store, 1);
    let functions = Functions::while_they_work(|asked| assert_eq!(asked, 0, "to sweep, and nothing else"));
    let deps_unswept = deps(&store, functions, discord(), &replies, NOW);
    respond(&deps_unswept, Duration::from_secs(180), &deferred(SHOW())).await.unwrap();
    let said = last(&replies);
    assert!(said.contains("fact 1") && said.contains("in a few minutes"), "{said}");

    let sweeping = store.clone();
    let functions = Functions::while_they_work(move |asked| {
        if asked == 0 {
            sweeping.swept(guild(), NOW.parse().unwrap()).now_or_never().unwrap().unwrap();
        }
    });
    respond(&deps(&store, functions, discord(), &replies, NOW), Duration::from_secs(180), &deferred(SHOW()))
        .await
        .unwrap();
    assert!(last(&replies).contains("memory 1"), "{}", last(&replies));
}

#[tokio::test(start_paused = true)]
async fn rule_28_no_sweep_is_asked_for_while_discord_does_not_say_what_is_archived() {
    let (store, replies, discord) = (InMemoryStore::default(), Replies::default(), discord());
    ingest(&store, "70", "in a thread").await;
    keep_open(&store, NOW, true).await;
    discord.state().errors.insert("7".parse().unwrap(), DiscordError::Unavailable { reason: "503".into() });
    let deps = deps(&store, nobody(), discord, &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(SHOW())).await.unwrap();
    assert!(last(&replies).contains("in a few minutes"), "{}", last(&replies));
}

#[tokio::test(start_paused = true)]
async fn rule_26_an_archived_thread_of_an_open_channel_is_found_in_pages_and_stays_known() {
    let (store, replies, discord) = (InMemoryStore::default(), Replies::default(), discord());
    ingest(&store, "70", "in a thread").await;
    keep_open(&store, NOW, false).await;
    let archive = (0..40).map(|n| {
        let at: jiff::Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        (at + jiff::SignedDuration::from_mins(n), (70 + n as u64).try_into().unwrap())
    });
    discord.state().archived.insert("7".parse().unwrap(), archive.collect());
    let functions = Functions::while_they_work(|_| ());
    let deps = deps(&store, functions, discord.clone(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(catch_up())).await.unwrap();
    assert!(store.open_channels(guild()).await.unwrap().unwrap().contain("70".parse().unwrap()));
    assert!(last(&replies).contains("day 0"), "{}", last(&replies));
    assert_eq!(discord.state().archive_pages, 40);
    respond(&deps, Duration::from_secs(180), &deferred(catch_up())).await.unwrap();
    assert_eq!(discord.state().archive_pages, 40, "known from then on");
}

#[tokio::test(start_paused = true)]
async fn rule_30_a_guild_that_is_not_allowed_is_told_nothing() {
    let (store, replies) = (InMemoryStore::default(), Replies::default());
    let deps = Deps {
        allowed_guilds: AllowedGuilds::new(["2".parse().unwrap()]),
        ..deps(&store, nobody(), discord(), &replies, NOW)
    };
    respond(&deps, Duration::from_secs(180), &deferred(SHOW())).await.unwrap();
    assert!(last(&replies).contains("not set me up"), "{}", last(&replies));
}

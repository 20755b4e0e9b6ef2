//! Somebody is erased whose words came in by every way there is: messages that callers send, Discord's own, an export file,
//! commands, and what others said to them. Nothing of theirs is left in any item, and nothing comes back.

use guild_memory::testing::id_at;
use jiff::{SignedDuration, Timestamp};
use local_cloud::EmulatorOptions;
use serde_json::{Value, json};

use crate::{
    discord::asking::{ANN, BEN, GENERAL, catchup, member, memory, world_with},
    import::Desk,
    world::{GUILD, World, days_ago, message, nth},
};

/// All of her words, names included, begin with it.
const MARK: &str = "zebra";
/// What is stored of her before, each a path of its own.
const PLANTED: [&str; 22] = [
    "plain",
    "attachment",
    "edited",
    "reply",
    "name",
    "nick",
    "mention",
    "fact",
    "alias",
    "taught",
    "called",
    "menu",
    "sync",
    "file",
    "forwarded",
    "embed",
    "discordname",
    "discordnick",
    "discordmention",
    "export",
    "exportfile",
    "exportname",
];

/// A time that is closed, and of the last 48 hours.
fn thirty_hours_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(30)
}

fn in_general(mut message: Value) -> Value {
    message["channel_id"] = json!(GENERAL);
    message
}

/// What callers send: older than what is reconciled with Discord, which has none of it.
fn sent() -> Vec<Value> {
    let (day, before) = (days_ago(3), days_ago(4));
    let mut plain = message(nth(day, 1), ANN, "zebraname", "zebraplain");
    plain["attachments"] = json!(["zebraattachment"]);
    plain["member"] = json!({"nick": "zebranick"});
    let first = message(nth(day, 2), ANN, "zebraname", "zebrafirst");
    let mut edited = message(nth(day, 2), ANN, "zebraname", "zebraedited");
    edited["edited_at"] = json!(day.start());
    let mut reply = message(nth(day, 3), ANN, "zebraname", "zebrareply");
    reply["reply_to"] = json!(nth(day, 4));
    let mut mention = message(nth(before, 1), BEN, "Ben", &format!("the anchor is with <@{ANN}>"));
    mention["mentions"] = json!([{"id": ANN, "name": "zebramention"}]);
    mention["attachments"] = json!([format!("a picture of <@{ANN}>")]);
    let bens = message(nth(day, 4), BEN, "Ben", "who has seen the anchor?");
    [plain, first, edited, reply, bens, mention].map(in_general).into()
}

/// What Discord has.
fn put_into_discord(world: &World) {
    let at = thirty_hours_ago();
    let author = |id: u64, name: &str| json!({"id": id.to_string(), "username": "x", "global_name": name});
    let anns = author(ANN, "zebradiscordname");
    let said = json!({
        "id": id_at(at, 1), "type": 0, "content": "zebrasync", "author": anns,
        "attachments": [{"id": "1", "filename": "zebrafile.png", "description": "zebrafile"}],
        "embeds": [{"type": "rich", "title": "zebraembed", "description": "zebraembed"}],
    });
    let forwarded = json!({
        "id": id_at(at, 2), "type": 0, "content": "", "author": anns,
        "message_snapshots": [{"message": {"content": "zebraforwarded", "attachments": [], "embeds": []}}],
    });
    // Discord repeats what is answered to.
    let answer = json!({
        "id": id_at(at, 3), "type": 19, "content": format!("the anchor is here, <@{ANN}>"), "author": author(BEN, "Ben"),
        "mentions": [author(ANN, "zebradiscordmention")],
        "message_reference": {"message_id": id_at(at, 1), "channel_id": GENERAL, "guild_id": GUILD}, "referenced_message": said,
    });
    for (n, message) in (1..).zip([said, forwarded, answer]) {
        world.cloud.discord().put_message(GUILD, GENERAL, id_at(at, n).get(), Some(message));
    }
    world.cloud.discord().put_nick(GUILD, &ANN.to_string(), Some("zebradiscordnick"));
}

/// What somebody exported.
fn export() -> String {
    let author =
        json!({"id": ANN.to_string(), "name": "zebraexportname", "nickname": "zebraexportname", "isBot": false});
    let attached = json!([{"id": "5", "url": "x", "fileName": "zebraexportfile", "fileSizeBytes": 1}]);
    let said = json!({
        "id": nth(days_ago(5), 1), "type": "Default", "content": "zebraexport", "author": author, "attachments": attached,
    });
    let channel = json!({"id": GENERAL, "type": "GuildTextChat", "name": "general"});
    json!({"guild": {"id": GUILD, "name": "g"}, "channel": channel, "messages": [said], "messageCount": 1}).to_string()
}

/// Everything that comes from outside by itself, and comes again.
async fn comes_in(world: &World) {
    world.ingest(&sent()).await;
    let report = world.call("sync_messages", json!({})).await.unwrap();
    world.cloud.lambda().wait_until_idle().await;
    assert_eq!(report["guilds"][0]["problems"], json!([]));
    // Another desk each time: nobody remembers what was imported.
    let desk = Desk::new();
    let (ok, told) = desk.import(world, &desk.file("export.json", &export()));
    assert!(ok, "{told}");
}

/// What people ask the bot for.
async fn is_taught(world: &World) {
    world.remember(ANN, "zebrafact").await;
    world.remember(BEN, "has an anchor").await;
    let alias = json!({"guild_id": GUILD, "user_id": ANN, "op": "alias", "text": "zebraalias"});
    world.call("people", alias).await.unwrap();
    let of_ann = |sub, option, text: &str| memory(sub, &[("person", json!(ANN)), (option, json!(text))]);
    world.command(member(BEN), of_ann("remember", "fact", "zebrataught by Ben")).await;
    world.command(member(BEN), of_ann("alias", "name", "zebracalled")).await;
    let author = json!({"id": ANN.to_string(), "username": "zebramenuname"});
    let said = json!({"id": "60", "content": "zebramenu", "author": author, "type": 0, "channel_id": GENERAL});
    let resolved = json!({"messages": {"60": said}});
    let menu = json!({"id": "24", "name": "Remember this", "type": 3, "target_id": "60", "resolved": resolved});
    let reply = world.command(member(BEN), menu).await;
    assert!(reply.text().contains("zebramenu"), "{}", reply.text());
    world.command(member(ANN), memory("show", &[])).await;
    world.command(member(BEN), catchup(&[("day", json!(days_ago(3)))])).await;
}

async fn planted() -> World {
    let world = world_with(EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", GUILD));
    put_into_discord(&world);
    comes_in(&world).await;
    is_taught(&world).await;
    let told = world.memories(&[ANN, BEN]).await;
    assert!(told["memories"][ANN.to_string()].as_str().unwrap().contains("zebra"), "{told}");
    let stored = world.everything_stored().await;
    let missing: Vec<&&str> = PLANTED.iter().filter(|word| !stored.contains(&format!("{MARK}{word}"))).collect();
    assert!(missing.is_empty(), "{missing:?} came in by no way: {stored}");
    world
}

async fn assert_nothing_is_left(world: &World, when: &str) {
    let stored = world.everything_stored().await;
    let left: Vec<&str> = stored.lines().filter(|item| item.contains(MARK)).collect();
    assert!(left.is_empty(), "{when}: {left:#?}");
    let with_id: Vec<&str> = stored.lines().filter(|item| item.contains(&ANN.to_string())).collect();
    assert!(with_id.len() == 1 && with_id[0].contains("erased_at"), "{when}: {with_id:#?}");
    assert!(!world.emulator.logs().contains(MARK), "{when}: words stand in the logs");
}

async fn ends(op: &str) {
    let world = planted().await;
    world.call("people", json!({"guild_id": GUILD, "user_id": ANN, "op": op})).await.unwrap();
    let asked = world.cloud.model().calls().len();
    assert_nothing_is_left(&world, op).await;
    world.an_hour_passes_for(GENERAL).await;
    comes_in(&world).await;
    let told = world.memories(&[ANN, BEN]).await;
    assert_eq!(told["memories"][ANN.to_string()], Value::Null);
    let bens = told["memories"][BEN.to_string()].as_str().unwrap();
    for words in ["has an anchor", "who has seen the anchor", "the anchor is with @someone", "the anchor is here"] {
        assert!(bens.contains(words), "{words}: {bens}");
    }
    let shown = world.command(member(BEN), memory("show", &[])).await.text();
    assert!(shown.contains("has an anchor") && !shown.contains(MARK), "{shown}");
    world.command(member(BEN), catchup(&[("day", json!(days_ago(3)))])).await;
    let prompts = &world.cloud.model().calls()[asked..];
    assert!(!prompts.is_empty(), "days are summarized anew");
    let told: Vec<&String> = prompts.iter().map(|call| &call.prompt).filter(|prompt| prompt.contains(MARK)).collect();
    assert!(told.is_empty(), "{op}: {told:#?}");
    assert_nothing_is_left(&world, &format!("{op}, and all of it came in again")).await;
}

#[tokio::test]
async fn rule_41_nothing_is_left_of_who_is_erased_whichever_way_it_came_in() {
    ends("erase").await;
}

#[tokio::test]
async fn rule_20_nothing_is_left_of_who_opts_out_whichever_way_it_came_in() {
    ends("opt_out").await;
}

/// The stand-in keeps every prompt.
#[tokio::test]
async fn rule_20_what_somebody_wrote_who_opted_out_reaches_no_prompt_whichever_way_it_comes_in() {
    let world = world_with(EmulatorOptions::default().env("sync_messages", "DISCORD_GUILDS", GUILD));
    let decide = |op| world.call("people", json!({"guild_id": GUILD, "user_id": ANN, "op": op}));
    decide("opt_out").await.unwrap();
    put_into_discord(&world);
    comes_in(&world).await;
    world.remember(BEN, "has an anchor").await;
    let of_ann = |op, text| json!({"guild_id": GUILD, "user_id": ANN, "op": op, "text": text, "taught_by": BEN});
    for (op, text) in [("remember", "zebrafact"), ("alias", "zebraalias")] {
        let refused = world.call("people", of_ann(op, text)).await.unwrap_err();
        assert!(refused.message.contains("opted out"), "{refused:?}");
    }
    let taught = memory("remember", &[("person", json!(ANN)), ("fact", json!("zebrataught by Ben"))]);
    world.command(member(BEN), taught).await;
    world.memories(&[ANN, BEN]).await;
    for asker in [ANN, BEN] {
        world.command(member(asker), memory("show", &[])).await;
        world.command(member(asker), catchup(&[("day", json!(days_ago(3)))])).await;
    }
    let prompts = || world.cloud.model().calls().into_iter().map(|call| call.prompt).collect::<Vec<_>>();
    assert!(prompts().iter().any(|prompt| prompt.contains("who has seen the anchor")), "others are told of");
    let told: Vec<String> = prompts().into_iter().filter(|prompt| prompt.contains(MARK)).collect();
    assert!(told.is_empty(), "{told:#?}");
    assert!(!world.everything_stored().await.contains(MARK));

    decide("opt_in").await.unwrap();
    let now = id_at(Timestamp::now() + SignedDuration::from_secs(1), 1);
    world.ingest(&[in_general(message(now, ANN, "Ann", "zebra, from now on"))]).await;
    world.memories(&[ANN]).await;
    assert!(prompts().iter().any(|prompt| prompt.contains("zebra, from now on")), "it would be seen in a prompt");
}

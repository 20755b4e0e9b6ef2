//! What not everybody may read is in no prompt, no item and no answer, whichever way it comes in (DESIGN rules 26 and 28).

use guild_memory::domain::MessageId;
use local_cloud::EmulatorOptions;
use serde_json::{Value, json};

use super::asking::{ANN, Asker, BEN, GENERAL, READING, catchup, interaction, member, memory, moderator, world_with};
use crate::{
    gateway::{GatewayBot, stored_with},
    import::Desk,
    world::{GUILD, World, days_ago, message, nth},
};

const PRIVATE: &str = "998100000000000701";
const VOICE: &str = "998100000000000702";
const PRIVATE_THREAD: &str = "998100000000000703";
const AGE_RESTRICTED: &str = "998100000000000704";
/// Open at first, and closed later.
const CLOSING: &str = "998100000000000705";
/// A public thread of a channel that is not open.
const THREAD_OF_PRIVATE: &str = "998100000000000706";

/// The words that were said in each channel, and in the open one.
const SAID: [(&str, &str); 7] = [
    (GENERAL, "lighthouse"),
    (PRIVATE, "secret-private"),
    (VOICE, "secret-voice"),
    (PRIVATE_THREAD, "secret-thread"),
    (AGE_RESTRICTED, "secret-restricted"),
    (CLOSING, "secret-closing"),
    (THREAD_OF_PRIVATE, "secret-under-private"),
];
const READ_AND_CONNECT: u64 = 66_560 | 1 << 20;

fn hidden() -> Value {
    json!([{"id": GUILD, "type": 0, "allow": "0", "deny": "1024"}])
}

/// A guild with all kinds of channels, which `sync_messages` reads.
pub(super) fn world() -> World {
    let functions = ["sync_messages", "ingest_messages", "daily_summary"];
    let options =
        functions.into_iter().fold(EmulatorOptions::default(), |all, one| all.env(one, "DISCORD_GUILDS", GUILD));
    let world = world_with(options);
    put_channels(&world);
    world
}

fn put_channels(world: &World) {
    let discord = world.cloud.discord();
    discord.put_role(GUILD, GUILD, &READ_AND_CONNECT.to_string());
    let locked = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": (1 << 20).to_string()}]);
    for channel in [
        json!({"id": PRIVATE, "type": 0, "permission_overwrites": hidden()}),
        json!({"id": VOICE, "type": 2, "permission_overwrites": locked}),
        json!({"id": PRIVATE_THREAD, "type": 12, "parent_id": GENERAL}),
        json!({"id": AGE_RESTRICTED, "type": 0, "nsfw": true}),
        json!({"id": CLOSING, "type": 0}),
        json!({"id": THREAD_OF_PRIVATE, "type": 11, "parent_id": PRIVATE}),
    ] {
        discord.put_channel(GUILD, channel);
    }
}

fn close(world: &World) {
    world.cloud.discord().put_channel(GUILD, json!({"id": CLOSING, "type": 0, "permission_overwrites": hidden()}));
}

/// What Ann said in every channel, with their ids.
pub(super) fn said() -> Vec<(MessageId, &'static str, &'static str)> {
    (1..).zip(SAID).map(|(n, (channel, word))| (nth(days_ago(3), n), channel, word)).collect()
}

/// The same as callers send it.
fn messages() -> Vec<Value> {
    let sent = |(id, channel, word): (MessageId, &str, &str)| {
        let mut sent = message(id, ANN, "Ann", word);
        sent["channel_id"] = json!(channel);
        sent
    };
    said().into_iter().map(sent).collect()
}

pub(super) async fn sync(world: &World) {
    world.call("sync_messages", json!({})).await.unwrap();
    world.cloud.lambda().wait_until_idle().await;
}

/// Everything that can be asked about what was said, by everybody who may ask.
async fn answers(world: &World) -> String {
    let day = days_ago(3);
    let asked: [(Asker, Value); 4] = [
        (member(BEN), catchup(&[("day", json!(day))])),
        (member(ANN), memory("show", &[])),
        (moderator(BEN), memory("show", &[("person", json!(ANN))])),
        (moderator(BEN), catchup(&[("day", json!(day)), ("person", json!(ANN))])),
    ];
    let mut answers = String::new();
    for (asker, data) in asked {
        let answer = world.command(asker, data).await.text();
        assert!(answer.contains("lighthouse"), "what is open is told: {answer}");
        answers.push_str(&answer);
    }
    for answer in [world.memories(&[ANN]).await, world.summary(day).await.unwrap()] {
        assert!(answer.to_string().contains("lighthouse"), "{answer}");
        answers.push_str(&answer.to_string());
    }
    answers
}

/// That nothing of these words is anywhere: in what people and bots are answered, in what the model is asked from now on, in
/// what is kept, in a log.
async fn assert_gone(world: &World, words: &[&str]) {
    let calls_before = world.cloud.model().calls().len();
    let told = answers(world).await;
    let asked: String = world
        .cloud
        .model()
        .calls()
        .iter()
        .skip(calls_before)
        .map(|call| format!("{}{}", call.system, call.prompt))
        .collect();
    let (stored, logs) = (world.everything_stored().await, world.emulator.logs());
    for word in words {
        assert!(!told.contains(word), "{word} is told: {told}");
        assert!(!asked.contains(word), "{word} is in a prompt: {asked}");
        assert!(!stored.contains(word), "{word} is kept: {stored}");
        assert!(!logs.contains(word), "{word} is in a log");
    }
}

/// Looks, closes the last open channel beside the general one, and looks again.
async fn assert_nothing_leaks(world: &World) {
    let never_open =
        SAID.map(|(_, word)| word).into_iter().filter(|word| word.starts_with("secret-") && *word != "secret-closing");
    let never_open: Vec<&str> = never_open.collect();
    assert_gone(world, &never_open).await;
    for call in world.cloud.model().calls() {
        assert!(never_open.iter().all(|word| !call.prompt.contains(word)), "no model was ever asked: {}", call.prompt);
    }
    assert!(answers(world).await.contains("secret-closing"), "it is open, and told");

    close(world);
    sync(world).await;
    assert!(!world.everything_stored().await.contains("secret-closing"), "gone before anybody asks");
    let all: Vec<&str> = never_open.into_iter().chain(["secret-closing"]).collect();
    assert_gone(world, &all).await;
}

#[tokio::test]
async fn rule_26_what_not_everybody_may_read_does_not_come_in_by_sync_messages() {
    let world = world();
    for (id, channel, word) in said() {
        let message = json!({
            "id": id, "type": 0, "content": word, "author": {"id": ANN.to_string(), "username": "ann", "global_name": "Ann"},
        });
        world.cloud.discord().put_message(GUILD, channel, id.get(), Some(message));
    }
    sync(&world).await;
    assert_nothing_leaks(&world).await;
}

#[tokio::test]
async fn rule_26_what_not_everybody_may_read_does_not_come_in_by_ingest_messages() {
    let world = world();
    sync(&world).await;
    let answer = world.ingest(&messages()).await;
    assert_eq!((&answer["stored"], &answer["skipped"]["channel"]), (&json!(2), &json!(5)), "{answer}");
    assert_nothing_leaks(&world).await;
}

#[tokio::test]
async fn rule_26_what_not_everybody_may_read_does_not_come_in_by_an_import() {
    let (world, desk) = (world(), Desk::new());
    sync(&world).await;
    let line = |mut message: Value| {
        message["guild_id"] = json!(GUILD);
        message.to_string()
    };
    let lines: Vec<String> = messages().into_iter().map(line).collect();
    let (ok, said) = desk.import(&world, &desk.file("export.jsonl", &lines.join("\n")));
    assert!(ok && said.contains("2 stored"), "{said}");
    assert_nothing_leaks(&world).await;
}

/// The forwarder hears every channel that its bot sees, and the deployment has no token to know better.
#[tokio::test]
async fn rule_26_what_not_everybody_may_read_does_not_come_in_by_the_forwarder() {
    let world = World::start();
    let bot = GatewayBot::start(&world).await;
    let locked = json!([{"id": GUILD, "type": 0, "allow": "0", "deny": (1 << 20).to_string()}]);
    let guild = json!({
        "id": GUILD, "owner_id": "9", "roles": [{"id": GUILD, "permissions": READ_AND_CONNECT.to_string()}],
        "channels": [
            {"id": GENERAL, "type": 0}, {"id": CLOSING, "type": 0}, {"id": AGE_RESTRICTED, "type": 0, "nsfw": true},
            {"id": PRIVATE, "type": 0, "permission_overwrites": hidden()},
            {"id": VOICE, "type": 2, "permission_overwrites": locked},
        ],
        "threads": [
            {"id": PRIVATE_THREAD, "type": 12, "parent_id": GENERAL},
            {"id": THREAD_OF_PRIVATE, "type": 11, "parent_id": PRIVATE},
        ],
    });
    bot.hear("GUILD_CREATE", guild);
    let author = json!({"id": ANN.to_string(), "username": "ann", "global_name": "Ann"});
    // What is open comes last: when it is there, nothing of the rest will come.
    for (id, channel, word) in said().into_iter().rev() {
        let fields =
            json!({"id": id, "guild_id": GUILD, "channel_id": channel, "type": 0, "content": word, "author": author});
        bot.hear("MESSAGE_CREATE", fields);
    }
    stored_with(&world, |stored| stored.contains("lighthouse") && stored.contains("secret-closing")).await;
    let told = format!("{}{}", world.memories(&[ANN]).await, world.summary(days_ago(3)).await.unwrap());
    assert!(told.contains("lighthouse") && told.contains("secret-closing"), "{told}");

    let closed = json!({"id": CLOSING, "guild_id": GUILD, "type": 0, "permission_overwrites": hidden()});
    bot.hear("CHANNEL_UPDATE", closed);
    stored_with(&world, |stored| !stored.contains("secret-closing")).await;
    world.cloud.lambda().wait_until_idle().await;
    let calls_before = world.cloud.model().calls().len();
    let told = format!("{}{}", world.memories(&[ANN]).await, world.summary(days_ago(3)).await.unwrap());
    let everything = format!("{told}{}{}", world.everything_stored().await, world.emulator.logs());
    assert!(told.contains("lighthouse"), "{told}");
    for (_, word) in SAID.into_iter().filter(|(_, word)| word.starts_with("secret-")) {
        assert!(!everything.contains(word), "{word} is told, kept or logged: {everything}");
        let calls = world.cloud.model().calls();
        let mut asked = calls.iter().skip(if word == "secret-closing" { calls_before } else { 0 });
        assert!(asked.all(|call| !call.prompt.contains(word)), "{word} is in a prompt");
    }
}

/// Where nobody has asked Discord yet, what is sent is stored. Whoever asks first in Discord looks, and what is closed goes
/// before anything is told.
#[tokio::test]
async fn rule_28_what_was_stored_before_anybody_looked_is_swept_before_anything_is_told() {
    let world = world_with(EmulatorOptions::default());
    put_channels(&world);
    assert_eq!(world.ingest(&messages()).await["stored"], 7, "who sends it decides alone, as nobody knows better");
    close(&world);
    let words: Vec<&str> = SAID.iter().map(|(_, word)| *word).filter(|word| *word != "lighthouse").collect();
    assert_gone(&world, &words).await;
    assert_eq!(world.ingest(&messages()).await["skipped"]["channel"], 6, "now it is known");
}

#[tokio::test]
async fn rule_28_a_channel_that_closes_takes_what_was_told_of_it_along_when_somebody_asks() {
    let world = world_with(EmulatorOptions::default());
    put_channels(&world);
    world.ingest(&messages()).await;
    assert!(answers(&world).await.contains("secret-closing"));
    close(&world);
    world.fifteen_minutes_pass().await;
    assert_gone(&world, &["secret-closing"]).await;
}

/// The menu of a message is there in every channel that somebody sees.
#[tokio::test]
async fn rule_26_a_message_of_a_closed_channel_does_not_come_in_by_its_menu() {
    let world = world();
    let author = json!({"id": ANN.to_string(), "username": "ann"});
    let remember = |channel: &str, word: &str| {
        let said = json!({"id": "60", "channel_id": channel, "content": word, "author": author, "type": 0});
        let data = json!({"id": "24", "name": "Remember this", "type": 3, "target_id": "60", "resolved": {"messages": {"60": said}}});
        let mut asked = interaction(member(BEN), 2, data);
        asked["channel_id"] = json!(channel);
        asked
    };
    for (channel, word) in SAID {
        let answer = world.ask(&remember(channel, word)).await.text();
        let is_open = [GENERAL, CLOSING].contains(&channel);
        assert_eq!(answer.contains(word), is_open, "{channel}: {answer}");
    }
    let stored = world.everything_stored().await;
    let closed = SAID.iter().filter(|(channel, _)| ![GENERAL, CLOSING].contains(channel));
    closed.for_each(|(_, word)| assert!(!stored.contains(word), "{word} is kept: {stored}"));
}

/// What Discord states of a member in an interaction counts the overwrites of the channel they ask in.
#[tokio::test]
async fn rule_27_an_administrator_overwrite_in_one_channel_opens_nothing_outside_it() {
    let world = world();
    let discord = world.cloud.discord();
    let administrator = json!([{"id": BEN.to_string(), "type": 1, "allow": (8 | 32).to_string(), "deny": "0"}]);
    discord.put_channel(GUILD, json!({"id": GENERAL, "type": 0, "permission_overwrites": administrator}));
    discord.put_member(GUILD, &BEN.to_string(), &[]);
    world.remember(ANN, "is afraid of geese").await;

    let asked = |kind, data| {
        let mut asked = interaction(member(BEN), kind, data);
        let member = world.cloud.discord().member_in(GUILD, GENERAL, &BEN.to_string());
        for field in ["roles", "permissions"] {
            asked["member"][field] = member[field].clone();
        }
        let permissions: u64 = asked["member"]["permissions"].as_str().unwrap().parse().unwrap();
        assert_eq!(permissions & (8 | 32), 8 | 32, "Discord says so of this channel");
        asked
    };
    let forget = |fact| memory("forget", &[("person", json!(ANN)), ("fact", json!(fact))]);
    let refusals = [
        (memory("settings", &[("see", json!("anyone"))]), "moderators"),
        (memory("show", &[("person", json!(ANN))]), "moderators"),
        (forget("is afraid of geese"), "what is about you or what you taught me"),
    ];
    for (data, refusal) in refusals {
        let answer = world.ask(&asked(2, data)).await.text();
        assert!(answer.contains(refusal) && !answer.contains("geese"), "{answer}");
    }
    let mut choose = forget("");
    choose["options"][0]["options"][1]["focused"] = json!(true);
    assert_eq!(world.first_answer(&asked(4, choose)).await["data"]["choices"], json!([]));
    let facts = json!({"guild_id": GUILD, "user_id": ANN, "op": "facts"});
    assert_eq!(world.call("people", facts).await.unwrap()["facts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn rule_26_no_channel_can_be_named_that_is_not_open() {
    let world = world();
    sync(&world).await;
    let read = |channel: &str, permissions: &str, kind: u64| {
        let mut data = memory("settings", &[("read", json!(channel))]);
        data["resolved"] = json!({"channels": {channel: {"id": channel, "type": kind, "permissions": permissions}}});
        data
    };
    for (data, reason) in [
        (read(PRIVATE, READING, 0), "Not everybody I tell things may read"),
        (read(AGE_RESTRICTED, READING, 0), "Not everybody I tell things may read"),
        (read("998100000000000790", READING, 4), "holds no messages"),
        (read(GENERAL, "1024", 0), "yourself"),
    ] {
        let answer = world.command(moderator(BEN), data).await.text();
        assert!(answer.contains(reason), "{answer}");
    }
    let answer = world.command(moderator(BEN), read(GENERAL, READING, 0)).await.text();
    assert!(answer.contains(&format!("only <#{GENERAL}>")), "{answer}");
    let answer = world.ingest(&messages()).await;
    assert_eq!(
        (&answer["stored"], &answer["skipped"]["channel"]),
        (&json!(1), &json!(6)),
        "naming one narrows: {answer}"
    );
}

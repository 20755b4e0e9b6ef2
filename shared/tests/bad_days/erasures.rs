//! Somebody is erased: nothing of theirs is left in any item of any table, whatever is under way and whoever dies when, and
//! nothing of others is lost.

use guild_memory::{app::AppError, testing::message_at};
use serde_json::{Value, json};

use super::world::{World, day, text};

/// Whose words all begin with it.
const MARK: &str = "zebra";
pub(super) const ANN: u64 = 998_877_665_544_332_211;
pub(super) const BEN: u64 = 11;
pub(super) const DATE: &str = "2026-11-20";
pub(super) const OTHER: &str = "2026-11-19";
pub(super) const TODAY: &str = "2026-11-22";

fn id(date: &str, time: &str) -> Value {
    json!(message_at(day(date), time, 1, "x", "").id)
}

/// A message of hers, with a name that nobody else has.
pub(super) fn hers(date: &str, time: &str, words: &str) -> Value {
    let author = json!({"id": ANN.to_string(), "name": "zebra-name"});
    json!({"id": id(date, time), "channel_id": "7", "author": author, "member": {"nick": "zebra-nick"}, "content": words})
}

fn bens(date: &str, time: &str, words: &str) -> Value {
    json!({"id": id(date, time), "channel_id": "7", "author": {"id": BEN.to_string(), "name": "Ben"}, "content": words})
}

/// What she wrote, by every way there is, and what was written to her.
pub(super) fn messages() -> Vec<Value> {
    let mut all: Vec<Value> = [DATE, TODAY]
        .iter()
        .flat_map(|date| {
            let mut attached = hers(date, "09:02", "zebra-with-attachment");
            attached["attachments"] = json!(["zebra-attachment"]);
            let mut edited = hers(date, "09:03", "zebra-edited");
            edited["edited_at"] = json!(format!("{date}T09:04:00Z"));
            let mut reply = hers(date, "09:05", "zebra-reply");
            reply["reply_to"] = id(date, "09:10");
            let words =
                [hers(date, "09:01", "zebra-plain"), hers(date, "09:03", "zebra-first"), attached, edited, reply];
            words.into_iter().chain([bens(date, "09:10", "harmless")])
        })
        .collect();
    // On another day she is only spoken to.
    let mut mention = bens(OTHER, "09:10", &format!("harmless, <@{ANN}> and <@!{ANN}>"));
    mention["mentions"] = json!([{"id": ANN.to_string(), "name": "zebra-mention"}]);
    all.push(mention);
    all
}

impl World {
    pub(super) async fn plant(&self) {
        self.ingest(json!({"messages": messages()})).await.unwrap();
        self.teach(json!({"op": "remember", "text": "zebra-fact"})).await;
        self.teach(json!({"op": "alias", "text": "zebra-alias"})).await;
        let bens = json!({"user_id": BEN.to_string(), "op": "remember", "text": "harmless fact"});
        self.people(bens).await.unwrap();
    }

    async fn teach(&self, mut event: Value) {
        event["user_id"] = json!(ANN.to_string());
        self.people(event).await.unwrap();
    }

    pub(super) async fn erase(&self) -> Result<Value, AppError> {
        self.decide("erase").await
    }

    pub(super) async fn decide(&self, op: &str) -> Result<Value, AppError> {
        self.people(json!({"user_id": ANN.to_string(), "op": op})).await
    }

    /// Nothing that she wrote or is called, and her id in one item: that she was erased. Who had sent for the lease on her
    /// memory by then may leave one with that alone, until it expires.
    pub(super) async fn assert_no_word_is_left(&self, when: &str) {
        let stored = self.everything_stored().await;
        let left: Vec<&str> = stored.lines().filter(|item| item.contains(MARK)).collect();
        assert!(left.is_empty(), "{when}: {left:#?}");
        let is_known =
            |item: &str| item.contains("\"PERSON\"") || (item.contains("\"MEMORY\"") && !item.contains("text"));
        let is_hers = |item: &&str| item.contains(&ANN.to_string()) && !is_known(item);
        let with_id: Vec<&str> = stored.lines().filter(is_hers).collect();
        assert!(with_id.is_empty(), "{when}: {with_id:#?}");
    }
}

#[tokio::test]
async fn rule_41_nothing_is_left_of_who_is_erased_and_nothing_is_lost_of_others() {
    let world = World::start();
    world.plant().await;
    let before = world.memories(&[ANN, BEN]).await;
    for word in ["plain", "with-attachment", "attachment", "edited", "reply", "fact"] {
        assert!(text(&before, ANN).contains(&format!("zebra-{word}")), "{word}: {}", text(&before, ANN));
    }
    let stored = world.everything_stored().await;
    for word in ["name", "nick", "alias", "mention"] {
        assert!(stored.contains(&format!("zebra-{word}")) || stored.contains("zebranick"), "{word}");
    }
    let erased = world.erase().await.unwrap();
    let expected = json!({"deleted": 8, "redacted": 1, "days_changed": [OTHER, DATE, TODAY], "days_kept": []});
    assert_eq!(erased, expected);
    world.assert_no_word_is_left("erased").await;
    let stored = world.everything_stored().await;
    let with_id: Vec<&str> = stored.lines().filter(|item| item.contains(&ANN.to_string())).collect();
    assert!(with_id.len() == 1 && with_id[0].contains("PERSON"), "that she was erased, and when: {with_id:#?}");

    let after = world.memories(&[ANN, BEN]).await;
    assert_eq!(text(&after, ANN), "");
    for words in ["harmless fact", "harmless", "@someone"] {
        assert!(text(&after, BEN).contains(words), "{}", text(&after, BEN));
    }
    world.assert_no_word_is_left("asked for again").await;

    let again = world.ingest(json!({"messages": messages()})).await.unwrap();
    assert_eq!((again.stored, again.skipped.deleted + again.skipped.opted_out), (0, 8), "the past stays out");
    world.assert_no_word_is_left("sent again").await;

    // The summary of today has run out by then.
    world.clock.set("2026-11-22T13:30:00Z");
    let report = world.ingest(json!({"messages": [hers(TODAY, "13:10", "a new word")]})).await.unwrap();
    assert_eq!(report.stored, 1);
    assert!(text(&world.memories(&[ANN]).await, ANN).contains("a new word"));
}

#[tokio::test]
async fn rule_20_of_who_opted_out_nothing_is_kept_until_they_opt_in_and_nothing_of_then_after_it() {
    let world = World::start();
    world.plant().await;
    world.memories(&[ANN, BEN]).await;
    let opted_out = world.people(json!({"user_id": ANN.to_string(), "op": "opt_out"})).await.unwrap();
    assert_eq!((&opted_out["opted_out"], &opted_out["changed"]), (&json!(true), &json!(true)));
    world.assert_no_word_is_left("opted out").await;
    world.clock.set("2026-11-22T12:30:00Z");
    let mut mention = bens(TODAY, "12:11", &format!("<@{ANN}> was there"));
    mention["mentions"] = json!([{"id": ANN.to_string(), "name": "zebra-mention"}]);
    let while_out = json!({"messages": [hers(TODAY, "12:10", "zebra-out"), mention]});
    let report = world.ingest(while_out.clone()).await.unwrap();
    assert_eq!((report.stored, report.skipped.opted_out), (1, 1));
    world.assert_no_word_is_left("written while opted out").await;
    assert_eq!(text(&world.memories(&[ANN]).await, ANN), "");

    let opted_in = world.people(json!({"user_id": ANN.to_string(), "op": "opt_in"})).await.unwrap();
    assert_eq!(opted_in, json!({"opted_out": false, "changed": true}));
    assert_eq!(world.ingest(while_out).await.unwrap().stored, 0);
    world.assert_no_word_is_left("written while opted out, and sent again").await;
    world.clock.set("2026-11-22T13:40:00Z");
    world.ingest(json!({"messages": [hers(TODAY, "13:35", "a new word")]})).await.unwrap();
    assert!(text(&world.memories(&[ANN]).await, ANN).contains("a new word"));
}

#[tokio::test]
async fn what_is_kept_can_be_taken_along() {
    let world = World::start();
    world.plant().await;
    world.memories(&[ANN, BEN]).await;
    let export = world.people(json!({"user_id": ANN.to_string(), "op": "export"})).await.unwrap();
    assert_eq!((&export["name"], &export["nick"]), (&json!("zebra-name"), &json!("zebra-nick")));
    assert_eq!(export["facts"][0]["text"], "zebra-fact");
    assert_eq!(export["aliases"][0]["name"], "zebra-alias");
    assert!(export["memory"]["text"].as_str().unwrap().contains("zebra-fact"));
    let dates: Vec<&Value> = export["days"].as_array().unwrap().iter().map(|day| &day["date"]).collect();
    assert_eq!(dates, [DATE, TODAY]);
    let contents: Vec<&Value> = export["messages"].as_array().unwrap().iter().map(|one| &one["content"]).collect();
    let of_a_day = ["zebra-plain", "zebra-with-attachment", "zebra-edited", "zebra-reply"];
    assert_eq!(contents, of_a_day.repeat(2));
    assert_eq!((&export["messages"][1]["attachments"], &export["next"]), (&json!(["zebra-attachment"]), &Value::Null));
    assert!(!export.to_string().contains("harmless"), "what others wrote is theirs");
    let later = json!({"user_id": ANN.to_string(), "op": "export", "from": TODAY});
    assert_eq!(world.people(later).await.unwrap()["messages"].as_array().unwrap().len(), 4);
}

/// What nobody can make again stays as it tells of others.
#[tokio::test]
async fn rule_41_a_day_without_its_messages_tells_of_the_others_still() {
    let world = World::start();
    let mut spoken = messages();
    // What others' texts call her stays in them.
    spoken.pop();
    world.ingest(json!({"messages": spoken})).await.unwrap();
    world.clock.set("2026-11-23T12:00:00Z");
    let people = [ANN, BEN];
    world.memories(&people).await;
    // Read once more, so that this process keeps it.
    world.memories(&people).await;
    world.clock.set("2027-01-20T12:00:00Z");
    world.sweep().await;
    let erased = world.erase().await.unwrap();
    assert_eq!((&erased["deleted"], &erased["days_kept"]), (&json!(0), &json!([DATE, TODAY])));
    world.assert_no_word_is_left("erased").await;
    let summary = world.summarize(DATE).await.unwrap();
    assert_eq!(summary.summaries.len(), 1, "what this process had read is not served any more");
}

#[tokio::test]
async fn rule_41_an_erase_that_dies_at_any_write_is_ended_by_the_next() {
    dies_at_every_write("erase").await;
}

#[tokio::test]
async fn rule_20_an_opt_out_that_dies_at_any_write_is_ended_by_the_next() {
    dies_at_every_write("opt_out").await;
}

async fn dies_at_every_write(op: &str) {
    for n in 0.. {
        let world = World::start();
        world.plant().await;
        world.memories(&[ANN, BEN]).await;
        world.cloud.store().deny_writes_after(n);
        let is_whole = world.decide(op).await.is_ok();
        world.cloud.store().reset();
        world.decide(op).await.unwrap();
        world.assert_no_word_is_left(&format!("died after {n} writes")).await;
        let after = world.memories(&[ANN, BEN]).await;
        assert_eq!(text(&after, ANN), "");
        assert!(text(&after, BEN).contains("harmless fact"), "{}", text(&after, BEN));
        world.assert_no_word_is_left(&format!("died after {n} writes, and asked for again")).await;
        if is_whole {
            assert!(n > 10);
            return;
        }
    }
}

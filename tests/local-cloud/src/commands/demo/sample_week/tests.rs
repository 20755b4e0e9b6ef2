use std::collections::BTreeSet;

use serde_json::json;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn message(id: u64, written: &str) -> Message {
    let id = with_time(id, at(written).as_millisecond());
    let author = json!({"id": "1", "name": "Ann"});
    serde_json::from_value(json!({"id": id.to_string(), "author": author, "content": "hi", "channel_id": "7"})).unwrap()
}

fn times(messages: &[Message]) -> Vec<String> {
    messages.iter().map(|message| message.written_at().to_string()).collect()
}

#[test]
fn everything_moves_by_whole_days() {
    let mut messages = [message(1, "2025-09-10T22:30:00Z"), message(2, "2025-09-14T08:00:00Z")];
    move_to(&mut messages, at("2026-11-22T12:00:00Z"));
    assert_eq!(times(&messages), ["2026-11-18T22:30:00Z", "2026-11-22T08:00:00Z"]);
}

#[test]
fn what_would_lie_in_the_future_comes_just_before_now_in_order() {
    let mut messages = ["07:00", "09:00", "09:01", "23:59"].map(|time| message(5, &format!("2025-09-14T{time}:00Z")));
    move_to(&mut messages, at("2026-11-22T08:00:00Z"));
    let expected = ["2026-11-22T07:00:00Z", "2026-11-22T07:57:00Z", "2026-11-22T07:58:00Z", "2026-11-22T07:59:00Z"];
    assert_eq!(times(&messages), expected);
}

#[test]
fn just_after_midnight_they_stay_in_today_and_apart() {
    for now in ["2026-11-22T00:00:00Z", "2026-11-22T00:00:00.002Z", "2026-11-22T00:00:07Z"] {
        let mut messages = ["09:00", "09:01", "09:02"].map(|time| message(5, &format!("2025-09-14T{time}:00Z")));
        move_to(&mut messages, at(now));
        assert!(messages.iter().all(|message| message.written_at() >= at("2026-11-22T00:00:00Z")), "{now}");
        assert!(messages.iter().all(|message| message.written_at() <= at(now)), "{now}");
        assert!(messages.windows(2).all(|pair| pair[0].id < pair[1].id), "{now}");
    }
}

#[test]
fn replies_and_edits_move_along() {
    let mut messages = [message(1, "2025-09-13T10:00:00Z"), message(2, "2025-09-14T10:00:00Z")];
    messages[1].reply_to = Some(messages[0].id.to_string());
    messages[0].edited_at = Some(at("2025-09-13T10:05:00Z"));
    messages[1].edited_at = Some(at("2025-09-14T11:00:00Z"));

    move_to(&mut messages, at("2026-11-22T09:00:00Z"));

    assert_eq!(messages[1].reply_to, Some(messages[0].id.to_string()));
    assert_eq!(messages[0].edited_at, Some(at("2026-11-21T10:05:00Z")));
    assert_eq!(messages[1].edited_at, Some(at("2026-11-22T09:00:00Z")));
}

#[test]
fn the_sample_week_keeps_its_messages_and_everything_in_them() {
    let now = at("2026-11-22T03:00:00Z");
    let week = SampleWeek::until(now).unwrap();
    let original: Week = serde_json::from_str(MESSAGES).unwrap();

    let ids: BTreeSet<u64> = week.week.messages.iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), original.messages.len());
    assert!(week.week.messages.iter().all(|message| message.written_at() <= now));
    let last = week.week.messages.last().unwrap();
    assert!(last.written_at() > at("2026-11-22T00:00:00Z"));
    let mut contents: Vec<_> = original.messages.iter().map(|message| &message.content).collect();
    let mut moved: Vec<_> = week.week.messages.iter().map(|message| &message.content).collect();
    moved.sort();
    contents.sort();
    assert_eq!(moved, contents);
    assert_eq!(week.messages_of_bots(), original.messages.iter().filter(|message| message.author.bot).count());
    assert!(week.people().len() >= 2 && !week.taught().is_empty());
}

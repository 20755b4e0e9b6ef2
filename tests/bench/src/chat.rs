//! Invented chat: always the same for the same day and people, and about as long as what people write.

use fastrand::Rng;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

/// Somebody who writes.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub id: u64,
    /// The name shown in the guild.
    pub name: String,
}

/// Where people write.
pub const CHANNELS: [u64; 3] = [998_100_000_000_000_701, 998_100_000_000_000_702, 998_100_000_000_000_703];
/// Where Discord's ids begin to count, in milliseconds.
const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

const OPENERS: [&str; 8] =
    ["", "", "okay so ", "honestly, ", "guess what: ", "update: ", "no idea why, but ", "for the record, "];
const SUBJECTS: [&str; 10] = [
    "my neighbour's parrot",
    "the bakery on the corner",
    "our sourdough",
    "the night train to Vienna",
    "that old synthesizer",
    "my sister's chess club",
    "the greenhouse",
    "the raid on Saturday",
    "the repair café",
    "this keyboard",
];
const EVENTS: [&str; 10] = [
    "finally works again",
    "broke in the middle of everything",
    "is better than I remembered",
    "took four hours and two trips to the shop",
    "was on the radio this morning",
    "will not happen before next week",
    "needs somebody with small hands",
    "made everybody laugh",
    "cost me an entire evening",
    "looks exactly like the picture now",
];
const TAILS: [&str; 8] = [
    "",
    "",
    ".",
    ", who would have thought?",
    ". I will send pictures when it is light outside, the lamp makes it all look yellow",
    " :blobcat:",
    ", anybody want to come along on Thursday?",
    ". The instructions were in Finnish, so I guessed, and for once I guessed right; do not ask me to do it again",
];

/// A day's messages in the format of `ingest_messages`, spread over the day; everybody writes in turn.
#[must_use]
pub fn of_a_day(people: &[Person], day: Date, count: u32) -> Vec<Value> {
    let mut rng = Rng::with_seed(u64::from(day.day_of_year().unsigned_abs()) * 100_000 + u64::from(count));
    let mut messages: Vec<Value> = Vec::new();
    for (n, author) in (0..count).zip(people.iter().cycle()) {
        let id = message_id(day, n, count);
        let mut message = json!({
            "id": id.to_string(),
            "channel_id": CHANNELS[rng.usize(..CHANNELS.len())].to_string(),
            "author": {"id": author.id.to_string(), "name": author.name},
            "content": sentence(&mut rng),
        });
        if rng.u8(..4) == 0 && n > 0 {
            message["reply_to"] = json!(message_id(day, rng.u32(..n), count).to_string());
        }
        if rng.u8(..10) == 0 {
            mention(&mut message, &people[rng.usize(..people.len())]);
        }
        messages.push(message);
    }
    messages
}

fn sentence(rng: &mut Rng) -> String {
    let mut pick = |words: &[&'static str]| words[rng.usize(..words.len())];
    format!("{}{} {}{}", pick(&OPENERS), pick(&SUBJECTS), pick(&EVENTS), pick(&TAILS))
}

fn mention(message: &mut Value, person: &Person) {
    let id = person.id.to_string();
    message["content"] = json!(format!("<@{id}> {}", message["content"].as_str().unwrap_or_default()));
    message["mentions"] = json!([{"id": id, "name": person.name}]);
}

/// The snowflake of the `n`-th of `count` messages of a day.
fn message_id(day: Date, n: u32, count: u32) -> u64 {
    let start = day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |start| start.timestamp());
    let offset = 86_400_000 * i64::from(n) / i64::from(count.max(1));
    let ms = start.as_millisecond() + offset - DISCORD_EPOCH_MS;
    (ms.unsigned_abs() << 22) | u64::from(n % 4096)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn day() -> Date {
        "2026-03-01".parse().unwrap()
    }

    fn people() -> Vec<Person> {
        (0..3).map(|n| Person { id: 10 + n, name: format!("P{n}") }).collect()
    }

    #[test]
    fn a_day_is_always_the_same() {
        assert_eq!(of_a_day(&people(), day(), 50), of_a_day(&people(), day(), 50));
    }

    #[test]
    fn ids_are_distinct_and_lie_in_the_day() {
        let ids: BTreeSet<u64> = (0..10_000).map(|n| message_id(day(), n, 10_000)).collect();
        assert_eq!(ids.len(), 10_000);
        let at = |id: &u64| i64::try_from(id >> 22).unwrap() + DISCORD_EPOCH_MS;
        let start = "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(at(ids.first().unwrap()), start);
        assert!(at(ids.last().unwrap()) < start + 86_400_000);
    }

    #[test]
    fn everybody_writes() {
        let messages = of_a_day(&people(), day(), 7);
        let authors: Vec<&str> = messages.iter().map(|message| message["author"]["id"].as_str().unwrap()).collect();
        assert_eq!(authors, ["10", "11", "12", "10", "11", "12", "10"]);
    }
}

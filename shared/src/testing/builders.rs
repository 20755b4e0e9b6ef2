//! Messages as tests write them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    app::ingest_messages,
    domain::{AllowedGuilds, Author, Day, Message, MessageBody, MessageId, Retention, UserId},
};

/// How long messages are kept where nothing else is said.
pub const RETENTION: Retention = Retention { days: 30, least: 8 };

/// What ingest works with where one store keeps everything.
pub fn ingest_deps<S: Clone, C: Clone>(store: &S, clock: &C) -> ingest_messages::Deps<S, S, C> {
    ingest_messages::Deps {
        memory: store.clone(),
        messages: store.clone(),
        clock: clock.clone(),
        retention: RETENTION,
        allowed_guilds: AllowedGuilds::default(),
        discord_guilds: BTreeSet::new(),
    }
}

/// The snowflake of a message written at `at`; `n` tells messages of the same millisecond apart.
///
/// # Panics
/// Before 2015.
pub fn id_at(at: Timestamp, n: u64) -> MessageId {
    let ms = u64::try_from(at.as_millisecond() - 1_420_070_400_000).expect("Discord began in 2015");
    MessageId::try_from((ms << 22) | n).expect("a small n")
}

/// A message of `day`, written at `time` (HH:MM) in channel 7.
///
/// # Panics
/// If `time` is no time or `author` no snowflake.
pub fn message_at(day: Day, time: &str, author: u64, name: &str, content: &str) -> Message {
    let (hours, minutes) = time.split_once(':').expect("HH:MM");
    let minutes: i64 = hours.parse::<i64>().expect("hours") * 60 + minutes.parse::<i64>().expect("minutes");
    Message {
        id: id_at(day.start() + SignedDuration::from_mins(minutes), author),
        channel: "7".parse().expect("a snowflake"),
        author: Author { id: UserId::try_from(author).expect("a snowflake"), name: name.to_owned() },
        body: MessageBody { content: content.to_owned(), ..MessageBody::default() },
    }
}

/// Several messages of `day`: time, author, name, content.
pub fn messages(day: Day, written: &[(&str, u64, &str, &str)]) -> Vec<Message> {
    written.iter().map(|(time, author, name, content)| message_at(day, time, *author, name, content)).collect()
}

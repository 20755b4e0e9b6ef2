//! Who the authors are: those who opted out are left out, and the names the others were seen under are noted.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    domain::{GuildId, Message, MessageId, Person, UserId},
    ports::{ReadPeople, RecordNames, StoreError},
};

/// Names written at the same time.
const CONCURRENT_WRITES: usize = 32;

/// What the authors let be stored.
pub(super) struct Authors {
    pub(super) messages: Vec<Message>,
    /// Messages of people who opted out.
    pub(super) opted_out: usize,
}

/// Leaves out who opted out, and notes the names of the others.
pub(super) async fn note_authors<M: ReadPeople + RecordNames>(
    memory: &M,
    guild: GuildId,
    mut messages: Vec<Message>,
) -> Result<Authors, StoreError> {
    let latest = latest_names(&messages);
    let users: Vec<UserId> = latest.keys().copied().collect();
    let people = memory.people(guild, &users).await?;
    let news = latest.into_iter().filter(|(user, seen)| is_news(people.get(user), seen));
    let writes = news.map(|(user, seen)| async move { memory.record_name(guild, user, &seen.name, seen.within).await });
    stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect::<()>().await?;

    let all = messages.len();
    messages.retain(|message| !has_opted_out(people.get(&message.author.id)));
    Ok(Authors { opted_out: all - messages.len(), messages })
}

/// A name, and the last message of the batch it was seen in.
struct SeenName {
    name: String,
    within: MessageId,
}

/// The name each author had in their last message of the batch.
fn latest_names(messages: &[Message]) -> BTreeMap<UserId, SeenName> {
    let mut latest: BTreeMap<UserId, SeenName> = BTreeMap::new();
    for message in messages {
        let known = latest.get(&message.author.id);
        if known.is_none_or(|seen| seen.within < message.id) {
            latest.insert(message.author.id, SeenName { name: message.author.name.clone(), within: message.id });
        }
    }
    latest
}

/// A name is written when it is another, and once a day while it stays: so an old message cannot bring an old name back.
fn is_news(person: Option<&Person>, seen: &SeenName) -> bool {
    let last_name = person.and_then(|person| person.last_name.as_ref());
    !has_opted_out(person)
        && last_name.is_none_or(|(name, within)| {
            *within < seen.within && (*name != seen.name || within.day() < seen.within.day())
        })
}

fn has_opted_out(person: Option<&Person>) -> bool {
    person.is_some_and(|person| person.opted_out)
}

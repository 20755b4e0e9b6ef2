//! Who the authors are: those who opted out are left out, and the names the others were seen under are noted.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::incoming::Incoming;
use crate::{
    domain::{GuildId, Message, MessageId, UserId},
    ports::{ReadPeople, RecordNames, StoreError},
};

/// Names written at the same time.
const CONCURRENT_WRITES: usize = 32;

pub(super) async fn apply_people<S: ReadPeople + RecordNames>(
    store: &S,
    guild: GuildId,
    incoming: &mut Incoming,
) -> Result<(), StoreError> {
    let latest = latest_names(&incoming.messages);
    let users: Vec<UserId> = latest.keys().copied().collect();
    let known = store.people(guild, &users).await?;
    let opted_out = |user: UserId| known.get(&user).is_some_and(|person| person.opted_out);

    let all = incoming.messages.len();
    incoming.messages.retain(|message| !opted_out(message.author.id));
    incoming.report.skipped.opted_out += all - incoming.messages.len();

    let news = latest.into_iter().filter(|(user, (name, seen_in))| {
        let last = known.get(user).and_then(|person| person.last_name.as_ref());
        !opted_out(*user) && last.is_none_or(|(last_name, last_seen)| is_news(last_name, *last_seen, name, *seen_in))
    });
    let writes =
        news.map(|(user, (name, seen_in))| async move { store.record_name(guild, user, &name, seen_in).await });
    stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect().await
}

/// A name is written when it is another, and once a day while it stays: so an old message cannot bring an old name back.
fn is_news(last_name: &str, last_seen: MessageId, name: &str, seen_in: MessageId) -> bool {
    last_seen < seen_in && (last_name != name || last_seen.day() < seen_in.day())
}

/// The name each author had in their last message of the batch.
fn latest_names(messages: &[Message]) -> BTreeMap<UserId, (String, MessageId)> {
    let mut latest: BTreeMap<UserId, (String, MessageId)> = BTreeMap::new();
    for message in messages {
        let known = latest.get(&message.author.id);
        if known.is_none_or(|(_, seen_in)| *seen_in < message.id) {
            latest.insert(message.author.id, (message.author.name.clone(), message.id));
        }
    }
    latest
}

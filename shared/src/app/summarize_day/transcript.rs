//! What was said on a day, and what models are to read of it.

use jiff::Timestamp;

use super::deps::{Deps, SummarizeMemory};
use crate::{
    contract::DayRequest,
    domain::{Message, UserId, prompt::Transcript},
    ports::{ReadMessages, StoreError},
};

/// The messages that are there at `now`.
pub(super) async fn messages<S, R: ReadMessages, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    now: Timestamp,
) -> Result<Vec<Message>, StoreError> {
    let stored = deps.messages.messages_of_day(request.guild_id, request.date).await?;
    let live = stored.into_iter().filter(|stored| !stored.is_expired(now));
    Ok(live.filter_map(|stored| stored.message).collect())
}

/// What models are to read of the messages: nothing of people who opted out (DESIGN rule 20).
pub(super) async fn transcript<S: SummarizeMemory, R, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    messages: &[Message],
) -> Result<Transcript, StoreError> {
    let mut users: Vec<UserId> = messages.iter().flat_map(people_in).collect();
    users.sort_unstable();
    users.dedup();
    let people = deps.memory.people(request.guild_id, &users).await?;
    let opted_out = |user: &UserId| people.get(user).is_some_and(|person| person.opted_out);
    let written_by_others = messages.iter().filter(|message| !opted_out(&message.author.id)).cloned();
    let messages: Vec<Message> = written_by_others
        .map(|mut message| {
            message.body.mentions.retain(|mention| !opted_out(&mention.id));
            message
        })
        .collect();
    Ok(Transcript::new(request.date, &messages, &people))
}

/// Everybody a message is by or about.
fn people_in(message: &Message) -> impl Iterator<Item = UserId> {
    message.body.mentions.iter().map(|mention| mention.id).chain([message.author.id])
}

//! Who the authors are: those who opted out are left out, and the names the others were seen under are noted.

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    domain::{GuildId, KnownNames, Message, Person, SaidNames, UserId},
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

/// Leaves out who opted out, and notes the names of the others. `said` is what is known of them besides their messages.
pub(super) async fn note_authors<M: ReadPeople + RecordNames>(
    memory: &M,
    guild: GuildId,
    mut messages: Vec<Message>,
    said: SaidNames,
) -> Result<Authors, StoreError> {
    let said = with_accounts(said, &messages);
    let users: Vec<UserId> = said.users();
    let people = memory.people(guild, &users).await?;
    let news = said.iter().filter(|(user, said)| is_news(people.get(user), said));
    let writes = news.map(|(user, said)| memory.record_names(guild, user, said));
    stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect::<()>().await?;

    let all = messages.len();
    messages.retain(|message| !has_opted_out(people.get(&message.author.id)));
    Ok(Authors { opted_out: all - messages.len(), messages })
}

/// The same, and the name that the account of each author had in their last message.
fn with_accounts(mut said: SaidNames, messages: &[Message]) -> SaidNames {
    for message in messages {
        said.note(message.author.id, &KnownNames::of_account(&message.author.name, message.id));
    }
    said
}

fn is_news(person: Option<&Person>, said: &KnownNames) -> bool {
    !has_opted_out(person) && person.map_or(&KnownNames::default(), |person| &person.called).are_changed_by(said)
}

fn has_opted_out(person: Option<&Person>) -> bool {
    person.is_some_and(|person| person.opted_out)
}

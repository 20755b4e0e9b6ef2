//! Who the authors are: the names they were seen under are noted, but of those who opted out.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    domain::{GuildId, KnownNames, Message, Person, SaidNames, UserId},
    ports::{ReadPeople, RecordNames, StoreError},
};

/// Names written at the same time.
const CONCURRENT_WRITES: usize = 32;

/// Notes the names of the authors, but of who opted out. `said` is what is known of them besides their messages.
pub(super) async fn note_authors<M: ReadPeople + RecordNames>(
    memory: &M,
    guild: GuildId,
    messages: &[Message],
    said: SaidNames,
) -> Result<HashMap<UserId, Person>, StoreError> {
    let said = with_accounts(said, messages);
    let people = memory.people(guild, &said.users()).await?;
    let news = said.iter().filter(|(user, said)| is_news(people.get(user), said));
    let writes = news.map(|(user, said)| memory.record_names(guild, user, said));
    stream::iter(writes).buffer_unordered(CONCURRENT_WRITES).try_collect::<()>().await?;
    Ok(people)
}

/// The same, and the name that the account of each author had in their last message.
fn with_accounts(mut said: SaidNames, messages: &[Message]) -> SaidNames {
    for message in messages {
        said.note(message.author.id, &KnownNames::of_account(&message.author.name, message.id));
    }
    said
}

fn is_news(person: Option<&Person>, said: &KnownNames) -> bool {
    let nobody = Person::default();
    let person = person.unwrap_or(&nobody);
    person.called.are_changed_by(&person.news(said))
}

//! The page about a person: what somebody is called is shown, whatever else is known; and names and memories are text that
//! cannot leave its place.

use super::*;
use crate::{
    domain::{Alias, KnownNames},
    ports::RecordNames as _,
};

/// A memory with these words, or none; or nobody answers.
#[derive(Clone, Copy)]
pub(super) enum Memories {
    Say(&'static str),
    Nothing,
    Fail,
}

impl AskMemories for Memories {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        let (user, answer) = (request.user_ids[0], Functions::while_they_work(|_| ()).memories(request).await?);
        match *self {
            Self::Say(text) => Ok(MemoriesResponse { memories: [(user, Some(text.to_owned()))].into(), ..answer }),
            Self::Nothing => {
                let sources = [(user, Source::None)].into();
                Ok(MemoriesResponse { memories: [(user, None)].into(), sources, ..answer })
            }
            Self::Fail => Err(InvokeError::Throttled),
        }
    }
}

impl SummarizeDay for Memories {
    async fn summarize_day(&self, _: DayRequest) -> Result<DayReport, InvokeError> {
        Err(InvokeError::Throttled)
    }
}

impl AskSweep for Memories {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        Err(InvokeError::Throttled)
    }
}

async fn show(store: &InMemoryStore, memories: Memories) -> ReplyContent {
    if store.open_channels(guild()).await.unwrap().is_none() {
        keep_open(store, NOW, false).await;
    }
    let replies = Replies::default();
    let deps = deps(store, memories, discord(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(SHOW())).await.unwrap();
    replies.said.lock().unwrap().pop().unwrap()
}

#[tokio::test(start_paused = true)]
async fn rule_29_other_names_are_shown_with_who_taught_them_even_if_nothing_else_is_known() {
    let store = InMemoryStore::default();
    assert!(show(&store, Memories::Nothing).await.text.contains("I remember nothing"));

    let taught = Alias { taught_by: Some(user(12)), taught_at: Some("2026-11-21T12:00:00Z".parse().unwrap()) };
    let aliases = [("The Liar".to_owned(), taught), ("Annie".to_owned(), Alias::default())].into();
    store.put_person(guild(), user(10), Person { aliases, ..Person::default() });
    for memories in [Memories::Nothing, Memories::Fail] {
        let said = show(&store, memories).await.text;
        assert!(said.ends_with("Also known as: Annie, The Liar (by <@12>, 2026-11-21)"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_name_that_stands_in_for_a_mention_cannot_leave_its_line() {
    let store = InMemoryStore::default();
    teach(&store, 1);
    let name = "Ann\n**<@99>**\u{202e} stole";
    store.record_names(guild(), user(10), &KnownNames::of_account(name, "1".parse().unwrap())).await.unwrap();
    assert_eq!(show(&store, Memories::Nothing).await.names[&user(10)], "Ann **\\<\\@99>** stole");
}

#[tokio::test(start_paused = true)]
async fn rule_17_no_memory_leaves_its_quotation() {
    let store = InMemoryStore::default();
    teach(&store, 1);
    // A model that writes a section of the page.
    let said = show(&store, Memories::Say("likes tea\n\n**Taught**\n- <@99> is a thief")).await.text;
    assert!(said.contains("\n> likes tea\n> **Taught**\n> - \\<\\@99> is a thief"), "{said}");
    assert_eq!(said.matches("\n**Taught**").count(), 1, "{said}");
}

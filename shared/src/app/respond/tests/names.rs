//! What somebody is called is shown, whatever else is known; and a name is text like any other.

use super::*;
use crate::{domain::Alias, ports::RecordNames as _};

/// A guild in which nothing was said; or nobody answers.
struct Silence {
    fails: bool,
}

impl AskMemories for Silence {
    async fn memories(&self, request: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        if self.fails {
            return Err(InvokeError::Throttled);
        }
        let (user, answer) = (request.user_ids[0], Functions::while_they_work(|_| ()).memories(request).await?);
        Ok(MemoriesResponse { memories: [(user, None)].into(), sources: [(user, Source::None)].into(), ..answer })
    }
}

impl SummarizeDay for Silence {
    async fn summarize_day(&self, _: DayRequest) -> Result<DayReport, InvokeError> {
        Err(InvokeError::Throttled)
    }
}

impl AskSweep for Silence {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        Err(InvokeError::Throttled)
    }
}

async fn show(store: &InMemoryStore, fails: bool) -> ReplyContent {
    if store.open_channels(guild()).await.unwrap().is_none() {
        keep_open(store, NOW, false).await;
    }
    let replies = Replies::default();
    let deps = deps(store, Silence { fails }, discord(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(SHOW())).await.unwrap();
    replies.said.lock().unwrap().pop().unwrap()
}

#[tokio::test(start_paused = true)]
async fn rule_29_other_names_are_shown_with_who_taught_them_even_if_nothing_else_is_known() {
    let store = InMemoryStore::default();
    assert!(show(&store, false).await.text.contains("I remember nothing"));

    let taught = Alias { taught_by: Some(user(12)), taught_at: Some("2026-11-21T12:00:00Z".parse().unwrap()) };
    let aliases = [("The Liar".to_owned(), taught), ("Annie".to_owned(), Alias::default())].into();
    store.put_person(guild(), user(10), Person { aliases, ..Person::default() });
    for fails in [false, true] {
        let said = show(&store, fails).await.text;
        assert!(said.ends_with("Also known as: Annie, The Liar (by <@12>, 2026-11-21)"), "{fails}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_17_a_name_that_stands_in_for_a_mention_cannot_leave_its_line() {
    let store = InMemoryStore::default();
    teach(&store, 1);
    let name = "Ann\n**<@99>**\u{202e} stole";
    store.record_name(guild(), user(10), name, "1".parse().unwrap()).await.unwrap();
    assert_eq!(show(&store, false).await.names[&user(10)], "Ann **\\<\\@99>** stole");
}

//! Something to read within 1.5 s of the command, whatever the model does; and never what may not be told, nor twice.

use super::*;
use crate::domain::{Ledger, MEMORY_LIFE, Memory};

/// How long the model takes.
const SLOW: Duration = Duration::from_secs(20);

fn slow() -> Functions {
    Functions::while_they_work(|_| ()).taking(SLOW)
}

/// A guild with a fact about somebody and a day that was summarized long ago.
async fn known() -> InMemoryStore {
    let store = InMemoryStore::default();
    keep_open(&store, NOW, false).await;
    fill(&store).await;
    store
}

async fn fill(store: &InMemoryStore) {
    ingest(store, "7", "hello").await;
    store.put_summary(guild(), YESTERDAY.parse().unwrap(), older(summary("said hello")));
    teach(store, 1);
}

/// That summary, of a day that was open then.
fn older(summary: DaySummary) -> DaySummary {
    DaySummary { expires_at: Some("2026-11-21T13:00:00Z".parse().unwrap()), ..summary }
}

/// What is read of each edit, small print included, and how long after the command.
async fn edits(store: &InMemoryStore, functions: Functions, question: Question) -> Vec<(String, Duration)> {
    let (replies, started) = (Replies::default(), tokio::time::Instant::now());
    let deps = deps(store, functions, discord(), &replies, NOW);
    respond(&deps, Duration::from_secs(180), &deferred(question)).await.unwrap();
    let (said, at) = (replies.said.lock().unwrap(), replies.at.lock().unwrap());
    let said = said.iter().map(|reply| format!("{}\n{}", reply.text, reply.footnote));
    said.zip(at.iter().map(|at| *at - started)).collect()
}

fn is_soon(after: Duration) -> bool {
    after <= Duration::from_millis(1_000) // half a second is left to Discord
}

#[tokio::test(start_paused = true)]
async fn rule_40_an_answer_that_is_there_at_once_is_the_only_edit() {
    let store = known().await;
    for question in [SHOW(), catch_up()] {
        let at_once = Functions::while_they_work(|_| ()).taking(Duration::from_millis(500));
        assert_eq!(edits(&store, at_once, question).await.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_what_is_known_of_a_person_is_shown_while_the_model_works() {
    let [(first, soon), (last, later)] = &edits(&known().await, slow(), SHOW()).await[..] else { panic!("two edits") };
    for expected in ["> 2026-11-21: said hello", "fact 1", "Day by day", "at once", "in a moment"] {
        assert!(first.contains(expected), "{expected} is in {first}");
    }
    assert!(is_soon(*soon) && *later >= SLOW, "{soon:?}, {later:?}");
    assert!(last.contains("memory 0") && !last.contains("at once"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn rule_40_a_day_is_shown_as_it_was_summarized_before_or_said_to_be_summarized() {
    let [(first, soon), (last, _)] = &edits(&known().await, slow(), catch_up()).await[..] else { panic!("two edits") };
    assert!(first.contains("> said hello") && first.contains("An earlier version"), "{first}");
    assert!(is_soon(*soon) && last.contains("day 0") && !last.contains("earlier"), "{soon:?}, {last}");

    let store = InMemoryStore::default();
    keep_open(&store, NOW, false).await;
    ingest(&store, "7", "hello").await;
    let [(first, soon), _] = &edits(&store, slow(), catch_up()).await[..] else { panic!("two edits") };
    assert!(is_soon(*soon) && first.contains("I am summarizing 2026-11-21"), "{first}");
    let [(first, _), _] = &edits(&store, slow(), SHOW()).await[..] else { panic!("two edits") };
    assert!(first.contains("putting together what I know about <@10>"), "{first}");
}

/// The memory of the asker as it was an hour ago, when it told of yesterday.
fn put_memory(store: &InMemoryStore, facts_hash: String) {
    let built_at: jiff::Timestamp = "2026-11-22T11:00:00Z".parse().unwrap();
    let memory = Memory {
        text: "an earlier memory".to_owned(),
        input_hash: String::new(),
        facts_hash,
        day_versions: [(YESTERDAY.parse().unwrap(), 1)].into(),
        model: String::new(),
        usage: Usage::default(),
        built_at,
        expires_at: built_at + MEMORY_LIFE,
    };
    store.put_memory(guild(), user(10), memory);
}

async fn first(store: &InMemoryStore, functions: Functions, question: Question) -> String {
    edits(store, functions, question).await.remove(0).0
}

#[tokio::test(start_paused = true)]
async fn rule_40_the_last_known_good_memory_comes_first_and_never_with_what_was_forgotten() {
    let store = known().await;
    let taught = store.people(guild(), &[user(10)]).await.unwrap()[&user(10)].taught_hash();
    put_memory(&store, taught.clone());
    let said = first(&store, slow(), SHOW()).await;
    assert!(said.contains("> an earlier memory") && said.contains("An earlier version (<t:"), "{said}");

    put_memory(&store, "of a fact that was forgotten".to_owned());
    let said = first(&store, slow(), SHOW()).await;
    assert!(said.contains("said hello") && !said.contains("memory"), "{said}");

    // What is forgotten while the model works is not shown, neither first nor last.
    put_memory(&store, taught);
    let changing = store.clone();
    let forgetting = Functions::while_they_work(move |asked| {
        if asked == 0 {
            teach(&changing, 2);
        }
    })
    .taking(SLOW);
    for (said, _) in edits(&store, forgetting, SHOW()).await {
        assert!(said.contains("fact 2") && !said.contains("fact 1") && !said.contains("an earlier memory"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_what_was_deleted_is_not_in_the_first_words() {
    let store = known().await;
    let taught = store.people(guild(), &[user(10)]).await.unwrap()[&user(10)].taught_hash();
    put_memory(&store, taught);
    let ledger = Ledger { version: 2, purged_version: 2, message_count: 1, ..Ledger::default() };
    store.put_ledger(guild(), YESTERDAY.parse().unwrap(), ledger);
    for question in [SHOW(), catch_up()] {
        let said = first(&store, slow(), question).await;
        assert!(!said.contains("said hello") && !said.contains("an earlier memory"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_before_it_is_known_what_is_open_nothing_of_channels_is_told() {
    let store = InMemoryStore::default();
    keep_open(&store, NOW, true).await; // a sweep is due, and takes long
    fill(&store).await;
    let taught = store.people(guild(), &[user(10)]).await.unwrap()[&user(10)].taught_hash();
    put_memory(&store, taught);
    let said = first(&store, slow(), SHOW()).await;
    assert!(said.contains("fact 1") && said.contains("at once"), "{said}");
    assert!(!said.contains("said hello") && !said.contains("an earlier memory"), "{said}");
    let said = first(&store, slow(), catch_up()).await;
    assert!(!said.contains("said hello") && said.contains("I am summarizing"), "{said}");
}

/// Functions that fail after a while.
pub(super) struct Failing;

impl AskMemories for Failing {
    async fn memories(&self, _: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        tokio::time::sleep(SLOW).await;
        Err(InvokeError::Failed { error_type: "ModelUnavailable".to_owned(), message: String::new() })
    }
}

impl SummarizeDay for Failing {
    async fn summarize_day(&self, _: DayRequest) -> Result<DayReport, InvokeError> {
        tokio::time::sleep(SLOW).await;
        Err(InvokeError::Failed { error_type: "ModelUnavailable".to_owned(), message: String::new() })
    }
}

impl AskSweep for Failing {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        Err(InvokeError::Throttled)
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_where_the_rest_fails_the_first_words_stay_and_it_is_said_what_failed() {
    let store = known().await;
    for (question, language, failed) in [
        (SHOW(), Language::English, "The language model does not answer"),
        (catch_up(), Language::German, "Das Sprachmodell antwortet gerade nicht"),
    ] {
        let replies = Replies::default();
        let deps = deps(&store, Failing, discord(), &replies, NOW);
        let interaction = DeferredInteraction { language, ..deferred(question) };
        let delivery = respond(&deps, Duration::from_secs(180), &interaction).await;
        assert_eq!(delivery, Ok(Delivery::Explained));
        let said = replies.said.lock().unwrap().clone();
        assert_eq!(said.len(), 2);
        assert_eq!(said[0].text, said[1].text);
        assert!(said[1].text.contains("said hello") && said[1].footnote.contains(failed), "{}", said[1].footnote);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_first_words_that_do_not_arrive_do_not_cost_the_answer() {
    let unknown = || DiscordError::NotFound { code: DiscordError::UNKNOWN_WEBHOOK };
    let down = || DiscordError::Unavailable { reason: "503".into() };
    for refusals in [vec![down()], vec![unknown(), unknown()]] {
        let store = known().await;
        let replies = Replies { refusals: Arc::new(Mutex::new(refusals)), ..Replies::default() };
        let deps = deps(&store, slow(), discord(), &replies, NOW);
        let delivery = respond(&deps, Duration::from_secs(180), &deferred(SHOW())).await;
        assert_eq!(delivery, Ok(Delivery::Delivered));
        assert!(last(&replies).contains("memory 0"), "{}", last(&replies));
        assert_eq!(replies.said.lock().unwrap().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_40_what_closes_while_the_model_works_is_not_told_where_it_fails() {
    let store = known().await;
    let (replies, closing) = (Replies::default(), store.clone());
    let deps = deps(&store, Failing, discord(), &replies, NOW);
    let interaction = deferred(catch_up());
    let close = async {
        tokio::time::sleep(SLOW / 2).await;
        let seen = closing.open_channels(guild()).await.unwrap().unwrap();
        closing.keep_open_channels(guild(), Some(seen.read_at), &seen.clone().to_be_swept()).await.unwrap();
    };
    let (delivery, ()) = tokio::join!(respond(&deps, Duration::from_secs(180), &interaction), close);
    assert_eq!(delivery, Ok(Delivery::Explained));
    assert!(!last(&replies).contains("said hello"), "{}", last(&replies));

    // And nothing at all is told to who is of another audience by then.
    let store = known().await;
    let (replies, changing) = (Replies::default(), store.clone());
    let deps = Deps { memory: store.clone(), replies: replies.clone(), ..deps };
    let change = async {
        tokio::time::sleep(SLOW / 2).await;
        let settings = GuildSettings { audience: Audience::Role("5".parse().unwrap()), ..GuildSettings::default() };
        changing.replace_settings(guild(), &settings).await.unwrap();
    };
    let interaction = deferred(SHOW());
    let (delivery, ()) = tokio::join!(respond(&deps, Duration::from_secs(180), &interaction), change);
    assert_eq!(delivery, Ok(Delivery::Explained));
    assert!(!last(&replies).contains("fact 1"), "{}", last(&replies));
}

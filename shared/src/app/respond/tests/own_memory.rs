//! What somebody decided about what is kept of them: `people` is asked for it, and it is told what was done.

use super::*;
use crate::contract::{Decision, Erased, Export, ExportedDay, PeopleOp};

type PeopleScript = dyn Fn(&PeopleRequest) -> Result<PeopleResponse, InvokeError> + Send + Sync;

/// A `people` that does as it is told, and remembers what it was asked. Nobody else may be asked.
#[derive(Clone)]
struct PeopleFunction {
    script: Arc<PeopleScript>,
    asked: Arc<Mutex<Vec<PeopleRequest>>>,
}

impl PeopleFunction {
    fn new(script: impl Fn(&PeopleRequest) -> Result<PeopleResponse, InvokeError> + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default() }
    }
}

impl AskPeople for PeopleFunction {
    async fn people(&self, request: &PeopleRequest) -> Result<PeopleResponse, InvokeError> {
        self.asked.lock().unwrap().push(request.clone());
        (self.script)(request)
    }
}

impl AskMemories for PeopleFunction {
    async fn memories(&self, _: &MemoriesRequest) -> Result<MemoriesResponse, InvokeError> {
        panic!("no memory is asked for")
    }
}

impl SummarizeDay for PeopleFunction {
    async fn summarize_day(&self, _: DayRequest) -> Result<DayReport, InvokeError> {
        panic!("no day is asked for")
    }
}

impl AskSweep for PeopleFunction {
    async fn ask_sweep(&self, _: GuildId) -> Result<(), InvokeError> {
        panic!("nothing is swept")
    }
}

/// What comes of a decision about person 10, where nobody knows which channels are open.
async fn decided(people: &PeopleFunction, decision: Decision) -> (Delivery, ReplyContent) {
    let (store, replies) = (InMemoryStore::default(), Replies::default());
    let deps = deps(&store, people.clone(), discord(), &replies, NOW);
    let question = Question::Decide { decision, user_id: user(10), from: None };
    let delivery = respond(&deps, Duration::from_secs(180), &deferred(question)).await.unwrap();
    let said = replies.said.lock().unwrap().clone();
    assert_eq!(said.len(), 1, "there is one edit");
    (delivery, said[0].clone())
}

#[tokio::test(start_paused = true)]
async fn rule_41_what_was_decided_is_done_and_what_went_is_told() {
    let erased = Erased { deleted: 12, redacted: 3, days_kept: vec![YESTERDAY.parse().unwrap()], ..Erased::default() };
    let people = PeopleFunction::new(move |request| {
        Ok(match request.op {
            PeopleOp::OptOut => {
                PeopleResponse::Consent { opted_out: true, changed: true, erased: Some(Erased::default()) }
            }
            PeopleOp::OptIn => PeopleResponse::Consent { opted_out: false, changed: true, erased: None },
            _ => PeopleResponse::Erased(erased.clone()),
        })
    });
    for (decision, words) in [
        (Decision::OptOut, "keep nothing from now on"),
        (Decision::OptIn, "I may remember what you write"),
        (Decision::Erase, "deleted: 12."),
    ] {
        let (delivery, reply) = decided(&people, decision).await;
        assert!(delivery == Delivery::Delivered && reply.text.contains(words), "{}", reply.text);
        assert_eq!(reply.text.contains(YESTERDAY), decision == Decision::Erase, "what stays is said: {}", reply.text);
    }
    let asked: Vec<PeopleOp> = people.asked.lock().unwrap().iter().map(|request| request.op).collect();
    assert_eq!(asked, [PeopleOp::OptOut, PeopleOp::OptIn, PeopleOp::Erase]);
}

#[tokio::test(start_paused = true)]
async fn rule_41_what_was_not_done_to_its_end_is_said_to_be_asked_for_again() {
    for error in [
        InvokeError::Failed { error_type: "Throttled".into(), message: "send the same request again".into() },
        InvokeError::Unavailable { reason: "no connection".into() },
    ] {
        let people = PeopleFunction::new(move |_| Err(error.clone()));
        let (delivery, reply) = decided(&people, Decision::Erase).await;
        assert!(delivery == Delivery::Explained && reply.text.contains("Use the same command again"), "{}", reply.text);
    }
}

fn export(day: &str, text: String, next: Option<&str>) -> PeopleResponse {
    let (date, built_at) = (day.parse().unwrap(), NOW.parse().unwrap());
    PeopleResponse::Exported(Box::new(Export {
        opted_out: false,
        erased_at: None,
        name: Some("Ann".into()),
        nick: None,
        names: Vec::new(),
        facts: Vec::new(),
        aliases: Vec::new(),
        memory: None,
        days: vec![ExportedDay { date, text, built_at }],
        messages: Vec::new(),
        next: next.map(|day| day.parse().unwrap()),
    }))
}

#[tokio::test(start_paused = true)]
async fn an_export_is_one_file_of_all_its_parts() {
    let people = PeopleFunction::new(|request| {
        Ok(match request.from {
            None => export("2026-11-20", "sailed".into(), Some(YESTERDAY)),
            Some(from) => export(&from.to_string(), "swam".into(), None),
        })
    });
    let (_, reply) = decided(&people, Decision::Export).await;
    assert!(reply.text.contains("in the file") && reply.files.len() == 1 && reply.files[0].name == "memory.json");
    let file: serde_json::Value = serde_json::from_str(&reply.files[0].text).unwrap();
    let texts: Vec<&str> = file["days"].as_array().unwrap().iter().map(|day| day["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["sailed", "swam"]);
    let ids = (&file["guild_id"], &file["user_id"], &file["exported_at"], &file["name"], &file["next"]);
    let expected = ("1".into(), "10".into(), NOW.into(), "Ann".into(), serde_json::Value::Null);
    assert_eq!(ids, (&expected.0, &expected.1, &expected.2, &expected.3, &expected.4));
}

#[tokio::test(start_paused = true)]
async fn an_export_that_is_more_than_a_file_says_where_the_rest_begins() {
    let people = PeopleFunction::new(|request| {
        let from = request.from.map_or("2026-11-20".into(), |from| from.to_string());
        Ok(export(&from, "x".repeat(3_000_000), Some(if request.from.is_none() { YESTERDAY } else { "2026-11-22" })))
    });
    let (_, reply) = decided(&people, Decision::Export).await;
    assert!(reply.text.contains("/memory export from:2026-11-22"), "{}", reply.text);
    assert!((6_000_000..10_000_000).contains(&reply.files[0].text.len()), "two parts, and not three");
}

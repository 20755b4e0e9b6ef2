//! Spans, as a collector gets them from the real binaries.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{Json, Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use guild_memory_trace::{Analysis, Id, Kind, Span, Trace, read};
use local_cloud::{EmulatorOptions, InvocationType, Nowhere, Template};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    discord::asking::{ANN, BEN, GENERAL, catchup, member, memory, world_with},
    world::{GUILD, World, days_ago, message, nth, until},
};

const PEOPLE: [u64; 2] = [ANN, BEN];
/// What a caller sends that traces, too, and what it does not record.
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

/// A collector, on this machine.
#[derive(Clone)]
struct Collector {
    url: String,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    answer: Value,
}

impl Collector {
    async fn start() -> Self {
        Self::answering(json!({})).await
    }

    async fn answering(answer: Value) -> Self {
        let got = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/otlp", listener.local_addr().unwrap());
        let collector = Self { url, got, answer };
        let app = Router::new().route("/otlp/v1/traces", post(keep)).with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        collector
    }

    /// Functions that send it what they record.
    fn options(&self) -> EmulatorOptions {
        exporting_to(&self.url)
    }

    fn bodies(&self) -> String {
        self.got.lock().unwrap().iter().map(|(_, body)| format!("{body}\n")).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let reading = read(self.bodies().as_bytes());
        assert!(self.got.lock().unwrap().is_empty() || reading.problems.is_empty(), "{:?}", reading.problems);
        reading.spans
    }

    /// The spans of the caller's trace, once all invocations of it have sent theirs.
    async fn whole(&self, trace: &str, invocations: usize) -> Vec<Span> {
        let of_trace =
            || -> Vec<Span> { self.spans().into_iter().filter(|span| span.trace == Id::new(trace)).collect() };
        let is_whole = || of_trace().iter().filter(|span| span.kind == Kind::Server).count() >= invocations;
        tokio::time::timeout(Duration::from_secs(20), until(is_whole)).await.expect("all invocations send their spans");
        of_trace()
    }
}

async fn keep(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    collector.got.lock().unwrap().push((headers, String::from_utf8(body.into()).unwrap()));
    Json(collector.answer)
}

fn exporting_to(url: &str) -> EmulatorOptions {
    let template = Template::of_the_project().unwrap();
    template
        .functions()
        .fold(EmulatorOptions::default(), |options, function| options.env(function, "OTEL_EXPORTER_OTLP_ENDPOINT", url))
}

/// Three days of two people, and a fact.
async fn three_days(world: &World) {
    for days in [4, 3, 2] {
        let said = [
            message(nth(days_ago(days), 1), ANN, "Annabelle", "the harbour is frozen over"),
            message(nth(days_ago(days), 2), BEN, "Benjamin", "the ferry has to wait until spring"),
        ];
        world.ingest(&said).await;
    }
    world.remember(ANN, "has sailed around the world").await;
}

fn trace_of(traceparent: &str) -> &str {
    traceparent.split('-').nth(1).unwrap()
}

fn ids(spans: &[Span]) -> BTreeSet<&Id> {
    spans.iter().map(|span| &span.id).collect()
}

/// Spans whose parent is not there. The caller's own is elsewhere.
fn orphans(spans: &[Span]) -> Vec<&Span> {
    let (ids, caller) = (ids(spans), Id::new("00f067aa0ba902b7"));
    spans.iter().filter(|span| span.parent.as_ref().is_none_or(|id| *id != caller && !ids.contains(id))).collect()
}

fn count(spans: &[Span]) -> BTreeMap<&str, usize> {
    let mut count = BTreeMap::new();
    for span in spans {
        *count.entry(span.name.as_str()).or_default() += 1;
    }
    count
}

fn asked(traceparent: &str) -> Value {
    json!({"guild_id": GUILD, "user_ids": PEOPLE, "traceparent": traceparent})
}

#[tokio::test]
async fn rule_50_every_span_of_a_cold_request_arrives_in_the_callers_trace() {
    let collector = Collector::start().await;
    let world = World::with(collector.options());
    three_days(&world).await;
    world.cloud.model().set_usual_latency(Duration::from_millis(300));
    let before = world.cloud.counters();
    world.call("get_memories", asked(CALLER)).await.unwrap();
    let spans = collector.whole(trace_of(CALLER), 1 + 3).await;
    let requests = world.cloud.counters().since(&before).dynamodb_requests;
    assert_eq!(orphans(&spans), Vec::<&Span>::new());
    assert_eq!(ids(&spans).len(), spans.len(), "none came twice");
    let count = count(&spans);
    let expected = [
        ("get_memories", 1),
        ("build_memories", 1),
        ("get_user_facts", 1),
        ("build_day", 3),
        ("daily_summary", 3),
        ("summarize_day", 3),
        ("generate_daily_summaries_batch", 3),
        ("get_chat_messages_for_date", 3),
        ("replace_user_mentions", 3),
        ("summarize_chunk", 3),
        ("commit_summary", 3),
        ("merge_context", 2),
        ("commit_memory", 2),
        ("generate_content", 3 + 2),
        ("acquire_lease", 3 + 2),
        ("Lambda.Invoke", 3),
    ];
    for (name, times) in expected {
        assert_eq!(count.get(name), Some(&times), "{name}: {count:#?}");
    }
    let of_dynamodb = count.iter().filter_map(|(name, times)| Some((name.strip_prefix("DynamoDB.")?, *times as u64)));
    let requests = requests.iter().map(|(operation, times)| (operation.as_str(), *times)).collect();
    assert_eq!(of_dynamodb.collect::<BTreeMap<_, _>>(), requests, "a span for each request, and none for nothing");
    let attribute = |span: &Span, name: &str| span.attributes.get(name).cloned().unwrap_or_default();
    for span in &spans {
        match span.name.as_str() {
            "generate_content" => {
                assert_eq!((attribute(span, "gen_ai.provider.name"), span.kind), ("gcp.gemini".into(), Kind::Client));
                assert!(attribute(span, "gen_ai.usage.input_tokens").parse::<u64>().unwrap() > 0);
                assert!(attribute(span, "gen_ai.request.model").starts_with("gemini-"));
            }
            "summarize_chunk" => {
                assert_eq!((attribute(span, "chunk"), attribute(span, "cache_hit")), ("0".into(), "false".into()));
            }
            "daily_summary" => {
                assert_eq!((attribute(span, "guild"), attribute(span, "faas.name")), (GUILD.into(), span.name.clone()));
            }
            "DynamoDB.BatchGetItem" => {
                let of_request = (attribute(span, "db.system.name"), attribute(span, "db.operation.name"));
                assert_eq!(of_request, ("aws.dynamodb".into(), "BatchGetItem".into()));
            }
            _ => {}
        }
        assert!(!span.failed, "{span:?}");
    }
    let analysis = Analysis::of(Trace::all(spans).remove(0));
    assert_eq!(analysis.diagnosis.findings, [], "nothing of it ran one after the other that could run at once");
    assert_eq!(analysis.model.calls.len(), 5);
}

#[tokio::test]
async fn rule_50_work_that_is_handed_over_belongs_to_the_trace() {
    let collector = Collector::start().await;
    let world = World::with(collector.options());
    three_days(&world).await;
    let hold = world.cloud.model().hold();
    let mut event = asked(CALLER);
    event["max_wait_ms"] = json!(300);
    world.call("get_memories", event).await.unwrap();
    drop(hold);
    world.cloud.lambda().wait_until_idle().await;
    let invoked = world.cloud.lambda().invocations();
    let building = invoked.iter().filter(|call| ["get_memories", "daily_summary"].contains(&call.function.as_str()));
    assert!(invoked.iter().any(|call| call.function == "get_memories" && call.kind == InvocationType::Event));
    let spans = collector.whole(trace_of(CALLER), building.count()).await;
    assert_eq!(orphans(&spans), Vec::<&Span>::new());
    let warm = spans.iter().find(|span| span.name == "build_memories" && span.attributes["warm"] == "true").unwrap();
    let warm = spans.iter().find(|span| Some(&span.id) == warm.parent.as_ref()).unwrap();
    let handed = spans.iter().find(|span| Some(&span.id) == warm.parent.as_ref()).unwrap();
    assert_eq!((handed.name.as_str(), handed.kind), ("Lambda.Invoke", Kind::Producer));
}

#[tokio::test]
async fn rule_50_who_records_nothing_has_nothing_recorded_and_what_is_broken_is_ignored() {
    let collector = Collector::start().await;
    let world = World::with(collector.options());
    three_days(&world).await;
    let cold = world.call("get_memories", asked(UNSAMPLED)).await.unwrap();
    let warm = world.call("get_memories", asked("00-hush-hush-01")).await.unwrap();
    assert_eq!(cold["memories"], warm["memories"]);
    assert!(
        warm["sources"].as_object().unwrap().values().all(|source| source == "cached"),
        "the trace is no input: {warm}"
    );
    until(|| collector.spans().iter().any(|span| span.name == "get_memories")).await;
    let spans = collector.spans();
    assert!(spans.iter().all(|span| span.trace.as_str() != trace_of(UNSAMPLED)));
    let warm: Vec<&Span> = spans.iter().filter(|span| span.name == "get_memories").collect();
    assert_eq!((warm.len(), &warm[0].parent), (1, &None));
}

/// Everything that people can do, with words that would be found.
#[tokio::test]
async fn rule_50_and_21_no_span_holds_what_people_wrote_were_called_or_taught_or_a_secret() {
    let collector = Collector::start().await;
    let world = world_with(collector.options().env("sync_messages", "DISCORD_GUILDS", GUILD));
    let in_general = |mut message: Value| {
        message["channel_id"] = json!(GENERAL);
        message
    };
    let said = message(nth(days_ago(2), 1), ANN, "zebraname", "zebraplain and more");
    world.call("sync_messages", json!({})).await.unwrap();
    world.ingest(&[in_general(said)]).await;
    world.remember(ANN, "zebrafact, and more of it").await;
    let alias = json!({"guild_id": GUILD, "user_id": ANN, "op": "alias", "text": "zebraalias"});
    world.call("people", alias).await.unwrap();
    let taught = memory("remember", &[("person", json!(ANN)), ("fact", json!("zebrataught by Ben"))]);
    world.command(member(BEN), taught).await;
    world.command(member(ANN), memory("show", &[])).await;
    world.command(member(BEN), catchup(&[("day", json!(days_ago(2)))])).await;
    // Text where an id, a date or an operation should be.
    for (function, event) in [
        ("get_memories", json!({"guild_id": "zebraguild", "user_ids": ["zebrauser"], "traceparent": "zebraparent"})),
        ("daily_summary", json!({"guild_id": GUILD, "date": "zebradate"})),
        ("people", json!({"guild_id": GUILD, "user_id": ANN, "op": "zebraop"})),
    ] {
        world.call(function, event).await.unwrap_err();
    }
    world.memories(&PEOPLE).await;
    world.cloud.lambda().wait_until_idle().await;
    let names = || collector.spans().into_iter().map(|span| span.name).collect::<BTreeSet<_>>();
    let all =
        ["sync_messages", "ingest_messages", "people", "interactions", "respond", "get_memories", "daily_summary"];
    let everybody_sent = || all.iter().all(|name| names().contains(*name));
    tokio::time::timeout(Duration::from_secs(20), until(everybody_sent)).await.expect("every function sends spans");
    let bodies = collector.bodies();
    assert!(!bodies.contains("zebra"), "{bodies}");
    world.watched.failed(&bodies); // looked at when the world ends, for everything else
}

#[tokio::test]
async fn rule_50_strangers_leave_no_spans_and_begin_no_traces() {
    let collector = Collector::start().await;
    let world = world_with(collector.options());
    let stranger = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..3 {
        let request = stranger.post(world.cloud.webhook_url()).header("traceparent", CALLER).body("{}");
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    world.command(member(ANN), memory("show", &[])).await;
    let of_webhook =
        || -> Vec<Span> { collector.spans().into_iter().filter(|span| span.name == "interactions").collect() };
    tokio::time::timeout(Duration::from_secs(20), until(|| !of_webhook().is_empty())).await.expect("Ann's has some");
    let [of_ann] = &of_webhook()[..] else { panic!("{:?}", of_webhook()) };
    assert_eq!((of_ann.attributes["http.response.status_code"].as_str(), &of_ann.parent), ("200", &None));
    assert!(collector.spans().iter().all(|span| span.trace.as_str() != trace_of(CALLER)));
}

#[tokio::test]
async fn rule_50_headers_come_from_ssm() {
    let collector = Collector::start().await;
    let variable = "OTEL_EXPORTER_OTLP_HEADERS_PARAMETER";
    let world = World::with(collector.options().env("people", variable, "/guild-memory/otlp-headers"));
    world.cloud.put_parameter("/guild-memory/otlp-headers", "authorization=Bearer%20local-cloud-key,x-team=harbour");
    world.remember(ANN, "has sailed around the world").await;
    until(|| !collector.got.lock().unwrap().is_empty()).await;
    let headers = collector.got.lock().unwrap()[0].0.clone();
    assert_eq!(headers["authorization"], "Bearer local-cloud-key");
    assert_eq!(headers["x-team"], "harbour");
    assert_eq!(headers["content-type"], "application/json");
}

#[tokio::test]
async fn rule_50_what_a_collector_rejects_is_told() {
    let answer = json!({"partialSuccess": {"rejectedSpans": "2", "errorMessage": "zebra"}});
    let collector = Collector::answering(answer).await;
    let world = World::with(collector.options());
    world.remember(ANN, "has sailed around the world").await;
    until(|| world.emulator.logs().contains("spans_not_exported")).await;
    let logs = world.emulator.logs();
    let line: Value = logs.lines().find(|line| line.contains("spans_not_exported")).unwrap().parse().unwrap();
    assert_eq!((&line["spans"], &line["message"]), (&json!(2), &json!("the collector has rejected them")));
    assert!(!logs.contains("zebra"), "what a collector says may quote what it was sent");
}

#[tokio::test]
async fn rule_50_where_nobody_takes_them_a_line_says_so_and_nothing_else_happens() {
    let (nowhere, silent) = (Nowhere::new().unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let silent_url = format!("http://{}", silent.local_addr().unwrap());
    for url in [nowhere.url(), &silent_url] {
        let world = World::with(exporting_to(url));
        let begun = Instant::now();
        for fact in ["has sailed around the world", "is afraid of parrots"] {
            assert_eq!(world.remember(ANN, fact).await["added"], true);
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "a second for spans at the most");
        until(|| world.emulator.logs().contains("spans_not_exported")).await;
    }
}

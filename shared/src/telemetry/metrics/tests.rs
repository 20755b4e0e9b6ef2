//! Events, and the line that becomes of them.

use std::sync::Arc;

use serde_json::{Value, json};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::*;

/// The line of an invocation in which that happened.
fn line(namespace: Option<&str>, happened: impl FnOnce()) -> Value {
    let namespace = namespace.map(str::to_owned);
    let function = Function { name: "get_memories".to_owned(), memory_mb: 512, namespace };
    let metrics = Arc::new(Metrics::new(function));
    tracing::subscriber::with_default(Registry::default().with(Unwritten(metrics.clone())), || {
        let span = tracing::info_span!(target: INVOCATIONS, "Lambda runtime invoke", requestId = "r-1");
        span.in_scope(happened);
    });
    serde_json::from_str(&metrics.end()).unwrap()
}

/// The same, written nowhere.
struct Unwritten(Arc<Metrics>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Unwritten {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.0.on_event(event, context);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.0.on_new_span(attributes, id, context);
    }
}

fn a_call(outcome: &str, output_tokens: u64) {
    tracing::info!(
        event = "model_called",
        model = "gemini:small",
        outcome,
        second_try = false,
        estimated_tokens = 90_u64,
        prompt_tokens = output_tokens * 10,
        cached_tokens = output_tokens / 4,
        output_tokens,
        thought_tokens = output_tokens / 10,
        duration_ms = 7_u64,
        "never kept"
    );
}

#[test]
fn rule_51_what_an_invocation_took_is_one_line() {
    let line = line(Some("guild-memory"), || {
        a_call("answered", 20);
        a_call("malformed", 4);
        tracing::trace!(event = "capacity_used", read_units = 0.5, write_units = 0.0);
        tracing::trace!(event = "capacity_used", read_units = 2.0, write_units = 0.0);
        tracing::debug!(event = "waited_for_others", waits = 2_usize, shared = 1_usize);
        tracing::warn!(event = "day_failed", guild = %7, date = "2026-11-22", error_type = %"RateLimited", "never kept");
        tracing::info!(event = "memories_built", guild = %7, warm = false, merged = 2_usize, cached = 1_usize);
    });
    let model = json!({
        "model_calls": 2, "prompt_tokens": 240, "cached_tokens": 6, "output_tokens": 24, "thought_tokens": 2,
        "unused_prompt_tokens": 40, "unused_output_tokens": 4
    });
    assert_eq!(line["models"], json!({"gemini:small": model}));
    for (name, expected) in [
        ("event", json!("invocation_metered")),
        ("function", json!("get_memories")),
        ("request_id", json!("r-1")),
        ("guilds", json!(["7"])),
        ("memory_mb", json!(512)),
        ("model_calls", json!(2)),
        ("calls_malformed", json!(1)),
        ("failed_RateLimited", json!(1)),
        ("read_units", json!(2.5)),
        ("store_requests", json!(2)),
        ("lease_waits", json!(2)),
        ("made_by_others", json!(1)),
        ("people_merged", json!(2)),
        ("people_cached", json!(1)),
    ] {
        assert_eq!(line[name], expected, "{name}: {line}");
    }
    assert!(line["init_ms"].is_number() && line["duration_ms"].is_number(), "{line}");
    let text = line.to_string();
    assert!(!text.contains("never kept") && !text.contains("2026-11-22"), "{text}");
}

#[test]
fn rule_51_metrics_are_by_function_and_each_is_in_the_line() {
    let line = line(Some("guild-memory"), || {
        a_call("timed_out", 0);
        tracing::info!(event = "memories_built", guild = %7, warm = true, merged = 2_usize, days_cached = 6_usize);
    });
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!("guild-memory"), &json!([["function"]])));
    let metrics = directive["Metrics"].as_array().unwrap();
    let names: Vec<&str> = metrics.iter().filter_map(|metric| metric["Name"].as_str()).collect();
    let expected = ["calls_timed_out", "model_calls", "window_days_cached"];
    assert_eq!(names, expected, "what did not happen is not there, and who is kept warm is no metric");
    assert!(names.iter().all(|name| line[name].is_number()), "{line}");
    assert!(line["_aws"]["Timestamp"].is_u64(), "{line}");
    assert_eq!(line["models"]["gemini:small"]["uncounted_tokens"], 90, "what nobody counted is said");
    assert_eq!(line["warmed_merged"], 2);
}

#[test]
fn rule_51_calls_whose_tokens_nobody_counted_are_told_and_refused_ones_took_none() {
    for (outcome, uncounted) in [
        ("answered", json!(1)),
        ("unavailable", json!(1)),
        ("malformed", json!(1)),
        ("not_waited_for", json!(1)),
        ("rate_limited", Value::Null),
        ("daily_quota", Value::Null),
        ("no_credit", Value::Null),
        ("refused", Value::Null),
    ] {
        let line = line(None, || a_call(outcome, 0));
        assert_eq!(line["models"]["gemini:small"]["uncounted_calls"], uncounted, "{outcome}");
    }
    assert!(line(None, || a_call("answered", 1))["uncounted_calls"].is_null(), "it has said what it took");
}

#[test]
fn rule_51_without_a_namespace_the_line_is_no_metric() {
    let line = line(None, || a_call("answered", 20));
    assert!(line.get("_aws").is_none() && line["model_calls"] == 1, "{line}");
}

#[test]
fn rule_51_first_words_are_those_of_the_answer_where_none_were_needed() {
    let answer = |question: &str, delivery: &str| {
        tracing::info!(event = "interaction_responded", guild = %7, question, %delivery, after_ms = 2_500_u64);
    };
    let shown = line(None, || answer("show", "delivered"));
    assert_eq!((&shown["show_first_words_ms"], &shown["show_answer_ms"]), (&json!(2_500), &json!(2_500)));
    let shown = line(None, || {
        tracing::info!(event = "first_words_said", guild = %7, question = "show", after_ms = 900_u64);
        answer("show", "delivered");
    });
    assert_eq!((&shown["show_first_words_ms"], &shown["show_answer_ms"]), (&json!(900), &json!(2_500)));
    for other in [line(None, || answer("catchup", "delivered")), line(None, || answer("show", "nobody_waits"))] {
        assert!(other.get("show_answer_ms").is_none(), "{other}");
    }
}

//! Events added up, and the line that is made of them, in CloudWatch's embedded metric format.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};

/// The fields whose words are kept, and none besides: ids, names of models and words of a short list (DESIGN rule 21).
const WORDS: [&str; 8] = ["event", "guild", "model", "outcome", "status", "error_type", "question", "delivery"];

/// The numbers of which events are added up, and under which names.
const SUMS: [(&str, &[(&str, &str)]); 6] = [
    ("capacity_used", &[("read_units", "read_units"), ("write_units", "write_units")]),
    ("waited_for_others", &[("waits", "lease_waits"), ("shared", "made_by_others")]),
    ("merges_shared", &[("people", "people_in_shared_calls")]),
    ("day_built", &[("chunks", "chunks"), ("messages", "messages_read")]),
    ("first_words_said", &[("after_ms", "first_words_ms")]),
    ("memories_built", &[("days_cached", "window_days_cached")]),
];

/// Who was answered, by what they were answered with.
const SOURCES: [&str; 8] =
    ["merged", "cached", "facts", "summary", "last_known_good", "unmerged", "verbatim", "unknown"];

/// What is counted where events happen.
const HAPPENED: [(&str, &str); 4] = [
    ("capacity_used", "store_requests"),
    ("model_cools_down", "cooldowns"),
    ("merges_shared", "shared_calls"),
    ("day_built", "days_cut"),
];

/// How calls end that cost nothing.
const TOOK_NOTHING: [&str; 4] = ["rate_limited", "daily_quota", "no_credit", "refused"];

/// The events that say that something failed, each with its `error_type`.
const FAILURES: [&str; 8] = [
    "request_failed",
    "day_failed",
    "person_failed",
    "answer_failed",
    "interaction_failed",
    "sync_failed",
    "erase_due_failed",
    "left_not_erased",
];

/// What is in the line and no metric of CloudWatch's, which has it already or would charge for it.
const NO_METRICS: [&str; 15] = [
    "read_units",
    "write_units",
    "store_requests",
    "made_by_others",
    "people_in_shared_calls",
    "shared_calls",
    "chunks",
    "messages_read",
    "days_cut",
    "first_words_ms",
    "second_tries",
    "uncounted_calls",
    "uncounted_tokens",
    "unused_prompt_tokens",
    "unused_output_tokens",
];

/// Of which function, and who else is told.
#[derive(Debug, Clone, Default)]
pub(super) struct Function {
    /// `AWS_LAMBDA_FUNCTION_NAME`: the name of the function, which Lambda sets.
    pub(super) name: String,
    /// `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`: the memory of the function in MB, which Lambda sets.
    pub(super) memory_mb: u64,
    /// `METRICS_NAMESPACE`: the namespace in which CloudWatch makes metrics of what each invocation took. Without it none are
    /// made, which costs nothing; the lines are written all the same.
    pub(super) namespace: Option<String>,
}

/// One invocation, at its end.
#[derive(Debug, Clone, Default)]
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) ended: Timestamp,
    pub(super) took: Duration,
    /// How long the process had run before its first invocation, for that one.
    pub(super) init: Option<Duration>,
}

/// What happened until now.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<String, f64>,
    /// Calls and tokens, by the model as configured.
    models: BTreeMap<String, BTreeMap<&'static str, f64>>,
    guilds: BTreeSet<String>,
}

impl Tally {
    /// Adds what an event says.
    pub(super) fn add(&mut self, fields: &Fields) {
        let event = fields.word("event");
        if let Some(guild) = fields.words.get("guild").filter(|guild| !guild.is_empty()) {
            self.guilds.insert(guild.clone());
        }
        for (field, name) in SUMS.iter().filter(|(of, _)| *of == event).flat_map(|(_, sums)| *sums) {
            self.count(name, fields.number(field));
        }
        for (_, name) in HAPPENED.iter().filter(|(of, _)| *of == event) {
            self.count(name, 1.0);
        }
        if FAILURES.contains(&event) {
            self.count(&format!("failed_{}", fields.word("error_type")), 1.0);
        }
        match event {
            "model_called" => self.add_call(fields),
            "day_summarized" => self.count(&format!("days_{}", fields.word("status").to_ascii_lowercase()), 1.0),
            "memories_built" => self.add_answer(fields),
            "interaction_responded" if fields.word("question") == "show" => self.add_show(fields),
            _ => {}
        }
    }

    fn add_call(&mut self, fields: &Fields) {
        let outcome = fields.word("outcome");
        let [prompt, cached, output, thought] =
            ["prompt_tokens", "cached_tokens", "output_tokens", "thought_tokens"].map(|name| fields.number(name));
        let answered = outcome == "answered";
        let (all, second) = (prompt + output + thought, fields.number("second_try"));
        // What a call took that said nothing about it, only the provider knows. One that was refused took nothing.
        let uncounted = f64::from(u8::from(all == 0.0 && !TOOK_NOTHING.contains(&outcome)));
        let numbers = [
            ("model_calls", 1.0),
            ("prompt_tokens", prompt),
            ("cached_tokens", cached),
            ("output_tokens", output),
            ("thought_tokens", thought),
            ("second_tries", second),
            ("uncounted_calls", uncounted),
            ("uncounted_tokens", uncounted * fields.number("estimated_tokens")),
            ("unused_prompt_tokens", if answered { 0.0 } else { prompt }),
            ("unused_output_tokens", if answered { 0.0 } else { output + thought }),
        ];
        let model = self.models.entry(fields.word("model").to_owned()).or_default();
        for (name, number) in numbers.iter().filter(|(_, number)| *number > 0.0) {
            *model.entry(name).or_default() += number;
        }
        for (name, number) in numbers {
            self.count(name, number);
        }
        if !answered {
            self.count(&format!("calls_{outcome}"), 1.0);
        }
    }

    /// Who is kept warm has not asked.
    fn add_answer(&mut self, fields: &Fields) {
        let who = if fields.number("warm") > 0.0 { "warmed" } else { "people" };
        for source in SOURCES {
            self.count(&format!("{who}_{source}"), fields.number(source));
        }
    }

    /// Where no first words were needed, the answer came first.
    fn add_show(&mut self, fields: &Fields) {
        if fields.word("delivery") == "nobody_waits" {
            return;
        }
        let answer = fields.number("after_ms");
        let first_words = self.counts.get("first_words_ms").copied().unwrap_or(answer);
        self.count("show_first_words_ms", first_words);
        self.count("show_answer_ms", answer);
    }

    fn count(&mut self, name: &str, number: f64) {
        if number > 0.0 {
            *self.counts.entry(name.to_owned()).or_default() += number;
        }
    }

    /// The line. What did not happen is not in it: a function has only what is its own, and an hour without a number costs
    /// nothing.
    pub(super) fn line(self, function: &Function, invocation: &Invocation) -> Value {
        let mut line = Map::new();
        if let Some(namespace) = &function.namespace {
            line.insert("_aws".to_owned(), self.directive(namespace, invocation));
        }
        let about = json!({
            "timestamp": invocation.ended.to_string(),
            "event": "invocation_metered",
            "function": function.name,
            "request_id": invocation.request_id,
            "guilds": self.guilds,
            "duration_ms": milliseconds(invocation.took),
            "memory_mb": function.memory_mb,
            "models": self.models.iter().map(|(model, of)| (model.clone(), numbers(of))).collect::<Map<_, _>>(),
        });
        line.extend(about.as_object().cloned().unwrap_or_default());
        if let Some(init) = invocation.init {
            line.insert("init_ms".to_owned(), number(milliseconds(init)));
        }
        line.extend(self.counts.iter().map(|(name, count)| (name.clone(), number(*count))));
        Value::Object(line)
    }

    /// What CloudWatch makes metrics of: by function, and by nothing that there are many of.
    fn directive(&self, namespace: &str, invocation: &Invocation) -> Value {
        let names = self.counts.keys().filter(|name| !NO_METRICS.contains(&name.as_str()));
        let metrics: Vec<Value> = names
            .filter(|name| !name.starts_with("warmed_"))
            .map(|name| json!({"Name": name, "Unit": if name.ends_with("_ms") { "Milliseconds" } else { "Count" }}))
            .collect();
        let metrics = json!([{"Namespace": namespace, "Dimensions": [["function"]], "Metrics": metrics}]);
        json!({"Timestamp": invocation.ended.as_millisecond(), "CloudWatchMetrics": metrics})
    }
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1_000.0
}

fn numbers(of: &BTreeMap<&'static str, f64>) -> Value {
    Value::Object(of.iter().map(|(name, count)| ((*name).to_owned(), number(*count))).collect())
}

/// What is whole is written without a point.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as u64) } else { json!(number) }
}

/// What of an event is added up.
#[derive(Debug, Default)]
pub(super) struct Fields {
    words: BTreeMap<&'static str, String>,
    numbers: BTreeMap<&'static str, f64>,
}

impl Fields {
    fn word(&self, name: &str) -> &str {
        self.words.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str) -> f64 {
        self.numbers.get(name).copied().unwrap_or_default()
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.numbers.insert(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.numbers.insert(field.name(), value as f64);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.numbers.insert(field.name(), value as f64);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.numbers.insert(field.name(), f64::from(u8::from(value)));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if WORDS.contains(&field.name()) {
            self.words.insert(field.name(), value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if WORDS.contains(&field.name()) {
            self.words.insert(field.name(), format!("{value:?}"));
        }
    }
}

//! The traces that are kept: as they came, put together by their ids, and the oldest go first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::{Value, json};

/// So many traces are kept at the most.
const MOST_TRACES: usize = 200;
/// And so many bytes of them, as JSON.
const MOST_BYTES: usize = 32 * 1024 * 1024;
/// The span of a request for memories.
const REQUEST: &str = "get_memories";

/// The traces that came in. A handle: clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Traces(Arc<Mutex<Kept>>);

/// The trace of a request for memories that came from outside, and not from another function.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestTrace {
    /// The id of the trace.
    pub id: String,
    /// When the last such request of the trace began: nanoseconds since 1970.
    pub began: u64,
    /// Its spans, as OTLP's JSON has them (`resourceSpans`).
    pub otlp: Value,
}

#[derive(Debug)]
struct Kept {
    /// In the order their first spans came.
    traces: VecDeque<KeptTrace>,
    bytes: usize,
    most_traces: usize,
    most_bytes: usize,
}

impl Default for Kept {
    fn default() -> Self {
        Self { traces: VecDeque::new(), bytes: 0, most_traces: MOST_TRACES, most_bytes: MOST_BYTES }
    }
}

#[derive(Debug)]
struct KeptTrace {
    id: String,
    batches: Vec<Batch>,
    bytes: usize,
}

/// Spans of one program that came together.
#[derive(Debug)]
struct Batch {
    resource: Value,
    scope: Value,
    spans: Vec<Value>,
}

impl Traces {
    /// Takes the spans of an export request, and gives how many of them had no trace's id and are left out.
    pub(super) fn take(&self, request: &Value) -> u64 {
        let mut kept = self.kept();
        let mut left_out = 0;
        for resource in list(&request["resourceSpans"]) {
            for scope in list(&resource["scopeSpans"]) {
                let mut by_trace: BTreeMap<String, Vec<Value>> = BTreeMap::new();
                for span in list(&scope["spans"]) {
                    match span["traceId"].as_str().filter(|id| !id.is_empty()) {
                        Some(id) => by_trace.entry(id.to_ascii_lowercase()).or_default().push(span.clone()),
                        None => left_out += 1,
                    }
                }
                for (id, spans) in by_trace {
                    let (resource, scope) = (resource["resource"].clone(), scope["scope"].clone());
                    kept.add(id, Batch { resource, scope, spans });
                }
            }
        }
        left_out
    }

    /// The traces of requests, the last request first; at most that many.
    #[must_use]
    pub fn requests(&self, most: usize) -> Vec<RequestTrace> {
        let kept = self.kept();
        let mut requests: Vec<(u64, &KeptTrace)> =
            kept.traces.iter().filter_map(|trace| Some((trace.requested_at()?, trace))).collect();
        requests.sort_by_key(|(began, _)| Reverse(*began));
        let told = requests.into_iter().take(most);
        let told = told.map(|(began, trace)| {
            let otlp = json!({"resourceSpans": trace.resources()});
            RequestTrace { id: trace.id.clone(), began, otlp }
        });
        told.collect()
    }

    /// The same as one request of OTLP's.
    #[must_use]
    pub fn last(&self, most: usize) -> Value {
        let requests = self.requests(most);
        let all: Vec<Value> =
            requests.iter().flat_map(|request| list(&request.otlp["resourceSpans"])).cloned().collect();
        json!({"resourceSpans": all})
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, id: String, batch: Batch) {
        let bytes = batch.bytes();
        self.bytes += bytes;
        match self.traces.iter_mut().rfind(|trace| trace.id == id) {
            Some(trace) => {
                trace.batches.push(batch);
                trace.bytes += bytes;
            }
            None => self.traces.push_back(KeptTrace { id, batches: vec![batch], bytes }),
        }
        while self.traces.len() > self.most_traces || self.bytes > self.most_bytes {
            let Some(oldest) = self.traces.pop_front() else { return };
            self.bytes -= oldest.bytes;
        }
    }
}

impl KeptTrace {
    /// When it was last asked for memories from outside: no other span of the trace is what asked.
    fn requested_at(&self) -> Option<u64> {
        let spans = || self.batches.iter().flat_map(|batch| &batch.spans);
        let ids: HashSet<&str> = spans().filter_map(|span| span["spanId"].as_str()).collect();
        let is_root = |span: &&Value| span["parentSpanId"].as_str().is_none_or(|parent| !ids.contains(parent));
        spans().filter(|span| span["name"] == REQUEST).filter(is_root).filter_map(began).max()
    }

    fn resources(&self) -> Vec<Value> {
        let resource = |Batch { resource, scope, spans }: &Batch| json!({"resource": resource, "scopeSpans": [{"scope": scope, "spans": spans}]});
        self.batches.iter().map(resource).collect()
    }
}

impl Batch {
    fn bytes(&self) -> usize {
        [&self.resource, &self.scope].into_iter().chain(&self.spans).map(|value| value.to_string().len()).sum()
    }
}

/// When a span began; OTLP's JSON has large numbers as text.
fn began(span: &Value) -> Option<u64> {
    let time = &span["startTimeUnixNano"];
    time.as_u64().or_else(|| time.as_str()?.parse().ok())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(trace: &str, id: &str, parent: &str, name: &str, start: u64) -> Value {
        json!({"traceId": trace, "spanId": id, "parentSpanId": parent, "name": name,
            "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + 5).to_string()})
    }

    fn export(service: &str, spans: &[Value]) -> Value {
        let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": service}}]});
        json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "a"}, "spans": spans}]}]})
    }

    fn ids(otlp: &Value) -> Vec<&str> {
        let resources = list(&otlp["resourceSpans"]).iter();
        let scopes = resources.flat_map(|resource| list(&resource["scopeSpans"]));
        scopes.flat_map(|scope| list(&scope["spans"])).filter_map(|span| span["spanId"].as_str()).collect()
    }

    #[test]
    fn a_trace_is_put_together_from_several_functions_whenever_they_tell() {
        let traces = Traces::default();
        traces.take(&export("daily_summary", &[span("AA", "3", "2", "generate_content", 30)]));
        traces
            .take(&export("get_memories", &[span("aa", "1", "", "get_memories", 10), span("aa", "2", "1", "day", 20)]));
        let [request] = traces.requests(9).try_into().unwrap();
        assert_eq!((request.began, ids(&request.otlp)), (10, vec!["3", "1", "2"]));
        let services = list(&request.otlp["resourceSpans"]).iter();
        let services: Vec<_> =
            services.map(|one| one["resource"]["attributes"][0]["value"]["stringValue"].clone()).collect();
        assert_eq!(services, ["daily_summary", "get_memories"]);
    }

    #[test]
    fn the_last_request_from_outside_comes_first_and_others_are_none() {
        let traces = Traces::default();
        traces.take(&export("a", &[span("late", "1", "", "get_memories", 200)]));
        traces.take(&export("a", &[span("early", "1", "", "get_memories", 100)]));
        traces.take(&export("a", &[span("warm", "2", "1", "get_memories", 300), span("warm", "1", "", "sync", 290)]));
        traces.take(&export("a", &[span("bot", "2", "caller's own", "get_memories", 150)]));
        let began: Vec<u64> = traces.requests(9).iter().map(|request| request.began).collect();
        assert_eq!(began, [200, 150, 100], "a caller may have a trace of their own");
        assert_eq!(list(&traces.last(1)["resourceSpans"]).len(), 1);
        assert_eq!(ids(&traces.last(2)), ["1", "2"]);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_or_they_are_too_large() {
        let one = |id: &str| export("a", &[span(id, "1", "", "get_memories", 1)]);
        let kept = |most_traces, most_bytes| {
            let traces = Traces(Arc::new(Mutex::new(Kept { most_traces, most_bytes, ..Kept::default() })));
            let left_out: u64 = ["a", "b", "c", "a"].into_iter().map(|id| traces.take(&one(id))).sum();
            assert_eq!(left_out, 0);
            let kept = traces.kept();
            assert_eq!(kept.bytes, kept.traces.iter().map(|trace| trace.bytes).sum::<usize>());
            kept.traces.iter().map(|trace| trace.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kept(9, MOST_BYTES), ["a", "b", "c"]);
        assert_eq!(kept(2, MOST_BYTES), ["c", "a"]);
        let size = one("a")["resourceSpans"].to_string().len();
        assert_eq!(kept(9, 2 * size), ["c", "a"]);
        assert!(kept(9, 10).is_empty(), "one that is larger than all there is room for");
    }

    #[test]
    fn what_has_no_trace_is_left_out_and_counted() {
        let traces = Traces::default();
        assert_eq!(traces.take(&export("a", &[json!({"name": "x"}), span("a", "1", "", "get_memories", 1)])), 1);
        assert_eq!(traces.take(&json!({"resourceSpans": 5})), 0);
        assert_eq!(traces.requests(9).len(), 1);
    }
}

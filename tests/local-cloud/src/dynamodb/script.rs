//! Failures that a test asks for, and how often what was asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{http::StatusCode, response::Response};
use tokio::sync::Semaphore;

use crate::http::{AMZ_JSON_1_0, amz_error};

/// How DynamoDB says "too fast".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// `ProvisionedThroughputExceededException`: a hot partition.
    ProvisionedThroughput,
    /// `ThrottlingException`: the table or the account.
    Throttling,
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct StoreCall {
    /// What was asked for, as `BatchGetItem`.
    pub operation: String,
    /// When all of it had come.
    pub started: Instant,
    /// When the answer was there.
    pub ended: Instant,
}

/// What the store does wrong on purpose. A handle: clones are the same script.
#[derive(Clone, Debug, Default)]
pub struct StoreScript(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    requests: BTreeMap<String, u64>,
    total: u64,
    throttle: Option<(u64, Throttle)>,
    failures: BTreeMap<String, u64>,
    writes_left: Option<u64>,
    hold: Option<(u64, HeldWrite)>,
    batch_limit: Option<usize>,
    calls: Vec<StoreCall>,
    bytes_sent: u64,
    counts_capacity: bool,
    capacity: Capacity,
}

/// A write that waits before it reaches the database, until somebody lets it go on.
#[derive(Clone, Debug)]
pub struct HeldWrite {
    begun: Arc<Semaphore>,
    release: Arc<Semaphore>,
}

impl HeldWrite {
    fn new() -> Self {
        Self { begun: Arc::new(Semaphore::new(0)), release: Arc::new(Semaphore::new(0)) }
    }

    /// Waits until the write is there and waits.
    pub async fn begun(&self) {
        drop(self.begun.acquire().await);
    }

    /// Lets it go on, now or once it is there.
    pub fn release(&self) {
        self.release.add_permits(1);
    }
}

/// Units that DynamoDB charges for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Capacity {
    /// One for 4 KB that are read consistently.
    pub read_units: f64,
    /// One for 1 KB that is written, two in a transaction.
    pub write_units: f64,
}

/// An answer that never reaches the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Throttled(Throttle),
    InternalError,
    AccessDenied,
}

impl StoreScript {
    /// Refuses every `n`-th request, counted over all operations from now on. 0 switches it off.
    pub fn throttle_every(&self, n: u64, how: Throttle) {
        let mut state = self.state();
        state.total = 0;
        state.throttle = (n > 0).then_some((n, how));
    }

    /// Answers the next `n` requests of one operation (as `PutItem`) with InternalServerError.
    pub fn fail_next(&self, operation: &str, n: u64) {
        self.state().failures.insert(operation.to_owned(), n);
    }

    /// Lets `n` more writes through and denies every later one, for good and at once: what a process that died after its `n`th
    /// write leaves behind. [`reset`](Self::reset) ends it.
    pub fn deny_writes_after(&self, n: u64) {
        self.state().writes_left = Some(n);
    }

    /// Lets `n` more writes through and holds the one after them; later ones pass.
    pub fn hold_write_after(&self, n: u64) -> HeldWrite {
        let held = HeldWrite::new();
        self.state().hold = Some((n, held.clone()));
        held
    }

    /// Waits if it is the write that is to be held.
    pub(super) async fn pass(&self, operation: &str) {
        if let Some(held) = self.held(operation) {
            held.begun.add_permits(1);
            drop(held.release.acquire().await);
        }
    }

    fn held(&self, operation: &str) -> Option<HeldWrite> {
        let mut state = self.state();
        let (left, _) = state.hold.as_mut().filter(|_| is_write(operation))?;
        if *left > 0 {
            *left -= 1;
            return None;
        }
        state.hold.take().map(|(_, held)| held)
    }

    /// Lets each BatchGetItem answer at most this many keys; the others are its `UnprocessedKeys`. `None`: all of them.
    pub fn answer_at_most(&self, keys: Option<usize>) {
        self.state().batch_limit = keys;
    }

    /// Ends all scripted failures; what was counted stays.
    pub fn reset(&self) {
        let mut state = self.state();
        let (requests, calls) = (std::mem::take(&mut state.requests), std::mem::take(&mut state.calls));
        *state = State { requests, calls, bytes_sent: state.bytes_sent, capacity: state.capacity, ..State::default() };
    }

    /// Requests so far, by operation.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.state().requests.clone()
    }

    /// When each answered request was under way, in the order they ended.
    #[must_use]
    pub fn calls(&self) -> Vec<StoreCall> {
        self.state().calls.clone()
    }

    /// Notes that a request was answered just now.
    pub(crate) fn answered(&self, operation: &str, started: Instant) {
        self.state().calls.push(StoreCall { operation: operation.to_owned(), started, ended: Instant::now() });
    }

    /// Has the database say what each request costs from now on, which takes time.
    pub fn count_capacity(&self, counts: bool) {
        self.state().counts_capacity = counts;
    }

    pub(super) fn counts_capacity(&self) -> bool {
        self.state().counts_capacity
    }

    /// What all requests would have cost that were counted.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        self.state().capacity
    }

    /// Counts what a request consumed.
    pub(super) fn consumed(&self, operation: &str, units: f64) {
        let capacity = &mut self.state().capacity;
        match operation {
            "BatchGetItem" | "GetItem" | "Query" | "Scan" => capacity.read_units += units,
            _ => capacity.write_units += units,
        }
    }

    /// Bytes of all answers so far.
    #[must_use]
    pub fn bytes_sent(&self) -> u64 {
        self.state().bytes_sent
    }

    /// Counts the bytes of an answer.
    pub(crate) fn sent(&self, bytes: u64) {
        self.state().bytes_sent += bytes;
    }

    /// Counts a request and says whether it is to be refused.
    pub(super) fn fault_for(&self, operation: &str) -> Option<Refusal> {
        let mut state = self.state();
        *state.requests.entry(operation.to_owned()).or_default() += 1;
        state.total += 1;
        if let Some(left) = state.failures.get_mut(operation).filter(|left| **left > 0) {
            *left -= 1;
            return Some(Refusal::InternalError);
        }
        match state.writes_left.as_mut().filter(|_| is_write(operation)) {
            Some(0) => return Some(Refusal::AccessDenied),
            Some(left) => *left -= 1,
            None => {}
        }
        let (n, how) = state.throttle?;
        state.total.is_multiple_of(n).then_some(Refusal::Throttled(how))
    }

    pub(super) fn batch_limit(&self) -> Option<usize> {
        self.state().batch_limit
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_write(operation: &str) -> bool {
    ["Write", "Put", "Update", "Delete"].iter().any(|word| operation.contains(word))
}

impl Refusal {
    pub(super) fn into_response(self) -> Response {
        let (status, kind, message) = match self {
            Self::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "com.amazonaws.dynamodb.v20120810#InternalServerError",
                "scripted: internal server error",
            ),
            Self::AccessDenied => (
                StatusCode::BAD_REQUEST,
                "com.amazon.coral.service#AccessDeniedException",
                "scripted: writes are denied",
            ),
            Self::Throttled(Throttle::ProvisionedThroughput) => (
                StatusCode::BAD_REQUEST,
                "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                "scripted: the partition is too hot",
            ),
            Self::Throttled(Throttle::Throttling) => (
                StatusCode::BAD_REQUEST,
                "com.amazon.coral.availability#ThrottlingException",
                "scripted: rate of requests exceeds the allowed throughput",
            ),
        };
        amz_error(status, AMZ_JSON_1_0, kind, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nth_request_is_throttled() {
        let script = StoreScript::default();
        script.throttle_every(3, Throttle::Throttling);
        let refused: Vec<bool> = (0..6).map(|_| script.fault_for("PutItem").is_some()).collect();
        assert_eq!(refused, [false, false, true, false, false, true]);
    }

    #[test]
    fn the_next_requests_of_one_operation_fail() {
        let script = StoreScript::default();
        script.fail_next("PutItem", 2);
        assert_eq!(script.fault_for("Query"), None);
        assert_eq!(script.fault_for("PutItem"), Some(Refusal::InternalError));
        assert_eq!(script.fault_for("PutItem"), Some(Refusal::InternalError));
        assert_eq!(script.fault_for("PutItem"), None);
        assert_eq!(script.requests(), [("PutItem".to_owned(), 3), ("Query".to_owned(), 1)].into());
    }

    #[test]
    fn a_reset_keeps_the_counts() {
        let script = StoreScript::default();
        script.throttle_every(1, Throttle::ProvisionedThroughput);
        script.fault_for("PutItem");
        script.reset();
        assert_eq!(script.fault_for("PutItem"), None);
        assert_eq!(script.requests()["PutItem"], 2);
    }
}

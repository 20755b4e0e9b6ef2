//! What Lambda is told to do, which emulator it uses, and what it was asked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Instant,
};

use anyhow::Result;
use tokio::sync::watch;

/// How an invocation was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvocationType {
    /// The caller waits for the answer.
    RequestResponse,
    /// The caller gets a 202, and the answer is thrown away.
    Event,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The function answered.
    Answered,
    /// The function failed, with this errorType.
    FunctionError(String),
    /// Nobody could be asked: there is no emulator, or it does not answer.
    Unreachable,
}

/// An invocation that was accepted.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The function's name.
    pub function: String,
    /// How it was asked for.
    pub kind: InvocationType,
    /// When it came.
    pub started: Instant,
    /// When its last attempt ended.
    pub ended: Option<Instant>,
    /// How that ended.
    pub ending: Option<Ending>,
    /// How often the function was called: up to 3 times for an Event.
    pub attempts: u32,
    /// The last answer of the function, whoever got it.
    pub answer: Option<String>,
}

/// Who runs the functions, and can start more of their processes.
pub(crate) trait MakeRoom: Debug + Send + Sync {
    /// So many invocations of the function are under way: there should be a process for each.
    fn make_room(&self, function: &str, underway: usize) -> Result<()>;
}

/// What Lambda does, and what it was asked. A handle: clones are the same.
#[derive(Clone, Debug)]
pub struct LambdaScript(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Functions none of whose processes is left, with what they said last.
    gone: watch::Sender<BTreeMap<String, String>>,
    /// How many invocations are accepted and not yet ended.
    underway: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    emulator: Option<String>,
    /// Who runs the functions behind the emulator, unless it does so itself.
    room: Option<Weak<dyn MakeRoom>>,
    known: BTreeSet<String>,
    /// What functions were started with.
    environments: BTreeMap<String, BTreeMap<String, String>>,
    throttled: BTreeMap<String, u64>,
    invocations: Vec<Invocation>,
}

impl LambdaScript {
    pub(crate) fn new(emulator: Option<String>, known: BTreeSet<String>) -> Self {
        let state = State { emulator, known, ..State::default() };
        Self(Arc::new(Shared {
            state: Mutex::new(state),
            gone: watch::Sender::default(),
            underway: watch::Sender::new(0),
        }))
    }

    /// The address of an emulator that runs the functions itself, as `http://127.0.0.1:9000`. Until there is one every
    /// invocation is a 502.
    pub fn set_emulator(&self, url: &str) {
        let mut state = self.state();
        (state.emulator, state.room) = (Some(url.trim_end_matches('/').to_owned()), None);
    }

    /// The address of an emulator, and who runs the functions behind it.
    pub(crate) fn set_functions(&self, url: &str, room: Weak<dyn MakeRoom>) {
        self.set_emulator(url);
        self.state().room = Some(room);
    }

    /// There is no emulator any more: its port may soon be another's.
    pub(crate) fn forget_emulator(&self) {
        let mut state = self.state();
        (state.emulator, state.room) = (None, None);
        state.environments.clear();
    }

    /// Makes a function known that is not in the template.
    pub fn add_function(&self, name: &str) {
        self.state().known.insert(name.to_owned());
    }

    /// Notes what a function was started with: that is what its configuration tells, instead of what it would get.
    pub fn set_environment(&self, function: &str, environment: BTreeMap<String, String>) {
        self.state().environments.insert(function.to_owned(), environment);
    }

    /// Refuses the next `n` invocations of a function with TooManyRequestsException.
    pub fn throttle_next(&self, function: &str, n: u64) {
        self.state().throttled.insert(function.to_owned(), n);
    }

    /// Every accepted invocation so far, in the order they came.
    #[must_use]
    pub fn invocations(&self) -> Vec<Invocation> {
        self.state().invocations.clone()
    }

    /// Looks at every accepted invocation, in the order they came.
    pub(crate) fn look(&self, look: impl FnMut(&Invocation)) {
        self.state().invocations.iter().for_each(look);
    }

    /// How often each function was invoked.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for invocation in &self.state().invocations {
            *counts.entry(invocation.function.clone()).or_default() += 1;
        }
        counts
    }

    /// Waits until no invocation is under way, asynchronous ones and their retries included. The caller sets the limit.
    pub async fn wait_until_idle(&self) {
        let _ = self.0.underway.subscribe().wait_for(|underway| *underway == 0).await;
    }

    /// No process of this function is left: whoever waits for one gets an error with this output.
    pub(crate) fn function_is_gone(&self, function: &str, output: &str) {
        self.0.gone.send_modify(|gone| {
            gone.insert(function.to_owned(), output.to_owned());
        });
    }

    /// A new process has been started for this function.
    pub(crate) fn function_is_back(&self, function: &str) {
        self.0.gone.send_modify(|gone| drop(gone.remove(function)));
    }

    /// Sees to it that there is a process for each of the invocations under way.
    pub(super) fn make_room(&self, function: &str, underway: usize) -> Result<()> {
        let room = self.state().room.as_ref().and_then(Weak::upgrade);
        room.map_or(Ok(()), |room| room.make_room(function, underway))
    }

    /// Ends, with its last output, when no process of the function is left.
    pub(super) async fn until_gone(&self, function: &str) -> String {
        let mut gone = self.0.gone.subscribe();
        let output = gone.wait_for(|gone| gone.contains_key(function)).await.map(|gone| gone[function].clone());
        output.unwrap_or_default() // the other end is in this handle and cannot be lost
    }

    pub(super) fn emulator(&self) -> Option<String> {
        self.state().emulator.clone()
    }

    /// The functions that can be invoked.
    pub(crate) fn known(&self) -> BTreeSet<String> {
        self.state().known.clone()
    }

    pub(super) fn environment(&self, function: &str) -> Option<BTreeMap<String, String>> {
        self.state().environments.get(function).cloned()
    }

    pub(super) fn knows(&self, function: &str) -> bool {
        self.state().known.contains(function)
    }

    /// Whether this invocation is one of those to refuse.
    pub(super) fn throttles(&self, function: &str) -> bool {
        match self.state().throttled.get_mut(function) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }

    pub(super) fn begin(&self, function: &str, kind: InvocationType) -> Underway {
        let mut state = self.state();
        state.invocations.push(Invocation {
            function: function.to_owned(),
            kind,
            started: Instant::now(),
            ended: None,
            ending: None,
            attempts: 0,
            answer: None,
        });
        let index = state.invocations.len() - 1;
        drop(state);
        self.0.underway.send_modify(|underway| *underway += 1);
        Underway { script: self.clone(), index }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An invocation that was accepted and has not ended; it ends when this is dropped.
pub(super) struct Underway {
    script: LambdaScript,
    index: usize,
}

impl Underway {
    /// Notes one attempt.
    pub(super) fn attempted(&self, ending: Ending, answer: Option<String>) {
        self.note(|invocation| {
            invocation.attempts += 1;
            invocation.ending = Some(ending);
            invocation.answer = answer;
        });
    }

    fn note(&self, change: impl FnOnce(&mut Invocation)) {
        if let Some(invocation) = self.script.state().invocations.get_mut(self.index) {
            change(invocation);
        }
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.note(|invocation| invocation.ended = Some(Instant::now()));
        self.script.0.underway.send_modify(|underway| *underway -= 1);
    }
}

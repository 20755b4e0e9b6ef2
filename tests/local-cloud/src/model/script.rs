//! What the model is told to do, and what it was asked.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{
    fault::Fault,
    pace::{Size, Timing},
    prompt::Prompt,
    wire::{Request, tokens},
};

/// What a prompt asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// The summaries of a guild's day.
    DailySummary,
    /// One person's memory.
    Merge,
}

/// How the model treats some calls. What is not given fits every call; the first rule that fits counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Only calls for this task.
    pub task: Option<Task>,
    /// Only the summaries of this day (`2025-07-03`).
    pub date: Option<String>,
    /// Only the memory of the person of this name.
    pub person: Option<String>,
    /// Only calls to this model.
    pub model: Option<String>,
    /// How long the answer takes.
    pub latency_ms: u64,
    /// How much longer, by what is asked.
    pub timing: Option<Timing>,
    /// What goes wrong, if anything does.
    pub fault: Option<Fault>,
    /// The rule ends after that many calls.
    pub times: Option<u64>,
}

/// A request the model received.
#[derive(Clone, Debug)]
pub struct ModelCall {
    /// The model of the address.
    pub model: String,
    /// `None` if the prompt could not be read.
    pub task: Option<Task>,
    /// The day of a summary.
    pub date: Option<String>,
    /// The name of the person of a merge.
    pub person: Option<String>,
    /// The system instruction.
    pub system: String,
    /// The user's text.
    pub prompt: String,
    /// Tokens of what was asked, about.
    pub prompt_tokens: u64,
    /// Tokens of the answer, about, if nothing went wrong.
    pub answer_tokens: u64,
    /// What went wrong on purpose.
    pub fault: Option<Fault>,
    /// When it came.
    pub started: Instant,
    /// When it was answered, or when the client left; `None` while it is under way.
    pub ended: Option<Instant>,
}

/// What the model does, and what it was asked. A handle: clones are the same script.
#[derive(Clone, Debug)]
pub struct ModelScript(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// How many [`Hold`]s there are.
    holds: watch::Sender<usize>,
    /// How many calls have begun.
    begun: watch::Sender<usize>,
    /// How many calls are answered at a time; others queue, as Ollama has them do.
    seats: Arc<Semaphore>,
}

/// How an API says that a key is none. OpenAI's says both in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// Nobody has it, or not any more.
    Unknown,
    /// It was blocked, such as one that was found in public.
    Blocked,
}

#[derive(Debug, Default)]
struct State {
    rules: VecDeque<Rule>,
    usual_latency: Duration,
    calls: Vec<ModelCall>,
    refused_keys: BTreeMap<String, KeyFault>,
    key_refusals: u64,
}

impl ModelScript {
    pub(crate) fn new(rules: Vec<Rule>, usual_latency: Duration, parallel: Option<usize>) -> Self {
        let state = State { rules: rules.into(), usual_latency, ..State::default() };
        let seats = Arc::new(Semaphore::new(parallel.unwrap_or(Semaphore::MAX_PERMITS)));
        let (holds, begun) = (watch::Sender::new(0), watch::Sender::new(0));
        Self(Arc::new(Shared { state: Mutex::new(state), holds, begun, seats }))
    }

    /// Replaces all rules.
    pub fn set(&self, rules: Vec<Rule>) {
        self.state().rules = rules.into();
    }

    /// Adds a rule after the others.
    pub fn push(&self, rule: Rule) {
        self.state().rules.push_back(rule);
    }

    /// How long a call takes that no rule fits.
    pub fn set_usual_latency(&self, latency: Duration) {
        self.state().usual_latency = latency;
    }

    /// Lets nobody in with that key any more.
    pub fn refuse_key(&self, key: &str, fault: KeyFault) {
        self.state().refused_keys.insert(key.to_owned(), fault);
    }

    /// How often somebody came with a key that is refused; such requests are no calls.
    #[must_use]
    pub fn key_refusals(&self) -> u64 {
        self.state().key_refusals
    }

    /// Whether the key in a request is refused, and how.
    pub(super) fn key_fault(&self, key: &str) -> Option<KeyFault> {
        let mut state = self.state();
        let fault = state.refused_keys.get(key).copied()?;
        state.key_refusals += 1;
        Some(fault)
    }

    /// Every call so far, in the order they came.
    #[must_use]
    pub fn calls(&self) -> Vec<ModelCall> {
        self.state().calls.clone()
    }

    /// How many calls there were at a time at the most: in the stand-in's own queue, too.
    #[must_use]
    pub fn most_at_a_time(&self) -> usize {
        let state = self.state();
        let at = |moment: Instant| {
            let is_under_way = |call: &&ModelCall| call.started <= moment && call.ended.is_none_or(|end| end > moment);
            state.calls.iter().filter(is_under_way).count()
        };
        state.calls.iter().map(|call| at(call.started)).max().unwrap_or_default()
    }

    /// How many calls there were.
    #[must_use]
    pub fn model_calls(&self) -> u64 {
        self.state().calls.len() as u64
    }

    /// Keeps every call waiting until the returned value is dropped.
    #[must_use = "calls go on when it is dropped"]
    pub fn hold(&self) -> Hold {
        self.0.holds.send_modify(|holds| *holds += 1);
        Hold(self.clone())
    }

    /// Waits until at least `n` calls have begun since the start. The caller sets the limit in time.
    pub async fn wait_for_calls(&self, n: usize) {
        let _ = self.0.begun.subscribe().wait_for(|begun| *begun >= n).await;
    }

    /// Notes a call and says how to treat it.
    pub(super) fn begin(
        &self,
        came: Instant,
        model: &str,
        request: &Request,
        prompt: Option<&Prompt>,
        answer: &str,
    ) -> (Underway, Behaviour) {
        let size = Size {
            prompt_tokens: (tokens(&request.system) + tokens(&request.prompt)) as u64,
            answer_tokens: tokens(answer) as u64,
            ..prompt.map(Prompt::size).unwrap_or_default()
        };
        let mut call = ModelCall {
            model: model.to_owned(),
            task: None,
            date: None,
            person: None,
            system: request.system.clone(),
            prompt: request.prompt.clone(),
            prompt_tokens: size.prompt_tokens,
            answer_tokens: size.answer_tokens,
            fault: None,
            started: came,
            ended: None,
        };
        match prompt {
            Some(Prompt::Day(day)) => {
                (call.task, call.date) = (Some(Task::DailySummary), Some(day.date.clone()));
            }
            Some(Prompt::Person(person)) => {
                (call.task, call.person) = (Some(Task::Merge), Some(person.name.clone()));
            }
            Some(Prompt::People(_)) => call.task = Some(Task::Merge),
            None => {}
        }
        let mut state = self.state();
        let (latency, fault) = state.treat(&call, size);
        call.fault = fault;
        state.calls.push(call);
        let index = state.calls.len() - 1;
        drop(state);
        self.0.begun.send_modify(|begun| *begun += 1);
        (
            Underway { script: self.clone(), index },
            Behaviour { latency, fault, holds: self.0.holds.subscribe(), seats: Arc::clone(&self.0.seats) },
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn treat(&mut self, call: &ModelCall, size: Size) -> (Duration, Option<Fault>) {
        let Some(index) = self.rules.iter().position(|rule| rule.fits(call)) else {
            return (self.usual_latency, None);
        };
        let rule = &mut self.rules[index];
        let by_size = rule.timing.map(|timing| timing.of(size)).unwrap_or_default();
        let treatment = (Duration::from_millis(rule.latency_ms) + by_size, rule.fault);
        if let Some(times) = &mut rule.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.rules.remove(index);
            }
        }
        treatment
    }
}

impl Rule {
    fn fits(&self, call: &ModelCall) -> bool {
        self.task.is_none_or(|task| call.task == Some(task))
            && self.date.as_ref().is_none_or(|date| call.date.as_ref() == Some(date))
            && self.person.as_ref().is_none_or(|person| call.person.as_ref() == Some(person))
            && self.model.as_ref().is_none_or(|model| call.model == *model)
            && self.times != Some(0)
    }
}

/// How one call is treated.
pub(super) struct Behaviour {
    latency: Duration,
    pub(super) fault: Option<Fault>,
    holds: watch::Receiver<usize>,
    seats: Arc<Semaphore>,
}

impl Behaviour {
    /// Waits for as long as the call takes. The next is answered when the returned value is dropped.
    pub(super) async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        let seat = Arc::clone(&self.seats).acquire_owned().await.ok();
        let mut holds = self.holds.clone();
        let _ = holds.wait_for(|holds| *holds == 0).await;
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        seat
    }
}

/// A call that is being answered; dropping it ends the call, also when the client left.
pub(super) struct Underway {
    script: ModelScript,
    index: usize,
}

impl Underway {
    /// Unique among the calls.
    pub(super) fn number(&self) -> u64 {
        self.index as u64 + 1
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        if let Some(call) = self.script.state().calls.get_mut(self.index) {
            call.ended = Some(Instant::now());
        }
    }
}

/// Keeps the model's calls waiting, see [`ModelScript::hold`].
#[derive(Debug)]
pub struct Hold(ModelScript);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.holds.send_modify(|holds| *holds -= 1);
    }
}

//! Models that stand in for each other.

use std::{
    future::{Future, pending},
    pin::{Pin, pin},
    time::Duration,
};

use futures::future::{Either, select};

use tokio::time::Instant;
use tracing::{Span, field::Empty};

use super::{
    budgets::{Budgets, Reservation},
    chain_error::ChainError,
    cooldowns::Cooldowns,
    hedges::Hedges,
    paces::Paces,
    turns::{Turn, Turns},
};
use crate::{
    domain::{Limits, Usage, prompt::Prompt},
    ports::{Capacity, Clock, CoolModels, KeepLines, KeepPaces, LanguageModel, ModelError, ModelResponse, SpendBudget},
};

/// Models in the order they are tried.
pub struct ModelChain<M, S, C> {
    models: Vec<Link<M, S, C>>,
    cooldowns: Cooldowns<S, C>,
    budgets: Budgets<S, C>,
    paces: Paces<S, C>,
}

impl<M, S, C> ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock + Clone,
{
    /// A chain of at least one model, each with its limits.
    pub fn new(models: Vec<(M, Limits)>, store: S, clock: C) -> Self {
        let names = models.iter().map(|(model, _)| model.name()).collect();
        let cooldowns = Cooldowns::new(store.clone(), clock.clone(), names);
        let link = |(model, limits): (M, Limits)| {
            let turns = Turns::new(store.clone(), clock.clone(), model.name(), &limits);
            Link { model, limits, turns, hedges: Hedges::default() }
        };
        let models = models.into_iter().map(link).collect();
        let paces = Paces { store: store.clone(), clock: clock.clone() };
        Self { models, cooldowns, budgets: Budgets { store, clock }, paces }
    }
}

/// One model of a chain.
struct Link<M, S, C> {
    model: M,
    limits: Limits,
    /// Where it answers only so many calls at a time.
    turns: Option<Turns<S, C>>,
    hedges: Hedges,
}

/// Why a model is not called.
enum NotCalled {
    /// It cools down, or its budget is spent, for so long.
    For(Duration),
    /// There was no turn in time.
    NoTurn,
}

impl<M, S, C> LanguageModel for ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock,
{
    fn name(&self) -> String {
        self.models.iter().map(|link| link.model.name()).collect::<Vec<_>>().join(",")
    }

    async fn refusal(&self) -> Option<ModelError> {
        self.cooldowns.refusal().await
    }

    /// Of the first model, whether it cools down or not: a day is cut alike whoever answers.
    async fn capacity(&self) -> Capacity {
        match self.models.first() {
            Some(Link { model, limits, .. }) => Capacity { pace: self.paces.of(&model.name()).await, limits: *limits },
            None => Capacity::default(),
        }
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        self.generate_within(prompt, Duration::MAX).await
    }

    /// The first answer. What one model refuses to read is not shown to another, and an answer that was too long would be
    /// too long again: these decide, too. So does a turn that does not come in time: there is none left for another.
    async fn generate_within(&self, prompt: &Prompt, left: Duration) -> ModelResponse {
        let begun = Instant::now();
        let mut usage = Usage::default();
        let mut failures = ChainError::default();
        for link in &self.models {
            let name = link.model.name();
            let left = left.saturating_sub(begun.elapsed());
            let (turn, reservation) = match self.admit(link, &name, prompt, left).await {
                Ok(admitted) => admitted,
                Err(NotCalled::For(wait)) => {
                    failures.add_wait(wait);
                    continue;
                }
                Err(NotCalled::NoTurn) => return ModelResponse { outcome: Err(ModelError::NoTurn), usage },
            };
            let response = self.call(&Trying { chain: self, link, name: &name, prompt }, turn, reservation).await;
            usage += if usage.calls > 0 { response.usage.as_retry() } else { response.usage };
            match response.outcome {
                Err(error) if lets_the_next_try(&error) => failures.add(error),
                decided => return ModelResponse { outcome: decided, usage },
            }
        }
        ModelResponse { outcome: Err(failures.into_error()), usage }
    }
}

impl<M, S, C> ModelChain<M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock,
{
    /// Waits for a turn at a model and counts a call of it, in the period in which it is made; or says why it is not called.
    async fn admit<'a>(
        &self,
        link: &'a Link<M, S, C>,
        name: &str,
        prompt: &Prompt,
        left: Duration,
    ) -> Result<(Option<Turn<'a, S>>, Reservation), NotCalled> {
        self.is_cold(name).await?;
        let mut turn = match &link.turns {
            None => None,
            Some(turns) => Some(turns.turn(prompt.priority, left).await.ok_or(NotCalled::NoTurn)?),
        };
        let admitted = async {
            if turn.as_ref().is_some_and(|turn| turn.has_waited) {
                self.is_cold(name).await?; // who went before may have been refused
            }
            self.budgets.reserve(name, &link.limits.budget, prompt).await.map_err(NotCalled::For)
        };
        match admitted.await {
            Ok(reservation) => Ok((turn, reservation)),
            Err(reason) => {
                if let Some(turn) = &mut turn {
                    turn.leave().await;
                }
                Err(reason)
            }
        }
    }

    /// One call, or the better of two: one that is slower than nine of ten of its like is tried a second time, where that is
    /// allowed, and the first answer counts (DESIGN rule 48). Of the other nobody knows what it takes: it stays counted as it
    /// was reserved.
    async fn call(
        &self,
        trying: &Trying<'_, M, S, C>,
        mut turn: Option<Turn<'_, S>>,
        reservation: Reservation,
    ) -> ModelResponse {
        let Trying { link, name, prompt, .. } = *trying;
        let slow_after = link.hedges.slow_after(prompt).filter(|_| link.limits.hedge && turn.is_none());
        let tries = {
            let first = pin!(timed(call(link, turn.as_ref(), name, prompt)));
            match slow_after {
                None => Tries::First(first.await),
                Some(slow_after) => trying.two(first, slow_after).await,
            }
        };
        if let Some(turn) = &mut turn {
            turn.leave().await;
        }
        // Booked when the race is over: it neither lasts longer for that, nor ends in the middle of it.
        let called = match tries {
            Tries::First(first) => trying.book(first, reservation).await,
            Tries::FirstBefore(first) => trying.book(first, reservation).await.with(Usage::FAILED_CALL),
            Tries::SecondBefore(second, own) => trying.book(second, own).await.with(Usage::FAILED_CALL),
            Tries::Both(first, second, own) => {
                let (first, second) = (trying.book(first, reservation).await, trying.book(second, own).await);
                let is_better = first.response.outcome.is_err() && second.response.outcome.is_ok();
                let (called, other) = if is_better { (second, first) } else { (first, second) };
                called.with(other.response.usage)
            }
        };
        link.hedges.note(prompt, called.response.outcome.is_ok().then_some(called.took));
        called.response
    }

    /// An error if the model cools down.
    async fn is_cold(&self, name: &str) -> Result<(), NotCalled> {
        match self.cooldowns.current().await.get(name) {
            Some(left) => Err(NotCalled::For(*left)),
            None => Ok(()),
        }
    }

    /// Leaves a model alone whose quota is used up, and says for how long.
    async fn cool_down(&self, name: &str, error: ModelError) -> ModelError {
        match error {
            ModelError::RateLimited { .. } | ModelError::DailyQuota | ModelError::NoCredit { .. } => {
                let wait = self.cooldowns.begin(name, &error).await;
                ModelError::RateLimited { retry_after: Some(wait) }
            }
            error => error,
        }
    }
}

/// Whether another model may answer what this one did not.
fn lets_the_next_try(error: &ModelError) -> bool {
    match error {
        ModelError::RateLimited { .. }
        | ModelError::DailyQuota
        | ModelError::NoCredit { .. }
        | ModelError::TimedOut
        | ModelError::Unavailable { .. }
        | ModelError::Refused { .. } => true,
        ModelError::Blocked { .. } | ModelError::TooLong | ModelError::Malformed | ModelError::NoTurn => false,
    }
}

/// A question to one model. What comes of each of its tries is booked, whichever of them counts.
struct Trying<'a, M, S, C> {
    chain: &'a ModelChain<M, S, C>,
    link: &'a Link<M, S, C>,
    name: &'a str,
    prompt: &'a Prompt,
}

/// What came of a try, and how long it took.
struct Called {
    response: ModelResponse,
    took: Duration,
}

impl<M, S, C> Trying<'_, M, S, C>
where
    M: LanguageModel,
    S: CoolModels + SpendBudget + KeepLines + KeepPaces + Clone + 'static,
    C: Clock,
{
    /// The first try, and a second beside it once that is slow, if there is room for one: until one of them has answered.
    async fn two(&self, mut first: Pin<&mut impl Future<Output = Called>>, slow_after: Duration) -> Tries {
        if let Ok(first) = tokio::time::timeout(slow_after, &mut first).await {
            return Tries::First(first);
        }
        // The first goes on while there is room made for the second.
        let room = match select(&mut first, pin!(self.room())).await {
            Either::Left((first, room)) => {
                if room.await.is_some() {
                    self.link.hedges.give_back();
                }
                return Tries::First(first);
            }
            Either::Right((room, _)) => room,
        };
        let Some(reservation) = room else { return Tries::First(first.await) };
        let second = pin!(timed(ask(&self.link.model, self.name, self.prompt, Try::Second)));
        match select(first, second).await {
            Either::Left((first, second)) if first.response.outcome.is_err() => {
                Tries::Both(first, second.await, reservation)
            }
            Either::Left((first, _)) => Tries::FirstBefore(first),
            Either::Right((second, first)) if second.response.outcome.is_err() => {
                Tries::Both(first.await, second, reservation)
            }
            Either::Right((second, _)) => Tries::SecondBefore(second, reservation),
        }
    }

    /// Room for a second try, if there is any.
    async fn room(&self) -> Option<Reservation> {
        if !self.link.hedges.take() {
            return None;
        }
        let reserved = self.chain.budgets.reserve(self.name, &self.link.limits.budget, self.prompt).await;
        if reserved.is_err() {
            self.link.hedges.give_back();
        }
        reserved.ok()
    }

    /// Corrects what was counted, learns how fast the model is, and leaves one alone that refuses.
    async fn book(&self, called: Called, reservation: Reservation) -> Called {
        let Called { mut response, took } = called;
        self.chain.budgets.settle(self.name, reservation, &response).await;
        self.chain.paces.note(self.name, self.prompt, &response, took).await;
        response.outcome = match response.outcome {
            Err(error) => Err(self.chain.cool_down(self.name, error).await),
            answered => answered,
        };
        Called { response, took }
    }
}

async fn timed(call: impl Future<Output = ModelResponse>) -> Called {
    let begun = Instant::now();
    let response = call.await;
    Called { response, took: begun.elapsed() }
}

/// The tries that have ended, the second with what was counted for it.
enum Tries {
    /// It is the only one.
    First(Called),
    /// It has answered before the second.
    FirstBefore(Called),
    /// It has answered before the first.
    SecondBefore(Called, Reservation),
    /// Whichever ended first had no answer.
    Both(Called, Called, Reservation),
}

impl Called {
    /// One of two, with what the other has spent.
    fn with(mut self, spent: Usage) -> Self {
        self.response.usage += Usage { hedges: 1, ..spent };
        self
    }
}

/// One call, for as long as it has the turn.
async fn call<M, S, C>(link: &Link<M, S, C>, turn: Option<&Turn<'_, S>>, name: &str, prompt: &Prompt) -> ModelResponse
where
    M: LanguageModel,
    S: KeepLines + Clone + 'static,
    C: Clock,
{
    let lost = async {
        match (&link.turns, turn) {
            (Some(turns), Some(turn)) => turns.until_lost(turn).await,
            _ => pending().await,
        }
    };
    tokio::select! {
        biased;
        response = ask(&link.model, name, prompt, Try::First) => response,
        () = lost => ModelResponse { outcome: Err(ModelError::NoTurn), usage: Usage::FAILED_CALL },
    }
}

/// One call, which is logged whatever comes of it: every token is accounted for.
#[tracing::instrument(
    name = "generate_content",
    target = "span",
    skip_all,
    fields(
        otel.kind = "client",
        gen_ai.operation.name = "generate_content",
        gen_ai.provider.name = provider(name),
        gen_ai.request.model = name.split_once(':').map_or(name, |(_, model)| model),
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        estimated_tokens = prompt.estimated_tokens(),
        error.type = Empty,
    )
)]
async fn ask<M: LanguageModel>(model: &M, name: &str, prompt: &Prompt, which: Try) -> ModelResponse {
    let mut line = CalledLine::begun(name, prompt, which);
    let response = model.generate(prompt).await;
    if let Err(error @ (ModelError::Refused { .. } | ModelError::NoCredit { .. })) = &response.outcome {
        // Nobody but the operator can do anything about it.
        tracing::error!(event = "model_refused", model = name, "{error}");
    }
    line.outcome = response.outcome.as_ref().map_or_else(ModelError::kind, |_| "answered");
    line.usage = response.usage;
    note_in_span(&response);
    response
}

/// Who a model is of, as OpenTelemetry calls them.
fn provider(name: &str) -> &str {
    match name.split_once(':').map_or(name, |(provider, _)| provider) {
        "gemini" => "gcp.gemini",
        "bedrock" => "aws.bedrock",
        provider => provider,
    }
}

fn note_in_span(response: &ModelResponse) {
    let span = Span::current();
    span.record("gen_ai.usage.input_tokens", response.usage.prompt_tokens);
    // What it thought is paid for as what it wrote.
    span.record("gen_ai.usage.output_tokens", response.usage.output_tokens + response.usage.thought_tokens);
    if let Err(error) = &response.outcome {
        span.record("error.type", error.kind());
    }
}

/// Whether a call is the first about something, or made because that was slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Second,
}

/// What is logged of a call when it has ended, also of one that nobody waits for any more.
struct CalledLine<'a> {
    model: &'a str,
    which: Try,
    estimated_tokens: u64,
    begun: Instant,
    outcome: &'static str,
    usage: Usage,
}

impl<'a> CalledLine<'a> {
    fn begun(model: &'a str, prompt: &Prompt, which: Try) -> Self {
        let (estimated_tokens, begun) = (prompt.estimated_tokens(), Instant::now());
        Self { model, which, estimated_tokens, begun, outcome: "not_waited_for", usage: Usage::default() }
    }
}

impl Drop for CalledLine<'_> {
    fn drop(&mut self) {
        let Usage { prompt_tokens, cached_tokens, output_tokens, thought_tokens, .. } = self.usage;
        tracing::info!(
            event = "model_called",
            model = self.model,
            outcome = self.outcome,
            second_try = self.which == Try::Second,
            estimated_tokens = self.estimated_tokens,
            prompt_tokens,
            cached_tokens,
            output_tokens,
            thought_tokens,
            duration_ms = self.begun.elapsed().as_millis() as u64,
        );
    }
}

#[cfg(test)]
mod tests;

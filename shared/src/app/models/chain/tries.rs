//! One call of a model, or the better of two (DESIGN rule 48):
//!
//! ```text
//! first  ──────────────── slow ──────────────────────▶ answer? the second is dropped
//!                          └─ room? second ──────────▶ answer? the first is dropped
//!                                                      both are booked when the race is over
//! ```

use std::{
    future::{Future, pending},
    pin::pin,
    time::Duration,
};

use futures::future::{Either, join, select};
use tokio::time::Instant;

use super::{
    super::{budgets::Reservation, turns::Turn},
    asked::{Try, ask},
    link::{Books, Link},
};
use crate::{
    domain::{Usage, prompt::Prompt},
    ports::{Clock, CoolModels, KeepLines, KeepPaces, LanguageModel, ModelError, ModelResponse, SpendBudget},
};

/// A question to one model. What comes of each of its tries is booked, whichever of them counts.
pub(super) struct Trying<'a, M, S, C> {
    pub(super) books: &'a Books<S, C>,
    pub(super) link: &'a Link<M, S, C>,
    pub(super) name: &'a str,
    pub(super) prompt: &'a Prompt,
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
    /// One call, or the better of two: one that is slower than nine of ten of its like is tried a second time, where that is
    /// allowed, and the first answer counts (DESIGN rule 48). Of the other nobody knows what it takes: it stays counted as it
    /// was reserved.
    pub(super) async fn call(&self, mut turn: Option<Turn<'_, S>>, reservation: Reservation) -> ModelResponse {
        let Self { link, name, prompt, .. } = *self;
        let slow_after = link.hedges.slow_after(prompt).filter(|_| link.limits.hedge && turn.is_none());
        let called = if let Some(slow_after) = slow_after {
            self.better_of_two(slow_after, reservation).await
        } else {
            let called = timed(call(link, turn.as_ref(), name, prompt)).await;
            if let Some(turn) = &mut turn {
                turn.leave().await;
            }
            self.book(called, reservation).await
        };
        link.hedges.note(prompt, called.response.outcome.is_ok().then_some(called.took));
        called.response
    }

    /// The first try, and a second beside it once that is slow, if there is room for one: until one of them has answered. What
    /// was refused is booked beside the other, which may take so long that nobody waits for it: others are to know it by then.
    async fn better_of_two(&self, slow_after: Duration, reservation: Reservation) -> Called {
        let mut first = pin!(timed(ask(&self.link.model, self.name, self.prompt, Try::First)));
        if let Ok(first) = tokio::time::timeout(slow_after, &mut first).await {
            return self.book(first, reservation).await;
        }
        // The first goes on while there is room made for the second.
        let room = match select(&mut first, pin!(self.room())).await {
            Either::Left((first, room)) => {
                let unused = async {
                    if let Some(own) = room.await {
                        self.give_back(own).await;
                    }
                };
                return join(self.book(first, reservation), unused).await.0;
            }
            Either::Right((room, _)) => room,
        };
        let Some(own) = room else { return self.book(first.await, reservation).await };
        let second = pin!(timed(ask(&self.link.model, self.name, self.prompt, Try::Second)));
        match select(first, second).await {
            Either::Left((first, second)) if first.response.outcome.is_err() => {
                let (first, second) = join(self.book(first, reservation), second).await;
                self.book(second, own).await.or(first)
            }
            Either::Left((first, _)) => self.book(first, reservation).await.with(Usage::FAILED_CALL),
            Either::Right((second, first)) if second.response.outcome.is_err() => {
                let (second, first) = join(self.book(second, own), first).await;
                self.book(first, reservation).await.or(second)
            }
            Either::Right((second, _)) => self.book(second, own).await.with(Usage::FAILED_CALL),
        }
    }

    /// Room for a second try, if there is any.
    async fn room(&self) -> Option<Reservation> {
        if !self.link.hedges.take() {
            return None;
        }
        let reserved = self.books.budgets.reserve(self.name, &self.link.limits.budget, self.prompt).await;
        if reserved.is_err() {
            self.link.hedges.give_back();
        }
        reserved.ok()
    }

    /// There was room for a second try, which is not made any more.
    async fn give_back(&self, reservation: Reservation) {
        self.link.hedges.give_back();
        self.books.budgets.take_back(self.name, reservation).await;
    }

    /// Corrects what was counted, learns how fast the model is, and leaves one alone that refuses.
    async fn book(&self, called: Called, reservation: Reservation) -> Called {
        let Called { mut response, took } = called;
        let settled = self.books.budgets.settle(self.name, reservation, &response);
        join(settled, self.books.paces.note(self.name, self.prompt, &response, took)).await;
        response.outcome = match response.outcome {
            Err(error) => Err(self.cool_down(error).await),
            answered => answered,
        };
        Called { response, took }
    }

    /// Leaves a model alone whose quota is used up, and says for how long.
    async fn cool_down(&self, error: ModelError) -> ModelError {
        match error {
            ModelError::RateLimited { .. } | ModelError::DailyQuota | ModelError::NoCredit { .. } => {
                let wait = self.books.cooldowns.begin(self.name, &error).await;
                ModelError::RateLimited { retry_after: Some(wait) }
            }
            error => error,
        }
    }
}

async fn timed(call: impl Future<Output = ModelResponse>) -> Called {
    let begun = Instant::now();
    let response = call.await;
    Called { response, took: begun.elapsed() }
}

impl Called {
    /// This one, if it has answered or both have failed, and else the other; with what both have spent.
    fn or(self, other: Self) -> Self {
        let is_better = self.response.outcome.is_ok() || other.response.outcome.is_err();
        let (called, spent) = if is_better { (self, other) } else { (other, self) };
        called.with(spent.response.usage)
    }

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

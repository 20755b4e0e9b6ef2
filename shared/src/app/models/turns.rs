//! Turns at a model that answers only so many calls at a time (DESIGN rule 34).
//!
//! ```text
//! this process:  call 1 ┐                     ┌ its turn ── renew ── renew ── answered: leave
//!                call 2 ┴ as many as have     │
//!                call 3   turns stand in ─────┤ the line of all processes: look … look … look ── its turn
//!                call 4   the line            │
//!                                             └ … look … no time is left for a call: leave
//! ```
//!
//! Waiting is no part of a call: the call's time begins with its turn.

use std::{future::pending, num::NonZeroU32, time::Duration};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout_at},
};

use crate::{
    app::retry::backoff,
    domain::{LeaseOwner, Limits, Line, Priority, Standing},
    ports::{Clock, KeepLines, StoreError},
};

/// How often who is next looks, and who is behind others.
const NEXT_LOOKS_EVERY: Duration = Duration::from_millis(200);
const OTHERS_LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often a turn is renewed: two renewals may fail before it runs out.
const RENEWAL: Duration = Duration::from_secs(5);
/// How often in a row a change of the line is tried that meets another.
const MAX_CHANGES: u32 = 20;

/// The turns at one model.
pub(super) struct Turns<S, C> {
    store: S,
    clock: C,
    model: String,
    parallel: NonZeroU32,
    timeout: Duration,
    /// Who stands in the line for this process: more than could have a turn would only be in the way.
    here: Semaphore,
}

/// A turn: the model may be called. Whoever drops it leaves the line.
pub(super) struct Turn<'a, S: KeepLines + Clone + 'static> {
    /// Whether others went before.
    pub(super) has_waited: bool,
    /// `None`: the line cannot be kept, or was left.
    place: Option<Place<S>>,
    _here: SemaphorePermit<'a>,
}

/// Somebody's place in the line.
struct Place<S> {
    store: S,
    model: String,
    owner: LeaseOwner,
}

impl<S: KeepLines + Clone + 'static, C: Clock> Turns<S, C> {
    /// Those at a model that answers only so many calls at a time; `None` for any other.
    pub(super) fn new(store: S, clock: C, model: String, limits: &Limits) -> Option<Self> {
        let Limits { parallel, timeout, .. } = *limits;
        let parallel = parallel?;
        let here = Semaphore::new((parallel.get() as usize).min(Semaphore::MAX_PERMITS));
        Some(Self { store, clock, model, parallel, timeout, here })
    }

    /// Waits for a turn. `None`: there was none while `left` would still have been enough for a call, or for half of the time
    /// if a call may take longer than that. Where nobody goes before, it is a turn at once.
    pub(super) async fn turn(&self, priority: Priority, left: Duration) -> Option<Turn<'_, S>> {
        let begun = Instant::now();
        let patience = left.saturating_sub(self.timeout.min(left / 2));
        // No deadline is a far one.
        let give_up = begun.checked_add(patience).unwrap_or_else(|| begun + Duration::from_secs(86_400));
        let (here, has_waited) = match self.here.try_acquire() {
            Ok(here) => (here, false),
            Err(_) => (timeout_at(give_up, self.here.acquire()).await.ok()?.ok()?, true),
        };
        let owner = LeaseOwner::new(self.clock.now(), fastrand::u128(..));
        let place = Place { store: self.store.clone(), model: self.model.clone(), owner };
        let mut turn = Turn { has_waited, place: Some(place), _here: here };
        loop {
            let look_again_after = match self.look(&turn, priority).await {
                Ok(Standing::Turn) if turn.has_waited && Instant::now() > give_up => Duration::MAX,
                Ok(Standing::Turn) => return Some(turn),
                Ok(Standing::Next) => NEXT_LOOKS_EVERY,
                Ok(Standing::Behind) => OTHERS_LOOK_EVERY,
                Err(error) => {
                    // The model can keep its line itself: worse than ours, and better than no answer.
                    tracing::warn!(event = "line_not_kept", model = self.model, "{error}");
                    turn.leave().await;
                    return Some(turn);
                }
            };
            turn.has_waited = true;
            if look_again_after > give_up.saturating_duration_since(Instant::now()) {
                turn.leave().await;
                return None;
            }
            sleep(look_again_after).await;
        }
    }

    async fn look(&self, turn: &Turn<'_, S>, priority: Priority) -> Result<Standing, StoreError> {
        let Some(place) = &turn.place else { return Ok(Standing::Turn) };
        place.change(|line| line.stand(&place.owner, priority, self.parallel, self.clock.now())).await
    }

    /// Renews a turn for as long as it is one. It ends when it ran out: whoever goes on would not be alone.
    pub(super) async fn until_lost(&self, turn: &Turn<'_, S>) {
        let Some(place) = &turn.place else { return pending().await };
        loop {
            sleep(RENEWAL).await;
            // A renewal that fails is tried again at the next turn.
            let renewed = place.change(|line| line.renew(&place.owner, self.clock.now())).await;
            if renewed == Ok(false) {
                return;
            }
        }
    }
}

impl<S: KeepLines + Clone + 'static> Turn<'_, S> {
    /// Lets the next have a turn.
    pub(super) async fn leave(&mut self) {
        if let Some(place) = self.place.take() {
            place.leave().await;
        }
    }
}

/// Who is stopped leaves, too. Should there be no time for that, the place runs out.
impl<S: KeepLines + Clone + 'static> Drop for Turn<'_, S> {
    fn drop(&mut self) {
        if let (Some(place), Ok(runtime)) = (self.place.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { place.leave().await });
        }
    }
}

impl<S: KeepLines> Place<S> {
    async fn leave(&self) {
        if let Err(error) = self.change(|line| line.leave(&self.owner)).await {
            tracing::warn!(event = "line_not_kept", model = self.model, "{error}");
        }
    }

    /// Changes the line by what is made of it as it is, and again while others were faster.
    async fn change<T>(&self, mut change: impl FnMut(&mut Line) -> T) -> Result<T, StoreError> {
        let mut attempt = 1;
        loop {
            let seen = self.store.line(&self.model).await?;
            let mut line = seen.clone();
            let made = change(&mut line);
            if line == seen {
                return Ok(made);
            }
            match self.store.keep_line(&self.model, &line).await {
                Err(StoreError::Conflict | StoreError::Throttled) if attempt < MAX_CHANGES => {
                    sleep(backoff(attempt)).await;
                    attempt += 1;
                }
                kept => return kept.map(|()| made),
            }
        }
    }
}

#[cfg(test)]
mod tests;

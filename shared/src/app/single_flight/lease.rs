//! Makes something at most once at a time, across all Lambdas. Days and memories are made alike:
//!
//! ```text
//! A  acquire ─ look again ─ make ─────────── renew ── renew ── commit and drop the lease
//! B     refused: held … watch … watch … watch … watch … watch … sees A's commit: nothing to pay
//!
//! A  acquire ─ look again ─ make ── the model refuses ── drop the lease, record the failure
//! B     refused: held … watch … watch … watch … watch … watch … sees it: fails as A did, does not repeat it
//!
//! A  acquire ─ look again ─ make ── dies, or stalls · · · · · · · · · · · · · commit: refused, the lease is B's
//! B     refused: held … watch … watch … the lease has run out ── acquire ─ look again ─ make ─ commit
//! ```
//!
//! A lease is a condition of writes, never a TTL: whoever lost it cannot commit. Nothing that was paid for is dropped
//! without need: the lease is renewed for as long as its owner lives.

use std::time::Duration;

use crate::{
    app::AppError,
    domain::{AttemptId, FailedAttempt, GuildId, Lease},
    ports::{Clock, HoldLeases, LeaseOn, StoreError},
};

/// How long a lease lasts (DESIGN rule 8).
const LEASE: Duration = Duration::from_secs(30);
/// How often it is renewed: two renewals may fail before it runs out.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long a caller waits for a lease to be given back.
const TO_GIVE_BACK: Duration = Duration::from_millis(200);

/// What came of the work under a lease.
pub(in crate::app) enum Work<T> {
    /// It is committed, and the lease was dropped with the commit.
    Committed(T),
    /// There was nothing to do after all.
    NotNeeded(T),
    /// The lease was lost: somebody else is at it.
    Lost,
    /// The lease was not to be had: somebody else is at it.
    Held,
}

/// What came of the attempt to work.
pub(in crate::app) enum Attempt<T> {
    /// This attempt made it, or found it made.
    Done(T),
    /// Somebody else is making it.
    Held,
    /// It was stopped before it was done.
    Stopped,
}

/// Whose lease on what.
pub(in crate::app) struct Leases<'a, S, C> {
    pub(in crate::app) store: &'a S,
    pub(in crate::app) clock: &'a C,
    pub(in crate::app) guild: GuildId,
}

impl<S: HoldLeases, C: Clock> Leases<'_, S, C> {
    /// Does `work` under a lease on `on`, unless somebody else holds it. When `stop` comes first, the work is dropped and
    /// the lease given back.
    ///
    /// # Errors
    /// The error of the work, recorded for those who wait for it; or the store's, when the lease cannot be asked for.
    pub(in crate::app) async fn attempt<T>(
        &self,
        on: &LeaseOn,
        stop: impl Future<Output = ()>,
        work: impl AsyncFnOnce(&AttemptId) -> Result<Work<T>, AppError>,
    ) -> Result<Attempt<T>, AppError> {
        let attempt = AttemptId::new(self.clock.now(), fastrand::u128(..));
        let outcome = tokio::select! {
            biased;
            outcome = self.work_under_lease(on, &attempt, work) => outcome,
            () = stop => {
                // Somebody waits for an answer: a lease that is not given back in time runs out by itself.
                let _ = tokio::time::timeout(TO_GIVE_BACK, self.release(on, &attempt, None)).await;
                return Ok(Attempt::Stopped);
            }
        };
        match outcome {
            Ok(Work::Held) => Ok(Attempt::Held),
            Ok(Work::Committed(made)) => Ok(Attempt::Done(made)),
            Ok(Work::NotNeeded(found)) => {
                self.release(on, &attempt, None).await;
                Ok(Attempt::Done(found))
            }
            Ok(Work::Lost) => Ok(Attempt::Held),
            Err(error) => {
                self.release(on, &attempt, Some(&error)).await;
                Err(error)
            }
        }
    }

    async fn work_under_lease<T>(
        &self,
        on: &LeaseOn,
        attempt: &AttemptId,
        work: impl AsyncFnOnce(&AttemptId) -> Result<Work<T>, AppError>,
    ) -> Result<Work<T>, AppError> {
        if !self.store.acquire(self.guild, on, &self.lease(attempt), self.clock.now()).await? {
            return Ok(Work::Held);
        }
        tokio::select! {
            biased;
            outcome = work(attempt) => outcome,
            () = self.renew_until_lost(on, attempt) => Ok(Work::Lost),
        }
    }

    fn lease(&self, attempt: &AttemptId) -> Lease {
        let until = self.clock.now().checked_add(LEASE).unwrap_or(jiff::Timestamp::MAX);
        Lease { owner: attempt.clone(), until }
    }

    /// Renews the lease for as long as it is ours. A renewal that fails otherwise is tried again at the next turn; should
    /// the lease run out meanwhile, whoever takes it over is safe from us.
    async fn renew_until_lost(&self, on: &LeaseOn, attempt: &AttemptId) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let renewed = self.store.renew(self.guild, on, &self.lease(attempt)).await;
            if renewed == Err(StoreError::Conflict) {
                return;
            }
        }
    }

    /// Gives the lease back. Where that fails it runs out by itself.
    async fn release(&self, on: &LeaseOn, attempt: &AttemptId, error: Option<&AppError>) {
        let failure = error.map(|error| FailedAttempt {
            attempt: attempt.clone(),
            inputs: match on {
                LeaseOn::Day(_) => None,
                LeaseOn::Memory(_, inputs) => Some(inputs.clone()),
            },
            error_type: error.kind.to_string(),
            message: error.message.clone(),
        });
        if let Err(error) = self.store.release(self.guild, on, attempt, failure.as_ref()).await {
            tracing::warn!(event = "lease_not_released", guild = %self.guild, %attempt, "{error}");
        }
    }
}

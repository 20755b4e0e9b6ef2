//! Work under a lease. A lease is a condition of writes, never a TTL: whoever lost it cannot commit. Nothing that was paid
//! for is dropped without need: the lease is renewed for as long as its owner lives.

use std::time::Duration;

use tracing::{Instrument as _, field::Empty};

use super::outcome::Outcome;
use crate::{
    app::AppError,
    domain::{FailedAttempt, GuildId, Lease, LeaseOwner},
    ports::{Clock, HoldLeases, LeaseOn, StoreError},
};

/// How long a lease lasts (DESIGN rule 8).
const LEASE: Duration = Duration::from_secs(30);
/// How often it is renewed: two renewals may fail before it runs out.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long a caller waits for a lease to be given back.
const RELEASE_TIMEOUT: Duration = Duration::from_millis(200);

/// What came of work under a lease.
pub(in crate::app) enum Work<T> {
    /// It is committed, and the lease was dropped with the commit.
    Committed(T),
    /// There was nothing to commit: the lease is given back.
    Uncommitted(T),
    /// It is made and could not be kept: the lease is given back, and who waits for it fails with that error instead of
    /// paying once more.
    Unkept(T, AppError),
    /// There was no time for it: the lease is given back, and a later request makes it.
    Late,
    /// The lease is somebody else's.
    Lost,
}

/// What is to be made under a lease.
pub(in crate::app) struct UnderLease<'a, S, C> {
    pub(in crate::app) store: &'a S,
    pub(in crate::app) clock: &'a C,
    pub(in crate::app) guild: GuildId,
    pub(in crate::app) on: LeaseOn,
}

impl<S: HoldLeases, C: Clock> UnderLease<'_, S, C> {
    /// Does `work` under the lease, unless somebody else holds it. When `stop` comes first, the work is dropped and the
    /// lease given back. An error of the work is recorded for those who wait for it.
    pub(in crate::app) async fn work<T>(
        &self,
        stop: impl Future<Output = ()>,
        work: impl AsyncFnOnce(&LeaseOwner) -> Result<Work<T>, AppError>,
    ) -> Outcome<T> {
        let owner = LeaseOwner::new(self.clock.now(), fastrand::u128(..));
        let worked = tokio::select! {
            biased;
            worked = self.work_as(&owner, work) => worked,
            () = stop => {
                // Somebody waits for an answer: a lease that is not given back in time runs out by itself.
                let _ = tokio::time::timeout(RELEASE_TIMEOUT, self.release(&owner, None)).await;
                return Outcome::Free;
            }
        };
        match worked {
            Ok(Work::Committed(made)) => Outcome::Done(Ok(made)),
            Ok(Work::Uncommitted(found)) => {
                self.release(&owner, None).await;
                Outcome::Done(Ok(found))
            }
            Ok(Work::Unkept(made, error)) => {
                self.release(&owner, Some(&error)).await;
                Outcome::Done(Ok(made))
            }
            Ok(Work::Late) => {
                self.release(&owner, None).await;
                Outcome::Late
            }
            Ok(Work::Lost) => Outcome::Held,
            Err(error) => {
                self.release(&owner, Some(&error)).await;
                Outcome::Done(Err(error))
            }
        }
    }

    async fn work_as<T>(
        &self,
        owner: &LeaseOwner,
        work: impl AsyncFnOnce(&LeaseOwner) -> Result<Work<T>, AppError>,
    ) -> Result<Work<T>, AppError> {
        let span = tracing::info_span!(target: "span", "acquire_lease", guild = %self.guild, acquired = Empty);
        let lease = self.lease(owner);
        let acquire = self.store.acquire(self.guild, &self.on, &lease, self.clock.now());
        let acquired = acquire.instrument(span.clone()).await?;
        span.record("acquired", acquired);
        drop(span);
        if !acquired {
            return Ok(Work::Lost);
        }
        tokio::select! {
            biased;
            worked = work(owner) => worked,
            () = self.renew_until_lost(owner) => Ok(Work::Lost),
        }
    }

    /// Renews the lease for as long as it is ours. A renewal that fails otherwise is tried again at the next turn; should
    /// the lease run out meanwhile, whoever takes it over is safe from us.
    async fn renew_until_lost(&self, owner: &LeaseOwner) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let span = tracing::info_span!(target: "span", "renew_lease", guild = %self.guild);
            let renewed = self.store.renew(self.guild, &self.on, &self.lease(owner)).instrument(span).await;
            if renewed == Err(StoreError::Conflict) {
                return;
            }
        }
    }

    fn lease(&self, owner: &LeaseOwner) -> Lease {
        let until = self.clock.now().checked_add(LEASE).unwrap_or(jiff::Timestamp::MAX);
        Lease { owner: owner.clone(), until }
    }

    /// Gives the lease back. Where that fails it runs out by itself.
    #[tracing::instrument(name = "release_lease", target = "span", skip_all, fields(guild = %self.guild))]
    async fn release(&self, owner: &LeaseOwner, error: Option<&AppError>) {
        let failure = error.map(|error| self.failure(owner, error));
        if let Err(error) = self.store.release(self.guild, &self.on, owner, failure.as_ref()).await {
            tracing::warn!(event = "lease_not_released", guild = %self.guild, attempt = %owner, "{error}");
        }
    }

    fn failure(&self, owner: &LeaseOwner, error: &AppError) -> FailedAttempt {
        let inputs = match &self.on {
            LeaseOn::Day(_) => None,
            LeaseOn::Memory { inputs, .. } => Some(inputs.clone()),
        };
        FailedAttempt {
            owner: owner.clone(),
            inputs,
            error_type: error.kind.to_string(),
            message: error.message.clone(),
        }
    }
}

//! How it stands with something that at most one makes at a time.

use jiff::Timestamp;

use crate::{app::AppError, domain::BuildState, ports::StoreError};

/// How it stands.
pub(in crate::app) enum Outcome<T> {
    /// It is there, or has failed for everybody who waits for it.
    Done(Result<T, AppError>),
    /// Somebody else is making it.
    Held,
    /// Nobody is making it.
    Free,
    /// Nobody can make it in time: it is left to a later request.
    Late,
}

impl<T> Outcome<T> {
    /// How it stands with something that could not be read. What is damaged stays so; anything else may be read in a moment.
    pub(in crate::app) fn of_unread(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::Done(Err(error.into())),
            _ => Self::Held,
        }
    }

    /// How it stands with something that is not there. Who waits for an attempt fails with it; what failed before it was
    /// `seen` first does not count, nor does what failed for other `inputs` (DESIGN rules 8 and 9).
    pub(in crate::app) fn of_missing(
        state: &BuildState,
        seen: &BuildState,
        inputs: Option<&str>,
        now: Timestamp,
    ) -> Self {
        if state.is_under_way(now) {
            return Self::Held;
        }
        match state.failure_since(seen).filter(|failure| failure.inputs.as_deref() == inputs) {
            Some(failure) => Self::Done(Err(failure.into())),
            None => Self::Free,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::ErrorType,
        domain::{FailedAttempt, Lease, LeaseOwner},
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn failed(n: u128, inputs: Option<&str>) -> BuildState {
        let failure = FailedAttempt {
            owner: LeaseOwner::new(at(0), n),
            inputs: inputs.map(str::to_owned),
            error_type: "RateLimited".to_owned(),
            message: "the model's rate limit is reached; retry in 20 s".to_owned(),
        };
        BuildState { lease: None, last_failure: Some(failure) }
    }

    fn of_missing(state: &BuildState, seen: &BuildState, inputs: Option<&str>) -> Outcome<()> {
        Outcome::of_missing(state, seen, inputs, at(10))
    }

    #[test]
    fn rule_8_a_lease_holds_until_it_runs_out() {
        let leased = |until| BuildState {
            lease: Some(Lease { owner: LeaseOwner::new(at(0), 1), until: at(until) }),
            last_failure: None,
        };
        assert!(matches!(of_missing(&leased(11), &BuildState::default(), None), Outcome::Held));
        assert!(matches!(of_missing(&leased(10), &BuildState::default(), None), Outcome::Free));
        assert!(matches!(of_missing(&BuildState::default(), &BuildState::default(), None), Outcome::Free));
    }

    #[test]
    fn rule_8_who_waits_fails_with_the_attempt_that_fails_meanwhile() {
        let Outcome::Done(Err(error)) = of_missing(&failed(2, None), &failed(1, None), None) else {
            panic!("it failed meanwhile");
        };
        assert_eq!((error.kind, error.retry_after_s()), (ErrorType::RateLimited, Some(20)));
        assert!(matches!(of_missing(&failed(1, None), &failed(1, None), None), Outcome::Free), "it failed before");
    }

    #[test]
    fn rule_9_what_failed_for_other_inputs_may_succeed_for_these() {
        let none = BuildState::default();
        assert!(matches!(of_missing(&failed(1, Some("these")), &none, Some("these")), Outcome::Done(Err(_))));
        assert!(matches!(of_missing(&failed(1, Some("others")), &none, Some("these")), Outcome::Free));
    }
}

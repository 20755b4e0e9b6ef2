//! Gets many things built at once, by whoever builds them: tries each, and looks at those that others are building.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::Duration,
};

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::Instant;

use super::outcome::Outcome;
use crate::app::{AppError, Deadline};

/// How long after it was refused something is looked at first; every wait is longer than the one before.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const GROWTH: f64 = 1.5;

/// Things that can be built, or looked at while somebody else builds them.
pub(in crate::app) trait Builds {
    /// Names one of the things.
    type Key: Copy + Ord;
    /// What comes of it.
    type Built;

    /// Tries to build it. It ends by itself when the deadline is reached, with [`Outcome::Free`].
    fn try_build(&self, key: Self::Key) -> impl Future<Output = Outcome<Self::Built>>;

    /// Looks at all that others are building, in one request. What cannot be read is [`Outcome::Held`], unless it is
    /// damaged: it is read again in a moment.
    fn look(&self, keys: &BTreeSet<Self::Key>) -> impl Future<Output = Vec<(Self::Key, Outcome<Self::Built>)>>;
}

/// Waits until all of `keys` are built or have failed, or the deadline is reached. What is not done then is not in the
/// answer.
pub(in crate::app) async fn await_all<B: Builds>(
    builds: &B,
    keys: impl IntoIterator<Item = B::Key>,
    deadline: Deadline,
) -> BTreeMap<B::Key, Result<B::Built, AppError>> {
    let mut all = BTreeMap::new();
    await_each(builds, keys, deadline, |key, result| drop(all.insert(key, result))).await;
    all
}

/// The same, and tells of each as soon as it is built or has failed.
pub(in crate::app) async fn await_each<B: Builds>(
    builds: &B,
    keys: impl IntoIterator<Item = B::Key>,
    deadline: Deadline,
    mut done: impl FnMut(B::Key, Result<B::Built, AppError>),
) {
    let try_build = |key| async move { (key, builds.try_build(key).await) };
    let mut tries: FuturesUnordered<_> = keys.into_iter().map(try_build).collect();
    let mut held = BTreeSet::new();
    let mut waits = Waits::default();
    let mut looks = Looks::new();
    while !(tries.is_empty() && held.is_empty()) {
        let mut was_looked_at = false;
        let news = tokio::select! {
            Some(news) = tries.next(), if !tries.is_empty() => vec![news],
            () = looks.next(), if !held.is_empty() => {
                let seen = tokio::select! {
                    seen = builds.look(&held) => seen,
                    () = deadline.reached() => vec![],
                };
                looks.slow_down();
                was_looked_at = true;
                seen
            }
            () = deadline.reached(), if !held.is_empty() => {
                held.clear();
                continue;
            }
        };
        for (key, outcome) in news {
            held.remove(&key);
            match outcome {
                Outcome::Done(result) => {
                    waits.shared += usize::from(was_looked_at && result.is_ok());
                    done(key, result);
                }
                Outcome::Late => {}
                Outcome::Held | Outcome::Free if deadline.is_reached() => {}
                Outcome::Held => {
                    waits.keys.insert(key);
                    held.insert(key);
                }
                Outcome::Free => tries.push(try_build(key)),
            }
        }
    }
    if !waits.keys.is_empty() {
        tracing::debug!(event = "waited_for_others", waits = waits.keys.len(), shared = waits.shared);
    }
}

/// What others were building.
struct Waits<K> {
    keys: BTreeSet<K>,
    /// How much of it they have made, so that nobody paid for it again.
    shared: usize,
}

impl<K> Default for Waits<K> {
    fn default() -> Self {
        Self { keys: BTreeSet::new(), shared: 0 }
    }
}

/// When to look.
struct Looks {
    wait: Duration,
    at: Instant,
}

impl Looks {
    fn new() -> Self {
        Self { wait: FIRST_WAIT, at: Instant::now() + FIRST_WAIT }
    }

    async fn next(&self) {
        tokio::time::sleep_until(self.at).await;
    }

    fn slow_down(&mut self) {
        self.wait = self.wait.mul_f64(GROWTH).min(LONGEST_WAIT);
        self.at = Instant::now() + self.wait;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::contract::ErrorType;

    /// Things of which each is tried and looked at as its script says, in turn.
    struct Scripted(RefCell<BTreeMap<u8, Vec<Outcome<&'static str>>>>);

    impl Scripted {
        fn new(scripts: impl IntoIterator<Item = (u8, Vec<Outcome<&'static str>>)>) -> Self {
            Self(RefCell::new(scripts.into_iter().collect()))
        }

        fn next(&self, key: u8) -> Outcome<&'static str> {
            let mut scripts = self.0.borrow_mut();
            let script = scripts.get_mut(&key).unwrap();
            if script.is_empty() { Outcome::Held } else { script.remove(0) }
        }
    }

    impl Builds for Scripted {
        type Key = u8;
        type Built = &'static str;

        async fn try_build(&self, key: u8) -> Outcome<&'static str> {
            self.next(key)
        }

        async fn look(&self, keys: &BTreeSet<u8>) -> Vec<(u8, Outcome<&'static str>)> {
            keys.iter().map(|key| (*key, self.next(*key))).collect()
        }
    }

    fn in_seconds(seconds: u64) -> Deadline {
        Deadline::new(Duration::from_secs(60), Some(Duration::from_secs(seconds)))
    }

    #[tokio::test(start_paused = true)]
    async fn what_others_are_building_is_looked_at_until_it_is_there_or_nobody_builds_it() {
        let failure = AppError::new(ErrorType::RateLimited, "refused");
        let builds = Scripted::new([
            (1, vec![Outcome::Done(Ok("at once"))]),
            (2, vec![Outcome::Held, Outcome::Held, Outcome::Done(Ok("by somebody else"))]),
            (3, vec![Outcome::Held, Outcome::Free, Outcome::Done(Ok("at the second try"))]),
            (4, vec![Outcome::Held, Outcome::Done(Err(failure.clone()))]),
        ]);
        let started = Instant::now();
        let done = await_all(&builds, 1..=4, in_seconds(30)).await;
        let expected = [Ok("at once"), Ok("by somebody else"), Ok("at the second try"), Err(failure)];
        assert_eq!(done.into_values().collect::<Vec<_>>(), expected);
        assert_eq!(started.elapsed(), Duration::from_millis(250), "looked at after 100 ms and after 150 ms more");
    }

    #[tokio::test(start_paused = true)]
    async fn rule_11_what_is_not_done_at_the_deadline_is_left_out() {
        let builds = Scripted::new([(1, vec![Outcome::Done(Ok("at once"))]), (2, vec![])]);
        let started = Instant::now();
        let done = await_all(&builds, 1..=2, in_seconds(5)).await;
        assert_eq!(done.into_keys().collect::<Vec<_>>(), [1]);
        assert_eq!(started.elapsed(), Duration::from_secs(5));
    }
}

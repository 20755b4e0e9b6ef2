//! Gets many things made at once, by whoever makes them: tries each, and watches those that others are making.

use std::{collections::BTreeSet, future::Future, time::Duration};

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::Instant;

use crate::app::Deadline;

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What an attempt, or a look at somebody else's, has brought.
pub(in crate::app) enum Progress<T> {
    /// It is made, or failed for good.
    Done(T),
    /// Somebody else is making it.
    Held,
    /// Nobody is making it.
    Free,
}

/// Things that can be made, or watched while somebody else makes them.
pub(in crate::app) trait Pursuit {
    /// Names one of the things.
    type Key: Copy + Ord;
    /// What comes of it.
    type Made;

    /// Tries to make it. It ends by itself when the deadline is reached, with [`Progress::Free`].
    fn attempt(&self, key: Self::Key) -> impl Future<Output = Progress<Self::Made>>;

    /// Looks at all that others are making, in one request.
    fn look(&self, keys: &BTreeSet<Self::Key>) -> impl Future<Output = Vec<(Self::Key, Progress<Self::Made>)>>;
}

/// Pursues all of `keys` until they are done or the deadline is reached. What is not done then is not in the answer.
pub(in crate::app) async fn pursue<P: Pursuit>(
    pursuit: &P,
    keys: impl IntoIterator<Item = P::Key>,
    deadline: Deadline,
) -> Vec<(P::Key, P::Made)> {
    let attempt = |key| async move { (key, pursuit.attempt(key).await) };
    let mut attempts: FuturesUnordered<_> = keys.into_iter().map(attempt).collect();
    let mut watched = BTreeSet::new();
    let mut made = Vec::new();
    let mut wait = FIRST_WAIT;
    let mut next_look = Instant::now() + wait;
    while !(attempts.is_empty() && watched.is_empty()) {
        let news = tokio::select! {
            Some(news) = attempts.next(), if !attempts.is_empty() => vec![news],
            () = deadline.reached(), if !watched.is_empty() => {
                watched.clear();
                continue;
            }
            () = tokio::time::sleep_until(next_look), if !watched.is_empty() => {
                let seen = tokio::select! {
                    seen = pursuit.look(&watched) => seen,
                    () = deadline.reached() => vec![],
                };
                wait = wait.mul_f64(1.5).min(LONGEST_WAIT);
                next_look = Instant::now() + wait;
                seen
            }
        };
        for (key, progress) in news {
            watched.remove(&key);
            match progress {
                Progress::Done(done) => made.push((key, done)),
                Progress::Held if !deadline.is_reached() => drop(watched.insert(key)),
                Progress::Free if !deadline.is_reached() => attempts.push(attempt(key)),
                Progress::Held | Progress::Free => {}
            }
        }
    }
    made
}

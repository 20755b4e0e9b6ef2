//! Merges of one request that share a call of a model (DESIGN rule 47).
//!
//! ```text
//! Ann ──┐ first: opens a batch, and asks when it is full, or after a moment
//! Ben ──┼──▶ one question about all ──┬─ in the answer: their text
//! Cem ──┘                             └─ not in it, or no answer for all: asked about alone
//! ```

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt as _, Shared, WeakShared};
use tokio::sync::Notify;

use crate::{
    app::{Deadline, models::ask_before},
    domain::{
        Usage, UserId,
        prompt::{CheckedSummaries, Prompt, merge_several},
    },
    ports::{Completion, LanguageModel, ModelError, ModelResponse},
};

/// How long the first waits for others: about what lies between the first and the last lease of a request.
const GATHERING: Duration = Duration::from_millis(150);
/// Estimated tokens of a question that is not small any more: it is asked by itself.
const MAX_SHARED_TOKENS: u64 = 2_000;

/// Asks about people, several at once where that is allowed.
pub(super) struct Batches<'a, M> {
    model: &'a M,
    deadline: Deadline,
    size: NonZeroUsize,
    open: Mutex<Option<Open<'a>>>,
}

/// What is asked together. Whoever waits for it drives it, so that it ends although the first has left; and when all have,
/// nothing of it is left.
type Shares<'a> = Shared<BoxFuture<'a, Arc<[Share]>>>;

/// A question that others may join.
struct Open<'a> {
    gathered: Arc<Gathered>,
    shares: WeakShared<BoxFuture<'a, Arc<[Share]>>>,
}

#[derive(Default)]
struct Gathered {
    /// `None` as soon as it is asked.
    people: Mutex<Option<Vec<(UserId, Prompt)>>>,
    full: Notify,
}

/// What came of a person's part of a question.
#[derive(Clone)]
enum Share {
    Answered(Result<Completion, ModelError>, Usage),
    /// There is no text of this person, and this is what was spent. It is asked about alone.
    Missing(Usage),
}

impl<'a, M: LanguageModel> Batches<'a, M> {
    pub(super) fn new(model: &'a M, deadline: Deadline, size: NonZeroUsize) -> Self {
        Self { model, deadline, size, open: Mutex::new(None) }
    }

    /// What a model answers about one person.
    pub(super) async fn ask(&self, user: UserId, prompt: &Prompt) -> ModelResponse {
        if self.size.get() == 1 || prompt.estimated_tokens() > MAX_SHARED_TOKENS {
            return ask_before(self.deadline, self.model, prompt).await;
        }
        let (shares, index) = self.join(user, prompt);
        match shares.await.get(index).cloned() {
            Some(Share::Answered(outcome, usage)) => ModelResponse { outcome, usage },
            share => {
                let mut alone = ask_before(self.deadline, self.model, prompt).await;
                if let Some(Share::Missing(spent)) = share {
                    alone.usage = alone.usage.as_retry();
                    alone.usage += spent;
                }
                alone
            }
        }
    }

    /// The batch that is open, or a new one, and the person's place in it.
    fn join(&self, user: UserId, prompt: &Prompt) -> (Shares<'a>, usize) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Open { gathered, shares }) = open.as_ref()
            && let Some(shares) = shares.upgrade()
            && let Some(index) = gathered.add(user, prompt, self.size)
        {
            return (shares, index);
        }
        let gathered =
            Arc::new(Gathered { people: Mutex::new(Some(vec![(user, prompt.clone())])), ..Gathered::default() });
        let shares = shares(self.model, self.deadline, Arc::clone(&gathered)).boxed().shared();
        *open = shares.downgrade().map(|shares| Open { gathered, shares });
        (shares, 0)
    }
}

impl Gathered {
    /// The place of the person, if there is one.
    fn add(&self, user: UserId, prompt: &Prompt, size: NonZeroUsize) -> Option<usize> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let people = people.as_mut().filter(|people| people.len() < size.get())?;
        people.push((user, prompt.clone()));
        if people.len() == size.get() {
            self.full.notify_one();
        }
        Some(people.len() - 1)
    }

    fn close(&self) -> Vec<(UserId, Prompt)> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

async fn shares<M: LanguageModel>(model: &M, deadline: Deadline, gathered: Arc<Gathered>) -> Arc<[Share]> {
    // Whoever is there when time is up is asked about.
    let _ = tokio::time::timeout(GATHERING, gathered.full.notified()).await;
    let people = gathered.close();
    if let [(_, prompt)] = people.as_slice() {
        let ModelResponse { outcome, usage } = ask_before(deadline, model, prompt).await;
        return [Share::Answered(outcome, usage)].into();
    }
    let (users, prompts): (Vec<UserId>, Vec<Prompt>) = people.into_iter().unzip();
    let Some(first) = prompts.first() else { return [].into() };
    let ModelResponse { outcome, usage } = ask_before(deadline, model, &merge_several(&prompts, first.priority)).await;
    let texts = texts(outcome, &users);
    let of = users.len();
    tracing::debug!(event = "merges_shared", people = of);
    let share = |(index, user): (usize, &UserId)| {
        let usage = usage.share(index, of);
        match &texts {
            Ok((texts, model)) => match texts.get(user) {
                Some(text) => {
                    let completion = Completion { text: text.clone(), model: model.clone(), is_whole: true };
                    Share::Answered(Ok(completion), usage)
                }
                None => Share::Missing(usage),
            },
            // What was too much, or wrong, at once may be none of it alone.
            Err(ModelError::TooLong | ModelError::TimedOut | ModelError::Malformed | ModelError::Blocked { .. }) => {
                Share::Missing(usage)
            }
            Err(error) => Share::Answered(Err(error.clone()), usage),
        }
    };
    users.iter().enumerate().map(share).collect()
}

/// The text of each person who has one, and the model that wrote them.
fn texts(
    outcome: Result<Completion, ModelError>,
    users: &[UserId],
) -> Result<(BTreeMap<UserId, String>, String), ModelError> {
    let completion = outcome?;
    let members = (1..).zip(users.iter().copied()).collect();
    let checked = CheckedSummaries::read(&completion.text, &members).map_err(|_| ModelError::Malformed)?;
    Ok((checked.texts, completion.model))
}

#[cfg(test)]
mod tests;

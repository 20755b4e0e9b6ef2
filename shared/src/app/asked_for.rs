//! Whose memories are asked for, noted so that they are kept warm (DESIGN rule 38).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    domain::{GuildId, UserId},
    ports::NoteAskedFor,
};

/// How long a process does not note the same person again.
const NOTED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How long an answer waits for a note at the most.
const TIMEOUT: Duration = Duration::from_millis(250);
/// People that a process knows it has noted; more make it note somebody twice.
const MAX_NOTED: usize = 20_000;

/// Somebody of whom something is known, and when they were erased last.
pub(super) type Known = (UserId, Option<Timestamp>);

/// Notes who is asked for: a person once an hour in each process, so that a warm request costs nothing.
#[derive(Default)]
pub struct AskedFor {
    noted: Mutex<HashMap<(GuildId, UserId), Timestamp>>,
}

impl AskedFor {
    /// Notes that they are asked for now. What cannot be noted is tried again with the next request.
    /// Each comes with when they were erased last: who is erased meanwhile is not noted.
    pub(super) async fn note<S: NoteAskedFor>(&self, store: &S, guild: GuildId, users: &[Known], now: Timestamp) {
        let new = self.unnoted(guild, users, now);
        if new.is_empty() {
            return;
        }
        match tokio::time::timeout(TIMEOUT, store.note_asked_for(guild, &new, now)).await {
            Ok(Ok(())) => self.remember(guild, &new, now),
            _ => tracing::warn!(event = "asked_for_not_noted", %guild, people = new.len()),
        }
    }

    fn unnoted(&self, guild: GuildId, users: &[Known], now: Timestamp) -> Vec<Known> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new =
            |(user, _): &&Known| noted.get(&(guild, *user)).is_none_or(|at| now.duration_since(*at).abs() >= NOTED_FOR);
        users.iter().filter(is_new).copied().collect()
    }

    fn remember(&self, guild: GuildId, users: &[Known], now: Timestamp) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() + users.len() > MAX_NOTED {
            noted.clear();
        }
        noted.extend(users.iter().map(|(user, _)| ((guild, *user), now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ports::ReadAskedFor as _, testing::InMemoryStore};

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[tokio::test]
    async fn rule_38_a_process_notes_a_person_once_an_hour() {
        let (store, asked_for) = (InMemoryStore::default(), AskedFor::default());
        let [guild, other]: [GuildId; 2] = ["1", "2"].map(|id| id.parse().unwrap());
        let [ann, bo]: [UserId; 2] = ["10", "11"].map(|id| id.parse().unwrap());
        asked_for.note(&store, guild, &[(ann, None)], at(0)).await;
        asked_for.note(&store, guild, &[(ann, None), (bo, None)], at(59)).await;
        asked_for.note(&store, other, &[(ann, None)], at(59)).await;
        assert_eq!(store.asked_for(guild).await.unwrap(), [(ann, at(0)), (bo, at(59))].into());
        assert_eq!(store.asked_for(other).await.unwrap(), [(ann, at(59))].into());
        asked_for.note(&store, guild, &[(ann, None), (bo, None)], at(60)).await;
        assert_eq!(store.asked_for(guild).await.unwrap(), [(ann, at(60)), (bo, at(59))].into());
    }
}

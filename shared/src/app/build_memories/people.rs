//! One person's memory.

use jiff::{SignedDuration, Timestamp};

use super::{Failure, Subject, days::Week};
use crate::{
    app::AppError,
    domain::{GuildId, Knowledge, Memory, Person, Source, UserId, prompt::merge_prompt},
    ports::{Clock, LanguageModel, ModelError, PersonRecord, SaveMemory, StoreError},
};

/// How long a merged memory is kept (DESIGN section 5).
const MEMORY_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What one person gets.
pub(super) struct PersonMemory {
    pub(super) user: UserId,
    pub(super) person: Option<Person>,
    pub(super) text: Option<String>,
    pub(super) source: Source,
    pub(super) failure: Option<Failure>,
}

/// Makes the memories of one request.
pub(super) struct Merger<'a, S, M, C> {
    pub(super) store: &'a S,
    pub(super) model: &'a M,
    pub(super) clock: &'a C,
    pub(super) guild: GuildId,
    pub(super) week: &'a Week,
}

/// A text, and what went wrong while it was made.
struct Made {
    text: Option<String>,
    source: Source,
    error: Option<AppError>,
}

impl<S: SaveMemory, M: LanguageModel, C: Clock> Merger<'_, S, M, C> {
    pub(super) async fn memory(&self, user: UserId, record: Result<PersonRecord, StoreError>) -> PersonMemory {
        let (person, made) = match record {
            Err(error) => (None, Made { text: None, source: Source::None, error: Some(error.into()) }),
            Ok(record) if record.person.opted_out => (None, Made { text: None, source: Source::None, error: None }),
            Ok(record) => {
                let made = self.make(user, &record).await;
                (Some(record.person), made)
            }
        };
        let failure = made.error.map(|error| Failure::report(self.guild, Subject::UserId(user), &error));
        PersonMemory { user, person, text: made.text, source: made.source, failure }
    }

    async fn make(&self, user: UserId, record: &PersonRecord) -> Made {
        let knowledge = Knowledge { facts: record.person.fact_texts(), days: self.week.texts_of(user) };
        if let Some((text, source)) = knowledge.without_merge() {
            return Made { text, source, error: None };
        }
        let prompt = merge_prompt(record.person.name(), &knowledge);
        let input_hash = prompt.input_hash();
        if let Some(known) = record.memory.as_ref().filter(|memory| memory.answers(&input_hash, self.clock.now())) {
            return Made { text: Some(known.text.clone()), source: Source::Cached, error: None };
        }
        let answer = self.model.generate(&prompt).await.and_then(|answer| not_blank(&answer.text));
        match answer {
            Err(error) => {
                Made { text: Some(knowledge.unmerged()), source: Source::Unmerged, error: Some(error.into()) }
            }
            Ok(text) => {
                let memory = self.as_memory(&knowledge, input_hash, text);
                let error = self.keep(user, &memory).await.err().map(AppError::from);
                Made { text: Some(memory.text), source: Source::Merged, error }
            }
        }
    }

    fn as_memory(&self, knowledge: &Knowledge<'_>, input_hash: String, text: String) -> Memory {
        let built_at = self.clock.now();
        Memory {
            text,
            input_hash,
            facts_hash: knowledge.facts_hash(),
            day_versions: knowledge.day_versions(),
            built_at,
            expires_at: built_at.checked_add(MEMORY_LIFE).unwrap_or(Timestamp::MAX),
        }
    }

    async fn keep(&self, user: UserId, memory: &Memory) -> Result<(), StoreError> {
        if self.week.unread {
            return Ok(());
        }
        self.store.save_memory(self.guild, user, memory).await
    }
}

fn not_blank(text: &str) -> Result<String, ModelError> {
    match text.trim() {
        "" => Err(ModelError::Unavailable { reason: "the answer is blank".to_owned() }),
        text => Ok(text.to_owned()),
    }
}

//! Asks a model about a piece of a day.

use super::{budget::CallBudget, piece::Piece, unsolved::Unsolved};
use crate::{
    app::{Deadline, models::ask_before},
    domain::{
        ChunkOutcome, Day, GuildId, Usage,
        prompt::{CheckedSummaries, DayPrompt},
    },
    ports::{Completion, LanguageModel, ModelError, ModelResponse},
};

/// Questions about the same messages, if the answers are malformed.
const MAX_TRIES: u32 = 2;
/// How often a chunk is split because the filter refuses it.
const MAX_BLOCKED_SPLITS: u32 = 3;

/// Who is asked, until when, and about which day.
pub(super) struct Asking<'a, M> {
    pub(super) model: &'a M,
    pub(super) deadline: Deadline,
    pub(super) guild: GuildId,
    pub(super) day: Day,
}

impl<M: LanguageModel> Asking<'_, M> {
    /// What comes of a piece, and what it cost. It is asked about once more if the answer is malformed (DESIGN rule 16).
    ///
    /// # Errors
    /// What the model failed with, if the piece cannot be split or given up.
    pub(super) async fn ask(
        &self,
        prompt: &DayPrompt,
        piece: &Piece,
        budget: &CallBudget,
    ) -> Result<(ChunkOutcome, Usage), Unsolved> {
        let mut usage = Usage::default();
        for attempt in 1..=MAX_TRIES {
            budget.spend()?;
            let ModelResponse { outcome, usage: cost } = ask_before(self.deadline, self.model, &prompt.prompt).await;
            budget.spend_stand_ins(cost.calls);
            usage += if usage.calls > 0 || piece.splits > 0 { cost.as_retry() } else { cost };
            let outcome = match outcome {
                Ok(completion) => self.read(completion, prompt).inspect_err(|_| usage.failures += 1),
                Err(error) => Err(error),
            };
            match outcome {
                Err(ModelError::Malformed) if attempt < MAX_TRIES => {}
                decided => return Ok((decided.or_else(|error| self.give_up_or_split(piece, error))?, usage)),
            }
        }
        Err(ModelError::Malformed.into())
    }

    /// The usable part of an answer.
    fn read(&self, completion: Completion, prompt: &DayPrompt) -> Result<ChunkOutcome, ModelError> {
        let checked = CheckedSummaries::read(&completion.text, &prompt.members).map_err(|_| ModelError::Malformed)?;
        if checked.unknown_members > 0 {
            let (guild, date, count) = (self.guild, self.day, checked.unknown_members);
            tracing::warn!(event = "unknown_members", %guild, %date, count);
        }
        Ok(ChunkOutcome::Summarized { texts: checked.texts, model: completion.model })
    }

    /// What is too much for the model, or refused as a whole, is split. One message never is, and what was split often
    /// enough stays blocked.
    fn give_up_or_split(&self, piece: &Piece, error: ModelError) -> Result<ChunkOutcome, ModelError> {
        let is_one_message = piece.lines.len() <= 1;
        match error {
            ModelError::TooLong | ModelError::TimedOut | ModelError::Malformed if !is_one_message => {
                Ok(ChunkOutcome::Split { blocked: false })
            }
            ModelError::Blocked { .. } if !is_one_message && piece.blocked_splits < MAX_BLOCKED_SPLITS => {
                Ok(ChunkOutcome::Split { blocked: true })
            }
            ModelError::Blocked { reason } => {
                let messages = piece.lines.len() as u64;
                tracing::warn!(event = "messages_blocked", guild = %self.guild, date = %self.day, messages, reason);
                Ok(ChunkOutcome::Blocked { messages })
            }
            error => Err(error),
        }
    }
}

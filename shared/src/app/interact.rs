//! What an interaction is answered within Discord's 3 seconds: facts are taught and forgotten at once, and what takes longer
//! is handed to `respond`.
//!
//! ```text
//! may they? ──▶ seen before? ──▶ facts: done, said ── or ──▶ an invocation of respond, "the answer follows"
//! ```
//!
//! Whoever asks always hears something: an error here becomes words.

mod choose;
mod settings;
mod teach;

use std::time::Duration;

use jiff::SignedDuration;

use super::AppError;
use crate::{
    contract::{ErrorType, Question, Task},
    domain::{Action, Answer, Calendar, Day, GuildSettings, Handle, Interaction, Language, Place, Reply, UserId},
    ports::{ClaimInteractions, Clock, RespondLater, StoreError, TeachPeople, WriteSettings},
};

/// How long the answer may take; the rest of the 3 seconds is for the way there and back.
const ANSWER_WITHIN: Duration = Duration::from_millis(2_200);
/// How long it is remembered that an interaction was seen. Longer than its request is timely.
const CLAIMED_FOR: SignedDuration = SignedDuration::from_hours(1);

/// What interactions are answered with.
pub struct Deps<S, R, C> {
    /// People, settings, and what was seen before.
    pub store: S,
    /// Who answers what takes long.
    pub responder: R,
    /// The time.
    pub clock: C,
    /// Which days can be told about.
    pub calendar: Calendar,
}

/// The first answer to `interaction`, within about 2 seconds.
pub async fn interact<S, R, C>(deps: &Deps<S, R, C>, interaction: Interaction) -> Answer
where
    S: TeachPeople + WriteSettings + ClaimInteractions,
    R: RespondLater,
    C: Clock,
{
    let (language, choices) = (interaction.language, interaction.action.is_choice());
    let say = |text: String| if choices { Answer::Choices(Vec::new()) } else { Answer::Message(text.into()) };
    let Some(place) = interaction.place else {
        return say(language.only_in_guilds());
    };
    let desk = Desk { deps, place, language };
    let (guild, action) = (place.guild, interaction.action.name());
    match tokio::time::timeout(ANSWER_WITHIN, desk.serve(interaction.handle, interaction.action)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::warn!(event = "interaction_failed", %guild, action, error_type = %error.kind, "{error}");
            say(explain(language, &error))
        }
        Err(_) => {
            tracing::warn!(event = "interaction_failed", %guild, action, error_type = "Timeout");
            say(language.too_slow())
        }
    }
}

/// What went wrong and what to do, in the words of whoever asked.
pub(super) fn explain(language: Language, error: &AppError) -> String {
    match error.kind {
        ErrorType::RateLimited => language.rate_limited(error.retry_after_s()),
        ErrorType::ModelUnavailable | ErrorType::Blocked => language.model_trouble(),
        ErrorType::StoreUnavailable | ErrorType::Throttled => language.store_trouble(),
        ErrorType::Internal | ErrorType::InvalidRequest => language.defect(),
    }
}

/// One interaction that is being served.
struct Desk<'a, S, R, C> {
    deps: &'a Deps<S, R, C>,
    place: Place,
    language: Language,
}

impl<S, R, C> Desk<'_, S, R, C>
where
    S: TeachPeople + WriteSettings + ClaimInteractions,
    R: RespondLater,
    C: Clock,
{
    async fn serve(&self, handle: Handle, action: Action) -> Result<Answer, AppError> {
        if action.is_choice() {
            return self.choices(action).await.map(Answer::Choices);
        }
        if !self.is_new(&handle).await? {
            return Ok(self.say(self.language.already_handled()));
        }
        match action {
            Action::Show { person } => self.show(handle, self.or_asker(person)).await,
            Action::CatchUp { day, person } => self.catch_up(handle, day, person).await,
            Action::Remember { person, text } => self.remember(self.or_asker(person), &text).await,
            Action::RememberMessage { author: Some(author), text } => self.remember(author, &text).await,
            Action::RememberMessage { author: None, .. } => Ok(self.say(self.language.no_bots())),
            Action::Alias { person, name } => self.alias(self.or_asker(person), &name).await,
            Action::Forget { person, fact } => {
                self.forget(self.or_asker(person), &fact).await.map(|text| Answer::Message(text.into()))
            }
            Action::Settings(change) => self.change_settings(change).await.map(|text| self.say(text)),
            Action::Undo { person, fact } => self.forget(person, &fact).await.map(|text| Answer::Update(text.into())),
            Action::ChooseFact { .. } | Action::ChooseDay { .. } | Action::ChooseUnknown | Action::Unknown => {
                Ok(self.say(self.language.unknown_command()))
            }
        }
    }

    /// Somebody who has a copy of a signed request can send it again.
    async fn is_new(&self, handle: &Handle) -> Result<bool, StoreError> {
        let now = self.deps.clock.now();
        self.deps.store.claim(handle.interaction_id, now, now + CLAIMED_FOR).await
    }

    async fn show(&self, handle: Handle, person: UserId) -> Result<Answer, AppError> {
        if !self.may_see(person, &self.settings().await?) {
            return Ok(self.say(self.language.may_not_see()));
        }
        Ok(self.later(handle, Question::Show { user_id: person }).await)
    }

    async fn catch_up(&self, handle: Handle, day: Option<String>, person: Option<UserId>) -> Result<Answer, AppError> {
        let now = self.deps.clock.now();
        match choose::day(&self.deps.calendar, now, day.as_deref(), self.language) {
            Some(date) => Ok(self.later(handle, Question::CatchUp { date, user_id: person }).await),
            None => {
                let newest = Day::of(now);
                let oldest = newest.days_before(self.deps.calendar.history_days);
                Ok(self.say(self.language.not_a_day(oldest, newest)))
            }
        }
    }

    /// Hands the question over; an honest word if that fails.
    async fn later(&self, handle: Handle, question: Question) -> Answer {
        let task = Task { handle, language: self.language, guild_id: self.place.guild, question };
        match self.deps.responder.respond_later(&task).await {
            Ok(()) => Answer::Deferred { private: question.is_private() },
            Err(error) => {
                let (guild, question) = (self.place.guild, question.name());
                tracing::warn!(event = "respond_not_invoked", %guild, question, "{error}");
                self.say(self.language.cannot_begin())
            }
        }
    }

    fn may_see(&self, person: UserId, settings: &GuildSettings) -> bool {
        settings.viewers.allow(self.place.asker, self.place.is_moderator(), person)
    }

    fn or_asker(&self, person: Option<UserId>) -> UserId {
        person.unwrap_or(self.place.asker)
    }

    fn say(&self, text: String) -> Answer {
        Answer::Message(Reply::from(text))
    }
}

#[cfg(test)]
mod tests;

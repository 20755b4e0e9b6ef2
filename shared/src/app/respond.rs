//! The answers that take long: what is remembered about a person, and what happened on a day.
//!
//! ```text
//! which channels are open? ──▶ ask get_memories or daily_summary ──▶ look again: nothing of it was forgotten or deleted meanwhile ──▶ edit the reply
//!                                        └──▶ it takes longer: edit the reply with what is at hand
//! ```
//!
//! Whoever asked has seen "thinking…" and waits: whatever fails, words take its place.

mod at_hand;
mod audience;
mod catch_up;
mod deliver;
mod deps;
mod first_words;
mod memory_page;
mod names;
mod own_memory;
mod show;
mod told;

use std::{fmt, time::Duration};

use super::{AppError, Deadline};
use crate::{
    contract::{DeferredInteraction, Question},
    domain::{Audience, ReplyContent},
    ports::{Clock, EditReply, ReadArchivedThreads, ReadChannels, ReadChannelsOfDay},
};
use at_hand::at_hand;
use audience::{Openness, openness};
use deliver::{MAX_DELIVERIES, deliver, time_left};
pub use deps::{Deps, RespondFunctions, RespondMemory};
use first_words::with_first_words;
pub use show::LONGEST_WAIT;

/// What a Lambda keeps of its own time to edit the reply.
const DELIVERY_MARGIN: Duration = Duration::from_secs(40);
/// How long is looked for what can be told where the answer failed.
const LOOK_TIMEOUT: Duration = Duration::from_secs(5);

/// What became of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It is there to be read.
    Delivered,
    /// Something failed, and that is there to be read.
    Explained,
    /// Nobody waits for it: the reply was dismissed, or its time is over.
    NobodyWaits,
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delivered => "delivered",
            Self::Explained => "explained",
            Self::NobodyWaits => "nobody_waits",
        })
    }
}

/// Answers `interaction`; the Lambda is stopped after `remaining`.
///
/// # Errors
/// When Discord took the answer neither at once nor later; the same interaction can be sent again while its token lives.
#[tracing::instrument(name = "answer", target = "span", skip_all, fields(guild = %interaction.guild_id))]
pub async fn respond<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    remaining: Duration,
    interaction: &DeferredInteraction,
) -> Result<Delivery, AppError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    F: RespondFunctions,
    D: ReadChannels + ReadArchivedThreads,
    R: EditReply,
    C: Clock,
{
    if time_left(deps.clock.now(), &interaction.handle).is_zero() {
        return Ok(Delivery::NobodyWaits);
    }
    let deadline = Deadline::new(remaining, Some(remaining.saturating_sub(DELIVERY_MARGIN)));
    let answered = tokio::select! {
        biased;
        answered = answer(deps, deadline, interaction) => answered.map_err(Some),
        () = deadline.reached() => Err(None),
    };
    let (reply, delivery) = match answered {
        Ok(reply) => (reply, Delivery::Delivered),
        Err(error) => (explained(deps, interaction, failure(interaction, error)).await, Delivery::Explained),
    };
    let reply = if interaction.notice { reply.noting(&interaction.language.consent_notice()) } else { reply };
    let is_there = deliver(&deps.replies, &deps.clock, interaction, &reply, MAX_DELIVERIES).await?;
    Ok(if is_there { delivery } else { Delivery::NobodyWaits })
}

async fn answer<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    deadline: Deadline,
    interaction: &DeferredInteraction,
) -> Result<ReplyContent, AppError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    F: RespondFunctions,
    D: ReadChannels + ReadArchivedThreads,
    R: EditReply,
    C: Clock,
{
    let (guild, language) = (interaction.guild_id, interaction.language);
    if !deps.allowed_guilds.allow(guild) {
        return Ok(language.guild_not_allowed().into());
    }
    if let Question::Decide { decision, user_id, from } = interaction.question {
        return own_memory::decided(deps, interaction, decision, user_id, from).await;
    }
    let audience = deps.memory.settings(guild).await?.audience;
    if audience != interaction.audience() {
        return Ok(language.audience_changed().into());
    }
    if interaction.facts_only {
        return instead(deps, interaction, language.not_of_the_audience(audience.role())).await;
    }
    let whole = whole(deps, deadline, interaction, audience);
    with_first_words(deps, interaction, whole).await
}

/// All that there is to tell to who is of `audience`.
async fn whole<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    deadline: Deadline,
    interaction: &DeferredInteraction,
    audience: Audience,
) -> Result<ReplyContent, AppError>
where
    S: RespondMemory,
    M: ReadChannelsOfDay,
    F: RespondFunctions,
    D: ReadChannels + ReadArchivedThreads,
    C: Clock,
{
    let (guild, language) = (interaction.guild_id, interaction.language);
    let open = match openness(deps, guild, audience, deadline).await? {
        Openness::Known(open) => open,
        Openness::Sweeping => return instead(deps, interaction, language.channels_closed()).await,
        Openness::Unknown => return instead(deps, interaction, language.channels_unknown()).await,
    };
    match interaction.question {
        Question::Show { user_id } => show::show(deps, deadline, interaction, user_id).await,
        Question::CatchUp { date, user_id } => {
            deps.archived_threads(guild).of_days(open, &[date]).await?;
            catch_up::catch_up(deps, deadline, interaction, date, user_id).await
        }
        Question::Decide { decision, user_id, from } => {
            own_memory::decided(deps, interaction, decision, user_id, from).await
        }
    }
}

/// What can be told where nothing that was said in channels can: what was taught, if that was asked for; and why.
async fn instead<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    why: String,
) -> Result<ReplyContent, AppError> {
    match interaction.question {
        Question::Show { user_id } => show::facts(deps, interaction, user_id, why).await,
        Question::CatchUp { .. } | Question::Decide { .. } => Ok(why.into()),
    }
}

/// What there is to tell, and why that is not all.
async fn explained<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    why: String,
) -> ReplyContent {
    let at_hand = at_hand(deps, interaction, why.clone());
    match tokio::time::timeout(LOOK_TIMEOUT, at_hand).await {
        Ok(Ok(Some(reply))) => reply,
        _ => why.into(), // the store fails, too
    }
}

/// Logs what failed, here and nowhere else, and says it in words. Without an error it was too slow.
fn failure(interaction: &DeferredInteraction, error: Option<AppError>) -> String {
    let (guild, question) = (interaction.guild_id, interaction.question.name());
    match &error {
        Some(error) => {
            tracing::warn!(event = "answer_failed", %guild, question, error_type = %error.kind, "{error}");
        }
        None => tracing::warn!(event = "answer_failed", %guild, question, error_type = "Timeout"),
    }
    match (interaction.question, error) {
        (Question::Decide { .. }, _) => interaction.language.not_all_done(),
        (_, Some(error)) => interaction.language.failed(error.kind, error.retry_after_s()),
        (_, None) => interaction.language.model_trouble(),
    }
}

#[cfg(test)]
mod tests;

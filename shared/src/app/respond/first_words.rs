//! Something to read at once where the answer takes longer (DESIGN rule 40).
//!
//! ```text
//! command ──▶ the answer is begun ──▶ 0.9 s: it is not there ──▶ edit: what is at hand ──▶ edit: the answer
//!                          └──▶ it is there: the only edit
//! ```
//!
//! The answer is asked for once: whoever says the first words waits for nothing that costs anything.

use std::{pin::pin, time::Duration};

use jiff::Timestamp;

use super::{
    at_hand::at_hand,
    deliver::deliver,
    deps::{Deps, RespondMemory},
};
use crate::{
    app::AppError,
    contract::{DeferredInteraction, Question},
    domain::{Handle, ReplyContent},
    ports::{Clock, EditReply},
};

/// When somebody who asked is shown something: it takes a moment more until they see it.
const PATIENCE: Duration = Duration::from_millis(900);
/// How long the answer has at least, wherever that time went: mostly it needs no model and no first words.
const LEAST_PATIENCE: Duration = Duration::from_millis(250);
/// How often first words are sent: the answer follows them, and waits for them.
const MAX_DELIVERIES: u32 = 2;

/// The `whole` answer. Where it takes longer, the reply is edited with what is at hand meanwhile.
pub(super) async fn with_first_words<S: RespondMemory, M, F, D, R: EditReply, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    whole: impl Future<Output = Result<ReplyContent, AppError>>,
) -> Result<ReplyContent, AppError> {
    let mut whole = pin!(whole);
    let first_words = async {
        tokio::time::sleep(patience(deps.clock.now(), &interaction.handle)).await;
        first_words(deps, interaction).await
    };
    let first_words = tokio::select! {
        biased;
        whole = &mut whole => return whole,
        first_words = first_words => first_words,
    };
    // An edit that was sent is waited for: given up, it might arrive after the last one.
    let (whole, ()) = tokio::join!(whole, say(deps, interaction, &first_words));
    whole
}

/// How long the answer may still take until something is shown.
fn patience(now: Timestamp, handle: &Handle) -> Duration {
    PATIENCE.saturating_sub(handle.waited(now)).max(LEAST_PATIENCE)
}

async fn first_words<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
) -> ReplyContent {
    let language = interaction.language;
    // What cannot be read is said by the answer, which reads the same.
    let at_hand = at_hand(deps, interaction, language.rest_follows()).await.ok().flatten();
    at_hand.unwrap_or_else(|| match interaction.question {
        Question::Show { user_id } => language.looking_up(user_id).into(),
        Question::CatchUp { date, .. } => language.summarizing(date).into(),
        Question::Decide { .. } => language.working().into(),
    })
}

async fn say<S, M, F, D, R: EditReply, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    first_words: &ReplyContent,
) {
    let (guild, question) = (interaction.guild_id, interaction.question.name());
    match deliver(&deps.replies, &deps.clock, interaction, first_words, MAX_DELIVERIES).await {
        Ok(true) => {
            let after_ms = interaction.handle.waited(deps.clock.now()).as_millis() as u64;
            tracing::info!(event = "first_words_said", %guild, question, after_ms);
        }
        Ok(false) => {} // the answer will find the same: nobody waits
        Err(error) => tracing::warn!(event = "first_words_not_said", %guild, question, "{error}"),
    }
}

//! Who left: everybody of whom something is kept is asked for once a day, a few in a run (DESIGN rule 44). What is noted is
//! kept before it is noted that they were asked for, so that a run that dies asks again:
//!
//! ```text
//! listed, not asked for a day ──▶ GET member ──▶ 10007: left │ a member: back ──▶ asked ──▶ GET member ──▶ …
//! ```

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    deps::{SyncDiscord, SyncMemory},
    presence::{is_about_one, note_answer, note_asked},
    run::GuildRun,
    stop::Failure,
};
use crate::{
    domain::UserId,
    ports::{Clock, DiscordError},
};

/// Members of a guild that are asked for in one run, at the most: some thousands a day.
const MAX_ASKED: usize = 40;
/// How long nobody is asked for again.
const ASKED_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Asks for them one by one, but for those who were `asked` about in this run, as a guild's members share one rate limit.
///
/// # Errors
/// [`Failure::UnknownToken`], and when the store fails.
pub(super) async fn ask_who_left<M: SyncMemory, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    asked: &BTreeSet<UserId>,
) -> Result<(), Failure> {
    for user in due(run).await?.into_iter().filter(|user| !asked.contains(user)).take(MAX_ASKED) {
        if run.deadline.is_reached() {
            break;
        }
        match run.discord.is_member(run.guild, user).await {
            Ok(is_member) => note_answer(run, user, is_member).await?,
            Err(DiscordError::Unauthorized) => return Err(Failure::UnknownToken),
            Err(error) if is_about_one(&error) => note_asked(run, user).await?,
            Err(_) => break,
        }
    }
    Ok(())
}

/// Who was not asked for of late, those first who were never.
async fn due<M: SyncMemory, W, D, C: Clock>(run: &GuildRun<'_, M, W, D, C>) -> Result<Vec<UserId>, Failure> {
    let now = run.clock.now();
    let listed = run.memory.listed_people(run.guild).await?.into_iter();
    let due = listed.filter(|(_, asked_at)| asked_at.is_none_or(|at| at + ASKED_EVERY <= now));
    let mut due: Vec<(Option<Timestamp>, UserId)> = due.map(|(user, asked_at)| (asked_at, user)).collect();
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, user)| user).collect())
}

//! The nicks of those who wrote: a message that is read has none in it, so that the guild's member is asked for (DESIGN rule
//! 32). It is done when everything is read and stored, so that it keeps nothing waiting; and each answer is kept at once, so
//! that a run that dies has asked for nobody in vain:
//!
//! ```text
//! all pages ──▶ what is known of their authors ──▶ GET member ──▶ its nick ──▶ GET member ──▶ its nick ──▶ …
//!                    each whose nick nobody said for 6 hours ▲
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::{
    deps::{SyncDiscord, SyncMemory},
    presence::{is_about_one, note_answer, note_asked},
    run::GuildRun,
    stop::Failure,
};
use crate::{
    domain::{KnownNames, MessageId, Person, UserId},
    ports::{Clock, DiscordError, MaybeMember},
};

/// Members of a guild that are asked for in one run, at the most.
const MAX_ASKED: usize = 100;

/// Asks for the nicks of the authors one by one, as a guild's members share one rate limit. Whom Discord does not answer for
/// keeps the name that is known. Who was asked for.
///
/// # Errors
/// [`Failure::UnknownToken`], and when the store fails.
pub(super) async fn ask_for_nicks<M: SyncMemory, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
) -> Result<BTreeSet<UserId>, Failure> {
    let mut asked = BTreeSet::new();
    let authors = run.authors.all();
    let users: Vec<UserId> = authors.keys().copied().collect();
    for user in due(run, &authors, &users).await?.into_iter().take(MAX_ASKED) {
        if run.deadline.is_reached() {
            break;
        }
        let at = MessageId::last_before(run.clock.now());
        // Looked at after that moment: who is erased until now is found here, and who is later keeps it out (DESIGN rule 41).
        if due(run, &authors, &[user]).await?.is_empty() {
            continue;
        }
        asked.insert(user);
        match run.discord.nick(run.guild, user).await {
            Ok(answer) => {
                let nick = if let MaybeMember::Member(nick) = &answer { nick.as_deref() } else { None };
                run.memory.record_names(run.guild, user, &KnownNames::of_member(nick, at)).await?;
                note_answer(run, user, answer != MaybeMember::Nobody).await?;
            }
            Err(DiscordError::Unauthorized) => return Err(Failure::UnknownToken),
            Err(error) if is_about_one(&error) => note_asked(run, user).await?,
            Err(_) => break,
        }
    }
    Ok(asked)
}

/// Whose nick nobody said for some time, those first of whom it was never said. Not of whom nothing is kept of what was read.
async fn due<M: SyncMemory, W, D, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    authors: &BTreeMap<UserId, MessageId>,
    users: &[UserId],
) -> Result<Vec<UserId>, Failure> {
    let people = run.memory.people(run.guild, users).await?;
    let now = run.clock.now();
    let is_kept = |user: &UserId, person: &Person| authors.get(user).is_some_and(|last| !person.keeps_out(*last));
    let due = people.into_iter().filter(|(user, person)| is_kept(user, person) && person.called.is_nick_due(now));
    let mut due: Vec<_> = due.map(|(user, person)| (person.called.nick.map(|said| said.at), user)).collect();
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, user)| user).collect())
}

//! The nicks of those who wrote: a message that is read has none in it, so that the guild's member is asked for (DESIGN rule
//! 32).
//!
//! ```text
//! page ──▶ what is known of its authors ──▶ GET member, of each whose nick nobody said for 6 hours ──▶ ingest page and nicks
//!                                                   ▲ refused, or enough for this run: the account's name, or what was known
//! ```

use std::collections::BTreeSet;

use tokio::sync::Mutex;

use super::{
    deps::{SyncDiscord, SyncMemory},
    run::GuildRun,
    stop::Stop,
};
use crate::{
    domain::{KnownNames, Message, MessageId, SaidNames, UserId},
    ports::{Clock, DiscordError},
};

/// Members of a guild that are asked for in one run, at the most.
const MAX_ASKED: usize = 100;

/// What one run knows of it. One at a time: a guild's members share one rate limit.
#[derive(Default)]
pub(super) struct Nicks(Mutex<Asked>);

#[derive(Default)]
struct Asked {
    /// Whose nick is known, or was asked for.
    users: BTreeSet<UserId>,
    requests: usize,
    /// Discord answers nothing of the sort for now.
    refused: bool,
}

/// The nicks of the authors that are to be asked for and can be.
///
/// # Errors
/// [`Stop::UnknownToken`], and when the store fails. Any other refusal of Discord's costs no message.
pub(super) async fn nicks<M: SyncMemory, W, D: SyncDiscord, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    messages: &[Message],
) -> Result<SaidNames, Stop> {
    let mut asked = run.nicks.0.lock().await;
    let (mut said, now) = (SaidNames::default(), run.clock.now());
    for user in due(run, messages, &mut asked).await? {
        if asked.refused || asked.requests >= MAX_ASKED || run.deadline.is_reached() {
            asked.users.remove(&user);
            continue;
        }
        asked.requests += 1;
        match run.discord.nick(run.guild, user).await {
            Ok(nick) => said.note(user, &KnownNames::of_member(nick.as_deref(), MessageId::last_before(now))),
            Err(DiscordError::Unauthorized) => return Err(Stop::UnknownToken),
            Err(error) => asked.refused |= is_about_everybody(&error),
        }
    }
    Ok(said)
}

/// Whose nick nobody said for some time, those first of whom it was never said.
async fn due<M: SyncMemory, W, D, C: Clock>(
    run: &GuildRun<'_, M, W, D, C>,
    messages: &[Message],
    asked: &mut Asked,
) -> Result<Vec<UserId>, Stop> {
    let authors: BTreeSet<UserId> = messages.iter().map(|message| message.author.id).collect();
    let authors: Vec<UserId> = authors.difference(&asked.users).copied().collect();
    if authors.is_empty() || asked.refused || asked.requests >= MAX_ASKED {
        return Ok(Vec::new());
    }
    let people = run.memory.people(run.guild, &authors).await?;
    asked.users.extend(&authors);
    let now = run.clock.now();
    let due = people.into_iter().filter(|(_, person)| !person.opted_out && person.called.is_nick_due(now));
    let mut due: Vec<_> = due.map(|(user, person)| (person.called.nick.map(|said| said.at), user)).collect();
    due.sort_unstable();
    Ok(due.into_iter().map(|(_, user)| user).collect())
}

/// Whether the next member would be refused as well. A refusal of one alone is of that one alone.
fn is_about_everybody(error: &DiscordError) -> bool {
    !matches!(error, DiscordError::NotFound { .. } | DiscordError::Refused { .. })
}

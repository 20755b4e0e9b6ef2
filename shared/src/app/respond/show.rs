//! What is remembered about a person.

use std::time::Duration;

use super::{
    deps::{Deps, RespondMemory},
    memory_page::MemoryPage,
    names::names,
};
use crate::{
    app::{AppError, Deadline},
    contract::{DeferredInteraction, MemoriesRequest},
    domain::{Day, DayRecord, GuildId, ReplyContent, UserId},
    ports::{AskMemories, Clock, PersonRecord, StoreError},
};

/// How often a memory is asked for because facts it may hold were forgotten meanwhile.
const MAX_ATTEMPTS: u32 = 3;
/// How long `get_memories` may take at the most: nobody likes to wait longer, and what is not ready then is there for the
/// next question. Less than its invocation may take.
pub const LONGEST_WAIT: Duration = Duration::from_secs(110);
/// What is kept of the time for everything else.
const READ_MARGIN: Duration = Duration::from_secs(10);

/// Asks for the memory, looks again whether the facts are still those it was made from, and shows all that is known.
pub(super) async fn show<S, M, F, D, R, C>(
    deps: &Deps<S, M, F, D, R, C>,
    deadline: Deadline,
    interaction: &DeferredInteraction,
    user: UserId,
) -> Result<ReplyContent, AppError>
where
    S: RespondMemory,
    F: AskMemories,
    C: Clock,
{
    let (guild, language) = (interaction.guild_id, interaction.language);
    let mut seen = deps.memory.people(guild, &[user]).await?.remove(&user).unwrap_or_default();
    for _ in 0..MAX_ATTEMPTS {
        if seen.is_left_out() {
            return Ok(language.opted_out(user).into());
        }
        let wait = deadline.left().saturating_sub(READ_MARGIN).min(LONGEST_WAIT);
        let memories = deps.functions.memories(&request(guild, user, wait)).await;
        let (record, today) = look(deps, guild, user).await?;
        // A memory that was made while somebody had a fact forgotten may hold it: it is made again.
        if record.person.facts_revision == seen.facts_revision {
            let page = MemoryPage { language, user, record: &record, today: today.as_ref() };
            return named(&deps.memory, guild, &page, page.reply(&memories?)).await;
        }
        seen = record.person;
    }
    Err(StoreError::Conflict.into())
}

/// Shows what was taught, and says why there is nothing else.
pub(super) async fn facts<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    interaction: &DeferredInteraction,
    user: UserId,
    why: String,
) -> Result<ReplyContent, AppError> {
    let (guild, language) = (interaction.guild_id, interaction.language);
    let (record, _) = look(deps, guild, user).await?;
    if record.person.is_left_out() {
        return Ok(language.opted_out(user).into());
    }
    let page = MemoryPage { language, user, record: &record, today: None };
    named(&deps.memory, guild, &page, page.facts(why)).await
}

fn request(guild: GuildId, user: UserId, wait: Duration) -> MemoriesRequest {
    MemoriesRequest { max_wait_ms: Some(wait.as_millis() as u64), ..MemoriesRequest::new(guild, vec![user]) }
}

/// What is known of the person now, and of today, if that could be read.
async fn look<S: RespondMemory, M, F, D, R, C: Clock>(
    deps: &Deps<S, M, F, D, R, C>,
    guild: GuildId,
    user: UserId,
) -> Result<(PersonRecord, Option<DayRecord>), StoreError> {
    let today = Day::of(deps.clock.now());
    let mut window = deps.memory.read_window(guild, &[today], &[user]).await;
    let record = window.people.remove(&user).unwrap_or(Err(StoreError::Throttled))?;
    Ok((record, window.days.remove(&today).and_then(Result::ok)))
}

/// With the names of everybody who is mentioned.
async fn named<S: RespondMemory>(
    store: &S,
    guild: GuildId,
    page: &MemoryPage<'_>,
    reply: ReplyContent,
) -> Result<ReplyContent, AppError> {
    let names = names(&store.people(guild, &page.mentioned()).await?);
    Ok(ReplyContent { names, ..reply })
}

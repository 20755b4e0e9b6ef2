//! What was said on a day, and what models are to read of it.

use jiff::Timestamp;

use super::deps::{Deps, SummarizeMemory};
use crate::{
    app::AppError,
    contract::DayRequest,
    domain::{Message, Openness, UserId, prompt::Transcript},
    ports::{ReadMessages, StoreError},
};

/// The messages that are there at `now` and had come in by that version of the ledger. Those that came in while it was read
/// are left to the next build: the deletion of one of them purges nothing (DESIGN rule 5).
pub(super) async fn messages<S, R: ReadMessages, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    version: u64,
    now: Timestamp,
) -> Result<Vec<Message>, StoreError> {
    let stored = deps.messages.messages_of_day(request.guild_id, request.date).await?;
    let live = stored.into_iter().filter(|stored| stored.came_in <= version && !stored.is_expired(now));
    Ok(live.filter_map(|stored| stored.message).collect())
}

/// What models are to read of the messages: nothing that was written in a channel that is not open to the audience (DESIGN
/// rule 26), and nothing of people who opted out or were erased since (DESIGN rules 20 and 41).
///
/// What is open is read after the messages were. So a channel that closes later closes with its messages in the store, and
/// what was made of them is refused by the sweep's deletions (DESIGN rules 8 and 28).
///
/// # Errors
/// `AudienceUnknown` where a token reads the guild and it is not known what is open.
pub(super) async fn transcript<S: SummarizeMemory, R, M, C>(
    deps: &Deps<S, R, M, C>,
    request: &DayRequest,
    messages: Vec<Message>,
    now: Timestamp,
) -> Result<Transcript, AppError> {
    let guild = request.guild_id;
    let mut users: Vec<UserId> = messages.iter().flat_map(people_in).collect();
    users.sort_unstable();
    users.dedup();
    let (people, settings, kept) = tokio::try_join!(
        deps.memory.people(guild, &users),
        deps.memory.settings(guild),
        deps.memory.open_channels(guild)
    )?;
    let openness = Openness::of(kept, settings.audience, now);
    let tellable = openness.tellable(deps.discord_guilds.contains(&guild));
    let tellable = tellable.ok_or_else(|| AppError::audience_unknown(guild))?;
    let stays_out = |user: UserId, id| people.get(&user).is_some_and(|person| person.keeps_out(id));
    let told = messages
        .into_iter()
        .filter(|message| tellable.includes(message.channel) && !stays_out(message.author.id, message.id))
        .map(|message| message.without(|user| stays_out(user, message.id)).unwrap_or(message));
    Ok(Transcript::new(request.date, &told.collect::<Vec<_>>(), &people))
}

/// Everybody a message is by or about.
fn people_in(message: &Message) -> impl Iterator<Item = UserId> {
    message.mentioned().into_iter().chain([message.author.id])
}

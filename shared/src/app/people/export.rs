//! All that is kept of a person, for them to take along: as much of it as fits into an answer, whole days at a time.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;

use super::{
    deps::{Deps, PeopleMemory, PeopleMessages},
    known::{known_aliases, known_facts},
};
use crate::{
    app::AppError,
    contract::{Export, ExportedDay, ExportedMemory, ExportedMention, ExportedMessage},
    domain::{Day, DayRecord, GuildId, Ledger, Mention, Message, Person, StoredMessage, UserId},
    ports::{Clock, PersonRecord, StoreError, TextsOf},
};

/// Guild-days read at the same time.
const CONCURRENT_DAYS: usize = 8;
/// Bytes of JSON after which no further day is begun; Lambda answers with 6 MB at most.
const MAX_BYTES: usize = 3_000_000;

/// What is kept of a person on one day.
struct KeptDay {
    date: Day,
    text: Option<ExportedDay>,
    messages: Vec<ExportedMessage>,
}

/// What is kept of the person, days from `from` on.
pub(super) async fn export<S: PeopleMemory, W: PeopleMessages, C: Clock>(
    deps: &Deps<S, W, C>,
    guild: GuildId,
    user: UserId,
    from: Option<Day>,
) -> Result<Export, AppError> {
    let now = deps.clock.now();
    let mut window = deps.memory.read_window(guild, &[], &[user]).await;
    let record = window.people.remove(&user).transpose()?.unwrap_or_default();
    let ledgers = deps.memory.ledgers_of_guild(guild).await?;
    let is_asked_for = |day: &Day| from.is_none_or(|from| *day >= from);
    let dates: Vec<Day> = ledgers.keys().copied().filter(is_asked_for).collect();
    let reads = dates.into_iter().map(|day| kept_day(deps, guild, user, day, now));
    let mut days = stream::iter(reads).buffered(CONCURRENT_DAYS);
    let (mut export, mut bytes) = (nothing_of_days(record, now), 0);
    while let Some(day) = days.try_next().await? {
        let size = day.bytes();
        if bytes > 0 && bytes + size > MAX_BYTES {
            export.next = Some(day.date);
            break;
        }
        bytes += size;
        export.days.extend(day.text);
        export.messages.extend(day.messages);
    }
    Ok(export)
}

async fn kept_day<S: PeopleMemory, W: PeopleMessages, C>(
    deps: &Deps<S, W, C>,
    guild: GuildId,
    user: UserId,
    date: Day,
    now: Timestamp,
) -> Result<KeptDay, StoreError> {
    let people = [user];
    let record = deps.memory.read_day(guild, date, TextsOf::People(&people));
    let (record, messages) = tokio::try_join!(record, deps.messages.messages_of_day(guild, date))?;
    let theirs = messages.into_iter().filter(|stored| !stored.is_expired(now)).filter_map(|stored| shown(stored, user));
    let is_told = !deps.summary_retention.is_over(date, now);
    let text = text(record, date, user);
    Ok(KeptDay { date, text: text.filter(|_| is_told), messages: theirs.collect() })
}

/// The text that may be served: what was deleted from is on its way out.
fn text(record: DayRecord, date: Day, user: UserId) -> Option<ExportedDay> {
    let purged_version = record.ledger.map_or(0, |ledger: Ledger| ledger.purged_version);
    let mut summary = record.summary.filter(|summary| summary.version >= purged_version)?;
    Some(ExportedDay { date, text: summary.texts.remove(&user)?, built_at: summary.built_at })
}

fn shown(stored: StoredMessage, user: UserId) -> Option<ExportedMessage> {
    let StoredMessage { message, expires_at, .. } = stored;
    let Message { id, channel, author, body } = message.filter(|message| message.author.id == user)?;
    let mention = |Mention { id, name }: Mention| ExportedMention { id, name };
    Some(ExportedMessage {
        id,
        channel_id: channel,
        written_at: id.written_at(),
        edited_at: body.edited_at,
        reply_to: body.reply_to,
        name: author.name,
        content: body.content,
        mentions: body.mentions.into_iter().map(mention).collect(),
        attachments: body.attachments,
        expires_at,
    })
}

fn nothing_of_days(record: PersonRecord, now: Timestamp) -> Export {
    let PersonRecord { person, memory, .. } = record;
    let Person { facts, called, names, aliases, opted_out, erased_at, .. } = person;
    Export {
        opted_out,
        erased_at,
        nick: called.nick().map(str::to_owned),
        name: called.account.map(|said| said.what),
        names: names.into_iter().collect(),
        facts: known_facts(facts),
        aliases: known_aliases(aliases),
        memory: memory
            .filter(|memory| !memory.is_expired(now))
            .map(|memory| ExportedMemory { text: memory.text, built_at: memory.built_at }),
        days: Vec::new(),
        messages: Vec::new(),
        next: None,
    }
}

impl KeptDay {
    /// About as many as it has in the answer.
    fn bytes(&self) -> usize {
        let size = |json: serde_json::Result<String>| json.map_or(0, |json| json.len());
        size(serde_json::to_string(&self.text)) + size(serde_json::to_string(&self.messages))
    }
}

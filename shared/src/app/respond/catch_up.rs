//! What happened on a day, told only if everybody may read all of the channels it was said in.

use std::{collections::BTreeMap, time::Duration};

use super::{Deps, MAX_ATTEMPTS};
use crate::{
    app::AppError,
    contract::{DayReport, DayRequest, DayStatus, Task},
    domain::{ChannelId, Day, DayRecord, DaySummary, Freshness, GuildChannels, GuildId, Reply, SummaryStatus, UserId},
    ports::{Clock, DiscordError, ReadChannels, ReadChannelsOfDay, ReadPeople, ReadWindow, StoreError, SummarizeDay},
};

/// How often a day that somebody else is building is asked for, and how long is waited in between.
const MAX_LOOKS: u32 = 30;
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Channels that are in no list (archived threads) and are asked for one by one; with more of them a day is not told.
const MAX_UNLISTED: usize = 30;

pub(super) async fn catch_up<S, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    task: &Task,
    day: Day,
    person: Option<UserId>,
) -> Result<Reply, AppError>
where
    S: ReadWindow + ReadPeople + ReadChannelsOfDay,
    F: SummarizeDay,
    D: ReadChannels,
    C: Clock,
{
    let (guild, language) = (task.guild_id, task.language);
    for _ in 0..MAX_ATTEMPTS {
        let seen = record(&deps.store, guild, day).await?;
        let told = tell(deps, guild, day, &seen).await?;
        let Told::Texts(texts) = told else {
            return Ok(told.in_words(task, day).into());
        };
        match everybody_may_know(deps, guild, day, &seen).await {
            Ok(true) => {}
            Ok(false) => return Ok(language.day_not_open(day).into()),
            Err(Unknown::Store(error)) => return Err(error.into()),
            Err(Unknown::Discord(error)) => {
                tracing::warn!(event = "channels_unknown", %guild, "{error}");
                return Ok(language.channels_unknown().into());
            }
        }
        // What was deleted while it was being read is not told: it is read again.
        let now = record(&deps.store, guild, day).await?;
        if purged_version(&now) == purged_version(&seen) {
            let open = now.summary.filter(|summary| summary.expires_at.is_some());
            let footnote = open.map(|summary| language.today_read_until(summary.built_at)).unwrap_or_default();
            return Ok(Reply { footnote, ..compose(deps, task, day, texts, person).await? });
        }
    }
    Err(StoreError::Conflict.into())
}

async fn record<S: ReadWindow>(store: &S, guild: GuildId, day: Day) -> Result<DayRecord, StoreError> {
    store.read_window(guild, &[day], &[]).await.days.remove(&day).unwrap_or(Err(StoreError::Throttled))
}

fn purged_version(record: &DayRecord) -> u64 {
    record.ledger.map_or(0, |ledger| ledger.purged_version)
}

/// What there is to tell of a day.
enum Told {
    Texts(BTreeMap<UserId, String>),
    Nothing,
    Blocked,
    Pending,
}

impl Told {
    fn of_summary(summary: DaySummary) -> Self {
        match summary.status {
            SummaryStatus::Built => Self::Texts(summary.texts),
            SummaryStatus::Blocked => Self::Blocked,
        }
    }

    fn of_report(report: DayReport) -> Self {
        match report.status {
            DayStatus::Built | DayStatus::Cached | DayStatus::Renewed => Self::Texts(report.summaries),
            DayStatus::Empty => Self::Nothing,
            DayStatus::Blocked => Self::Blocked,
            DayStatus::Pending => Self::Pending,
        }
    }

    fn in_words(&self, task: &Task, day: Day) -> String {
        match self {
            Self::Texts(_) | Self::Nothing => task.language.nothing_happened(day),
            Self::Blocked => task.language.day_blocked(day),
            Self::Pending => task.language.day_pending(day),
        }
    }
}

/// The summary that is there if it is fresh, else the one that `daily_summary` makes; an older one if it cannot.
async fn tell<S, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    guild: GuildId,
    day: Day,
    record: &DayRecord,
) -> Result<Told, AppError>
where
    F: SummarizeDay,
    C: Clock,
{
    let now = deps.clock.now();
    match (record.freshness(deps.calendar.is_closed(day, now), now), &record.summary) {
        (Freshness::Empty, _) => return Ok(Told::Nothing),
        (Freshness::Fresh, Some(summary)) => return Ok(Told::of_summary(summary.clone())),
        _ => {}
    }
    let request = DayRequest { guild_id: guild, date: day, user_ids: None, rebuild: false };
    let mut told = Told::Pending;
    for look in 0..MAX_LOOKS {
        if look > 0 {
            tokio::time::sleep(LOOK_EVERY).await; // somebody else is building it
        }
        told = match deps.functions.summarize_day(request.clone()).await {
            Ok(report) => Told::of_report(report),
            Err(error) => match record.unpurged_summary() {
                Some(older) => Told::of_summary(older.clone()),
                None => return Err(error.into()),
            },
        };
        if !matches!(told, Told::Pending) {
            break;
        }
    }
    Ok(told)
}

/// Why it is not known who may read what was said.
enum Unknown {
    Store(StoreError),
    Discord(DiscordError),
}

/// Whether everybody may read every channel and thread the day's messages were written in, by what Discord says now. It is
/// asked after the summary was read, so that every message in it is among them; where some have expired, nobody knows.
async fn everybody_may_know<S, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    guild: GuildId,
    day: Day,
    seen: &DayRecord,
) -> Result<bool, Unknown>
where
    S: ReadChannelsOfDay,
    D: ReadChannels,
{
    let written = deps.store.channels_of_day(guild, day).await.map_err(Unknown::Store)?;
    if written.messages < seen.ledger.map_or(0, |ledger| ledger.message_count) {
        return Ok(false);
    }
    let mut known = deps.channels.channels(guild).await.map_err(Unknown::Discord)?;
    let unlisted: Vec<ChannelId> =
        written.channels.iter().copied().filter(|id| !known.channels.contains_key(id)).collect();
    if unlisted.len() > MAX_UNLISTED {
        return Ok(false);
    }
    look_up(&deps.channels, guild, &unlisted, &mut known).await.map_err(Unknown::Discord)?;
    Ok(!written.channels.is_empty() && written.channels.iter().all(|id| known.everybody_reads(*id)))
}

async fn look_up<D: ReadChannels>(
    channels: &D,
    guild: GuildId,
    unlisted: &[ChannelId],
    known: &mut GuildChannels,
) -> Result<(), DiscordError> {
    for id in unlisted {
        if let Some(channel) = channels.channel(guild, *id).await? {
            known.channels.insert(*id, channel);
        }
    }
    Ok(())
}

async fn compose<S: ReadPeople, F, D, R, C>(
    deps: &Deps<S, F, D, R, C>,
    task: &Task,
    day: Day,
    mut texts: BTreeMap<UserId, String>,
    person: Option<UserId>,
) -> Result<Reply, StoreError> {
    texts.retain(|user, _| person.is_none_or(|person| person == *user));
    let users: Vec<UserId> = texts.keys().copied().collect();
    let people = deps.store.people(task.guild_id, &users).await?;
    texts.retain(|user, _| !people.get(user).is_some_and(|person| person.opted_out));
    if texts.is_empty() {
        let language = task.language;
        return Ok(person.map_or(language.nothing_happened(day), |person| language.nothing_of(person, day)).into());
    }
    let told = texts.iter().map(|(user, text)| format!("**<@{user}>** {text}"));
    let text = std::iter::once(task.language.the_day(day)).chain(told).collect::<Vec<_>>().join("\n\n");
    let names = people.iter().filter_map(|(user, person)| Some((*user, person.name()?.to_owned())));
    Ok(Reply { names: names.collect(), ..Reply::from(text) })
}

//! A guild that is read: whether the bot is in it, may read what its audience may, and has read it of late.

use std::collections::BTreeMap;

use guild_memory::{
    adapters::discord::Membership,
    domain::{Channel, ChannelId, Cursor, GuildId, GuildSettings, OpenChannels, Permissions},
    ports::DiscordError,
};
use jiff::{SignedDuration, Timestamp};

use super::application::of_error;
use crate::commands::doctor::finding::{Asked, Finding};

/// `sync_messages` runs every ten minutes; after that something is wrong.
const LATE_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// Ids that are named on one line.
const NAMED: usize = 5;

/// What is known of a guild.
#[derive(Debug)]
pub(in crate::commands::doctor) struct Guild {
    pub(in crate::commands::doctor) id: GuildId,
    /// As the bot finds it.
    pub(in crate::commands::doctor) membership: Result<Membership, DiscordError>,
    pub(in crate::commands::doctor) kept: Asked<Kept>,
}

/// What the store keeps of it.
#[derive(Debug, Default)]
pub(in crate::commands::doctor) struct Kept {
    pub(in crate::commands::doctor) settings: GuildSettings,
    /// How far its channels were read.
    pub(in crate::commands::doctor) cursors: BTreeMap<ChannelId, Cursor>,
    /// What was open when Discord was last asked for it.
    pub(in crate::commands::doctor) open: Option<OpenChannels>,
    /// Since when it is noted that the bot is not in it.
    pub(in crate::commands::doctor) missing_since: Option<Timestamp>,
}

/// How it is looked at.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands::doctor) struct Look {
    pub(in crate::commands::doctor) now: Timestamp,
    /// How many days a channel is read back that was never read.
    pub(in crate::commands::doctor) backfill_days: u16,
    /// Nothing reads by itself there.
    pub(in crate::commands::doctor) is_local: bool,
}

/// A line of each thing that is wrong with it, or one.
pub(in crate::commands::doctor) fn judge(guild: &Guild, look: Look) -> Vec<Finding> {
    let what = format!("guild {}", guild.id);
    let unread = Kept::default();
    let kept = guild.kept.as_ref().unwrap_or(&unread);
    let membership = match &guild.membership {
        Ok(membership) => membership,
        Err(error) => return vec![not_there(&what, error, kept)],
    };
    if let Err(trouble) = &guild.kept {
        return vec![trouble.about(&what, "its table is missing: run make deploy")];
    }
    let channels = to_be_read(membership, kept, look.now);
    let (readable, closed): (Vec<&Channel>, Vec<&Channel>) =
        channels.into_iter().partition(|channel| is_readable(membership, channel));
    let mut findings = Vec::new();
    findings.extend(of_closed(&what, &readable, &closed));
    findings.extend(of_sync(&what, kept, look));
    findings.extend(of_unread(&what, &readable, kept, look));
    if findings.is_empty() {
        let minutes = kept.open.as_ref().map_or(0, |open| minutes_since(open.read_at, look.now));
        findings.push(Finding::fine(&what, format!("{} channels, read {minutes} min ago", readable.len())));
    }
    findings.extend(of_left_alone(&what, &readable, kept, look.now));
    findings
}

fn not_there(what: &str, error: &DiscordError, kept: &Kept) -> Finding {
    match error {
        DiscordError::NotFound { .. } | DiscordError::Forbidden { .. } => {
            let since = kept.missing_since.map(|at| format!(" since {}", at.strftime("%F %T UTC"))).unwrap_or_default();
            let advice = "invite it, or take the guild out of DiscordGuilds";
            Finding::wrong(what, format!("the bot is not in it{since}"), advice)
        }
        // The line of the token says what to do.
        DiscordError::Unauthorized => Finding::unknown(what, "Discord does not know the token", "see token"),
        error => of_error(what, error),
    }
}

/// The channels that `sync_messages` is to read, threads aside: open to the audience, and named, if any are.
fn to_be_read<'a>(membership: &'a Membership, kept: &Kept, now: Timestamp) -> Vec<&'a Channel> {
    let open = membership.guild.open_to(kept.settings.audience, now);
    let is_read = |channel: &&Channel| open.contain(channel.id) && kept.settings.read(open.around(channel.id));
    membership.guild.channels.values().filter(is_read).collect()
}

fn is_readable(membership: &Membership, channel: &Channel) -> bool {
    let permitted = membership.permissions.get(&channel.id).copied().unwrap_or(Permissions::NONE);
    channel.kind.reading().is_some_and(|needed| permitted.permit(needed))
}

fn of_closed(what: &str, readable: &[&Channel], closed: &[&Channel]) -> Option<Finding> {
    const ADVICE: &str = "allow the bot View Channel and Read Message History there, in voice channels Connect, too";
    match (readable.len(), closed.len()) {
        (0, 0) => {
            let found = "none of its channels is open to those it is told to";
            let advice = "open one to everybody, or see /memory settings: docs/discord.md, Who may see what";
            Some(Finding::wrong(what, found, advice))
        }
        (_, 0) => None,
        (open, shut) => {
            let found = format!("{shut} of {} channels are closed to the bot: {}", open + shut, named(closed));
            Some(Finding::wrong(what, found, ADVICE))
        }
    }
}

/// When Discord was last asked what is open: every sync does, and an answer in Discord where no sync did.
fn of_sync(what: &str, kept: &Kept, Look { now, is_local, .. }: Look) -> Option<Finding> {
    let advice = match is_local {
        true => "nothing reads by itself here: cargo lambda invoke sync_messages",
        false => "the log of sync_messages says why: docs/RUNBOOK.md",
    };
    match &kept.open {
        None => Some(Finding::wrong(what, "it was never read", advice)),
        Some(open) if now.duration_since(open.read_at) > LATE_AFTER => {
            Some(Finding::wrong(what, format!("last read {} min ago", minutes_since(open.read_at, now)), advice))
        }
        Some(_) => None,
    }
}

/// Channels with something that is old enough to have been read. It shows a sync that begins and comes to nothing.
fn of_unread(what: &str, readable: &[&Channel], kept: &Kept, look: Look) -> Option<Finding> {
    let is_unread = |channel: &&&Channel| {
        let fresh = Cursor::new(None, look.now, look.backfill_days);
        let cursor = kept.cursors.get(&channel.id).unwrap_or(&fresh);
        let is_old = |last: Timestamp| look.now.duration_since(last) > LATE_AFTER;
        channel.kind.has_messages()
            && !cursor.is_left_alone(look.now)
            && cursor.has_news(channel.last_message)
            && channel.last_message.is_some_and(|last| is_old(last.written_at()))
    };
    let unread: Vec<&Channel> = readable.iter().filter(is_unread).copied().collect();
    let found = || {
        format!(
            "{} channels have messages of more than an hour ago that are not read: {}",
            unread.len(),
            named(&unread)
        )
    };
    (!unread.is_empty()).then(|| Finding::wrong(what, found(), "the log of sync_messages says why: docs/RUNBOOK.md"))
}

fn of_left_alone(what: &str, readable: &[&Channel], kept: &Kept, now: Timestamp) -> Option<Finding> {
    let left_alone = |channel: &&Channel| kept.cursors.get(&channel.id)?.forbidden_until.filter(|until| now < *until);
    let ends: Vec<Timestamp> = readable.iter().filter_map(left_alone).collect();
    let last = ends.iter().max()?.strftime("%F %T UTC");
    let found = format!("{} channels were closed to the bot, and are left alone until {last}", ends.len());
    Some(Finding::note(what, found, "they are read then by themselves"))
}

fn minutes_since(at: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(at).as_mins()
}

fn named(channels: &[&Channel]) -> String {
    let mut ids: Vec<String> = channels.iter().take(NAMED).map(|channel| channel.id.to_string()).collect();
    if channels.len() > NAMED {
        ids.push("…".to_owned());
    }
    ids.join(", ")
}

#[cfg(test)]
mod tests {
    use guild_memory::domain::{ChannelKind, GuildChannels, MessageId, Overwrite, Roles};

    use super::*;
    use crate::commands::doctor::finding::{Mark, Trouble};

    const READING: &str = "66560";

    fn now() -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn ago(minutes: i64) -> Timestamp {
        now() - SignedDuration::from_mins(minutes)
    }

    fn channel(id: u64, last_message: Option<MessageId>) -> Channel {
        Channel {
            id: id.try_into().unwrap(),
            kind: ChannelKind::Text,
            parent: None,
            last_message,
            age_restricted: false,
            everyone: Overwrite::default(),
            roles: BTreeMap::new(),
        }
    }

    /// Two channels that everybody may read, of which the last `closed` are closed to the bot.
    fn guild(closed: usize) -> Guild {
        let everyone = Permissions::read(READING).unwrap();
        let channels = [channel(1, None), channel(2, Some(MessageId::last_before(ago(90))))];
        let ids: Vec<ChannelId> = channels.iter().map(|channel| channel.id).collect();
        let permitted = |n: usize| if n + closed < ids.len() { everyone } else { Permissions::NONE };
        let permissions = ids.iter().enumerate().map(|(n, id)| (*id, permitted(n))).collect();
        let roles = Roles { everyone, ..Roles::default() };
        let channels: BTreeMap<_, _> = channels.into_iter().map(|channel| (channel.id, channel)).collect();
        let found = GuildChannels { roles, channels };
        let open = found.open_to(Default::default(), ago(5));
        let mut cursor = Cursor::new(None, ago(5), 7);
        cursor.after = MessageId::last_before(ago(5));
        let cursors = [(ids[1], cursor)].into();
        Guild {
            id: 9.try_into().unwrap(),
            membership: Ok(Membership { guild: found, permissions }),
            kept: Ok(Kept { cursors, open: Some(open), ..Kept::default() }),
        }
    }

    fn judged(guild: &Guild) -> Vec<Finding> {
        judge(guild, Look { now: now(), backfill_days: 7, is_local: false })
    }

    fn marks(guild: &Guild) -> Vec<Mark> {
        judged(guild).iter().map(|finding| finding.mark).collect()
    }

    fn with(change: impl FnOnce(&mut Kept)) -> Guild {
        let mut guild = guild(0);
        change(guild.kept.as_mut().unwrap());
        guild
    }

    #[test]
    fn a_guild_that_is_read_is_fine() {
        assert_eq!(judged(&guild(0)), [Finding::fine("guild 9", "2 channels, read 5 min ago")]);
    }

    #[test]
    fn a_channel_that_everybody_may_read_and_the_bot_not_is_wrong() {
        let findings = judged(&guild(1));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].found, "1 of 2 channels are closed to the bot: 2");
        let mut nothing_open = guild(0);
        nothing_open.membership.as_mut().unwrap().guild.roles.everyone = Permissions::NONE;
        assert_eq!(marks(&nothing_open), [Mark::Wrong]);
    }

    #[test]
    fn what_was_not_read_for_an_hour_is_wrong() {
        assert_eq!(marks(&with(|kept| kept.open = None)), [Mark::Wrong]);
        let read_at = |minutes| {
            let of = move |kept: &mut Kept| kept.open.as_mut().unwrap().read_at = ago(minutes);
            marks(&with(of))
        };
        assert_eq!([read_at(60), read_at(61)], [[Mark::Fine], [Mark::Wrong]]);
        let unread = with(|kept| kept.cursors.clear());
        assert!(judged(&unread)[0].found.starts_with("1 channels have messages"), "{:?}", judged(&unread));
        let local = judge(&with(|kept| kept.open = None), Look { now: now(), backfill_days: 7, is_local: true });
        assert!(local[0].advice.as_ref().unwrap().contains("cargo lambda invoke sync_messages"));
    }

    #[test]
    fn a_channel_that_is_left_alone_is_said_to_be() {
        let left_alone = with(|kept| kept.cursors.values_mut().for_each(|cursor| cursor.leave_alone(ago(5))));
        assert_eq!(marks(&left_alone), [Mark::Fine, Mark::Note]);
    }

    #[test]
    fn a_guild_that_the_bot_is_not_in_is_wrong_and_a_silent_discord_says_nothing_of_it() {
        let without = |error| {
            let mut guild = with(|kept| kept.missing_since = Some(ago(60)));
            guild.membership = Err(error);
            judged(&guild)
        };
        let gone = without(DiscordError::NotFound { code: 10_004 });
        assert_eq!(
            (gone[0].mark, gone[0].found.as_str()),
            (Mark::Wrong, "the bot is not in it since 2026-11-27 11:00:00 UTC")
        );
        assert_eq!(without(DiscordError::Unauthorized)[0].mark, Mark::Unknown);
        assert_eq!(without(DiscordError::Unavailable { reason: "503".to_owned() })[0].mark, Mark::Unknown);
        let unread = Guild { kept: Err(Trouble::Forbidden("dynamodb:Query".to_owned())), ..guild(0) };
        assert_eq!(marks(&unread), [Mark::Unknown]);
    }
}

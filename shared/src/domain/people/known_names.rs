//! What somebody is called in a guild, by sources that know different things (DESIGN rule 32).
//!
//! An account has one name everywhere (the global name, else the username), and a member of a guild may have a nick there.
//! Every message says the account's name; only who knows the guild's member can say which nick it has, or that it has none:
//!
//! ```text
//! a message of the REST API, of an export          account "Ann"
//! a message of the gateway, with its member        account "Ann", nick "Captain" or none
//! sync_messages, which asks for the member                        nick "Captain" or none
//! ```
//!
//! So both are kept side by side, and what is said later replaces what was said earlier of the same thing. In whatever order
//! sources speak, the same name is shown in the end.

use std::{collections::BTreeMap, fmt};

use jiff::{SignedDuration, Timestamp};

use super::alias::is_same_name;
use crate::domain::{MessageId, UserId};

/// How long a nick counts as known: then the guild's member is asked for again.
const NICK_HOLDS: SignedDuration = SignedDuration::from_hours(6);

/// What is known of the names of somebody, or what one source says of them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct KnownNames {
    /// The account's name. Every source knows it; `None` if nobody spoke of it.
    pub account: Option<Said<String>>,
    /// The nick of the guild's member: `None` if nobody spoke of it who knows. That it has none, or that there is no such
    /// member, is known, too.
    pub nick: Option<Said<Option<String>>>,
}

/// What somebody said, and when.
#[derive(Clone, PartialEq, Eq)]
pub struct Said<T> {
    /// What was said.
    pub what: T,
    /// The message it was said in; of what was asked for the last id there could be by then.
    pub at: MessageId,
}

impl KnownNames {
    /// What a source says that knows the account only.
    pub fn of_account(name: &str, at: MessageId) -> Self {
        Self { account: Some(Said { what: name.to_owned(), at }), nick: None }
    }

    /// What a source says of the guild's member: its nick, if it has one.
    pub fn of_member(nick: Option<&str>, at: MessageId) -> Self {
        Self { account: None, nick: Some(Said { what: nick.map(str::to_owned), at }) }
    }

    /// The name that the guild shows: the nick, else the account's name.
    pub fn shown(&self) -> Option<&str> {
        self.nick().or(self.account.as_ref().map(|said| said.what.as_str()))
    }

    /// The nick, if it is known that there is one.
    pub fn nick(&self) -> Option<&str> {
        self.nick.as_ref()?.what.as_deref()
    }

    /// Every name they have.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.account.as_ref().map(|said| said.what.as_str()).into_iter().chain(self.nick())
    }

    /// Whether one of the names they have is the same to who reads them.
    pub fn contain(&self, name: &str) -> bool {
        self.all().any(|known| is_same_name(known, name))
    }

    /// Both together: of each name what was said last.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        Self { account: later(&self.account, &other.account), nick: later(&self.nick, &other.nick) }
    }

    /// What of that is said later than what is known.
    #[must_use]
    pub fn news(&self, said: &Self) -> Self {
        Self {
            account: said.account.clone().filter(|one| is_later(one, &self.account)),
            nick: said.nick.clone().filter(|one| is_later(one, &self.nick)),
        }
    }

    /// Whether it is worth to be kept that somebody said that: another name, or the same one a day later; so an old message
    /// cannot bring an old name back, and not every message costs a write.
    pub fn are_changed_by(&self, said: &Self) -> bool {
        let news = self.news(said);
        let other_account = news.account.is_some_and(|new| {
            self.account.as_ref().is_none_or(|old| old.what != new.what || old.at.day() < new.at.day())
        });
        let other_nick = news.nick.is_some_and(|new| {
            self.nick.as_ref().is_none_or(|old| old.what != new.what || has_gone_by(old.at, new.at.written_at()))
        });
        other_account || other_nick
    }

    /// Whether the guild's member is to be asked for: nobody said for some time which nick it has.
    pub fn is_nick_due(&self, now: Timestamp) -> bool {
        self.nick.as_ref().is_none_or(|known| has_gone_by(known.at, now))
    }
}

/// What sources say of the names of several people.
#[derive(Clone, Default)]
pub struct SaidNames(BTreeMap<UserId, KnownNames>);

impl SaidNames {
    /// Notes that this is said of somebody, too.
    pub fn note(&mut self, user: UserId, said: &KnownNames) {
        let known = self.0.entry(user).or_default();
        *known = known.joined(said);
    }

    /// Everybody something is said of.
    pub fn users(&self) -> Vec<UserId> {
        self.0.keys().copied().collect()
    }

    /// What is said of each.
    pub fn iter(&self) -> impl Iterator<Item = (UserId, &KnownNames)> {
        self.0.iter().map(|(user, said)| (*user, said))
    }
}

fn has_gone_by(at: MessageId, now: Timestamp) -> bool {
    now.duration_since(at.written_at()) >= NICK_HOLDS
}

fn later<T: Clone>(one: &Option<Said<T>>, other: &Option<Said<T>>) -> Option<Said<T>> {
    other.clone().filter(|other| is_later(other, one)).or_else(|| one.clone())
}

fn is_later<T>(new: &Said<T>, old: &Option<Said<T>>) -> bool {
    old.as_ref().is_none_or(|old| old.at < new.at)
}

/// Without the names (DESIGN rule 21).
impl fmt::Debug for KnownNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.account.as_ref().map(|said| said.at);
        let nick = self.nick.as_ref().map(|said| (said.what.is_some(), said.at));
        f.debug_struct("KnownNames").field("account", &account).field("nick", &nick).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::id_at;

    fn at(n: u64) -> MessageId {
        MessageId::try_from(n).unwrap()
    }

    /// A message that says the account's name only.
    fn plain(name: &str, n: u64) -> KnownNames {
        KnownNames::of_account(name, at(n))
    }

    /// A message with the guild's member.
    fn full(name: &str, nick: Option<&str>, n: u64) -> KnownNames {
        plain(name, n).joined(&KnownNames::of_member(nick, at(n)))
    }

    /// The guild's member, asked for.
    fn asked(nick: Option<&str>, n: u64) -> KnownNames {
        KnownNames::of_member(nick, at(n))
    }

    #[test]
    fn rule_32_the_name_that_the_guild_shows_wins_whoever_speaks_and_in_whatever_order() {
        let table: &[(&str, &[KnownNames], Option<&str>)] = &[
            ("nobody spoke", &[], None),
            ("the account's name is all there is", &[plain("Ann", 1)], Some("Ann")),
            ("the later account's name", &[plain("Ann", 1), plain("Anna", 2)], Some("Anna")),
            ("a nick", &[full("Ann", Some("Captain"), 1)], Some("Captain")),
            ("a plain message after it", &[full("Ann", Some("Captain"), 1), plain("Ann", 2)], Some("Captain")),
            ("with another account's name", &[full("Ann", Some("Captain"), 1), plain("Anna", 2)], Some("Captain")),
            ("a later nick", &[full("Ann", Some("Captain"), 1), full("Ann", Some("Cook"), 2)], Some("Cook")),
            ("no nick any more", &[full("Ann", Some("Captain"), 1), full("Ann", None, 2)], Some("Ann")),
            ("no nick, and renamed since", &[full("Ann", None, 1), plain("Anna", 2)], Some("Anna")),
            (
                "no nick, said of a renamed account",
                &[full("Ann", None, 1), plain("Anna", 3), asked(None, 4)],
                Some("Anna"),
            ),
            ("asked after a plain message", &[plain("Ann", 1), asked(Some("Captain"), 2)], Some("Captain")),
            (
                "asked, and an older message",
                &[asked(Some("Captain"), 5), full("Ann", Some("Cook"), 2)],
                Some("Captain"),
            ),
            ("dropped, as asked", &[full("Ann", Some("Captain"), 1), asked(None, 5), plain("Ann", 6)], Some("Ann")),
            ("asked, and no message yet", &[asked(None, 1)], None),
        ];
        for (case, said, shown) in table {
            let join = |all: KnownNames, one: &KnownNames| all.joined(one);
            assert_eq!(said.iter().fold(KnownNames::default(), join).shown(), *shown, "{case}");
            assert_eq!(said.iter().rev().fold(KnownNames::default(), join).shown(), *shown, "{case}, backwards");
        }
    }

    #[test]
    fn the_same_message_says_the_same_twice() {
        let known = full("Ann", Some("Captain"), 7);
        assert!(known.joined(&full("Zoe", None, 7)) == known);
        assert!(known.news(&full("Zoe", None, 7)) == KnownNames::default());
    }

    #[test]
    fn a_name_that_stays_is_noted_once_a_day_and_a_nick_a_few_times() {
        let moment = |text: &str| id_at(text.parse().unwrap(), 1);
        let (morning, noon, evening) = ("2026-11-22T08:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z");
        let known =
            KnownNames::of_account("Ann", moment(morning)).joined(&KnownNames::of_member(None, moment(morning)));
        let changed = |said: KnownNames| known.are_changed_by(&said);
        assert!(!changed(KnownNames::of_account("Ann", moment(evening))), "the same day");
        assert!(changed(KnownNames::of_account("Ann", moment("2026-11-23T00:00:00Z"))), "another day");
        assert!(changed(KnownNames::of_account("Anna", moment(noon))), "another name");
        assert!(!changed(KnownNames::of_account("Anna", moment("2026-11-21T12:00:00Z"))), "an old message");
        assert!(!changed(KnownNames::of_member(None, moment(noon))), "known");
        assert!(changed(KnownNames::of_member(Some("Captain"), moment(noon))), "a nick");
        assert!(changed(KnownNames::of_member(None, moment(evening))), "still none, six hours later");
        let due = [noon, evening].map(|now| known.is_nick_due(now.parse().unwrap()));
        assert_eq!(due, [false, true]);
        assert!(KnownNames::of_account("Ann", moment(noon)).is_nick_due(noon.parse().unwrap()), "nobody said");
    }

    #[test]
    fn rule_21_names_are_not_shown_to_who_debugs() {
        let shown = format!("{:?}", full("secretname", Some("secretnick"), 7));
        assert!(!shown.contains("secret"), "{shown}");
    }
}

//! Words that say whose they are.

use crate::domain::{GuildId, UserId};

/// Every word of a community.
pub(super) struct Words {
    seed: u64,
    words: Vec<Word>,
}

struct Word {
    guild: GuildId,
    /// Whose memory may hold it.
    owner: UserId,
    is: Is,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    /// In a message.
    Said,
    /// In a fact.
    Fact,
    /// In a name: whoever mentions them may have it, too.
    Name,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// It has to be in its owner's memory, unless it is a name.
    Live,
    /// Something else stands in its place: what was made of it is made anew when it is asked for.
    Replaced,
    /// It is nowhere.
    Gone,
}

impl Words {
    pub(super) fn of(seed: u64) -> Self {
        Self { seed, words: Vec::new() }
    }

    /// A new one, and its number.
    pub(super) fn add(&mut self, guild: GuildId, owner: UserId, is: Is, fate: Fate) -> (usize, String) {
        self.words.push(Word { guild, owner, is, fate });
        let number = self.words.len() - 1;
        (number, self.text(number))
    }

    pub(super) fn set(&mut self, number: usize, fate: Fate) {
        self.words[number].fate = fate;
    }

    /// Something else stands in its place, if it was there.
    pub(super) fn replace(&mut self, number: usize) {
        if self.is_stored(number) {
            self.set(number, Fate::Replaced);
        }
    }

    /// Whether it came in and is not gone.
    pub(super) fn is_stored(&self, number: usize) -> bool {
        self.words[number].fate != Fate::Gone
    }

    /// All that is not a message's ends.
    pub(super) fn end_facts_and_names(&mut self, guild: GuildId, owner: UserId) {
        let of_them = self.words.iter_mut().filter(|word| word.guild == guild && word.owner == owner);
        of_them.filter(|word| word.is != Is::Said).for_each(|word| word.fate = Fate::Gone);
    }

    pub(super) fn wrong_in(
        &self,
        guild: GuildId,
        user: Option<UserId>,
        text: &str,
        mentions: impl Fn(UserId, UserId) -> bool,
    ) -> Vec<String> {
        let is_wrong = |number: &usize| {
            let word = &self.words[*number];
            let is_theirs = |user| word.owner == user || word.is == Is::Name && mentions(user, word.owner);
            word.fate == Fate::Gone || word.guild != guild || !user.is_none_or(is_theirs)
        };
        let place = user.map_or_else(String::new, |user| format!(" of {user}"));
        let told = |number: usize| format!("{} in {guild}{place}", self.describe(number));
        self.in_text(text).into_iter().filter(is_wrong).map(told).collect()
    }

    /// What has to be there and is not.
    pub(super) fn missing_in(&self, guild: GuildId, user: UserId, text: &str) -> Vec<String> {
        let there = self.in_text(text);
        let must =
            |word: &Word| word.guild == guild && word.owner == user && word.is != Is::Name && word.fate == Fate::Live;
        let missing = (0..self.words.len()).filter(|number| must(&self.words[*number]) && !there.contains(number));
        missing.map(|number| format!("{} is missing", self.describe(number))).collect()
    }

    /// What was replaced, and is there still.
    pub(super) fn old_in(&self, text: &str) -> Vec<String> {
        let old = self.in_text(text).into_iter().filter(|number| self.words[*number].fate == Fate::Replaced);
        old.map(|number| format!("{} is there still", self.describe(number))).collect()
    }

    /// Whose the first of these is, names aside where there are others.
    pub(super) fn first_owner(&self, text: &str) -> Option<(GuildId, UserId)> {
        let there = self.in_text(text);
        let first = there.iter().find(|number| self.words[**number].is != Is::Name).or_else(|| there.first())?;
        Some((self.words[*first].guild, self.words[*first].owner))
    }

    fn text(&self, number: usize) -> String {
        format!("{}{number}z", self.prefix())
    }

    /// Letters and digits alone, so that nothing changes them on the way.
    fn prefix(&self) -> String {
        format!("zw{}q", self.seed)
    }

    fn describe(&self, number: usize) -> String {
        let Word { guild, owner, fate, .. } = &self.words[number];
        format!("{} ({fate:?}, of {owner} in {guild})", self.text(number))
    }

    fn in_text(&self, text: &str) -> Vec<usize> {
        let number = |rest: &str| rest.split_once('z')?.0.parse().ok();
        text.split(&self.prefix()).skip(1).filter_map(number).collect()
    }
}

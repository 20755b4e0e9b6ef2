//! The line for a model that answers only so many calls at a time (DESIGN rule 34).
//!
//! ```text
//! parallel=1   A: has the turn ──────── done: leaves ┐
//!              B: waits ─────────────────────────────┴ has the turn ───── dies · · · ┐ its place runs out
//!              C: waits, nobody asked for it ── D, who was asked for, goes before ── ┴ D has the turn ─── … C
//! ```
//!
//! A place is a lease: whoever died or stalls does not keep it.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

use super::Priority;
use crate::domain::LeaseOwner;

/// How long a place is kept that nobody renews.
const PLACE_LIFE: SignedDuration = SignedDuration::from_secs(15);
/// Who looks renews a place that has no longer to go than this.
const RENEWED_BELOW: SignedDuration = SignedDuration::from_secs(10);

/// Everybody who is being answered, or waits for it, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The places.
    pub places: Vec<Place>,
    /// How often the line was replaced. It fences: who has seen an earlier one replaces nothing.
    pub revision: u64,
}

/// A place in the line, of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Whose it is.
    pub owner: LeaseOwner,
    /// Whether anybody asked for it.
    pub is_background: bool,
    /// Whether it is its turn: it may call the model, or does.
    pub has_turn: bool,
    /// When it runs out, unless it is renewed before.
    pub until: Timestamp,
}

/// How somebody stands in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is their turn.
    Turn,
    /// It is, as soon as somebody leaves.
    Next,
    /// Others go before.
    Behind,
}

impl Line {
    /// How `owner` stands at `now`, with a place at the end if there was none; `parallel` may have the turn at a time. Places
    /// that ran out are gone. A turn is given to whoever came first, but to those that somebody asked for before the others.
    pub fn stand(&mut self, owner: &LeaseOwner, priority: Priority, parallel: NonZeroU32, now: Timestamp) -> Standing {
        self.places.retain(|place| now < place.until);
        let own = self.place_of(owner).unwrap_or_else(|| {
            let is_background = priority == Priority::Background;
            self.places.push(Place { owner: owner.clone(), is_background, has_turn: false, until: now });
            self.places.len() - 1
        });
        let taken = self.places.iter().filter(|place| place.has_turn).count();
        let free = (parallel.get() as usize).saturating_sub(taken);
        let before = self.waiting_before(own);
        let place = &mut self.places[own];
        if !place.has_turn && before < free {
            (place.has_turn, place.until) = (true, now);
        }
        place.renew(now);
        match place.has_turn {
            true => Standing::Turn,
            false if before == free => Standing::Next,
            false => Standing::Behind,
        }
    }

    /// Renews the place of `owner`. `false`: it ran out, or there is none.
    pub fn renew(&mut self, owner: &LeaseOwner, now: Timestamp) -> bool {
        self.places.retain(|place| now < place.until);
        let own = self.place_of(owner);
        own.map(|own| self.places[own].renew(now)).is_some()
    }

    /// Takes the place of `owner` away, if there is one.
    pub fn leave(&mut self, owner: &LeaseOwner) {
        self.places.retain(|place| place.owner != *owner);
    }

    /// When the last place runs out; `None` if nobody is there.
    pub fn end(&self) -> Option<Timestamp> {
        self.places.iter().map(|place| place.until).max()
    }

    fn place_of(&self, owner: &LeaseOwner) -> Option<usize> {
        self.places.iter().position(|place| place.owner == *owner)
    }

    /// How many wait and go before the place `own`.
    fn waiting_before(&self, own: usize) -> usize {
        let mine = &self.places[own];
        let goes_before = |(index, place): &(usize, &Place)| {
            !place.has_turn && (place.is_background, *index) < (mine.is_background, own)
        };
        self.places.iter().enumerate().filter(goes_before).count()
    }
}

impl Place {
    /// Not each time somebody looks: that would be a write each time.
    fn renew(&mut self, now: Timestamp) {
        if self.until.duration_since(now) < RENEWED_BELOW {
            self.until = now.checked_add(PLACE_LIFE).unwrap_or(Timestamp::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: NonZeroU32 = NonZeroU32::MIN;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn owner(n: u128) -> LeaseOwner {
        LeaseOwner::new(at(0), n)
    }

    fn stand(line: &mut Line, n: u128, now: i64) -> Standing {
        line.stand(&owner(n), Priority::Normal, ONE, at(now))
    }

    #[test]
    fn rule_34_who_came_first_has_the_turn_and_the_others_follow_in_their_order() {
        let mut line = Line::default();
        assert_eq!([1, 2, 3].map(|n| stand(&mut line, n, 0)), [Standing::Turn, Standing::Next, Standing::Behind]);
        assert_eq!(stand(&mut line, 1, 1), Standing::Turn, "it keeps it");
        line.leave(&owner(1));
        assert_eq!([3, 2].map(|n| stand(&mut line, n, 2)), [Standing::Next, Standing::Turn], "whoever looks first");
    }

    #[test]
    fn rule_34_as_many_have_the_turn_as_the_model_answers_at_a_time() {
        let (mut line, two) = (Line::default(), NonZeroU32::new(2).unwrap());
        let mut stand = |n| line.stand(&owner(n), Priority::First, two, at(0));
        assert_eq!([1, 2, 3, 4].map(&mut stand), [Standing::Turn, Standing::Turn, Standing::Next, Standing::Behind]);
    }

    #[test]
    fn rule_34_what_somebody_asked_for_goes_before_what_nobody_did() {
        let mut line = Line::default();
        assert_eq!(stand(&mut line, 1, 0), Standing::Turn);
        let background = |line: &mut Line| line.stand(&owner(2), Priority::Background, ONE, at(1));
        assert_eq!(background(&mut line), Standing::Next);
        assert_eq!(stand(&mut line, 3, 1), Standing::Next, "it came later, and goes before");
        assert_eq!(background(&mut line), Standing::Behind);
        line.leave(&owner(1));
        assert_eq!(background(&mut line), Standing::Next);
        assert_eq!(stand(&mut line, 3, 2), Standing::Turn);
        line.leave(&owner(3));
        assert_eq!(background(&mut line), Standing::Turn);
        assert_eq!(stand(&mut line, 4, 3), Standing::Next, "no turn is taken away");
    }

    #[test]
    fn rule_34_who_dies_keeps_neither_turn_nor_place() {
        let mut line = Line::default();
        assert_eq!([1, 2, 3].map(|n| stand(&mut line, n, 0)), [Standing::Turn, Standing::Next, Standing::Behind]);
        assert_eq!(stand(&mut line, 3, 6), Standing::Behind, "it is renewed by looking");
        assert_eq!(stand(&mut line, 3, 15), Standing::Turn, "the others ran out");
        assert!(!line.renew(&owner(1), at(15)), "and know it");
        assert!(line.renew(&owner(3), at(24)) && !line.renew(&owner(3), at(39)));
        assert_eq!((line.places.len(), line.end()), (0, None));
    }
}

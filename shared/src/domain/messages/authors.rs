//! Who may have written on a day, in little room.

use std::fmt;

use crate::domain::UserId;

/// Bits of the filter: with 150 authors one person in 370 is thought to be one who is none, with 500 one in six.
const BITS: u64 = 2_048;
/// Bits that each author sets.
const PROBES: u64 = 5;

/// Everybody who wrote on a day, and perhaps some who did not: a Bloom filter. Whoever it does not have did not write
/// (DESIGN rule 36). It holds no ids.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Authors([u8; (BITS / 8) as usize]);

impl Authors {
    /// Nobody.
    pub const NOBODY: Self = Self([0; (BITS / 8) as usize]);

    /// Adds one.
    pub fn add(&mut self, author: UserId) {
        for (byte, bit) in places(author) {
            if let Some(byte) = self.0.get_mut(byte) {
                *byte |= bit;
            }
        }
    }

    /// Whether that person may have written.
    pub fn may_have(&self, user: UserId) -> bool {
        places(user).all(|(byte, bit)| self.0.get(byte).is_some_and(|bits| bits & bit != 0))
    }

    /// About how many there are: what set so many bits, if each of them set others with the same chance.
    pub fn count(&self) -> u64 {
        let unset = BITS - u64::from(self.bits());
        let share = unset.max(1) as f64 / BITS as f64;
        (-share.ln() * BITS as f64 / PROBES as f64).round() as u64
    }

    fn bits(&self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    /// The filter's bytes in hex.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The filter of these bytes; `None` if they are none.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = Self::NOBODY.0;
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// Where the bits of a person are. It is stored: another formula would be another filter.
fn places(user: UserId) -> impl Iterator<Item = (usize, u8)> {
    let first = mixed(user.get());
    let step = mixed(first) | 1;
    (0..PROBES).map(move |probe| {
        let bit = first.wrapping_add(probe.wrapping_mul(step)) % BITS;
        ((bit / 8) as usize, 1 << (bit % 8))
    })
}

/// The finalizer of SplitMix64: snowflakes of one day differ in few bits, and what comes of them in all.
fn mixed(id: u64) -> u64 {
    let mixed = id.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl fmt::Debug for Authors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authors").field("bits", &self.bits()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn user(id: u64) -> UserId {
        UserId::try_from(id).unwrap()
    }

    fn of(ids: impl IntoIterator<Item = u64>) -> Authors {
        let mut authors = Authors::NOBODY;
        ids.into_iter().for_each(|id| authors.add(user(id)));
        authors
    }

    proptest! {
        #[test]
        fn rule_36_whoever_wrote_is_in_it(ids in vec(1..u64::MAX / 2, 0..400)) {
            let authors = of(ids.iter().copied());
            prop_assert!(ids.iter().all(|id| authors.may_have(user(*id))));
            prop_assert_eq!(Authors::from_hex(&authors.to_hex()), Some(authors));
        }
    }

    #[test]
    fn rule_36_few_are_in_it_who_did_not_write() {
        let first = 998_100_000_000_000_000;
        let authors = of((0..150).map(|n| first + n));
        let wrong = (150..10_150).filter(|n| authors.may_have(user(first + n))).count();
        assert!(wrong < 60, "{wrong} of 10,000");
        assert!(!Authors::NOBODY.may_have(user(1)));
    }

    #[test]
    fn rule_33_how_many_there_are_is_about_known() {
        for count in [0, 1, 7, 40, 150, 500] {
            let about = of((0..count).map(|n| 998_100_000_000_000_000 + n)).count();
            assert!(about.abs_diff(count) * 10 <= count, "{about} instead of {count}");
        }
        assert!(of(1..100_000).count() > 1_000, "more than it can tell");
    }

    #[test]
    fn what_is_stored_is_read_by_the_next_release() {
        let stored = of([998_100_000_000_000_111]).to_hex();
        let set: Vec<usize> = stored.char_indices().filter(|(_, digit)| *digit != '0').map(|(at, _)| at).collect();
        assert_eq!(set, [7, 122, 205, 321, 436]);
        assert_eq!(Authors::from_hex("00"), None);
    }
}

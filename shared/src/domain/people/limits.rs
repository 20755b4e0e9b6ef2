//! How much is kept about a person, and for how long.

use jiff::SignedDuration;

use crate::domain::cut;

/// Facts a person can have.
pub const MAX_FACTS: usize = 50;
/// Characters a fact can have.
pub const MAX_FACT_CHARS: usize = 500;
/// Aliases a person can be taught.
pub const MAX_ALIASES: usize = 20;
/// Names a person was seen under that are kept.
pub const MAX_NAMES: usize = 20;
/// Characters a name or an alias can have.
pub const MAX_NAME_CHARS: usize = 100;
/// How long it is known that somebody was asked for (DESIGN rule 38).
pub const LONGEST_KEPT_WARM: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A name in one line, cut where it is too long; `None` if it is blank.
pub fn cut_name(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then(|| cut(&name, MAX_NAME_CHARS))
}

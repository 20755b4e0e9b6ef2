//! Text that people teach, as it is kept and compared.

use super::error::PersonError;
use crate::domain::prompt::visible;

/// The text of a fact, a name or an alias as it is kept: what cannot be seen and surrounding and repeated white space removed.
///
/// # Errors
/// [`PersonError::Blank`] or [`PersonError::TooLong`].
pub(crate) fn cleaned(text: &str, limit: usize) -> Result<String, PersonError> {
    let text = visible(text).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(PersonError::Blank),
        length if length > limit => Err(PersonError::TooLong { limit, length }),
        _ => Ok(text),
    }
}

/// A name as it is compared, so that two that look alike are one: letters and digits only, in lower case; of a name that has
/// none, what can be seen of it.
pub(crate) fn folded_name(name: &str) -> String {
    let visible = visible(name).to_lowercase();
    let folded: String = visible.chars().filter(|character| character.is_alphanumeric()).collect();
    match folded.is_empty() {
        true => visible.chars().filter(|character| !character.is_whitespace() && *character != '#').collect(),
        false => folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_17_what_cannot_be_seen_is_not_kept() {
        assert_eq!(cleaned(" likes\u{202e} tea\u{200b} ", 100), Ok("likes tea".to_owned()));
        assert_eq!(cleaned("\u{200b}\u{3164}", 100), Err(PersonError::Blank));
    }

    #[test]
    fn rule_29_names_that_look_alike_are_one() {
        for name in ["Ann Lee", " ann  lee ", "ANN_LEE!", "Ann\u{200b} Lee\u{3164}", "☆ann lee☆"] {
            assert_eq!(folded_name(name), "annlee", "{name:?}");
        }
        assert_eq!(folded_name("Übü"), "übü");
        assert_eq!(folded_name("🦀 🦀#"), "🦀🦀");
    }
}

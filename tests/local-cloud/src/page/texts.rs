//! Texts as people read them.

use std::collections::BTreeMap;

use guild_memory::domain::UserId;

/// A text with names where Discord has ids of people.
pub(super) fn with_names<'a>(text: &str, names: impl IntoIterator<Item = (UserId, &'a str)>) -> String {
    if !text.contains("<@") {
        return text.to_owned(); // as most are, and there may be thousands of names
    }
    names.into_iter().fold(text.to_owned(), |text, (user, name)| {
        let name = format!("@{name}");
        text.replace(&format!("<@{user}>"), &name).replace(&format!("<@!{user}>"), &name)
    })
}

/// At most that many letters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The name of somebody, or else their id.
pub(super) fn name_of(user: UserId, names: &BTreeMap<UserId, String>) -> String {
    names.get(&user).cloned().unwrap_or_else(|| user.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_and_long_texts_end() {
        let user: UserId = "10".parse().unwrap();
        assert_eq!(with_names("<@10> and <@!10> and <@11>", [(user, "Ann")]), "@Ann and @Ann and <@11>");
        assert_eq!((cut("äöü", 3), cut("äöü", 2)), ("äöü".to_owned(), "äö…".to_owned()));
        assert_eq!(name_of(user, &BTreeMap::new()), "10");
    }
}

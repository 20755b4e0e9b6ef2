//! Discord's markup, as people read it (DESIGN rule 18).

use std::{borrow::Cow, sync::LazyLock};

use regex_lite::{Captures, Regex};

use super::names::Names;

/// Discord's markup for people, roles, channels, emoji and commands, links to messages, and bare ids.
#[expect(clippy::expect_used, reason = "the pattern is constant, and every test meets it")]
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"<@!?(?P<user>\d+)>",
        r"|(?P<role><@&\d+>)",
        r"|(?P<channel><#\d+>|<id:[a-z]+>)",
        r"|<a?:(?P<emoji>\w+):\d+>",
        r"|</(?P<command>[^:<>]{1,100}):\d+>",
        r"|(?P<link>https?://(?:\w+\.)?discord(?:app)?\.com/channels/[\w@/]+)",
        r"|(?P<id>\d{17,})",
    ))
    .expect("a valid pattern")
});

/// Replaces Discord's markup (DESIGN rule 18). Text that may have none is given back as it is.
pub(super) fn plain_markup<'t>(text: &'t str, names: &mut Names) -> Cow<'t, str> {
    if !may_have_markup(text) {
        return Cow::Borrowed(text);
    }
    let plain = MARKUP.replace_all(text, |found: &Captures<'_>| replacement(found, names));
    Cow::Owned(plain.into_owned())
}

/// What is left of markup once names stand in for it: a name can hold what looks like an id, and what was made of two pieces
/// can too.
pub(super) fn without_markup(text: &str) -> Cow<'_, str> {
    MARKUP.replace_all(text, "[id]")
}

/// Whether there is anything to look for: most messages need no pass at all.
fn may_have_markup(text: &str) -> bool {
    let has_id = || text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 17);
    text.contains('<') || text.contains("://") || has_id()
}

fn replacement(found: &Captures<'_>, names: &mut Names) -> String {
    let group = |name| found.name(name).map(|group| group.as_str());
    if let Some(id) = group("user") {
        format!("@{}", names.name_of(id))
    } else if let Some(emoji) = group("emoji") {
        format!(":{emoji}:")
    } else if let Some(command) = group("command") {
        format!("/{command}")
    } else if found.name("role").is_some() {
        "@role".to_owned()
    } else if found.name("channel").is_some() {
        "#channel".to_owned()
    } else if found.name("link").is_some() {
        "[link]".to_owned()
    } else {
        "[id]".to_owned()
    }
}

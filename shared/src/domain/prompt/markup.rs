//! Discord's markup, as people read it (DESIGN rule 18). All of it:
//! <https://docs.discord.com/developers/reference#message-formatting>.

use std::{borrow::Cow, sync::LazyLock};

use jiff::Timestamp;
use regex_lite::{Captures, Regex};

use super::names::Names;

/// Discord's markup for people, roles, channels, places of a guild, times, emoji and commands, links to messages, and bare
/// ids.
#[expect(clippy::expect_used, reason = "the pattern is constant, and every test meets it")]
static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"<@!?(?P<user>\d+)>",
        r"|(?P<role><@&\d+>)",
        r"|(?P<channel><#\d+>)",
        r"|<id:(?P<place>[a-z-]+)(?::\d+)?>",
        r"|<t:(?P<time>-?\d{1,17})(?::(?P<style>[a-zA-Z]))?>",
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
    } else if let Some(seconds) = group("time") {
        time(seconds, group("style"))
    } else if let Some(place) = group("place") {
        place_of_guild(place).to_owned()
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

/// A moment in UTC. Discord shows it in everybody's own time, some styles without the date, some as a distance from now: who
/// reads it later needs the date.
fn time(seconds: &str, style: Option<&str>) -> String {
    let moment = seconds.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let Some(moment) = moment else { return "[time]".to_owned() };
    let format = match style {
        Some("d" | "D") => "%Y-%m-%d",
        Some("T" | "S") => "%Y-%m-%d %H:%M:%S UTC",
        _ => "%Y-%m-%d %H:%M UTC",
    };
    moment.strftime(format).to_string()
}

/// What Discord shows for a place in a guild that is no channel.
fn place_of_guild(place: &str) -> &str {
    match place {
        "browse" => "#Browse Channels",
        "customize" => "#Channels & Roles",
        "guide" | "home" => "#Server Guide",
        "linked-roles" => "#Linked Roles",
        _ => "#channel",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        plain_markup(text, &mut Names::default()).into_owned()
    }

    #[test]
    fn rule_18_times_become_dates_in_utc() {
        for (style, date) in [
            ("", "2025-08-26 21:26 UTC"),
            (":t", "2025-08-26 21:26 UTC"),
            (":T", "2025-08-26 21:26:40 UTC"),
            (":d", "2025-08-26"),
            (":D", "2025-08-26"),
            (":f", "2025-08-26 21:26 UTC"),
            (":F", "2025-08-26 21:26 UTC"),
            (":s", "2025-08-26 21:26 UTC"),
            (":S", "2025-08-26 21:26:40 UTC"),
            (":R", "2025-08-26 21:26 UTC"),
        ] {
            assert_eq!(plain(&format!("we meet <t:1756243600{style}>.")), format!("we meet {date}."), "{style}");
        }
        assert_eq!(plain("<t:-86400:D> to <t:0:D>"), "1969-12-31 to 1970-01-01");
        assert_eq!(plain("<t:99999999999999999:F>"), "[time]", "no such year");
        assert_eq!(plain("<t:soon> <t:1:FF>"), "<t:soon> <t:1:FF>", "Discord shows these as they are");
    }

    #[test]
    fn rule_18_places_of_a_guild_have_the_names_people_see() {
        assert_eq!(plain("see <id:customize> or <id:browse>"), "see #Channels & Roles or #Browse Channels");
        assert_eq!(
            plain("<id:guide>, <id:linked-roles>, <id:linked-roles:1234>"),
            "#Server Guide, #Linked Roles, #Linked Roles"
        );
        assert_eq!(plain("<id:new-thing>"), "#channel");
    }
}

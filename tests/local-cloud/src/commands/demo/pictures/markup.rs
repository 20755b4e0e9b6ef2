//! Discord's markup, as far as answers use it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// A line of a message, before it is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) runs: Vec<Run>,
}

/// What stands at the beginning of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// `- `
    Bullet,
    /// `> `
    Quote,
    /// `-# `
    Small,
}

/// Words that look the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Plain,
    Bold,
    Mention,
}

/// What a reader needs to know beside the text itself.
pub(super) struct Reader<'a> {
    /// Names by id, for mentions.
    pub(super) names: &'a BTreeMap<String, String>,
    /// When it is read, for times such as "2 minutes ago".
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    pub(super) fn read(&self, text: &str) -> Vec<Line> {
        text.lines().map(|line| self.line(line)).collect()
    }

    fn line(&self, line: &str) -> Line {
        let kinds = [("-# ", Kind::Small), ("- ", Kind::Bullet), ("> ", Kind::Quote)];
        let known = kinds.into_iter().find_map(|(mark, kind)| Some((kind, line.strip_prefix(mark)?)));
        let (kind, rest) = known.unwrap_or((Kind::Plain, line));
        Line { kind, runs: self.runs(rest) }
    }

    fn runs(&self, mut text: &str) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let mut look = Look::Plain;
        while !text.is_empty() {
            if let Some(rest) = text.strip_prefix("**") {
                look = if look == Look::Plain { Look::Bold } else { Look::Plain };
                text = rest;
            } else if let Some((shown, rest)) = self.tag(text) {
                runs.push(shown);
                text = rest;
            } else {
                let (words, rest) = text.split_at(next_mark(text));
                runs.push(Run { text: words.to_owned(), look });
                text = rest;
            }
        }
        runs
    }

    /// `<@10>` or `<t:1795532400:R>` at the beginning of a text, as it is shown, and what follows.
    fn tag<'a>(&self, text: &'a str) -> Option<(Run, &'a str)> {
        let (tag, rest) = text.strip_prefix('<')?.split_once('>')?;
        if let Some(id) = tag.strip_prefix('@') {
            let name = self.names.get(id).map_or(id, String::as_str);
            return Some((Run { text: format!("@{name}"), look: Look::Mention }, rest));
        }
        let (seconds, style) = tag.strip_prefix("t:")?.split_once(':')?;
        let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
        let text = if style == "R" { self.ago(at) } else { at.strftime("%H:%M").to_string() };
        Some((Run { text, look: Look::Plain }, rest))
    }

    fn ago(&self, at: Timestamp) -> String {
        match self.now.duration_since(at).as_secs() {
            seconds if seconds < 60 => "a few seconds ago".to_owned(),
            seconds if seconds < 120 => "a minute ago".to_owned(),
            seconds => format!("{} minutes ago", seconds / 60),
        }
    }
}

/// Where the next `**` or `<` begins, after at least one character.
fn next_mark(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let marks = ["**", "<"].into_iter().filter_map(|mark| text[first..].find(mark));
    marks.min().map_or(text.len(), |at| first + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Line> {
        let names = [("10".to_owned(), "Ann".to_owned())].into();
        let now = Timestamp::from_second(1_000).unwrap();
        Reader { names: &names, now }.read(text)
    }

    fn runs(text: &str) -> Vec<(String, Look)> {
        read(text).remove(0).runs.into_iter().map(|run| (run.text, run.look)).collect()
    }

    #[test]
    fn people_are_shown_by_name_and_others_by_what_is_there() {
        let expected =
            [("About ", Look::Bold), ("@Ann", Look::Mention), (", by ", Look::Plain), ("@11", Look::Mention)];
        assert_eq!(runs("**About <@10>**, by <@11>"), expected.map(|(text, look)| (text.to_owned(), look)));
    }

    #[test]
    fn times_are_told_as_discord_tells_them() {
        assert_eq!(runs("<t:990:R>")[0].0, "a few seconds ago");
        assert_eq!(runs("<t:700:R>")[0].0, "5 minutes ago");
        assert_eq!(runs("<t:600:t>")[0].0, "00:10");
    }

    #[test]
    fn what_is_no_markup_stays() {
        assert_eq!(runs("2 * 3 < 7")[0].0, "2 * 3 ");
        let whole: String = runs("2 * 3 < 7, <b>, 🚋<").into_iter().map(|(text, _)| text).collect();
        assert_eq!(whole, "2 * 3 < 7, <b>, 🚋<");
    }

    #[test]
    fn a_line_knows_what_it_begins_with() {
        let kinds: Vec<Kind> = read("a\n- b\n> c\n-# d").into_iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [Kind::Plain, Kind::Bullet, Kind::Quote, Kind::Small]);
    }
}

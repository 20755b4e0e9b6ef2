//! Links, and what they can lead to.

use std::collections::BTreeSet;

use regex_lite::Regex;

use crate::Page;

/// A link to another file, or to a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The file, as it is written; empty for the page itself.
    pub path: String,
    /// The heading behind `#`; empty for none.
    pub anchor: String,
}

impl Page {
    /// Its links, without those to the web.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let target = |link: &str| {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            Link { path: path.to_owned(), anchor: anchor.to_owned() }
        };
        let prose = self.prose();
        let found =
            expression(r"\]\(([^)\s]+)\)").captures_iter(&prose).map(|found| found[1].to_owned()).collect::<Vec<_>>();
        let is_local = |link: &&String| !link.contains("://") && !link.starts_with("mailto:");
        found.iter().filter(is_local).map(|link| target(link)).collect()
    }

    /// What can stand behind `#`: its headings, as GitHub names them.
    #[must_use]
    pub fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for heading in self
            .prose()
            .lines()
            .filter_map(|line| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')))
        {
            let anchor = anchor(heading);
            let second = (1..).map(|n| format!("{anchor}-{n}"));
            let free = std::iter::once(anchor.clone()).chain(second).find(|anchor| !anchors.contains(anchor));
            anchors.extend(free);
        }
        anchors
    }
}

/// The name GitHub gives a heading: letters, digits, hyphens and underscores stay, blanks become hyphens.
fn anchor(heading: &str) -> String {
    let heading = expression(r"\[([^\]]*)\]\([^)]*\)").replace_all(heading.trim(), "$1").to_lowercase();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || ['-', '_', ' '].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// An expression that is written down here, and right.
fn expression(pattern: &str) -> Regex {
    #[expect(clippy::unwrap_used, reason = "a wrong one fails every test")]
    Regex::new(pattern).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_of_blocks() {
        let text = "[a](b.md#c), [d](https://e.f)\n```sh\n[g](h)\n```\n![i](j.svg)";
        let page = Page { path: "a.md".into(), text: text.into() };
        let links = page.links().into_iter().map(|link| (link.path, link.anchor)).collect::<Vec<_>>();
        assert_eq!(links, [("b.md".into(), "c".into()), ("j.svg".into(), String::new())]);
    }

    #[test]
    fn headings_are_named_as_on_github() {
        let text = "# 3. Functions (one Lambda; binary name = function name)\n## `a_b` & [c](d)\n## Twice\n## Twice\n";
        let anchors = Page { path: "a.md".into(), text: text.into() }.anchors();
        let expected = ["3-functions-one-lambda-binary-name--function-name", "a_b--c", "twice", "twice-1"];
        assert_eq!(anchors, expected.map(str::to_owned).into());
    }
}

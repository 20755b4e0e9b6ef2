//! What is found, a line each, and why something could not be asked.

use std::fmt::Write as _;

/// How something is, what comes first on the screen first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// It does not work, or not as it should.
    Wrong,
    /// It could not be looked at.
    Unknown,
    /// It works, and somebody should know.
    Note,
    /// It is as it should be.
    Fine,
    /// It was left out by request.
    LeftOut,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Self::Wrong => '✗',
            Self::Unknown => '?',
            Self::Note => '!',
            Self::Fine => '✓',
            Self::LeftOut => '-',
        }
    }
}

/// A line of the screen. It never holds a key, a token, or what somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) mark: Mark,
    /// What was looked at.
    pub(super) what: String,
    pub(super) found: String,
    /// What to do.
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn wrong(what: impl Into<String>, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Mark::Wrong, what, found, Some(advice.into()))
    }

    pub(super) fn unknown(what: impl Into<String>, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Mark::Unknown, what, found, Some(advice.into()))
    }

    pub(super) fn note(what: impl Into<String>, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(Mark::Note, what, found, Some(advice.into()))
    }

    pub(super) fn fine(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Mark::Fine, what, found, None)
    }

    pub(super) fn left_out(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self::new(Mark::LeftOut, what, found, None)
    }

    /// The same where nothing depends on it.
    pub(super) fn for_information(self) -> Self {
        Self { mark: self.mark.max(Mark::Note), ..self }
    }

    fn new(mark: Mark, what: impl Into<String>, found: impl Into<String>, advice: Option<String>) -> Self {
        Self { mark, what: what.into(), found: found.into(), advice }
    }
}

/// Why something was not said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no such thing.
    Absent,
    /// Who asked may not; what they need.
    Forbidden(String),
    /// Nobody answered, or not in time.
    Silent(String),
    /// Something else, said by who was asked.
    Refused(String),
}

pub(super) type Asked<T> = Result<T, Trouble>;

impl Trouble {
    /// What cannot be said of something because of this. What is not there is wrong, anything else is not known.
    pub(super) fn about(&self, what: &str, where_absent: &str) -> Finding {
        match self {
            Self::Absent => Finding::wrong(what, "is not there", where_absent),
            Self::Forbidden(needed) => {
                Finding::unknown(what, "you may not look", format!("allow {needed} to yourself"))
            }
            Self::Silent(why) => Finding::unknown(what, format!("no answer: {why}"), "try again"),
            Self::Refused(why) => Finding::unknown(what, format!("cannot be looked at: {why}"), "see what it means"),
        }
    }
}

/// Whether nothing is wrong, and nothing that was to be looked at stayed unknown.
pub(super) fn are_fine(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| !matches!(finding.mark, Mark::Wrong | Mark::Unknown))
}

/// The screen: what is wrong first, and the sum at the end.
pub(super) fn screen(mut findings: Vec<Finding>) -> String {
    findings.sort_by_key(|finding| finding.mark);
    let width = findings.iter().map(|finding| finding.what.chars().count()).max().unwrap_or_default();
    let mut screen = String::new();
    for Finding { mark, what, found, advice } in &findings {
        let advice = advice.as_ref().map(|advice| format!("  → {advice}")).unwrap_or_default();
        let _ = writeln!(screen, "{} {what:<width$}  {found}{advice}", mark.sign()); // a string takes all
    }
    let count = |mark| findings.iter().filter(|finding| finding.mark == mark).count();
    let [wrong, unknown, noted, fine] = [Mark::Wrong, Mark::Unknown, Mark::Note, Mark::Fine].map(count);
    let _ = writeln!(screen, "\n{wrong} wrong, {unknown} not known, {noted} to know, {fine} fine");
    screen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_first_with_what_to_do_beside_it() {
        let findings = vec![
            Finding::fine("table Memory", "active"),
            Finding::left_out("models", "not asked"),
            Finding::note("functions", "of two kinds", "deploy again"),
            Finding::unknown("endpoint", "you may not look", "allow it"),
            Finding::wrong("token", "unknown", "store another"),
        ];
        assert!(!are_fine(&findings) && !are_fine(&findings[3..4]) && are_fine(&findings[..3]));
        let expected = "✗ token         unknown  → store another\n? endpoint      you may not look  → allow it\n\
                        ! functions     of two kinds  → deploy again\n✓ table Memory  active\n- models        not asked\n\n\
                        1 wrong, 1 not known, 1 to know, 1 fine\n";
        assert_eq!(screen(findings), expected);
    }
}

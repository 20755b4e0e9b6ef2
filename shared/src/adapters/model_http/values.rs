//! Values that are written in more ways than one.

use std::time::Duration;

/// A value of an enum of theirs; anything else could be text of ours (DESIGN rule 21).
pub(in crate::adapters) fn known_word(value: &str) -> String {
    let is_word = !value.is_empty() && value.len() <= 40 && value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if is_word { value.to_owned() } else { "unknown reason".to_owned() }
}

/// `20s`, `20.5s`, `250ms`, `1m30s`, `2h`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let unit = rest[digits..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| digits + end);
        let factor = match &rest[digits..unit] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        seconds += rest[..digits].parse::<f64>().ok()? * factor;
        rest = &rest[unit..];
    }
    (!text.trim().is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_read_as_they_write_it() {
        for (text, ms) in [("20s", 20_000), ("20.5s", 20_500), ("250ms", 250), ("1m30s", 90_000), ("2h", 7_200_000)] {
            assert_eq!(duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "s", "20", "20 s", "1e400s", "-1s", "1.2.3s", "9999999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn rule_21_only_a_word_of_theirs_is_repeated() {
        assert_eq!(known_word("PROHIBITED_CONTENT"), "PROHIBITED_CONTENT");
        for text in ["", "Ann sailed", "m1", "a\nb"] {
            assert_eq!(known_word(text), "unknown reason", "{text}");
        }
    }
}

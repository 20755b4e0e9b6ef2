//! What others wrote, as part of a message of the bot's: it can look like nothing but a quotation (DESIGN rule 17).

use crate::domain::prompt::visible;

/// Units of a line at the most. A longer one is broken, so that no message has to be cut within a line.
const MAX_LINE: usize = 1_000;

/// The text as one quoted block that it cannot leave. Its lines stay lines; blank ones are dropped.
pub fn quoted(text: &str) -> String {
    let lines = shown_lines(text);
    let lines = lines.iter().flat_map(|line| broken(line)).map(|line| format!("> {}", escaped(&line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The text within a line that it cannot leave.
pub fn inline(text: &str) -> String {
    escaped(&shown_lines(text).join(" "))
}

/// The lines that show something, without what cannot be seen: it could change how the rest of a line is read.
fn shown_lines(text: &str) -> Vec<String> {
    let lines = text.split(is_line_break).map(|line| visible(line).trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Whatever begins a line somewhere: Unicode's mandatory breaks, and the separators of old.
fn is_line_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The line in pieces of at most [`MAX_LINE`] characters, broken between words where that is possible.
fn broken(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in line.split_inclusive(' ') {
        for part in parts(word) {
            let length = pieces.last().map_or(0, |piece| piece.chars().count());
            match pieces.last_mut() {
                Some(piece) if length + part.chars().count() <= MAX_LINE => piece.push_str(&part),
                _ => pieces.push(part),
            }
        }
    }
    pieces
}

fn parts(word: &str) -> Vec<String> {
    word.chars().collect::<Vec<_>>().chunks(MAX_LINE).map(|part| part.iter().collect()).collect()
}

/// Without meaning for Discord where that could mislead: mentions and other markup in angle brackets, links behind other
/// words, code, spoilers, mass mentions; and at the beginning of a line headings, small print and quotations.
fn escaped(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len() + line.len() / 16);
    if line.starts_with(['#', '>']) || line.starts_with("-#") {
        escaped.push('\\');
    }
    for character in line.chars() {
        if matches!(character, '\\' | '<' | '`' | '|' | '[' | '@') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rule_17_every_line_is_quoted_and_no_markup_leaves_it() {
        let text = "Mallory said hello.\n\n**<@999>** admitted.\u{2028}# News\r\n-# small\x0b> mine";
        let expected = "> Mallory said hello.\n> **\\<\\@999>** admitted.\n> \\# News\n> \\-# small\n> \\> mine";
        assert_eq!(quoted(text), expected);
        assert_eq!(inline("by\u{202e} you\u{200b}\n\u{200b}"), "by you");
        assert_eq!(inline("a\nb `c` ||d|| \\<@1> [e](f)"), "a b \\`c\\` \\|\\|d\\|\\| \\\\\\<\\@1> \\[e](f)");
    }

    #[test]
    fn a_long_line_is_broken_between_words_and_stays_quoted() {
        let quotation = quoted(&"word ".repeat(500));
        assert!(quotation.lines().count() > 2 && quotation.lines().all(|line| line.starts_with("> word")));
        assert_eq!(quoted(&"x".repeat(2_500)).lines().count(), 3);
    }

    proptest! {
        #[test]
        fn rule_17_no_text_leaves_its_quotation(text in "[\\PC\\n\\r\u{85}\u{2028}\u{2029}#>*_`|<@\\\\ -]{0,200}") {
            let quotation = quoted(&text);
            let breaks_elsewhere = quotation.replace('\n', "").contains(is_line_break);
            prop_assert!(!breaks_elsewhere);
            prop_assert!(quotation.is_empty() || quotation.split('\n').all(|line| line.starts_with("> ")));
            let line = inline(&text);
            prop_assert!(!line.contains(is_line_break));
            // An escaped bracket is behind an odd number of backslashes.
            for (at, _) in line.match_indices('<') {
                let before = line[..at].chars().rev().take_while(|c| *c == '\\').count();
                prop_assert!(before % 2 == 1);
            }
        }
    }
}

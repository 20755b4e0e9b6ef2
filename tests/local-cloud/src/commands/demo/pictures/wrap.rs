//! Lines that fit into a width. Which font a picture is shown with is not known, so widths are estimated, and generously.

use super::markup::Run;

/// The width of a text, in units of its font size.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(width_of).sum()
}

/// Breaks at spaces, so that each line is at most `most` wide; a word that is wider stays whole.
pub(super) fn wrap(runs: &[Run], most: f64) -> Vec<Vec<Run>> {
    let mut lines: Vec<Vec<Run>> = vec![Vec::new()];
    let mut used = 0.0;
    for word in words(runs) {
        let (all, visible) = (width_of_all(&word), width_of_visible(&word));
        if used > 0.0 && used + visible > most {
            lines.push(Vec::new());
            used = 0.0;
        }
        used += all;
        for run in word {
            add(lines.last_mut(), run);
        }
    }
    lines
}

/// What must not be torn apart: runs up to the next space, which is the last character of a word.
fn words(runs: &[Run]) -> Vec<Vec<Run>> {
    let mut words: Vec<Vec<Run>> = vec![Vec::new()];
    for run in runs {
        for piece in run.text.split_inclusive(' ') {
            let piece = Run { text: piece.to_owned(), ..run.clone() };
            let ends = piece.text.ends_with(' ');
            if let Some(word) = words.last_mut() {
                word.push(piece);
            }
            if ends {
                words.push(Vec::new());
            }
        }
    }
    words
}

/// Puts a piece at the end of a line, into the run before it if both look the same.
fn add(line: Option<&mut Vec<Run>>, piece: Run) {
    let Some(line) = line else { return };
    match line.last_mut() {
        Some(last) if last.look == piece.look => last.text.push_str(&piece.text),
        _ => line.push(piece),
    }
}

fn width_of_all(word: &[Run]) -> f64 {
    word.iter().map(|run| width(&run.text)).sum()
}

/// Without the space at its end.
fn width_of_visible(word: &[Run]) -> f64 {
    let space = word.last().filter(|run| run.text.ends_with(' ')).map_or(0.0, |_| width_of(' '));
    width_of_all(word) - space
}

/// Of Helvetica and fonts that are alike, and a little more.
fn width_of(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '\'' | '’' | '|' | '.' | ',' | ':' | ';' | '!' | ' ' => 0.30,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '"' | '“' | '”' | '„' => 0.37,
        'm' | 'M' | 'W' | '@' | '—' | '…' | '%' => 0.95,
        'w' => 0.78,
        'A'..='Z' | '&' => 0.73,
        '\u{2000}'.. => 1.35, // mostly emoji
        _ => 0.58,
    }
}

#[cfg(test)]
mod tests {
    use super::super::markup::Look;
    use super::*;

    fn run(text: &str, look: Look) -> Run {
        Run { text: text.to_owned(), look }
    }

    fn texts(lines: &[Vec<Run>]) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|run| run.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_a_long_word_stays_whole() {
        let text = [run("one two three extraordinary four", Look::Plain)];
        assert_eq!(texts(&wrap(&text, 4.5)), ["one two ", "three ", "extraordinary ", "four"]);
    }

    #[test]
    fn a_mention_and_what_is_glued_to_it_are_not_torn_apart() {
        let text = [run("taught by ", Look::Plain), run("@Ann", Look::Mention), run(", yesterday", Look::Plain)];
        let lines = wrap(&text, 5.5);
        assert_eq!(texts(&lines), ["taught by ", "@Ann, ", "yesterday"]);
        assert_eq!(lines[1].iter().map(|run| run.look).collect::<Vec<_>>(), [Look::Mention, Look::Plain]);
    }

    #[test]
    fn nothing_is_one_line() {
        assert_eq!(wrap(&[], 10.0), [vec![]]);
    }
}

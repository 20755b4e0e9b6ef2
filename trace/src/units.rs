//! Times and names as people read them.

use unicode_width::UnicodeWidthStr as _;

const MICROSECOND: f64 = 1e3;
const MILLISECOND: f64 = 1e6;
const SECOND: f64 = 1e9;

/// Nanoseconds as people say them: `36.5 s`, `420 ms`, `2 min 5 s`.
#[must_use]
pub fn duration(nanos: u64) -> String {
    let exact = nanos as f64;
    match exact {
        0.0 => "0".to_owned(),
        _ if exact < MICROSECOND => format!("{nanos} ns"),
        _ if exact < 0.9995 * MILLISECOND => format!("{:.0} µs", exact / MICROSECOND),
        _ if exact < 9.95 * MILLISECOND => format!("{:.1} ms", exact / MILLISECOND),
        _ if exact < 0.9995 * SECOND => format!("{:.0} ms", exact / MILLISECOND),
        _ if exact < 119.95 * SECOND => format!("{:.1} s", exact / SECOND),
        _ => {
            let seconds = (exact / SECOND).round() as u64;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
    }
}

/// A part of a whole, in percent.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "0%".to_owned() } else { format!("{:.0}%", 100.0 * part as f64 / whole as f64) }
}

/// Columns of a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// At most that many columns of a text; control characters are blanks.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if columns(&text) <= most {
        return text;
    }
    let mut short = String::new();
    for c in text.chars() {
        if columns(&short) + columns(c.encode_utf8(&mut [0; 4])) >= most {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// A text in lines of that many columns, cut between words; a number keeps its unit.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words(text) {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(&word) <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_unit = ["s", "min", "ms", "µs", "ns"].contains(&word.trim_end_matches([',', '.', ';', ')']));
        match words.last_mut() {
            Some(number) if is_unit => {
                number.push(' ');
                number.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let nanos = [0, 12, 4_200, 1_500_000, 420_000_000, 999_600_000, 36_500_000_000, 125_000_000_000];
        let expected = ["0", "12 ns", "4 µs", "1.5 ms", "420 ms", "1.0 s", "36.5 s", "2 min 5 s"];
        assert_eq!(nanos.map(duration), expected);
    }

    #[test]
    fn lines_are_cut_between_words_but_not_before_units() {
        assert_eq!(wrapped("took 36.5 s, which is long", 10), ["took", "36.5 s,", "which is", "long"]);
    }

    #[test]
    fn long_names_are_cut_by_their_width() {
        assert_eq!(cut("get_memories", 20), "get_memories");
        assert_eq!(cut("get_memories", 6), "get_m…");
        assert_eq!(cut("日本語の名前", 5), "日本…");
        assert_eq!(cut("a\nb\u{1b}[1m", 9), "a b [1m");
    }
}

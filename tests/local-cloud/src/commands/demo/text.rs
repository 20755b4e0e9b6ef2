//! Text for a terminal: lines of at most so many characters.

/// Breaks at spaces; a word longer than a line stays whole.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// The first lines of it; `…` says that there are more.
pub(super) fn first_lines(text: &str, width: usize, count: usize) -> Vec<String> {
    let on_one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut lines = wrap(&on_one_line, width - 2); // room for what says so
    if lines.len() > count {
        lines.truncate(count);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
}

/// The stand-in writes one long line; "2025-07-03: " begins another day.
pub(super) fn days_on_their_own_lines(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let lines = words.chunk_by(|_, next| !is_date(next));
    lines.map(|line| line.join(" ")).collect::<Vec<_>>().join("\n")
}

fn is_date(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrap("one two three\nfour", 7), ["one two", "three", "four"]);
        assert_eq!(wrap("extraordinary", 5), ["extraordinary"]);
    }

    #[test]
    fn what_is_left_out_is_marked() {
        assert_eq!(first_lines("one two\nthree four", 9, 2), ["one two", "three …"]);
        assert_eq!(first_lines("one two", 9, 2), ["one two"]);
    }

    #[test]
    fn each_day_has_a_line() {
        let text = "Ann. Likes 2: 3. 2025-07-03: ran. 2025-07-02: slept.";
        assert_eq!(days_on_their_own_lines(text), "Ann. Likes 2: 3.\n2025-07-03: ran.\n2025-07-02: slept.");
    }
}

//! The JSON documents of a file: one a line, or one over many lines.

use serde_json::{Deserializer, Value};

/// A document of a file, or what could not be read as one.
pub(super) enum Document {
    /// The line it begins on, and what is in it.
    Json(usize, Value),
    /// The line it begins on, and why it is broken.
    Broken(usize, String),
}

/// All documents of `text`, in order. After a broken one, reading goes on at the next line that begins with a bracket.
pub(super) fn of(text: &str) -> Vec<Document> {
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut line = 1;
    let mut documents = Vec::new();
    loop {
        let begin = rest.trim_start();
        line += newlines(&rest[..rest.len() - begin.len()]);
        rest = begin;
        if rest.is_empty() {
            return documents;
        }
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        let read = match stream.next() {
            Some(Ok(value)) => {
                documents.push(Document::Json(line, value));
                stream.byte_offset()
            }
            Some(Err(error)) => {
                documents.push(Document::Broken(line, reason(&error, line)));
                next_document(rest)
            }
            None => rest.len(),
        };
        line += newlines(&rest[..read]);
        rest = &rest[read..];
    }
}

/// Where the next document can begin.
fn next_document(text: &str) -> usize {
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    lines.into_iter().find(|at| text[*at..].starts_with(['{', '['])).unwrap_or(text.len())
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The error, whose own line is counted from where the document begins.
fn reason(error: &serde_json::Error, begins: usize) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    match error.line() {
        0 | 1 => what.to_owned(),
        line => format!("{what} on line {}", begins + line - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let tell = |document| match document {
            Document::Json(line, value) => format!("{line} {value}"),
            Document::Broken(line, why) => format!("{line} broken: {why}"),
        };
        of(text).into_iter().map(tell).collect()
    }

    #[test]
    fn documents_are_lines_or_blocks() {
        assert_eq!(told("\u{feff}{\"a\":1}\n{\"b\":\n 2}\n\n{\"c\":3}"), ["1 {\"a\":1}", "2 {\"b\":2}", "5 {\"c\":3}"]);
        assert_eq!(told(" \n\n"), [""; 0]);
    }

    #[test]
    fn a_broken_line_takes_nothing_with_it() {
        assert_eq!(
            told("{\"a\":1}\n{\"b\":[1,\n{\"c\":3}\n}\n{\"d\":4}"),
            [
                "1 {\"a\":1}",
                "2 broken: expected `,` or `]` on line 4",
                "3 {\"c\":3}",
                "4 broken: expected value",
                "5 {\"d\":4}"
            ]
        );
        assert_eq!(told("hello\n{\"a\":1}"), ["1 broken: expected value", "2 {\"a\":1}"]);
    }
}

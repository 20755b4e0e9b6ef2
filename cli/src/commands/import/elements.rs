//! The messages of one large JSON document, one after the other: `{"guild":…,"messages":[{…},{…}]}`. The document is never in
//! memory as a whole, and what is broken in it costs only the message it is in.
//!
//! ```text
//! {"guild":{…},"channel":{…},"messages":[ {"id":"1",…} , {"id":"2","content":"bro⏎ , {"id":"3",…} ],"messageCount":3}
//! └──────────── head ────────┘            └─ whole ──┘   └ broken: go on at the ─┘
//!                                                          next {"id":"…","type":
//! ```

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

/// Bytes read at once.
const CHUNK: usize = 256 * 1024;
/// Bytes a message, or what comes before the messages, can have: a message with thousands of reactions has hundreds of
/// kilobytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Reads the elements of the array `messages`.
#[derive(Debug)]
pub(super) struct Elements<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where in the buffer begins what was not taken yet.
    at: usize,
    /// Where in the input the buffer begins.
    offset: u64,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// An object, as far as braces and quotes tell.
    Whole(Range<usize>),
    /// No object. [`Elements::recover`] goes on behind it.
    Broken,
    /// The array ends as it should.
    End,
    /// The input ends before the array does.
    Cut,
}

impl<R: Read> Elements<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), at: 0, offset: 0 }
    }

    /// What stands before `"messages":[`, or `None` if there is no such array. The elements follow.
    pub(super) fn head(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some((head, first)) = find_messages(&self.buffer) {
                self.at = first;
                return Ok(Some(self.buffer[..head].to_vec()));
            }
            if self.buffer.len() > MAX_BYTES || !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The next element, which stays where it is until it is [taken](Self::take) or given up.
    pub(super) fn next(&mut self) -> io::Result<Element> {
        loop {
            match self.buffer.get(self.at).copied() {
                None if self.fill()? => {}
                None => return Ok(Element::Cut),
                Some(byte) if byte.is_ascii_whitespace() || byte == b',' => self.at += 1,
                Some(b']') => return Ok(Element::End),
                Some(b'{') => return self.object(),
                Some(_) => return Ok(Element::Broken),
            }
        }
    }

    fn object(&mut self) -> io::Result<Element> {
        let mut scan = Scan::default();
        let mut seen = 0;
        loop {
            for byte in &self.buffer[self.at + seen..] {
                seen += 1;
                match scan.step(*byte) {
                    Step::On => {}
                    Step::Closed => return Ok(Element::Whole(self.at..self.at + seen)),
                    Step::Broken => return Ok(Element::Broken),
                }
            }
            if seen > MAX_BYTES {
                return Ok(Element::Broken);
            }
            if !self.fill()? {
                // Cut off, or so broken that it swallowed the rest.
                let swallowed = find_message(&self.buffer[self.at + 1..]).is_some();
                return Ok(if swallowed { Element::Broken } else { Element::Cut });
            }
        }
    }

    pub(super) fn bytes(&self, range: &Range<usize>) -> &[u8] {
        &self.buffer[range.clone()]
    }

    /// Goes on behind an element.
    pub(super) fn take(&mut self, range: &Range<usize>) {
        self.at = range.end;
    }

    /// Gives up the element that is next, and goes on with what looks like the next message, if there is one.
    pub(super) fn recover(&mut self) -> io::Result<bool> {
        self.at = (self.at + 1).min(self.buffer.len());
        loop {
            if let Some(found) = find_message(&self.buffer[self.at..]) {
                self.at += found;
                return Ok(true);
            }
            // The beginning of a message may be in the buffer already.
            self.at = self.at.max(self.buffer.len().saturating_sub(LONGEST_START));
            if !self.fill()? {
                self.at = self.buffer.len();
                return Ok(false);
            }
        }
    }

    /// Where in the input what was not taken yet begins.
    pub(super) fn position(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// Reads more behind what is there; `false` at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.at);
        self.offset += self.at as u64;
        self.at = 0;
        let read = (&mut self.input).take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        Ok(read > 0)
    }
}

impl<R: Read + Seek> Elements<R> {
    /// Goes on at a position between two elements, as [`Self::position`] gave it.
    pub(super) fn go_to(&mut self, position: u64) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(position))?;
        self.buffer.clear();
        (self.at, self.offset) = (0, position);
        Ok(())
    }
}

/// Follows braces and strings.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

enum Step {
    On,
    Closed,
    Broken,
}

impl Scan {
    fn step(&mut self, byte: u8) -> Step {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                // No string of JSON goes on in the next line: a quote is missing.
                b'\n' => return Step::Broken,
                _ => {}
            }
            return Step::On;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::Closed;
                }
            }
            b':' | b',' | b'0'..=b'9' | b'+' | b'-' | b'.' => {}
            byte if byte.is_ascii_whitespace() || b"truefalsnE".contains(&byte) => {}
            // Text outside of a string: a quote is missing, or one too many.
            _ => return Step::Broken,
        }
        Step::On
    }
}

/// Where the key `"messages"` of the document begins, and where its first element may be.
fn find_messages(document: &[u8]) -> Option<(usize, usize)> {
    let mut scan = Scan::default();
    let mut string_begins = 0;
    for (at, byte) in document.iter().enumerate() {
        let was_in_string = scan.in_string;
        if let Step::Broken = scan.step(*byte) {
            return None;
        }
        if !was_in_string && scan.in_string {
            string_begins = at;
        }
        let ended = was_in_string && !scan.in_string && scan.depth == 1;
        if ended && &document[string_begins..=at] == b"\"messages\"" {
            let mut cursor = Cursor(&document[at + 1..]);
            if cursor.token(b":").and_then(|()| cursor.token(b"[")).is_some() {
                return Some((string_begins, document.len() - cursor.0.len()));
            }
        }
    }
    None
}

/// More bytes than `{"id":"…","type":` has, white space included.
const LONGEST_START: usize = 256;

/// Where what looks like a message begins: `{"id":"…","type":`, which no other object of an export begins with.
fn find_message(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == b'{')?;
        if begins_message(&bytes[at..]).is_some() {
            return Some(at);
        }
        from = at + 1;
    }
}

fn begins_message(bytes: &[u8]) -> Option<()> {
    let mut cursor = Cursor(bytes);
    cursor.token(b"{")?;
    cursor.token(b"\"id\"")?;
    cursor.token(b":")?;
    cursor.token(b"\"")?;
    let digits = cursor.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
    cursor.0 = &cursor.0[digits..];
    cursor.token(b"\"")?;
    cursor.token(b",")?;
    cursor.token(b"\"type\"")?;
    cursor.token(b":")
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    /// Takes that token, and white space before it.
    fn token(&mut self, token: &[u8]) -> Option<()> {
        self.0 = self.0.trim_ascii_start().strip_prefix(token)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of whole elements, `!` for each that is broken, and how it ends.
    fn read(document: &str) -> String {
        let mut elements = Elements::new(document.as_bytes());
        if elements.head().unwrap().is_none() {
            return "no messages".to_owned();
        }
        let mut seen = String::new();
        loop {
            match elements.next().unwrap() {
                Element::Whole(range) => match serde_json::from_slice::<serde_json::Value>(elements.bytes(&range)) {
                    Ok(value) => {
                        seen.push_str(value["id"].as_str().unwrap());
                        elements.take(&range);
                    }
                    Err(_) => {
                        seen.push('!');
                        elements.recover().unwrap();
                    }
                },
                Element::Broken => {
                    seen.push('!');
                    elements.recover().unwrap();
                }
                Element::End => return seen + " end",
                Element::Cut => return seen + " cut",
            }
        }
    }

    fn message(id: u32, content: &str) -> String {
        format!(r#"{{"id":"{id}","type":"Default","content":{content},"author":{{"id":"9","name":"x"}}}}"#)
    }

    fn document(messages: &[String]) -> String {
        format!(r#"{{"guild":{{"id":"1","messages":[]}},"messages":[{}],"messageCount":3}}"#, messages.join(","))
    }

    #[test]
    fn every_element_comes_once_whatever_is_in_its_text() {
        let tricky = [r#""a } ] , {""#, r#""say \"hi\" {\"id\":\"7\",\"type\":\"Default\"""#, r#""\\""#];
        let messages: Vec<String> = tricky.iter().zip(1..).map(|(text, id)| message(id, text)).collect();
        assert_eq!(read(&document(&messages)), "123 end");
        assert_eq!(read(&document(&[])), " end");
        let indented = document(&messages).replace(",\"type\"", ",\n      \"type\"").replace("[{", "[\n    {");
        assert_eq!(read(&indented), "123 end");
    }

    #[test]
    fn what_is_broken_costs_only_the_message_it_is_in() {
        let broken = [
            r#""no end"#,
            r#"no begin""#,
            r#""\x""#,
            "12x",
            r#""line
                break""#,
        ];
        for text in broken {
            let messages = [message(1, "\"a\""), message(2, text), message(3, "\"b\"")];
            assert_eq!(read(&document(&messages)), "1!3 end", "{text}");
        }
    }

    #[test]
    fn a_document_that_was_cut_off_says_so() {
        let whole = document(&[message(1, "\"a\""), message(2, "\"b\"")]);
        let second = whole.find(r#"{"id":"2""#).unwrap();
        for end in second..whole.find("],\"messageCount").unwrap() {
            let seen = read(&whole[..end]);
            assert!(seen == "1 cut" || seen == "12 cut", "{seen}");
        }
    }

    #[test]
    fn a_document_larger_than_the_buffer_is_read_whole() {
        let messages: Vec<String> = (1..=9).map(|id| message(id, &format!("\"{}\"", "x".repeat(CHUNK)))).collect();
        assert_eq!(read(&document(&messages)), "123456789 end");
    }

    #[test]
    fn what_has_no_messages_is_recognized() {
        for text in ["", "{}", "hello", "<!DOCTYPE html>", r#"{"messages":{}}"#, r#"{"a":{"messages":[]}}"#] {
            assert_eq!(read(text), "no messages", "{text}");
        }
    }
}

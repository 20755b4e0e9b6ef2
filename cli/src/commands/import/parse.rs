//! Reads a piece of JSON, and says what of it did not fit, and where.

use std::borrow::Cow;

use guild_memory::contract::with_whole_characters;
use serde::Deserialize;

/// Why a piece of JSON cannot be read.
#[derive(Debug)]
pub(super) struct Misfit {
    /// Whether it is JSON, with something else in it than there should be.
    pub(super) is_data: bool,
    /// Whether more of it was to come.
    pub(super) is_cut: bool,
    /// The line in the piece, from 1.
    pub(super) line: usize,
    /// What did not fit: the path to it, and what should be there. What is there is not repeated.
    pub(super) what: String,
}

/// Reads JSON, in which broken characters are replaced.
pub(super) fn parse<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T, Misfit> {
    let read = parse_strictly(json);
    match read {
        Err(_) => match with_whole_characters(json) {
            Cow::Borrowed(_) => read,
            Cow::Owned(whole) => parse_strictly(whole.as_bytes()),
        },
        Ok(_) => read,
    }
}

fn parse_strictly<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, Misfit> {
    let mut input = serde_json::Deserializer::from_slice(json);
    let misfit = |error: serde_path_to_error::Error<serde_json::Error>| Misfit {
        is_data: error.inner().is_data(),
        is_cut: error.inner().is_eof(),
        line: error.inner().line(),
        what: problem(&error.path().to_string(), error.inner()),
    };
    let read = serde_path_to_error::deserialize(&mut input).map_err(misfit)?;
    let end = input.end();
    end.map_err(|error| Misfit { is_data: false, is_cut: false, line: error.line(), what: problem(".", &error) })?;
    Ok(read)
}

/// What serde says, less the place and what quotes the input.
fn problem(path: &str, error: &serde_json::Error) -> String {
    if error.is_syntax() || error.is_eof() {
        return "it is broken JSON".to_owned();
    }
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let what = match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    };
    if [".", "?"].contains(&path) { what } else { format!("{path}: {what}") }
}

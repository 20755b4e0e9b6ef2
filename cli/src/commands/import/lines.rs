//! JSON lines: a message a line, or an event of `ingest_messages`.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
};

use anyhow::Result;
use guild_memory::{
    contract::with_whole_characters,
    domain::{GuildId, MessageId},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    item::Item,
    message::{Shaped, Shift},
    parse::parse,
};

/// Bytes of the input held at once.
const BUFFER: usize = 1024 * 1024;
/// Bytes a line can have.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The lines of a text.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    /// Where the line begins from which messages are still to come, or else the next one.
    begins: u64,
    position: u64,
    /// What the last line brought besides what was given out already.
    more: VecDeque<Item>,
}

/// A line that brings several messages, or deletions: an event of `ingest_messages`.
#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    guild_id: Option<GuildId>,
    #[serde(default)]
    messages: Vec<Box<RawValue>>,
    #[serde(default)]
    deleted: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Fields {
    messages: Option<serde::de::IgnoredAny>,
    deleted: Option<serde::de::IgnoredAny>,
}

/// What holds for all messages of a file.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) guild: Option<GuildId>,
    pub(super) shift: Shift,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        let input = BufReader::with_capacity(BUFFER, input);
        Self { input, begins: 0, position: 0, more: VecDeque::new() }
    }

    /// The message of that number.
    pub(super) fn next(&mut self, number: u64, terms: Terms) -> Result<Item> {
        loop {
            if let Some(item) = self.more.pop_front() {
                return Ok(item);
            }
            let mut line = Vec::new();
            let read = self.input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
            self.begins = self.position;
            self.position += read as u64;
            if read == 0 {
                return Ok(Item::End);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let is_last = !line.ends_with(b"\n");
            self.more = read_line(&line, terms, &format!("message {number} of the file"), is_last);
        }
    }

    /// Where to go on for the next message.
    pub(super) fn position(&self) -> u64 {
        if self.more.is_empty() { self.position } else { self.begins }
    }
}

impl<R: Read + Seek> Lines<R> {
    /// Goes on at a position that [`Self::position`] gave.
    pub(super) fn go_to(&mut self, position: u64) -> Result<()> {
        self.input.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }
}

fn read_line(line: &[u8], terms: Terms, place: &str, is_last: bool) -> VecDeque<Item> {
    let fields = match parse::<Fields>(line) {
        Ok(fields) => fields,
        Err(misfit) if misfit.is_cut && is_last => return [Item::Cut].into(),
        Err(misfit) => return [Item::Rejected(place.to_owned(), misfit.what)].into(),
    };
    if fields.messages.is_none() && fields.deleted.is_none() {
        return [shaped(line, terms, place)].into();
    }
    // A raw value is text: bytes that are none are replaced before.
    match parse::<Batch>(with_whole_characters(line).as_bytes()) {
        Err(misfit) => [Item::Rejected(place.to_owned(), misfit.what)].into(),
        Ok(batch) => {
            let terms = Terms { guild: terms.guild.or(batch.guild_id), ..terms };
            let messages = batch.messages.iter().map(|raw| shaped(raw.get().as_bytes(), terms, place));
            let deleted = batch.deleted.iter().map(|raw| deletion(raw.get().as_bytes(), terms, place));
            messages.chain(deleted).collect()
        }
    }
}

fn shaped(message: &[u8], terms: Terms, place: &str) -> Item {
    match parse::<Shaped>(message) {
        Err(misfit) => Item::Rejected(place.to_owned(), misfit.what),
        Ok(message) => match terms.guild.or(message.guild_id) {
            None => Item::without_guild(place.to_owned()),
            Some(guild) => Item::sent(terms.shift.shaped(guild, message), place.to_owned()),
        },
    }
}

fn deletion(id: &[u8], terms: Terms, place: &str) -> Item {
    match (parse::<MessageId>(id), terms.guild) {
        (Err(misfit), _) => Item::Rejected(place.to_owned(), misfit.what),
        (_, None) => Item::without_guild(place.to_owned()),
        (Ok(id), Some(guild)) => Item::sent(terms.shift.deletion(guild, id), place.to_owned()),
    }
}

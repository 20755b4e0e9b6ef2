//! A file of messages, read one after the other, whatever its form.

use std::io::{Read, Seek, SeekFrom};

use anyhow::{Context, Result, anyhow};
use guild_memory::{contract::read_json, domain::GuildId};
use serde_json::{Map, Value};

use super::{
    elements::{Element, Elements},
    exporter::Head,
    item::{Item, Place},
    lines::{Lines, Terms},
    message::Shift,
    parse::parse,
    pieces::Piece,
    refusal,
    text::Text,
};

/// Bytes in which the first line of JSON lines must end.
const FIRST_LINE: u64 = 1024 * 1024;
/// Lines that may be broken before one shows that the file has JSON lines.
const FIRST_LINES: usize = 20;

/// An open file.
pub(super) struct Source {
    form: Form,
    terms: Terms,
    /// Messages seen so far.
    seen: u64,
    /// What of the file is unlike most, for people.
    pub(super) peculiarity: Option<String>,
    /// Bytes of text in it, if that is known.
    pub(super) size: Option<u64>,
}

enum Form {
    Export(Box<Elements<Text>>, Head),
    Lines(Lines<Text>),
}

impl Source {
    /// Opens a file. `guild` counts more than what the file says.
    pub(super) fn open(piece: &Piece, guild: Option<GuildId>, shift: Shift) -> Result<Self> {
        let mut text = Text::open(piece).with_context(|| unreadable(piece))?;
        let (peculiarity, size) = (text.peculiarity(), text.size());
        let beginning = beginning(&mut text).with_context(|| unreadable(piece))?;
        let form = if has_lines(&beginning) { Form::Lines(Lines::new(text)) } else { export(text, piece, &beginning)? };
        let guild = match &form {
            Form::Export(_, head) => Some(guild.or(head.guild()).with_context(|| refusal::of_no_guild(&piece.name))?),
            Form::Lines(_) => guild,
        };
        Ok(Self { form, terms: Terms { guild, shift }, seen: 0, peculiarity, size })
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Result<Item> {
        self.seen += 1;
        match &mut self.form {
            Form::Export(elements, head) => {
                exported(elements, head, self.terms, format!("message {} of the file", self.seen))
            }
            Form::Lines(lines) => lines.next(self.seen, self.terms),
        }
    }

    /// Where the next message is.
    pub(super) fn place(&self) -> Place {
        let position = match &self.form {
            Form::Export(elements, _) => elements.position(),
            Form::Lines(lines) => lines.position(),
        };
        Place { position, seen: self.seen }
    }

    /// Goes on at a place that [`Self::place`] gave.
    pub(super) fn go_to(&mut self, place: Place) -> Result<()> {
        self.seen = place.seen;
        match &mut self.form {
            Form::Export(elements, _) => Ok(elements.go_to(place.position)?),
            Form::Lines(lines) => lines.go_to(place.position),
        }
    }
}

pub(super) fn unreadable(piece: &Piece) -> String {
    format!("{} cannot be read", piece.name)
}

/// The first bytes of a text, which is at its beginning again afterwards.
fn beginning(text: &mut Text) -> std::io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    text.by_ref().take(FIRST_LINE).read_to_end(&mut beginning)?;
    text.seek(SeekFrom::Start(0))?;
    Ok(beginning)
}

/// Whether one of the first lines is a JSON object of its own. The first ones may be broken.
fn has_lines(beginning: &[u8]) -> bool {
    let lines = beginning.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let is_message = |line: &[u8]| {
        read_json::<Map<String, Value>>(line).is_ok_and(|line| !line.is_empty() && !line.contains_key("guild"))
    };
    lines.take(FIRST_LINES).any(is_message)
}

fn export(text: Text, piece: &Piece, beginning: &[u8]) -> Result<Form> {
    let mut elements = Elements::new(text);
    let head = elements.head().with_context(|| unreadable(piece))?;
    let Some(head) = head else { return Err(anyhow!(refusal::of_no_export(&piece.name, beginning))) };
    // The comma before "messages" closes nothing.
    let head = [head.trim_ascii_end().strip_suffix(b",").unwrap_or(&head), b"}"].concat();
    let head = parse(&head).map_err(|misfit| anyhow!(refusal::of_head(&piece.name, &misfit)))?;
    Ok(Form::Export(Box::new(elements), head))
}

fn exported(elements: &mut Elements<Text>, head: &Head, terms: Terms, place: String) -> Result<Item> {
    let broken = || "it is broken JSON".to_owned();
    let range = match elements.next()? {
        Element::End => return Ok(Item::End),
        Element::Cut => return Ok(Item::Cut),
        Element::Broken => {
            elements.recover()?;
            return Ok(Item::Rejected(place, broken()));
        }
        Element::Whole(range) => range,
    };
    match head.message(elements.bytes(&range)) {
        Ok(message) => {
            elements.take(&range);
            Ok(match (message, terms.guild) {
                (Err(skip), _) => Item::Skipped(skip),
                (Ok(message), Some(guild)) => Item::sent(terms.shift.message(guild, message), place),
                (Ok(_), None) => Item::without_guild(place),
            })
        }
        Err(misfit) if misfit.is_data => {
            elements.take(&range);
            Ok(Item::Rejected(place, misfit.what))
        }
        Err(_) => {
            elements.recover()?;
            Ok(Item::Rejected(place, broken()))
        }
    }
}

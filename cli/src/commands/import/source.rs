//! A file of messages, read one after the other, whatever its form.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use guild_memory::domain::{GuildId, MessageId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    elements::{Element, Elements},
    exporter::Head,
    message::{Outgoing, Shaped, Shift, Skip},
};

/// Bytes in which the first line of JSON lines must end.
const FIRST_LINE: u64 = 1024 * 1024;
/// Bytes a line can have.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// What comes next in a file.
pub(super) enum Item {
    /// Something to send.
    Outgoing(Outgoing),
    /// A message that is left out.
    Skipped(Skip),
    /// A message that cannot be read: where it is, and what is wrong with it.
    Rejected(String, String),
    /// The end of the file, as it should be.
    End,
    /// The end of a file that was cut off.
    Cut,
}

/// A place in a file, in bytes and in messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) position: u64,
    pub(super) seen: u64,
}

/// An open file.
pub(super) struct Source {
    form: Form,
    guild: Option<GuildId>,
    pub(super) shift: Shift,
    /// Messages seen so far.
    seen: u64,
}

enum Form {
    Export(Box<Elements<File>>, Head),
    Lines(Lines),
}

struct Lines {
    input: BufReader<File>,
    position: u64,
    line_begins: u64,
    /// What the last line brought besides what was given out already.
    more: VecDeque<Item>,
}

/// A line that brings several messages, or deletions: an event of `ingest_messages`.
#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(default)]
    guild_id: Option<GuildId>,
    #[serde(borrow, default)]
    messages: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    deleted: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Fields {
    messages: Option<serde::de::IgnoredAny>,
    deleted: Option<serde::de::IgnoredAny>,
}

impl Source {
    /// Opens a file. `guild` counts more than what the file says.
    pub(super) fn open(path: &Path, guild: Option<GuildId>, shift: Shift) -> Result<Self> {
        let mut file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
        let kind = file.metadata().with_context(|| unreadable(path))?;
        if kind.is_dir() {
            bail!("{0} is a folder: name the files in it, such as {0}/*.json", path.display());
        }
        if kind.is_file() && kind.len() == 0 {
            bail!("{} is empty", path.display());
        }
        let form =
            if has_lines(&mut file).with_context(|| unreadable(path))? { lines(file) } else { export(file, path)? };
        let guild = match (&form, guild) {
            (Form::Export(_, head), None) => Some(head.guild().with_context(|| {
                format!("{} has direct messages, which are no guild's: name one with --guild", path.display())
            })?),
            _ => guild,
        };
        Ok(Self { form, guild, shift, seen: 0 })
    }

    /// The next message.
    pub(super) fn next(&mut self) -> Result<Item> {
        self.seen += 1;
        match &mut self.form {
            Form::Export(elements, head) => {
                let place = format!("message {} of the file", self.seen);
                Ok(exported(elements, head, self.guild, self.shift, place)?)
            }
            Form::Lines(lines) => lines.next(self.seen, self.guild, self.shift),
        }
    }

    /// Where the next message is.
    pub(super) fn place(&self) -> Place {
        let position = match &self.form {
            Form::Export(elements, _) => elements.position(),
            Form::Lines(lines) if lines.more.is_empty() => lines.position,
            Form::Lines(lines) => lines.line_begins,
        };
        Place { position, seen: self.seen }
    }

    /// Goes on at a place that [`Self::place`] gave.
    pub(super) fn go_to(&mut self, place: Place) -> Result<()> {
        let Place { position, seen } = place;
        self.seen = seen;
        match &mut self.form {
            Form::Export(elements, _) => elements.go_to(position)?,
            Form::Lines(lines) => {
                lines.input.seek(SeekFrom::Start(position))?;
                lines.position = position;
            }
        }
        Ok(())
    }
}

/// Whether the first line is a JSON object of its own.
fn has_lines(file: &mut File) -> Result<bool> {
    let mut beginning = Vec::new();
    file.by_ref().take(FIRST_LINE).read_to_end(&mut beginning)?;
    file.seek(SeekFrom::Start(0))?;
    let first = beginning.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let is_object =
        serde_json::from_slice::<serde_json::Map<_, _>>(first).is_ok_and(|line| !line.contains_key("guild"));
    Ok(is_object)
}

fn lines(file: File) -> Form {
    Form::Lines(Lines {
        input: BufReader::with_capacity(FIRST_LINE as usize, file),
        position: 0,
        line_begins: 0,
        more: VecDeque::new(),
    })
}

fn export(file: File, path: &Path) -> Result<Form> {
    let mut elements = Elements::new(file);
    let head = elements.head().with_context(|| unreadable(path))?;
    // The comma before "messages" closes nothing.
    let head = head.map(|head| [head.trim_ascii_end().strip_suffix(b",").unwrap_or(&head), b"}"].concat());
    match head.and_then(|head| serde_json::from_slice(&head).ok()) {
        Some(head) => Ok(Form::Export(Box::new(elements), head)),
        None => bail!(
            "{} is neither an export of DiscordChatExporter in its JSON format (`-f Json`) nor JSON lines in the shape of \
             ingest_messages; nothing was read from it",
            path.display()
        ),
    }
}

pub(super) fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", PathBuf::from(path).display())
}

fn exported(
    elements: &mut Elements<File>,
    head: &Head,
    guild: Option<GuildId>,
    shift: Shift,
    place: String,
) -> Result<Item> {
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
            Ok(match (message, guild) {
                (Err(skip), _) => Item::Skipped(skip),
                (Ok(message), Some(guild)) => sent(shift.message(guild, message), place),
                (Ok(_), None) => no_guild(place),
            })
        }
        Err(error) if error.is_data() => {
            elements.take(&range);
            Ok(Item::Rejected(place, problem(&error)))
        }
        Err(_) => {
            elements.recover()?;
            Ok(Item::Rejected(place, broken()))
        }
    }
}

fn sent<E: std::fmt::Display>(outgoing: Result<Outgoing, E>, place: String) -> Item {
    outgoing.map_or_else(|error| Item::Rejected(place, error.to_string()), Item::Outgoing)
}

fn no_guild(place: String) -> Item {
    Item::Rejected(place, "it does not say its guild_id: name one with --guild".to_owned())
}

/// What serde says, less the place and what quotes the input.
fn problem(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("something in it is not {expected}"),
        None => message.to_owned(),
    }
}

impl Lines {
    fn next(&mut self, number: u64, guild: Option<GuildId>, shift: Shift) -> Result<Item> {
        loop {
            if let Some(item) = self.more.pop_front() {
                return Ok(item);
            }
            let mut line = Vec::new();
            let read = self.input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
            self.line_begins = self.position;
            self.position += read as u64;
            if read == 0 {
                return Ok(Item::End);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let is_last = !line.ends_with(b"\n");
            self.more = read_line(&line, guild, shift, &format!("message {number} of the file"), is_last);
        }
    }
}

fn read_line(line: &[u8], guild: Option<GuildId>, shift: Shift, place: &str, is_last: bool) -> VecDeque<Item> {
    let fields = match serde_json::from_slice::<Fields>(line) {
        Ok(fields) => fields,
        Err(error) if error.is_eof() && is_last => return [Item::Cut].into(),
        Err(error) if error.is_data() => return [Item::Rejected(place.to_owned(), problem(&error))].into(),
        Err(_) => return [Item::Rejected(place.to_owned(), "it is broken JSON".to_owned())].into(),
    };
    if fields.messages.is_none() && fields.deleted.is_none() {
        return [shaped(line, guild, shift, place)].into();
    }
    match serde_json::from_slice::<Batch<'_>>(line) {
        Err(error) => [Item::Rejected(place.to_owned(), problem(&error))].into(),
        Ok(batch) => {
            let guild = guild.or(batch.guild_id);
            let messages = batch.messages.iter().map(|raw| shaped(raw.get().as_bytes(), guild, shift, place));
            let deleted = batch.deleted.iter().map(|raw| deletion(raw.get(), guild, shift, place));
            messages.chain(deleted).collect()
        }
    }
}

fn shaped(message: &[u8], guild: Option<GuildId>, shift: Shift, place: &str) -> Item {
    match serde_json::from_slice::<Shaped>(message) {
        Err(error) => Item::Rejected(place.to_owned(), problem(&error)),
        Ok(message) => match guild.or(message.guild_id) {
            None => no_guild(place.to_owned()),
            Some(guild) => sent(shift.shaped(guild, message), place.to_owned()),
        },
    }
}

fn deletion(id: &str, guild: Option<GuildId>, shift: Shift, place: &str) -> Item {
    match (serde_json::from_str::<MessageId>(id), guild) {
        (Err(error), _) => Item::Rejected(place.to_owned(), problem(&error)),
        (_, None) => no_guild(place.to_owned()),
        (Ok(id), Some(guild)) => sent(shift.deletion(guild, id), place.to_owned()),
    }
}

//! `guild-memory import`: stores the messages of export files.

mod checkpoint;
mod elements;
mod exporter;
mod item;
mod lanes;
mod lenient;
mod lines;
mod message;
mod parse;
mod pieces;
mod refusal;
mod source;
mod summary;
mod text;
mod utf16;

use std::{
    path::PathBuf,
    process::ExitCode,
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use guild_memory::domain::{Day, GuildId, InvalidDay, MessageId};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::{lambda::Lambda, target::Target};
use checkpoint::Checkpoint;
use item::{Item, Place};
use lanes::Lanes;
use message::Shift;
use pieces::{Piece, pieces};
use source::{Source, unreadable};
use summary::Summary;

/// How often the place is kept where a later run can go on.
const KEEP_EVERY: Duration = Duration::from_millis(200);
/// The longest window there can be: older messages are in no memory.
const WINDOW_DAYS: u16 = 7;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Exports of DiscordChatExporter in its JSON format, or JSON lines in the shape of ingest_messages; also packed with gzip,
    /// folders and zip archives of them, and - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The guild the messages are stored for, whatever the files say
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Reads and counts everything, and sends nothing
    #[arg(long)]
    dry_run: bool,
    /// Moves all ids and times by whole days, so that the last message is of that day
    #[arg(long, value_name = "DATE|yesterday")]
    end: Option<End>,
    /// Begins at the beginning, even if an earlier run was stopped on the way
    #[arg(long)]
    restart: bool,
    /// Calls at the same time
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    jobs: u8,
    /// The name of the function, as the stack's outputs say
    #[arg(long, value_name = "NAME", env = "INGEST_MESSAGES_FUNCTION", default_value = "ingest_messages")]
    function: String,
    #[command(flatten)]
    target: Target,
}

/// The day of the last message.
#[derive(Debug, Clone, Copy)]
enum End {
    Yesterday,
    On(Day),
}

impl FromStr for End {
    type Err = InvalidDay;

    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        if text == "yesterday" { Ok(Self::Yesterday) } else { text.parse().map(Self::On) }
    }
}

impl End {
    fn day(self) -> Day {
        match self {
            Self::Yesterday => Day::of(Timestamp::now()).days_before(1),
            Self::On(day) => day,
        }
    }
}

/// Everything in it that was read is stored, or the summary says why not. A file that could not be read to its end is a
/// failure, and takes nothing from the others.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let begun = Instant::now();
    let lambda = Lambda::at(&arguments.target).await;
    if !arguments.dry_run {
        lambda.check(&arguments.target, &arguments.function).await?;
    }
    let mut import =
        Import { lambda, arguments, shift: Shift::default(), summary: Summary::default(), all_whole: true };
    let pieces = import.pieces();
    import.shift = import.arguments.shift(&pieces)?;
    let told = import.all(pieces).await;
    if import.summary.read > 0 {
        println!("{}", import.summary.text(begun.elapsed(), import.arguments.dry_run));
    }
    told?;
    if import.summary.is_all_rejected() {
        import.complain("every message was rejected, for the reasons above: nothing of it is stored");
    }
    if let Some(advice) = import.advice() {
        println!("{advice}");
    }
    Ok(if import.all_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Import {
    arguments: Arguments,
    lambda: Lambda,
    shift: Shift,
    summary: Summary,
    all_whole: bool,
}

impl Import {
    /// All there is to read, in the order of time: exports come in parts, and their names sort as they like.
    fn pieces(&mut self) -> Vec<Piece> {
        let mut found = Vec::new();
        for path in self.arguments.files.clone() {
            match pieces(&path) {
                Ok(pieces) => found.extend(pieces),
                Err(error) => self.complain(&format!("{error:#}")),
            }
        }
        if found.len() > 1 {
            found.sort_by_cached_key(|piece| first_message(piece, self.arguments.guild));
        }
        found
    }

    async fn all(&mut self, pieces: Vec<Piece>) -> Result<()> {
        for piece in pieces {
            let source = match Source::open(&piece, self.arguments.guild, self.shift) {
                Ok(source) => source,
                Err(error) => {
                    self.complain(&format!("{error:#}"));
                    continue;
                }
            };
            if let Some(peculiarity) = &source.peculiarity {
                println!("{} {peculiarity}", piece.name);
            }
            let checkpoint = Checkpoint::of(&piece, &self.settings());
            let file = OpenFile { bar: bar(&piece, &source)?, piece, source, checkpoint };
            self.one(file).await?;
        }
        Ok(())
    }

    async fn one(&mut self, mut file: OpenFile) -> Result<()> {
        if self.arguments.restart || self.arguments.dry_run {
            file.checkpoint.forget();
        } else if let Some(place) = file.checkpoint.place() {
            println!("{} goes on where it was stopped, after {} messages", file.piece.name, place.seen);
            file.source.go_to(place)?;
        }
        let function = self.arguments.function.clone();
        let mut lanes = Lanes::new(self.lambda.clone(), function, self.arguments.jobs);
        let read = tokio::select! {
            read = self.read(&mut file, &mut lanes) => read,
            interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Into::into).and_then(|()| bail!("interrupted")),
        };
        if read.is_err() {
            file.keep(&lanes);
        }
        let is_whole = read.with_context(|| {
            format!("{} was not stored to its end; the same command goes on where it stopped", file.piece.name)
        })?;
        file.bar.finish_and_clear();
        file.checkpoint.forget();
        if !is_whole {
            self.complain(&format!(
                "{} ends in the middle: it was cut off, and what came after is not in it. Everything before was read; \
                 export it again to have the rest",
                file.piece.name
            ));
        }
        Ok(())
    }

    /// Reads a file to its end, and says whether that is where it should be.
    async fn read(&mut self, file: &mut OpenFile, lanes: &mut Lanes) -> Result<bool> {
        let mut kept = Instant::now();
        loop {
            let place = file.source.place();
            let item = file.source.next().with_context(|| unreadable(&file.piece))?;
            match item {
                Item::End | Item::Cut => {
                    lanes.finish(&mut self.summary).await?;
                    return Ok(matches!(item, Item::End));
                }
                Item::Skipped(skip) => self.summary.skip(skip),
                Item::Rejected(which, reason) => self.summary.reject(which, reason),
                Item::Outgoing(outgoing) => {
                    self.summary.saw(outgoing.day);
                    if !self.arguments.dry_run {
                        lanes.send(outgoing, place, &mut self.summary).await?;
                    }
                }
            }
            self.summary.read += 1;
            file.bar.set_position(place.position);
            if kept.elapsed() >= KEEP_EVERY && !self.arguments.dry_run {
                file.keep(lanes);
                kept = Instant::now();
            }
        }
    }

    fn complain(&mut self, about: &str) {
        self.all_whole = false;
        eprintln!("guild-memory: {about}");
    }

    /// What tells this import of a file from others of the same file.
    fn settings(&self) -> String {
        let Arguments { guild, function, target, .. } = &self.arguments;
        format!("{guild:?} {} {function} {}", self.shift.days, target.name())
    }

    fn advice(&self) -> Option<String> {
        let oldest = Day::of(Timestamp::now()).days_before(WINDOW_DAYS);
        let last = self.summary.last.filter(|last| *last <= oldest && self.arguments.end.is_none())?;
        Some(format!(
            "The last message is of {last}, and memories are made of the last seven days: none of these will be in one. To \
             try them out, move them with --end yesterday"
        ))
    }
}

/// A file on its way.
struct OpenFile {
    piece: Piece,
    source: Source,
    checkpoint: Checkpoint,
    bar: ProgressBar,
}

impl OpenFile {
    fn keep(&self, lanes: &Lanes) {
        self.checkpoint.keep(lanes.first_open().unwrap_or_else(|| self.source.place()));
    }
}

impl Arguments {
    /// By how much everything is moved: for that, all files are read once before.
    fn shift(&self, pieces: &[Piece]) -> Result<Shift> {
        let Some(end) = self.end else { return Ok(Shift::default()) };
        let mut last = None;
        for piece in pieces {
            let Ok(mut source) = Source::open(piece, self.guild, Shift::default()) else { continue };
            let bar = bar(piece, &source)?.with_message("looking for the last day");
            loop {
                let Place { position, .. } = source.place();
                match source.next().with_context(|| unreadable(piece))? {
                    Item::End | Item::Cut => break,
                    Item::Outgoing(outgoing) => last = last.max(Some(outgoing.day)),
                    Item::Skipped(_) | Item::Rejected(..) => {}
                }
                bar.set_position(position);
            }
            bar.finish_and_clear();
        }
        Ok(last.map_or_else(Shift::default, |last| Shift::between(last, end.day())))
    }
}

/// The first message of a piece that is sent. What cannot be read comes first: it is complained of before anything is stored.
fn first_message(piece: &Piece, guild: Option<GuildId>) -> Option<MessageId> {
    let mut source = Source::open(piece, guild, Shift::default()).ok()?;
    loop {
        match source.next().ok()? {
            Item::End | Item::Cut => return None,
            Item::Outgoing(outgoing) => return Some(outgoing.id),
            Item::Skipped(_) | Item::Rejected(..) => {}
        }
    }
}

/// In bytes: nobody knows how many messages there will be, and of what is packed not even how many bytes.
fn bar(piece: &Piece, source: &Source) -> Result<ProgressBar> {
    let name = piece.name.rsplit('/').next().unwrap_or_default().to_owned();
    let (bar, style) = match source.size {
        Some(bytes) => (
            ProgressBar::new(bytes),
            "{prefix} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec}, {eta} left {msg}",
        ),
        None => (ProgressBar::no_length(), "{prefix} {spinner} {bytes} {binary_bytes_per_sec} {msg}"),
    };
    Ok(bar.with_style(ProgressStyle::with_template(style)?).with_prefix(name))
}

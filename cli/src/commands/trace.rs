//! `guild-memory trace`: where the time of a request went.

mod local;

use std::{
    cmp::Reverse,
    fs,
    io::{self, IsTerminal as _, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use console::Term;
use guild_memory_trace::{Analysis, Reading, Terminal, Trace, duration, page, picture, read, waterfall};

use crate::target::{LOCAL, address};

/// As many spans have a row as fit on a screen or two.
const ROWS: usize = 80;
/// How wide it is where no terminal says so.
const WIDTH: usize = 120;
/// So many problems and other traces are named; the rest is counted.
const TOLD: usize = 8;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Traces in OTLP's JSON, as the OpenTelemetry collector's file exporter and many programs write them; - for standard input
    #[arg(value_name = "FILE", required_unless_present = "local")]
    file: Option<PathBuf>,
    /// The last request for memories to the local cloud of `make watch`, instead of a file
    #[arg(long, value_name = "URL", conflicts_with = "file", num_args = 0..=1, value_parser = address, require_equals = true, default_missing_value = LOCAL)]
    local: Option<String>,
    /// The trace to show, by the beginning of its id; if none is named, the longest with more than one span, or with --local
    /// the last
    #[arg(long, value_name = "ID")]
    trace: Option<String>,
    /// Draws it as a picture, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Writes a page with the picture and a table, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Columns; those of the terminal, or 120 where there is none
    #[arg(long, value_name = "N")]
    width: Option<usize>,
    /// No colours, also in a terminal that shows them
    #[arg(long)]
    plain: bool,
}

/// Shows one trace of the file, or of the local cloud. That some of it cannot be read is told, and is no failure if there is
/// a trace.
pub(crate) async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (place, bytes) = match (&arguments.local, &arguments.file) {
        (Some(url), _) => (url.clone(), local::last_requests(url).await?),
        (None, file) => {
            let file = file.as_deref().unwrap_or(Path::new("-"));
            (file.display().to_string(), bytes(file)?)
        }
    };
    let Reading { spans, problems, .. } = read(&bytes);
    for problem in problems.iter().take(TOLD) {
        eprintln!("guild-memory: {place}, {problem}");
    }
    if problems.len() > TOLD {
        eprintln!("guild-memory: {place}: {} more cannot be read", problems.len() - TOLD);
    }
    // The local cloud tells the last request first.
    let last = spans.first().map(|span| span.trace.clone()).filter(|_| arguments.local.is_some());
    let mut traces = Trace::all(spans);
    if traces.is_empty() {
        bail!("{}", arguments.nothing_in(&place));
    }
    traces.sort_by_key(|trace| Reverse((Some(&trace.id) == last.as_ref(), trace.nodes().len() > 1, trace.length())));
    let (shown, others) = chosen(traces, arguments.trace.as_deref())?;
    let analysis = Analysis::of(shown);
    print(&(waterfall(&analysis, arguments.terminal()) + &told(&others, arguments.there())))?;
    if let Some(path) = &arguments.svg {
        write(path, &picture(&analysis))?;
    }
    if let Some(path) = &arguments.html {
        write(path, &page(&analysis))?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn nothing_in(&self, place: &str) -> String {
        match self.local {
            Some(_) => format!(
                "the local cloud at {place} has seen no request for memories: invoke get_memories first, as docs/local.md says"
            ),
            None => format!(
                "there is no trace in {place}: name a file that a collector or an exporter wrote as OTLP's JSON"
            ),
        }
    }

    fn there(&self) -> &'static str {
        if self.local.is_some() { "in the local cloud" } else { "in this file" }
    }

    fn terminal(&self) -> Terminal {
        let has_colours = !self.plain && io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let own = Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        Terminal { width: self.width.or(own).unwrap_or(WIDTH), has_colours, rows: ROWS }
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file).with_context(|| format!("{} cannot be read", file.display()));
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
    Ok(bytes)
}

/// The trace to show, and the others: the first of them, if none is named.
fn chosen(mut traces: Vec<Trace>, id: Option<&str>) -> Result<(Trace, Vec<Trace>)> {
    let id = id.unwrap_or_default().to_ascii_lowercase();
    let found: Vec<usize> = (0..traces.len()).filter(|n| traces[*n].id.as_str().starts_with(&id)).collect();
    match *found.as_slice() {
        [] => bail!("no trace has an id that begins with {id}: leave --trace out, and the ids are listed"),
        [_, _, ..] if !id.is_empty() => bail!("{} traces have ids that begin with {id}: write more of it", found.len()),
        [first, ..] => Ok((traces.remove(first), traces)),
    }
}

/// A line for each trace that is not shown.
fn told(others: &[Trace], there: &str) -> String {
    let mut lines = String::new();
    for other in others.iter().take(TOLD) {
        let root = other.roots().first().map_or("", |root| other.node(*root).span.name.as_str());
        let root: String = root.chars().filter(|c| !c.is_control()).take(60).collect();
        let (spans, id) = (other.nodes().len(), &other.id);
        let spans = if spans == 1 { "1 span".to_owned() } else { format!("{spans} spans") };
        let length = duration(other.length());
        lines += &format!("also {there}: {root}, {length}, {spans}, --trace {id}\n");
    }
    if others.len() > TOLD {
        lines += &format!("and {} more\n", others.len() - TOLD);
    }
    lines
}

/// Whoever reads only the first lines of it, such as `head`, wants no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}

fn write(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).with_context(|| format!("{} cannot be written", path.display()))?;
    eprintln!("written: {}", path.display());
    Ok(())
}

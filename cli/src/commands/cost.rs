//! `guild-memory cost`: what a guild costs, from what the functions logged (DESIGN rule 52).

mod cloudwatch;

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use clap::Args;
use guild_memory::domain::GuildId;
use guild_memory_cost::{Account, Bill, Forecast, Line, Prices, text};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

/// How far back a deployment's logs are read.
const DAYS: u16 = 7;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only of that guild: what was done for several at once counts with its share; of all if none is named
    #[arg(long, value_name = "ID")]
    guild: Option<GuildId>,
    /// Of the last so many days; 7 of a deployment, and all that a file has
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3_650))]
    days: Option<u16>,
    /// What it comes to in a month, too
    #[arg(long)]
    forecast: bool,
    /// Reads lines of logs from a file instead of a deployment's from CloudWatch; - for standard input
    #[arg(long, value_name = "FILE")]
    logs: Vec<PathBuf>,
    /// Prices to use, in the form of cost/prices.json, instead of those that are built in
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// The stack whose logs are read
    #[arg(long, value_name = "NAME", default_value = "guild-memory")]
    stack: String,
}

/// Reads, adds up and prints. That there is nothing to add up is a failure, which says what to do.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode> {
    let prices = arguments.prices()?;
    let guild = arguments.guild.map(|guild| guild.to_string());
    let mut account = Account::default();
    let bar = ProgressBar::no_length()
        .with_style(ProgressStyle::with_template("{prefix} {spinner} {human_pos} lines {msg}")?);
    let since = |days: u16| Timestamp::now().checked_sub(SignedDuration::from_hours(24 * i64::from(days)));
    if arguments.logs.is_empty() {
        let since = since(arguments.days.unwrap_or(DAYS))?;
        let add = |line: Line| account.add(&line, guild.as_deref());
        cloudwatch::read(&arguments.stack, since, &bar, add).await?;
    }
    let since = arguments.days.map(since).transpose()?;
    for file in &arguments.logs {
        bar.set_prefix(file.display().to_string());
        for line in lines(file)? {
            bar.inc(1);
            let line = line.with_context(|| format!("{} cannot be read", file.display()))?;
            if let Some(line) = Line::read(&line).filter(|line| since.is_none_or(|since| line.timestamp >= since)) {
                account.add(&line, guild.as_deref());
            }
        }
    }
    bar.finish_and_clear();
    arguments.check(&account)?;
    let forecast = if arguments.forecast { Forecast::Month { read: arguments.read(&account) } } else { Forecast::None };
    print(&text(&Bill::of(account, prices), guild.as_deref(), forecast))?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn prices(&self) -> Result<Prices> {
        let Some(file) = &self.prices else { return Ok(Prices::built_in()?) };
        let json = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Prices::read(&json).with_context(|| file.display().to_string())
    }

    /// How much time was read: what was asked for, or since the first line if that came later; of files all that they have.
    fn read(&self, account: &Account) -> SignedDuration {
        let Some((first, last)) = account.written else { return SignedDuration::ZERO };
        let days = self.days.or_else(|| self.logs.is_empty().then_some(DAYS));
        days.map_or_else(
            || last.duration_since(first),
            |days| SignedDuration::from_hours(24 * i64::from(days)).min(Timestamp::now().duration_since(first)),
        )
    }

    /// Whether something was added up.
    fn check(&self, account: &Account) -> Result<()> {
        if account.lines == 0 {
            bail!(
                "there is no line with \"event\":\"invocation_metered\": functions write one for each invocation, where \
                 AWS_LAMBDA_LOG_FORMAT is JSON"
            );
        }
        match self.guild {
            Some(guild) if account.invocations() == 0.0 => bail!(
                "none of {} lines is about guild {guild}; there are {} other guilds in them",
                account.lines,
                account.guilds.len()
            ),
            _ => Ok(()),
        }
    }
}

/// What is no UTF-8 is read all the same: it is none of the lines that are looked for.
fn lines(file: &Path) -> Result<impl Iterator<Item = io::Result<String>>> {
    let reader: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?))
    };
    Ok(reader.split(b'\n').map(|line| line.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())))
}

/// Whoever reads only the first lines of it, such as `head`, wants no error.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}

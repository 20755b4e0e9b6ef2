//! A child process that cannot outlive its owner, and the file its output goes to.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::temporary::unnamed_file;

/// Output of one or more processes, line by line, in a file without a name.
///
/// A file needs no thread to be emptied, and lines appended to it do not mix.
#[derive(Clone, Debug)]
pub(crate) struct Log(Arc<File>);

impl Log {
    pub(crate) fn new() -> Result<Self> {
        let file = unnamed_file().context("a log cannot be kept")?;
        Ok(Self(Arc::new(file)))
    }

    pub(crate) fn read(&self) -> String {
        let length = self.0.metadata().map_or(0, |metadata| metadata.len());
        let mut content = vec![0; usize::try_from(length).unwrap_or(0)];
        match self.0.read_exact_at(&mut content, 0) {
            Ok(()) => String::from_utf8_lossy(&content).into_owned(),
            Err(error) => format!("the log cannot be read: {error}"),
        }
    }

    fn as_output(&self) -> io::Result<Stdio> {
        self.0.try_clone().map(Stdio::from)
    }
}

/// A running program; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    log: Option<Log>,
}

impl Process {
    /// Its output goes to the log, if there is one, and else where ours goes.
    pub(crate) fn start(mut command: Command, log: Option<Log>) -> Result<Self> {
        command.stdin(Stdio::null());
        if let Some(log) = &log {
            command.stdout(log.as_output()?).stderr(log.as_output()?);
        }
        let child = command.spawn().with_context(|| format!("starting {}", command.get_program().display()))?;
        Ok(Self { child, log })
    }

    /// What it wrote, if that was kept.
    pub(crate) fn output(&self) -> String {
        self.log.as_ref().map(Log::read).unwrap_or_default()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end, so that it can end its own children first; kills it if it takes too long.
    pub(crate) fn terminate(&mut self, patience: Duration) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let deadline = Instant::now() + patience;
        while asked.is_ok() && !self.has_ended() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10)); // between two looks
        }
        self.kill();
    }

    pub(crate) fn kill(&mut self) {
        // An error means that it has ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

//! The processes of one function.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};

use super::{
    process::{Log, Process},
    tools,
};

/// How many processes a function gets at the most, if it was not said: a week has seven days, and one may be built twice.
const MOST: usize = 8;

/// How a process of a function is started.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) name: String,
    pub(super) binary: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
}

/// A function, and those of its processes that were started.
#[derive(Debug)]
pub(super) struct Function {
    launch: Launch,
    /// They share it.
    log: Log,
    /// Whether it gets no more processes than it began with.
    fixed: bool,
    processes: Vec<Process>,
}

impl Function {
    /// With exactly that many processes, started now; or, if it is not said, with none yet.
    pub(super) fn new(launch: Launch, processes: Option<usize>) -> Result<Self> {
        let binary = launch.binary.display();
        ensure!(launch.binary.is_file(), "{binary} is not built: run `cargo build --bins` in the workspace");
        let log = Log::new()?;
        let mut function = Self { launch, log, fixed: processes.is_some(), processes: Vec::new() };
        for _ in 0..processes.unwrap_or_default() {
            function.start_one()?;
        }
        Ok(function)
    }

    /// Starts processes until as many are alive as invocations are under way; `true` if it started any.
    pub(super) fn make_room(&mut self, underway: usize) -> Result<bool> {
        let missing = underway.min(MOST).saturating_sub(self.alive().count());
        if self.fixed || missing == 0 {
            return Ok(false);
        }
        self.processes.retain_mut(|process| !process.has_ended());
        for _ in 0..missing {
            self.start_one()?;
        }
        Ok(true)
    }

    /// Whether it had processes, and none of them is left.
    pub(super) fn is_gone(&mut self) -> bool {
        !self.processes.is_empty() && self.alive().count() == 0
    }

    pub(super) fn alive(&mut self) -> impl Iterator<Item = &mut Process> {
        self.processes.iter_mut().filter_map(|process| (!process.has_ended()).then_some(process))
    }

    pub(super) fn output(&self) -> String {
        self.log.read()
    }

    pub(super) fn log(&self) -> Log {
        self.log.clone()
    }

    fn start_one(&mut self) -> Result<()> {
        let mut command = Command::new(&self.launch.binary);
        tools::clean_environment(&mut command);
        command.envs(&self.launch.environment);
        let process = Process::start(command, Some(self.log.clone()));
        self.processes.push(process.with_context(|| format!("function {}", self.launch.name))?);
        Ok(())
    }
}

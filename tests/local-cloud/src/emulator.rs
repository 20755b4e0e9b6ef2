//! The function binaries, each in processes of its own, behind cargo-lambda's emulator.
//!
//! `cargo lambda watch` could start them too, but only one process at a time, through cargo, and without telling
//! which one ended. Started from here they get their own environment, their output is kept, and nothing survives a drop.

mod monitor;
mod process;
pub(crate) mod tools;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::cloud::LocalCloud;
use monitor::{Functions, Monitor};
pub(crate) use process::{Log, Process};
pub use tools::{cargo_lambda, workspace_root};

/// How the functions are started. The default: every function of the template that has a binary.
#[derive(Clone, Debug)]
pub struct EmulatorOptions {
    /// How many processes each function has; 2 for those that are not named. 0: none.
    pub processes: BTreeMap<String, usize>,
    /// Variables by function, over those of [`LocalCloud::environment`].
    pub environment: BTreeMap<String, BTreeMap<String, String>>,
    /// Where the binaries are; beside the running executable unless it is said.
    pub binaries: Option<PathBuf>,
    /// How long the emulator may take to answer.
    pub start_limit: Duration,
}

impl Default for EmulatorOptions {
    fn default() -> Self {
        Self {
            // A week has seven days, and one of them may be built twice.
            processes: [("daily_summary".to_owned(), 8)].into(),
            environment: BTreeMap::new(),
            binaries: None,
            start_limit: Duration::from_secs(60),
        }
    }
}

impl EmulatorOptions {
    /// Sets one variable of one function.
    #[must_use]
    pub fn env(mut self, function: &str, variable: &str, value: &str) -> Self {
        self.environment.entry(function.to_owned()).or_default().insert(variable.to_owned(), value.to_owned());
        self
    }

    /// Sets how many processes a function has.
    #[must_use]
    pub fn processes(mut self, function: &str, count: usize) -> Self {
        self.processes.insert(function.to_owned(), count);
        self
    }
}

/// cargo-lambda's emulator and the functions behind it. Dropping it ends all of their processes.
#[derive(Debug)]
pub struct Emulator {
    url: String,
    functions: Monitor,
    /// After the functions, so that it is dropped last.
    _apis: Process,
}

impl Emulator {
    /// Starts the emulator and the functions, and tells the cloud where they are.
    ///
    /// It returns when the emulator answers; invocations wait there until the functions have started. A function
    /// that ends during its init answers its invocations with `Runtime.ExitError` and its output.
    pub fn start(cloud: &LocalCloud, options: &EmulatorOptions) -> Result<Self> {
        let (apis, url) = start_apis(options.start_limit)?;
        let binaries = match &options.binaries {
            Some(folder) => folder.clone(),
            None => tools::folder_of_binaries()?,
        };
        let names: Vec<String> = cloud.template().functions().map(str::to_owned).collect();
        cloud.lambda().functions_are_back(&names);
        let mut functions = Functions::default();
        for name in &names {
            let log = Log::new()?;
            for _ in 0..options.processes.get(name).copied().unwrap_or(2) {
                let process = start_function(cloud, name, &url, &binaries, options, &log)?;
                functions.entry(name.clone()).or_default().push(process);
            }
        }
        cloud.lambda().set_emulator(&url);
        Ok(Self { url, functions: Monitor::start(functions, cloud.lambda().clone()), _apis: apis })
    }

    /// The emulator's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Everything the functions wrote so far, function by function.
    #[must_use]
    pub fn logs(&self) -> String {
        self.functions.logs(None)
    }

    /// What one function wrote so far.
    #[must_use]
    pub fn logs_of(&self, function: &str) -> String {
        self.functions.logs(Some(function))
    }

    /// Kills one process of a function, as when a sandbox dies; `false` if none is left.
    pub fn kill_one(&self, function: &str) -> bool {
        self.functions.kill_one(function)
    }

    /// How many processes of a function are alive.
    #[must_use]
    pub fn alive(&self, function: &str) -> usize {
        self.functions.alive(function)
    }

    /// The process ids of those that are alive, for who measures them.
    #[must_use]
    pub fn pids(&self, function: &str) -> Vec<u32> {
        self.functions.pids(function)
    }

    /// Ends every process. The same happens on drop.
    pub fn stop(self) {
        drop(self);
    }
}

fn start_function(
    cloud: &LocalCloud,
    name: &str,
    url: &str,
    binaries: &Path,
    options: &EmulatorOptions,
    log: &Log,
) -> Result<Process> {
    let binary = binaries.join(name);
    if !binary.is_file() {
        bail!("{} is not built: run `cargo build --bins` in the workspace", binary.display());
    }
    let memory = cloud.template().memory_mb(name).unwrap_or(128).to_string();
    let mut command = Command::new(binary);
    tools::clean_environment(&mut command);
    command
        .envs(cloud.environment(name))
        .env("AWS_LAMBDA_RUNTIME_API", format!("{url}/.rt/{name}"))
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)
        .envs(options.environment.get(name).into_iter().flatten());
    Process::start(command, Some(log.clone())).with_context(|| format!("function {name}"))
}

/// The emulator alone. Somebody may take the port between the look and the start, so there is a second and a third try.
fn start_apis(limit: Duration) -> Result<(Process, String)> {
    let program = cargo_lambda()?;
    let mut last_error = None;
    for _ in 0..3 {
        let port = tools::free_port()?;
        let mut command = Command::new(&program);
        command
            .args([
                "lambda",
                "watch",
                "--only-lambda-apis",
                "--ignore-changes",
                "--disable-cors",
                "-A",
                "127.0.0.1",
                "-P",
            ])
            .arg(port.to_string())
            .current_dir(workspace_root());
        let mut process = Process::start(command, Some(Log::new()?)).context("cargo-lambda")?;
        match tools::wait_for_port(port, Instant::now() + limit, || process.has_ended()) {
            Ok(()) => return Ok((process, format!("http://127.0.0.1:{port}"))),
            Err(error) => last_error = Some(error.context(process.output())),
        }
    }
    Err(last_error.unwrap_or_else(|| anyhow::anyhow!("never tried")).context("cargo-lambda's emulator did not start"))
}

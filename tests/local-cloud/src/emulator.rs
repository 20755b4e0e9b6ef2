//! The function binaries, each in processes of its own, behind cargo-lambda's emulator.
//!
//! `cargo lambda watch` could start them too, but only one process at a time, through cargo, and without telling
//! which one ended. Started from here they get their own environment, their output is kept, and nothing survives a drop.

mod apis;
mod function;
pub(crate) mod listening;
mod pool;
mod process;
pub(crate) mod tools;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;

use crate::cloud::LocalCloud;
use function::{Function, Launch};
use listening::Server;
use pool::Pool;
pub(crate) use process::{Log, Process};
pub use tools::{cargo_lambda, workspace_root};

/// How the functions are started. The default: every function of the template gets as many processes as are asked at once,
/// started when they are needed, as on AWS.
#[derive(Clone, Debug)]
pub struct EmulatorOptions {
    /// Functions that have exactly so many processes, all of them started before anybody asks: for who measures, counts
    /// processes, or asks the emulator itself instead of the cloud. 0: none.
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
            processes: BTreeMap::new(),
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

    /// Sets how many processes a function has, from the start and at the most.
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
    functions: Pool,
    /// After the functions, so that it is dropped last.
    _apis: Server,
}

impl Emulator {
    /// Starts the emulator and tells the cloud where it is.
    ///
    /// It returns when the emulator answers; invocations wait there until a process of the function has started. A function
    /// that ends during its init answers its invocations with `Runtime.ExitError` and its output.
    pub fn start(cloud: &LocalCloud, options: &EmulatorOptions) -> Result<Self> {
        let binaries = match &options.binaries {
            Some(folder) => folder.clone(),
            None => tools::folder_of_binaries()?,
        };
        let apis = apis::start(options.start_limit)?;
        let url = format!("http://127.0.0.1:{}", apis.port);
        let (mut functions, mut environments) = (BTreeMap::new(), Vec::new());
        for name in cloud.template().functions() {
            let launch = launch(cloud, name, &url, &binaries, options);
            environments.push((name, launch.environment.clone()));
            functions.insert(name.to_owned(), Function::new(launch, options.processes.get(name).copied())?);
            cloud.lambda().function_is_back(name);
        }
        let functions = Pool::start(functions, cloud.lambda().clone());
        cloud.lambda().set_functions(&url, functions.room());
        for (name, environment) in environments {
            cloud.lambda().set_environment(name, environment);
        }
        Ok(Self { url, functions, _apis: apis })
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

    /// The same, for who looks at it later.
    pub fn reader_of_logs(&self) -> impl Fn() -> String + Send + 'static {
        let logs = self.functions.all_logs();
        move || logs.iter().map(Log::read).collect()
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
        self.pids(function).len()
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

fn launch(cloud: &LocalCloud, name: &str, url: &str, binaries: &Path, options: &EmulatorOptions) -> Launch {
    let memory = cloud.template().memory_mb(name).unwrap_or(128).to_string();
    let mut environment = cloud.environment(name);
    let runtime = [
        ("AWS_LAMBDA_RUNTIME_API", format!("{url}/.rt/{name}")),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory),
    ];
    environment.extend(runtime.map(|(variable, value)| (variable.to_owned(), value)));
    environment.extend(options.environment.get(name).cloned().unwrap_or_default());
    Launch { name: name.to_owned(), binary: binaries.join(name), environment }
}

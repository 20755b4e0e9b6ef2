//! `cargo lambda watch`, as a developer runs it: it builds and starts the functions when they are invoked.

use std::{
    collections::BTreeMap,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    cloud::LocalCloud,
    emulator::{Log, Process, cargo_lambda, tools, workspace_root},
};

/// How long cargo-lambda may take to answer, and to end its functions.
const START_LIMIT: Duration = Duration::from_secs(120);
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What cargo-lambda writes when a function's process ends with an error.
const PROCESS_FAILED: &str = "command exited";
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Who writes the summaries and memories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// The stand-in of the local cloud.
    StandIn,
    /// Real models, because the environment has a key for them.
    Real,
}

impl Speaker {
    /// From the variables of this process: `GEMINI_API_KEY`.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        match variable("GEMINI_API_KEY") {
            Some(key) if !key.is_empty() => Self::Real,
            _ => Self::StandIn,
        }
    }
}

/// A running `cargo lambda watch`; dropping it ends it and its functions.
#[derive(Debug)]
pub struct Watch {
    process: Process,
    url: String,
}

impl Watch {
    /// Starts it on a port (0: any free one) and tells the cloud. With `quiet` its output is kept instead of shown.
    pub fn start(cloud: &LocalCloud, port: u16, speaker: &Speaker, quiet: bool) -> Result<Self> {
        let port = if port == 0 { tools::free_port()? } else { port };
        let mut command = Command::new(cargo_lambda()?);
        command
            // As many processes a function as a week has days, and one more.
            .args(["lambda", "watch", "--ignore-changes", "--concurrency", "8", "-A", "127.0.0.1", "-P"])
            .arg(port.to_string())
            .current_dir(workspace_root())
            .envs(environment(cloud, speaker, |name| std::env::var(name).ok()))
            // Those of the developer's own account would be used instead of ours.
            .env_remove("AWS_PROFILE")
            .env_remove("AWS_SESSION_TOKEN");
        if *speaker == Speaker::StandIn {
            command.env_remove("GEMINI_API_KEY"); // an empty one is none
        }
        let log = if quiet { Some(Log::new()?) } else { None };
        if quiet {
            command.env("RUST_BACKTRACE", "0"); // what is kept is shown when something fails, and should fit a page
        }
        let mut process = Process::start(command, log)?;
        let listens = tools::wait_for_port(port, Instant::now() + START_LIMIT, || process.has_ended());
        listens.with_context(|| format!("cargo lambda watch did not start: {}", process.output()))?;
        let url = format!("http://127.0.0.1:{port}");
        cloud.lambda().set_emulator(&url);
        Ok(Self { process, url })
    }

    /// Where it takes invocations itself.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends when a process of a function has ended with an error, most likely at its init: its callers would wait until
    /// their timeout, because cargo-lambda does not tell them. Only with `quiet`, which keeps the output.
    pub async fn until_a_function_fails(&self) {
        while !self.output().contains(PROCESS_FAILED) {
            tokio::time::sleep(LOOK_EVERY).await; // between two looks
        }
    }

    /// What it and the functions wrote, if that was kept.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.process.terminate(STOP_LIMIT);
    }
}

/// What all functions together get: cargo-lambda hands its own environment to each of them.
fn environment(
    cloud: &LocalCloud,
    speaker: &Speaker,
    variable: impl Fn(&str) -> Option<String>,
) -> BTreeMap<String, String> {
    let mut all: BTreeMap<_, _> = cloud.template().functions().flat_map(|name| cloud.environment(name)).collect();
    // A proxy is for the world outside.
    all.insert("NO_PROXY".to_owned(), "127.0.0.1,localhost".to_owned());
    for models in ["SUMMARY_MODELS", "MERGE_MODELS"] {
        all.extend(variable(models).map(|chain| (models.to_owned(), chain)));
    }
    // An application of the developer's own is at the real Discord.
    if variable("DISCORD_PUBLIC_KEY").is_some_and(|key| !key.is_empty()) {
        for name in ["DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_BOT_TOKEN"] {
            all.insert(name.to_owned(), variable(name).unwrap_or_default());
        }
        all.remove("DISCORD_BASE_URL");
    }
    if *speaker == Speaker::Real {
        all.remove("GEMINI_BASE_URL");
        all.remove("GEMINI_API_KEY_PARAMETER");
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn variables(given: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        |name| given.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn a_key_means_a_real_model() {
        assert_eq!(Speaker::of(variables(&[])), Speaker::StandIn);
        assert_eq!(Speaker::of(variables(&[("GEMINI_API_KEY", "")])), Speaker::StandIn);
        assert_eq!(Speaker::of(variables(&[("GEMINI_API_KEY", "k")])), Speaker::Real);
    }

    #[test]
    fn all_functions_together_get_what_each_of_them_needs() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let environment = environment(&cloud, &Speaker::StandIn, variables(&[("MERGE_MODELS", "openai:x")]));
        assert_eq!(environment["MESSAGES_TABLE"], "MessagesTable");
        assert_eq!(environment["DAILY_SUMMARY_FUNCTION"], "daily_summary");
        assert_eq!(environment["GEMINI_BASE_URL"], cloud.url());
        assert_eq!(environment["MERGE_MODELS"], "openai:x");
    }

    #[test]
    fn an_application_of_ones_own_is_at_the_real_discord() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let own = variables(&[("DISCORD_PUBLIC_KEY", "k"), ("DISCORD_BOT_TOKEN", "t")]);
        let environment = environment(&cloud, &Speaker::StandIn, own);
        assert_eq!((environment["DISCORD_PUBLIC_KEY"].as_str(), environment["DISCORD_BOT_TOKEN"].as_str()), ("k", "t"));
        assert!(!environment.contains_key("DISCORD_BASE_URL"));
    }

    #[test]
    fn a_real_model_is_not_sent_to_the_stand_in() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let environment = environment(&cloud, &Speaker::Real, variables(&[("GEMINI_API_KEY", "k")]));
        assert!(!environment.contains_key("GEMINI_BASE_URL"));
        assert!(!environment.contains_key("GEMINI_API_KEY_PARAMETER"));
    }
}

//! `cargo lambda watch`, as a developer runs it: it builds and starts the functions when they are invoked.

use std::{collections::BTreeMap, process::Command, time::Duration};

use anyhow::{Context, Result};

use crate::{
    cloud::LocalCloud,
    emulator::{
        Log, Process, cargo_lambda,
        listening::{self, Server},
        workspace_root,
    },
};

/// How long cargo-lambda may take to answer, and to end its functions.
const START_LIMIT: Duration = Duration::from_secs(120);
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What cargo-lambda writes when a function's process ends with an error.
const PROCESS_FAILED: &str = "command exited";
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Who writes the summaries and memories: of each API, the stand-in of the local cloud or real models, if the environment of
/// this process says how to reach them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// `GEMINI_API_KEY` is set.
    real_gemini: bool,
    /// `OPENAI_BASE_URL` is set.
    real_openai: bool,
}

impl Speaker {
    /// From the variables of this process.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        Self { real_gemini: is_set("GEMINI_API_KEY"), real_openai: is_set("OPENAI_BASE_URL") }
    }

    /// Whether a model of that configured name (`gemini:…`, `openai:…`) is a real one.
    #[must_use]
    pub fn is_real(self, model: &str) -> bool {
        if model.starts_with("openai:") { self.real_openai } else { self.real_gemini }
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
        let command = |port| command(cloud, port, speaker, quiet);
        let server = listening::start(port, START_LIMIT, command).context("cargo lambda watch did not start")?;
        let Server { process, port } = server;
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

fn command(cloud: &LocalCloud, port: u16, speaker: &Speaker, quiet: bool) -> Result<(Command, Option<Log>)> {
    let mut command = Command::new(cargo_lambda()?);
    command
        // As many processes a function as a week has days, and one more.
        .args(["lambda", "watch", "--ignore-changes", "--concurrency", "8", "-A", "127.0.0.1", "-P"])
        .arg(port.to_string())
        .current_dir(workspace_root())
        .envs(environment(cloud, *speaker, |name| std::env::var(name).ok()))
        // Those of the developer's own account would be used instead of ours.
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN");
    // Empty ones are none.
    if !speaker.real_gemini {
        command.env_remove("GEMINI_API_KEY");
    }
    if !speaker.real_openai {
        command.env_remove("OPENAI_API_KEY");
    }
    if quiet {
        command.env("RUST_BACKTRACE", "0"); // what is kept is shown when something fails, and should fit a page
    }
    Ok((command, if quiet { Some(Log::new()?) } else { None }))
}

/// What all functions together get: cargo-lambda hands its own environment to each of them.
fn environment(
    cloud: &LocalCloud,
    speaker: Speaker,
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
    if speaker.real_gemini {
        all.remove("GEMINI_BASE_URL");
        all.remove("GEMINI_API_KEY_PARAMETER");
    }
    all.extend(
        variable("OPENAI_BASE_URL").filter(|_| speaker.real_openai).map(|url| ("OPENAI_BASE_URL".to_owned(), url)),
    );
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
    fn a_model_is_real_if_its_api_can_be_reached() {
        let real = |given| {
            let speaker = Speaker::of(variables(given));
            (speaker.is_real("gemini:a"), speaker.is_real("openai:a"))
        };
        assert_eq!(real(&[]), (false, false));
        assert_eq!(real(&[("GEMINI_API_KEY", ""), ("OPENAI_API_KEY", "k")]), (false, false));
        assert_eq!(real(&[("GEMINI_API_KEY", "k")]), (true, false));
        assert_eq!(real(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]), (false, true));
    }

    #[test]
    fn all_functions_together_get_what_each_of_them_needs() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let environment = environment(&cloud, Speaker::of(|_| None), variables(&[("MERGE_MODELS", "openai:x")]));
        assert_eq!(environment["MESSAGES_TABLE"], "MessagesTable");
        assert_eq!(environment["DAILY_SUMMARY_FUNCTION"], "daily_summary");
        assert_eq!(environment["GEMINI_BASE_URL"], cloud.url());
        assert_eq!(environment["OPENAI_BASE_URL"], format!("{}/v1", cloud.url()));
        assert_eq!(environment["MERGE_MODELS"], "openai:x");
    }

    #[test]
    fn an_application_of_ones_own_is_at_the_real_discord() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let own = variables(&[("DISCORD_PUBLIC_KEY", "k"), ("DISCORD_BOT_TOKEN", "t")]);
        let environment = environment(&cloud, Speaker::of(|_| None), own);
        assert_eq!((environment["DISCORD_PUBLIC_KEY"].as_str(), environment["DISCORD_BOT_TOKEN"].as_str()), ("k", "t"));
        assert!(!environment.contains_key("DISCORD_BASE_URL"));
    }

    #[test]
    fn a_real_model_is_not_sent_to_the_stand_in() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        let environment = |given| environment(&cloud, Speaker::of(variables(given)), variables(given));
        let gemini = environment(&[("GEMINI_API_KEY", "k")]);
        assert!(!gemini.contains_key("GEMINI_BASE_URL") && !gemini.contains_key("GEMINI_API_KEY_PARAMETER"));
        let openai = environment(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]);
        assert_eq!(openai["OPENAI_BASE_URL"], "http://127.0.0.1:11434/v1");
        assert_eq!(openai["GEMINI_BASE_URL"], cloud.url());
    }
}

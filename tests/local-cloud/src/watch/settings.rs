//! What a developer sets for the functions, in the environment `make watch` and `make demo` are started in.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};

use crate::{cloud::LocalCloud, template::Template};

/// Variables that functions read and the template does not set: keys and addresses for laptops, and how logs look.
const ONLY_HERE: [&str; 8] = [
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "OPENAI_API_KEY",
    "DISCORD_BOT_TOKEN",
    "DISCORD_BASE_URL",
    "AWS_LAMBDA_LOG_LEVEL",
    "AWS_LAMBDA_LOG_FORMAT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
/// What variables of those names hold is made by CloudFormation, and here by the local cloud.
const MADE: [&str; 3] = ["_TABLE", "_FUNCTION", "_PARAMETER"];
/// What an application of Discord's has.
const APPLICATION: [&str; 3] = ["DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_BOT_TOKEN"];
/// As many letters are wrong, missing or too many in a name that is taken for a misspelled one.
const TYPOS: usize = 2;

/// The variables that go to the functions, over those of the template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    own: BTreeMap<String, String>,
    left_out: BTreeMap<String, &'static str>,
}

impl Settings {
    /// Those of `variables` that a function reads; blank ones are none, as for the functions themselves.
    ///
    /// # Errors
    /// A name that is most likely misspelled, and an application of Discord's that lacks something. Wrong values are the
    /// functions' own to refuse.
    pub fn of(template: &Template, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let known = known(template);
        let given = variables.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let (own, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            given.partition(|(name, _)| known.contains(name.as_str()));
        for name in others.keys() {
            if let Some(meant) = misspelled(name, &known).filter(|meant| !own.contains_key(*meant)) {
                bail!("{name} is set, and no function reads it: is {meant} meant?");
            }
        }
        let mut settings = Self { own, left_out: BTreeMap::new() };
        settings.leave_out();
        settings.check_application()?;
        Ok(settings)
    }

    /// The names of what is passed on.
    pub fn passed_on(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }

    /// What is set and not passed on, and why.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.left_out.iter().map(|(name, why)| (name.as_str(), *why))
    }

    /// The value of a variable that is passed on.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.own.get(name).map(String::as_str)
    }

    /// Whether a model of that configured name (`gemini:…`, `openai:…`) is a real one, and not the stand-in. Those of
    /// `bedrock:…` never are: here the functions are nobody that AWS knows.
    #[must_use]
    pub fn is_real(&self, model: &str) -> bool {
        match model.split(':').next() {
            Some("bedrock") => false,
            Some("openai") => self.own.contains_key("OPENAI_BASE_URL"),
            _ => self.own.contains_key("GEMINI_API_KEY"),
        }
    }

    /// Whether the functions talk to the real Discord, as an application of the developer's own.
    #[must_use]
    pub fn is_real_discord(&self) -> bool {
        APPLICATION.iter().any(|name| self.own.contains_key(*name))
    }

    /// What all functions together get: cargo-lambda hands its own environment to each of them.
    pub(crate) fn environment(&self, cloud: &LocalCloud) -> BTreeMap<String, String> {
        let mut all: BTreeMap<_, _> = cloud.template().functions().flat_map(|name| cloud.environment(name)).collect();
        // A proxy is for the world outside.
        all.insert("NO_PROXY".to_owned(), "127.0.0.1,localhost".to_owned());
        // Whoever has a collector of their own looks there.
        all.insert("OTEL_EXPORTER_OTLP_ENDPOINT".to_owned(), format!("{}/otlp", cloud.url()));
        // Whoever brings a key or a token of their own means the real thing.
        if self.is_real("gemini:") {
            all.remove("GEMINI_BASE_URL");
            all.remove("GEMINI_API_KEY_PARAMETER");
        }
        if self.is_real_discord() {
            all.remove("DISCORD_BASE_URL");
        }
        all.extend(self.own.clone());
        all
    }

    fn leave_out(&mut self) {
        let has = |name: &str| self.own.contains_key(name);
        let why = |name: &str| match name {
            name if MADE.iter().any(|end| name.ends_with(end)) => Some("the local cloud has its own"),
            "GEMINI_BASE_URL" if !has("GEMINI_API_KEY") => Some("it needs GEMINI_API_KEY"),
            "OPENAI_API_KEY" if !has("OPENAI_BASE_URL") => Some("it needs OPENAI_BASE_URL"),
            _ => None,
        };
        let left_out = self.own.keys().filter_map(|name| Some((name.clone(), why(name)?)));
        self.left_out = left_out.collect();
        self.own.retain(|name, _| !self.left_out.contains_key(name));
    }

    fn check_application(&self) -> Result<()> {
        let has = |name: &str| self.own.contains_key(name);
        ensure!(
            !self.is_real_discord() || has("DISCORD_BOT_TOKEN"),
            "a Discord application of your own needs DISCORD_BOT_TOKEN, too"
        );
        ensure!(
            has("DISCORD_PUBLIC_KEY") == has("DISCORD_APPLICATION_ID"),
            "DISCORD_PUBLIC_KEY and DISCORD_APPLICATION_ID belong together: set both or none"
        );
        Ok(())
    }
}

/// All variables that a function reads and somebody may set.
pub(crate) fn known(template: &Template) -> BTreeSet<String> {
    let in_template = template.functions().flat_map(|name| template.environment(name).into_keys());
    in_template.chain(ONLY_HERE.map(str::to_owned)).collect()
}

/// The variable that is meant by a name that is nearly its own.
fn misspelled<'a>(name: &str, known: &'a BTreeSet<String>) -> Option<&'a str> {
    let near = known.iter().map(|known| (distance(name, known), known.as_str()));
    near.min().filter(|(distance, _)| *distance <= TYPOS).map(|(_, known)| known)
}

/// Levenshtein's: how many bytes have to be changed, added or taken away.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.bytes().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;

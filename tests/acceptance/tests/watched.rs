//! No log and no error holds what people wrote, what was taught, what they are called, what a model was shown, or a secret (DESIGN
//! rule 21): looked at whenever a world of any test ends, over everything that its functions wrote at TRACE.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use local_cloud::ModelScript;
use serde_json::Value;

/// What is shorter is in logs for other reasons.
const LEAST_CHARS: usize = 8;
/// As many are looked for. A log that holds what people write does not hold one message of many.
const MOST: usize = 1_000;
/// What keys are in the local cloud, and how tokens of interactions begin.
const SECRETS: [&str; 2] = ["local-cloud-key", "token-of-"];

/// Looks when it is dropped.
pub(crate) struct Watched {
    logs: Box<dyn Fn() -> String + Send>,
    pub(crate) model: ModelScript,
    planted: Arc<Mutex<BTreeSet<String>>>,
    errors: Mutex<String>,
}

impl Watched {
    pub(crate) fn new(logs: impl Fn() -> String + Send + 'static, model: ModelScript) -> Self {
        Self { logs: Box::new(logs), model, planted: Arc::default(), errors: Mutex::default() }
    }

    /// Notes every text that stands in what is sent.
    pub(crate) fn plant(&self, sent: &Value) {
        match sent {
            Value::Array(all) => all.iter().for_each(|one| self.plant(one)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match (name.as_str(), value) {
                        ("content" | "text" | "name" | "nick", Value::String(text)) => self.note(text),
                        ("attachments", Value::Array(all)) => {
                            all.iter().filter_map(Value::as_str).for_each(|text| self.note(text));
                        }
                        _ => self.plant(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Notes what somebody gives a command.
    pub(crate) fn plant_options(&self, options: &Value) {
        for option in options.as_array().into_iter().flatten() {
            self.plant_options(&option["options"]);
            // Words to choose from have no blank in them.
            option["value"].as_str().filter(|text| text.contains(' ')).into_iter().for_each(|text| self.note(text));
        }
    }

    /// Notes what a caller was told.
    pub(crate) fn failed(&self, message: &str) {
        self.errors.lock().unwrap().push_str(message);
    }

    /// What stands where it must not.
    pub(crate) fn leaks(&self) -> Vec<String> {
        let everything = format!("{}{}", (self.logs)(), self.errors.lock().unwrap());
        let mut planted = self.planted.lock().unwrap().clone();
        let prompts = self.model.calls().into_iter().map(|call| call.prompt);
        planted.extend(prompts.flat_map(|prompt| texts(&prompt)));
        let every = planted.len().div_ceil(MOST).max(1);
        let looked_for = planted.iter().step_by(every).map(String::as_str).chain(SECRETS);
        looked_for.filter(|text| everything.contains(text)).map(str::to_owned).collect()
    }

    fn note(&self, text: &str) {
        if text.chars().count() >= LEAST_CHARS {
            self.planted.lock().unwrap().insert(text.to_owned());
        }
    }
}

/// The texts between the tags of a prompt.
pub(crate) fn texts(prompt: &str) -> Vec<String> {
    let texts = prompt.split(['<', '>']).skip(2).step_by(2).map(str::trim);
    texts.filter(|text| text.chars().count() >= LEAST_CHARS && text.contains(' ')).map(str::to_owned).collect()
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let leaks = self.leaks();
            assert!(leaks.is_empty(), "in logs or errors: {leaks:#?}");
        }
    }
}

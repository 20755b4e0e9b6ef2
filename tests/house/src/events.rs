//! The events that the code logs.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Macro,
    visit::{self, Visit},
};

use crate::{literals, modules::Workspace, paths};

const LEVELS: [&str; 5] = ["trace", "debug", "info", "warn", "error"];
/// Where events are written.
const FOLDERS: [&str; 2] = ["shared/src", "functions"];

/// An event: all its lines in the code together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// `INFO` and the like.
    pub levels: BTreeSet<String>,
    /// Its fields; `message` is the text of a line.
    pub fields: BTreeSet<String>,
    /// Where it is written.
    pub files: BTreeSet<PathBuf>,
}

/// All events by name. Lines without one have the empty name.
#[must_use]
pub fn of(workspace: &Workspace) -> BTreeMap<String, Event> {
    let mut events = BTreeMap::<String, Event>::new();
    for module in FOLDERS.iter().flat_map(|folder| workspace.under(folder)) {
        let mut lines = Lines(Vec::new());
        module.items.iter().for_each(|item| lines.visit_item(item));
        for line in lines.0 {
            let event = events.entry(line.name).or_default();
            event.levels.insert(line.level);
            event.fields.extend(line.fields);
            event.files.insert(module.file.clone());
        }
    }
    events
}

struct Line {
    name: String,
    level: String,
    fields: Vec<String>,
}

struct Lines(Vec<Line>);

impl<'ast> Visit<'ast> for Lines {
    fn visit_macro(&mut self, call: &'ast Macro) {
        let path = paths::of(&call.path);
        let level = path.last().filter(|level| LEVELS.contains(&level.as_str()));
        let is_tracing = path.len() == 1 || path.first().is_some_and(|first| first == "tracing");
        if let (Some(level), true) = (level, is_tracing) {
            self.0.push(line(level.to_uppercase(), call.tokens.clone()));
        }
        visit::visit_macro(self, call);
    }
}

fn line(level: String, tokens: TokenStream) -> Line {
    let mut line = Line { name: String::new(), level, fields: Vec::new() };
    for argument in arguments(tokens) {
        match field(&argument) {
            Some((name, value)) if name == "event" => line.name = value.unwrap_or_default(),
            Some((name, _)) => line.fields.push(name),
            None if matches!(argument.first(), Some(TokenTree::Literal(_))) => {
                line.fields.push("message".to_owned());
                break; // what comes after the text belongs to it
            }
            None => {}
        }
    }
    line
}

/// What stands between the commas.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut arguments = vec![Vec::new()];
    for tree in tokens {
        match tree {
            TokenTree::Punct(comma) if comma.as_char() == ',' => arguments.push(Vec::new()),
            tree => arguments.last_mut().into_iter().for_each(|last: &mut Vec<_>| last.push(tree.clone())),
        }
    }
    arguments
}

/// The name of a field, and its value if that is a string: `name = value`, `%name`, `name` or `one.name`.
fn field(argument: &[TokenTree]) -> Option<(String, Option<String>)> {
    let words = argument.iter().skip_while(|tree| is_punct(tree, '%') || is_punct(tree, '?'));
    let words: Vec<&TokenTree> = words.collect();
    let end = words.iter().position(|tree| is_punct(tree, '=')).unwrap_or(words.len());
    let name: String = words[..end].iter().map(ToString::to_string).collect();
    let value = words.get(end + 1).and_then(|value| literals::text(&value.to_string()));
    matches!(words.first(), Some(TokenTree::Ident(_))).then_some((name, value))
}

fn is_punct(tree: &TokenTree, punct: char) -> bool {
    matches!(tree, TokenTree::Punct(found) if found.as_char() == punct)
}

//! What code does that a pure room must not do.

use std::{collections::BTreeSet, path::PathBuf};

use syn::{
    ExprAsync, ExprAwait, ExprClosure, Signature,
    visit::{self, Visit},
};

use crate::{
    modules::{Binding, Module, Workspace},
    paths::NamePath,
};

/// Names of the world outside: clocks, processes, files, networks, and the libraries that reach them.
const OUTSIDE: [&str; 14] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "lambda_http",
    "lambda_runtime",
    "reqwest",
    "tokio",
];

/// What code under `folder` names of the outside, each as the file and the whole name; `extra` are further names.
#[must_use]
pub fn outside_names(workspace: &Workspace, folder: &str, extra: &[&str]) -> BTreeSet<(PathBuf, String)> {
    let mut found = BTreeSet::new();
    for module in workspace.under(folder) {
        for path in module.whole_paths() {
            let is_outside = OUTSIDE.iter().chain(extra).any(|outside| begins_with(&path, outside));
            if is_outside || path.starts_with("aws_") {
                found.insert((module.file.clone(), path));
            }
        }
    }
    found
}

/// The files under `folder` with code that waits.
#[must_use]
pub fn async_files(workspace: &Workspace, folder: &str) -> BTreeSet<PathBuf> {
    let waits = |module: &&Module| {
        let mut search = Waits(false);
        module.items.iter().for_each(|item| search.visit_item(item));
        search.0
    };
    workspace.under(folder).filter(waits).map(|module| module.file.clone()).collect()
}

fn begins_with(path: &str, outside: &str) -> bool {
    path.strip_prefix(outside).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl Module {
    /// All paths that are named, with what a `use` has shortened at full length.
    fn whole_paths(&self) -> impl Iterator<Item = String> {
        let imports = self.imports.iter().map(|(import, _)| import.path.clone());
        let paths = self.references.paths.iter().map(|path| match path.split_first() {
            Some((first, rest)) => self.imported(first).into_iter().chain(rest.iter().cloned()).collect(),
            None => Vec::new(),
        });
        imports.chain(paths).map(|path: NamePath| path.join("::"))
    }

    /// The path behind a name.
    fn imported(&self, name: &str) -> NamePath {
        let import = self.names.get(name).into_iter().flatten().find_map(|binding| match binding {
            Binding::Import(path) => Some(path.clone()),
            _ => None,
        });
        import.unwrap_or_else(|| vec![name.to_owned()])
    }
}

struct Waits(bool);

impl<'ast> Visit<'ast> for Waits {
    fn visit_signature(&mut self, signature: &'ast Signature) {
        self.0 |= signature.asyncness.is_some();
        visit::visit_signature(self, signature);
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.0 |= closure.asyncness.is_some();
        visit::visit_expr_closure(self, closure);
    }

    fn visit_expr_async(&mut self, _: &'ast ExprAsync) {
        self.0 = true;
    }

    fn visit_expr_await(&mut self, _: &'ast ExprAwait) {
        self.0 = true;
    }
}

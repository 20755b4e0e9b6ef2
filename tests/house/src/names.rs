//! What a path means, seen from a module.

use std::collections::BTreeSet;

use crate::{
    modules::{Binding, ModuleId, Workspace},
    paths::NamePath,
};

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// A module.
    Module(ModuleId),
    /// An item, or what is inside of one: the module that defines it, and its name.
    Item(ModuleId, String),
}

impl Workspace {
    /// What `path` means in the module `from`; nothing if it is no name of this workspace.
    pub(crate) fn meanings(&self, from: ModuleId, path: &[String]) -> Vec<Meaning> {
        Search { workspace: self, seen: BTreeSet::new() }.path(from, path)
    }

    /// The items that `path` means in the module `from`.
    pub(crate) fn items(&self, from: ModuleId, path: &[String]) -> impl Iterator<Item = (ModuleId, String)> {
        self.meanings(from, path).into_iter().filter_map(|meaning| match meaning {
            Meaning::Item(module, name) => Some((module, name)),
            Meaning::Module(_) => None,
        })
    }
}

/// One search; what was looked for already is not looked for again, so that imports in a ring come to an end.
struct Search<'a> {
    workspace: &'a Workspace,
    seen: BTreeSet<(ModuleId, NamePath)>,
}

impl Search<'_> {
    fn path(&mut self, from: ModuleId, path: &[String]) -> Vec<Meaning> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        if !self.seen.insert((from, path.to_vec())) {
            return Vec::new();
        }
        let start = match self.step(from, first) {
            found if found.is_empty() => self.library(first),
            found => found,
        };
        rest.iter().fold(start, |meanings, name| {
            // Where a module and a function share a name, a path goes on through the module.
            let has_module = meanings.iter().any(|meaning| matches!(meaning, Meaning::Module(_)));
            let next = meanings.into_iter().flat_map(|meaning| match meaning {
                Meaning::Module(module) => self.step(module, name),
                Meaning::Item(..) if has_module => Vec::new(),
                item => vec![item],
            });
            next.collect()
        })
    }

    fn step(&mut self, module: ModuleId, name: &str) -> Vec<Meaning> {
        match name {
            "crate" => vec![Meaning::Module(self.workspace.modules[module].root)],
            "self" => vec![Meaning::Module(module)],
            "super" => self.workspace.modules[module].parent.map(Meaning::Module).into_iter().collect(),
            name => self.name(module, name),
        }
    }

    fn name(&mut self, module: ModuleId, name: &str) -> Vec<Meaning> {
        let here = &self.workspace.modules[module];
        let Some(bindings) = here.names.get(name) else { return self.in_globs(module, name) };
        let found = bindings.iter().flat_map(|binding| match binding {
            Binding::Module(inner) => vec![Meaning::Module(*inner)],
            Binding::Item => vec![Meaning::Item(module, name.to_owned())],
            Binding::Import(path) => self.path(module, path),
        });
        found.collect()
    }

    fn in_globs(&mut self, module: ModuleId, name: &str) -> Vec<Meaning> {
        let globs = &self.workspace.modules[module].globs;
        let whole = |glob: &NamePath| glob.iter().cloned().chain([name.to_owned()]).collect::<NamePath>();
        globs.iter().flat_map(|glob| self.path(module, &whole(glob))).collect()
    }

    fn library(&self, name: &str) -> Vec<Meaning> {
        self.workspace.libraries.get(name).map(|root| Meaning::Module(*root)).into_iter().collect()
    }
}

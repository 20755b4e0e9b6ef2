//! Which file names items of which other.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use syn::Item;

use crate::{
    modules::{ModuleId, Workspace},
    paths::NamePath,
    references,
};

/// An arrow from one file to another, for each pair of which the first names items that the second defines. Handing names
/// on from a module to its parent's readers is no arrow, and neither is a name in a test.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FileGraph(BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>);

impl FileGraph {
    /// The arrows of all crates.
    #[must_use]
    pub fn of(workspace: &Workspace) -> Self {
        let mut graph = Self::default();
        for (id, module) in workspace.modules.iter().enumerate() {
            let uses = module.imports.iter().map(|(import, hands_on)| (&import.path, *hands_on));
            let paths = module.references.paths.iter().map(|path| (path, false));
            for (path, hands_on) in uses.chain(paths) {
                for (definer, name) in workspace.items(id, path) {
                    if !(hands_on && workspace.is_inside(definer, id)) {
                        graph.add(&module.file, &workspace.modules[definer].file, name);
                    }
                }
            }
        }
        graph
    }

    /// The arrows between files that share the methods of a type: the first calls methods that stand in the second.
    #[must_use]
    pub fn of_methods(workspace: &Workspace) -> Self {
        let methods = workspace.methods();
        let mut graph = Self::default();
        for (id, module) in workspace.modules.iter().enumerate() {
            for path in &module.references.own_methods {
                let Some((method, of)) = path.split_last() else { continue };
                for (definer, name) in workspace.items(id, of) {
                    if let Some(file) = methods.get(&(definer, name.clone(), method.clone())) {
                        graph.add(&module.file, file, format!("{name}::{method}"));
                    }
                }
            }
        }
        graph
    }

    /// All arrows: from, to, and the names that make them.
    pub fn arrows(&self) -> impl Iterator<Item = (&Path, &Path, &BTreeSet<String>)> {
        self.0.iter().flat_map(|(from, all)| all.iter().map(|(to, names)| (&**from, &**to, names)))
    }

    /// The files that a file has arrows to, and the names that make them.
    pub fn from(&self, file: &Path) -> impl Iterator<Item = (&Path, &BTreeSet<String>)> {
        self.0.get(file).into_iter().flatten().map(|(to, names)| (&**to, names))
    }

    /// Takes an arrow away.
    pub(crate) fn cut(&mut self, from: &Path, to: &Path) {
        if let Some(all) = self.0.get_mut(from) {
            all.remove(to);
        }
    }

    fn add(&mut self, from: &Path, to: &Path, name: String) {
        if from != to {
            self.0.entry(from.to_owned()).or_default().entry(to.to_owned()).or_default().insert(name);
        }
    }
}

impl Workspace {
    /// Whether a module is another's, or inside of it.
    fn is_inside(&self, module: ModuleId, other: ModuleId) -> bool {
        module == other || self.modules[module].parent.is_some_and(|parent| self.is_inside(parent, other))
    }

    /// The file in which each method stands, by its type and name. Methods of traits are found by the trait.
    fn methods(&self) -> BTreeMap<(ModuleId, String, String), PathBuf> {
        let mut methods = BTreeMap::new();
        for (id, module) in self.modules.iter().enumerate() {
            for (of, method) in module.items.iter().flat_map(own_methods) {
                for (definer, name) in self.items(id, &of) {
                    methods.insert((definer, name, method.clone()), module.file.clone());
                }
            }
        }
        methods
    }
}

/// The methods of an `impl` without a trait.
fn own_methods(item: &Item) -> Vec<(NamePath, String)> {
    let Item::Impl(block) = item else { return Vec::new() };
    let (None, Some(of)) = (&block.trait_, references::type_path(&block.self_ty)) else { return Vec::new() };
    let functions = block.items.iter().filter_map(|member| match member {
        syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    functions.map(|function| (of.clone(), function)).collect()
}

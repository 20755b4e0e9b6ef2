//! What each function is given: the ports in the signature of its `handle`, and those its `main` wires behind them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use syn::{
    Item, ItemTrait, TraitBound,
    visit::{self, Visit},
};

use crate::{
    modules::{Module, ModuleId, Workspace},
    paths::{self, NamePath},
    references,
};

/// Where ports are defined.
const PORTS: &str = "shared/src/ports";
/// Where use cases are.
const APP: &str = "shared/src/app";

/// The ports of one function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ports {
    /// Those its use case names, each with the ports that belong to it.
    pub of_handle: BTreeMap<String, BTreeSet<String>>,
    /// Those that only what `main` puts between needs: of the chain of models, the store.
    pub behind: BTreeSet<String>,
    /// Whether `main` names the adapter of that name.
    pub adapters: BTreeSet<String>,
}

impl Ports {
    /// All of them, by name.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let inside = self.of_handle.iter().flat_map(|(port, with)| with.iter().chain([port]));
        inside.chain(&self.behind).map(String::as_str)
    }
}

/// The ports of each function, by its name.
#[must_use]
pub fn of_functions(workspace: &Workspace) -> BTreeMap<String, Ports> {
    let mut functions = BTreeMap::new();
    for (id, module) in workspace.modules.iter().enumerate() {
        if let Some(name) = function_of(module, "lib.rs") {
            functions.entry(name).or_insert_with(Ports::default).of_handle = workspace.ports_of_handle(id);
        }
    }
    for (id, module) in workspace.modules.iter().enumerate() {
        if let Some(ports) = function_of(module, "main.rs").and_then(|name| functions.get_mut(&name)) {
            let of_handle: BTreeSet<String> = ports.all().map(str::to_owned).collect();
            ports.behind = workspace.ports_behind(id).difference(&of_handle).cloned().collect();
            ports.adapters = workspace.adapters_of(id);
        }
    }
    functions
}

/// The name of the function whose `file` a module is.
fn function_of(module: &Module, file: &str) -> Option<String> {
    let inside =
        module.file.strip_prefix("functions").ok().filter(|_| module.file.ends_with(Path::new("src").join(file)))?;
    inside.iter().next().map(|name| name.to_string_lossy().into_owned())
}

impl Workspace {
    fn ports_of_handle(&self, id: ModuleId) -> BTreeMap<String, BTreeSet<String>> {
        let handle = self.modules[id].items.iter().filter_map(|item| match item {
            Item::Fn(function) if function.sig.ident == "handle" => Some(&function.sig),
            _ => None,
        });
        let mut bounds = Bounds(Vec::new());
        handle.for_each(|signature| bounds.visit_signature(signature));
        let ports = bounds.0.iter().flat_map(|bound| self.ports(id, bound));
        ports.map(|(at, port)| (port.ident.to_string(), self.ports_with(at, port))).collect()
    }

    /// The ports that the bounds of what `main` takes from `app` have.
    fn ports_behind(&self, main: ModuleId) -> BTreeSet<String> {
        let module = &self.modules[main];
        let named: BTreeSet<(ModuleId, String)> =
            module.imports.iter().flat_map(|(import, _)| self.items(main, &import.path)).collect();
        let mut ports = BTreeSet::new();
        for (id, inside) in self.modules.iter().enumerate().filter(|(_, inside)| inside.file.starts_with(APP)) {
            for block in
                inside.items.iter().filter_map(|item| if let Item::Impl(block) = item { Some(block) } else { None })
            {
                let of = references::type_path(&block.self_ty).unwrap_or_default();
                if self.items(id, &of).any(|item| named.contains(&item)) {
                    let mut bounds = Bounds(Vec::new());
                    bounds.visit_generics(&block.generics);
                    let found = bounds.0.iter().flat_map(|bound| self.ports(id, bound));
                    ports.extend(found.map(|(_, port)| port.ident.to_string()));
                }
            }
        }
        ports
    }

    /// The ports that a bound stands for: itself, or those of the trait that sums them up.
    fn ports<'a>(&'a self, from: ModuleId, bound: &NamePath) -> Vec<(ModuleId, &'a ItemTrait)> {
        let traits = self.items(from, bound).filter_map(|(id, name)| Some((id, self.trait_of(id, &name)?)));
        let ports = traits.flat_map(|(id, found)| {
            if self.modules[id].file.starts_with(PORTS) {
                return vec![(id, found)];
            }
            supertraits(found).iter().flat_map(|bound| self.ports(id, bound)).collect()
        });
        ports.collect()
    }

    /// The ports that come with a port.
    fn ports_with(&self, id: ModuleId, port: &ItemTrait) -> BTreeSet<String> {
        let with = supertraits(port).into_iter().flat_map(|bound| self.ports(id, &bound));
        with.map(|(_, port)| port.ident.to_string()).collect()
    }

    fn trait_of(&self, id: ModuleId, name: &str) -> Option<&ItemTrait> {
        self.modules[id].items.iter().find_map(|item| match item {
            Item::Trait(found) if found.ident == name => Some(found),
            _ => None,
        })
    }

    /// The adapters a `main` names, as folders or files of their room.
    fn adapters_of(&self, main: ModuleId) -> BTreeSet<String> {
        let imports = self.modules[main].imports.iter().flat_map(|(import, _)| self.items(main, &import.path));
        let inside = imports.filter_map(|(id, _)| self.modules[id].file.strip_prefix("shared/src/adapters").ok());
        inside
            .filter_map(|file| Some(file.iter().next()?.to_string_lossy().trim_end_matches(".rs").to_owned()))
            .collect()
    }
}

fn supertraits(of: &ItemTrait) -> Vec<NamePath> {
    let mut bounds = Bounds(Vec::new());
    of.supertraits.iter().for_each(|bound| bounds.visit_type_param_bound(bound));
    bounds.0
}

/// The traits that something is bound to.
struct Bounds(Vec<NamePath>);

impl<'ast> Visit<'ast> for Bounds {
    fn visit_trait_bound(&mut self, bound: &'ast TraitBound) {
        self.0.push(paths::of(&bound.path));
        visit::visit_trait_bound(self, bound);
    }
}

//! The modules of all crates, found as the compiler finds them: from the root of a crate along its `mod` lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result};
use syn::{Item, ItemMod, Visibility};

use crate::{
    docs, packages,
    paths::{self, Import, NamePath},
    references::{self, References},
    sources::Sources,
    test_code,
};

/// A module by its place in [`Workspace::modules`].
pub(crate) type ModuleId = usize;

/// All modules of the workspace, without those that only tests have.
#[derive(Default)]
pub struct Workspace {
    pub(crate) modules: Vec<Module>,
    /// The roots of the libraries, by the name others use.
    pub(crate) libraries: BTreeMap<String, ModuleId>,
}

/// A module.
pub(crate) struct Module {
    /// The file it is in, from the root of the repository.
    pub(crate) file: PathBuf,
    pub(crate) root: ModuleId,
    pub(crate) parent: Option<ModuleId>,
    /// Its code, without tests and inner modules.
    pub(crate) items: Vec<Item>,
    /// What each name in it means. A name can be a module and a function at once.
    pub(crate) names: BTreeMap<String, Vec<Binding>>,
    /// Modules of which it has all names.
    pub(crate) globs: Vec<NamePath>,
    /// Its `use` lines; those that hand names on are `true`.
    pub(crate) imports: Vec<(Import, bool)>,
    pub(crate) references: References,
    /// What its file says about it, at its top; empty for modules inside of files.
    pub(crate) docs: String,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Binding {
    /// A module inside of this one.
    Module(ModuleId),
    /// Something that is defined here.
    Item,
    /// What another path means.
    Import(NamePath),
}

impl Workspace {
    /// Reads all crates.
    ///
    /// # Errors
    /// When a file is no Rust, or a `mod` line names a file that is not there.
    pub fn read(sources: &Sources) -> Result<Self> {
        let mut workspace = Self::default();
        for target in packages::targets(sources) {
            let folder = children_of_root(&target.root);
            let id = workspace.add_file(sources, &target.root, None, &folder)?;
            if target.is_library {
                workspace.libraries.insert(target.name, id);
            }
        }
        Ok(workspace)
    }

    /// The modules whose files are under `folder`.
    pub(crate) fn under(&self, folder: &str) -> impl Iterator<Item = &Module> {
        self.modules.iter().filter(move |module| module.file.starts_with(folder))
    }

    /// All files, each once.
    pub(crate) fn files(&self) -> BTreeSet<&Path> {
        self.modules.iter().map(|module| &*module.file).collect()
    }

    /// Adds the module that is a file, and all inside of it. The files of inner modules are in `folder`.
    fn add_file(
        &mut self,
        sources: &Sources,
        path: &Path,
        parent: Option<ModuleId>,
        folder: &Path,
    ) -> Result<ModuleId> {
        let file = parse(sources, path)?;
        let docs = docs::of(&file.attrs, path, sources);
        let id = self.add(sources, path, parent, folder, file.items)?;
        self.modules[id].docs = docs;
        Ok(id)
    }

    fn add(
        &mut self,
        sources: &Sources,
        file: &Path,
        parent: Option<ModuleId>,
        folder: &Path,
        items: Vec<Item>,
    ) -> Result<ModuleId> {
        let id = self.modules.len();
        let root = parent.map_or(id, |parent| self.modules[parent].root);
        let (inner, items) = split(items);
        self.modules.push(Module::new(file, root, parent, items));
        for module in inner {
            let name = module.ident.to_string();
            let child = self.add_inner(sources, file, id, folder, module)?;
            self.modules[id].names.entry(name).or_default().push(Binding::Module(child));
        }
        Ok(id)
    }

    fn add_inner(
        &mut self,
        sources: &Sources,
        file: &Path,
        parent: ModuleId,
        folder: &Path,
        module: ItemMod,
    ) -> Result<ModuleId> {
        let name = module.ident.to_string();
        let inside = folder.join(&name);
        if let Some((_, items)) = module.content {
            return self.add(sources, file, Some(parent), &inside, items);
        }
        let said = docs::value(&module.attrs, "path").map(|path| normal(&file.with_file_name(path)));
        let candidates = [inside.with_extension("rs"), inside.join("mod.rs")].into_iter().chain(said);
        let found = candidates.into_iter().find(|path| sources.get(path).is_some());
        let file = found.with_context(|| format!("{}: mod {name} has no file", file.display()))?;
        self.add_file(sources, &file, Some(parent), &inside)
    }
}

impl Module {
    fn new(file: &Path, root: ModuleId, parent: Option<ModuleId>, items: Vec<Item>) -> Self {
        let (uses, items): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| matches!(item, Item::Use(_)));
        let references = references::of(&items);
        let mut imports: Vec<(Import, bool)> = uses.iter().flat_map(imports_of).collect();
        imports.extend(references.imports.iter().map(|import| (import.clone(), false)));
        let mut module = Self {
            file: file.to_owned(),
            root,
            parent,
            names: BTreeMap::new(),
            globs: Vec::new(),
            items,
            imports,
            references,
            docs: String::new(),
        };
        module.bind_names();
        module
    }

    fn bind_names(&mut self) {
        for name in self.items.iter().filter_map(defined) {
            self.names.entry(name).or_default().push(Binding::Item);
        }
        for (import, _) in &self.imports {
            if import.name == "*" {
                self.globs.push(import.path.clone());
            } else {
                let binding = Binding::Import(import.path.clone());
                self.names.entry(import.name.clone()).or_default().push(binding);
            }
        }
        // A macro may define each word it is given: `snowflake!(GuildId)`.
        for word in self.items.iter().filter_map(words_of_macro).flatten() {
            self.names.entry(word).or_insert_with(|| vec![Binding::Item]);
        }
    }
}

fn parse(sources: &Sources, path: &Path) -> Result<syn::File> {
    let text = sources.get(path).with_context(|| format!("no file {}", path.display()))?;
    syn::parse_file(text).with_context(|| format!("file {}", path.display()))
}

/// The folder with the modules of a crate's root: `src/` for `src/lib.rs`, `tests/` for `tests/main.rs`.
fn children_of_root(root: &Path) -> PathBuf {
    root.parent().unwrap_or(Path::new("")).to_owned()
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, component| {
        match component {
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
        normal
    })
}

/// Inner modules, and all else; without tests.
fn split(items: Vec<Item>) -> (Vec<ItemMod>, Vec<Item>) {
    let (mut modules, mut others) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            item if test_code::is_test(test_code::attributes(&item)) => {}
            Item::Mod(module) => modules.push(module),
            item => others.push(item),
        }
    }
    (modules, others)
}

fn imports_of(item: &Item) -> Vec<(Import, bool)> {
    let Item::Use(item) = item else { return Vec::new() };
    let hands_on = !matches!(item.vis, Visibility::Inherited);
    paths::imports(&item.tree).into_iter().map(|import| (import, hands_on)).collect()
}

/// The name an item has in its module.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(syn::ItemConst { ident, .. })
        | Item::Enum(syn::ItemEnum { ident, .. })
        | Item::Static(syn::ItemStatic { ident, .. })
        | Item::Struct(syn::ItemStruct { ident, .. })
        | Item::Trait(syn::ItemTrait { ident, .. })
        | Item::Type(syn::ItemType { ident, .. })
        | Item::Union(syn::ItemUnion { ident, .. })
        | Item::Macro(syn::ItemMacro { ident: Some(ident), .. }) => ident,
        Item::Fn(function) => &function.sig.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

fn words_of_macro(item: &Item) -> Option<impl Iterator<Item = String> + use<>> {
    let Item::Macro(syn::ItemMacro { ident: None, mac, .. }) = item else { return None };
    let paths = paths::in_tokens(mac.tokens.clone());
    Some(paths.into_iter().filter(|path| path.len() == 1).flatten())
}

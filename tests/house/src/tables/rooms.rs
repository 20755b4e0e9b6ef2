//! The rooms of the library, as their own documentation describes them.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    docs,
    markdown::{self, code, codes},
    project::Project,
    rooms::{self, LIBRARY},
};

/// A row a room: what it is, and what it names. The outermost comes first.
pub(crate) fn table(project: &Project) -> String {
    let arrows = rooms::arrows(&project.graph);
    let rows = rooms::present(&project.workspace).into_iter().map(|room| {
        let named = arrows.keys().filter(|(from, _)| *from == room).map(|(_, to)| to);
        let named = if room == "testing" { "all of them".to_owned() } else { codes(named) };
        vec![code(&format!("{room}/")), described(project, &room), named]
    });
    markdown::table(&["room", "what it is", "names"], rows)
}

/// A row for each folder inside of a room.
pub(crate) fn folders(project: &Project) -> String {
    let modules = &project.workspace.modules;
    let parents = modules.iter().filter_map(|module| module.parent.map(|parent| (parent, &module.file)));
    let folders: BTreeSet<usize> =
        parents.filter(|(parent, file)| modules[*parent].file != **file).map(|(parent, _)| parent).collect();
    let inner = folders.into_iter().map(|id| (folder_of(&modules[id].file), &modules[id]));
    let inner = inner.filter(|(folder, _)| folder.starts_with(LIBRARY) && folder.iter().count() > 3);
    let rows: BTreeSet<Vec<String>> =
        inner.map(|(folder, module)| vec![name(&folder), docs::first_sentence(&module.docs)]).collect();
    markdown::table(&["folder", "what it is"], rows)
}

/// What the documentation of a room says first.
pub(crate) fn described(project: &Project, room: &str) -> String {
    let folder = Path::new(LIBRARY).join(room);
    let found = project.workspace.under(LIBRARY).find(|module| folder_of(&module.file) == folder);
    found.map(|module| docs::first_sentence(&module.docs)).unwrap_or_default()
}

/// The folder that belongs to a module: `app/people` for `app/people.rs`, `app` for `app/mod.rs`.
fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if file.ends_with("mod.rs") => folder.to_owned(),
        _ => file.with_extension(""),
    }
}

fn name(folder: &Path) -> String {
    code(&format!("{}/", folder.strip_prefix(LIBRARY).unwrap_or(folder).display()))
}

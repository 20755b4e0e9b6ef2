//! The crates beside the library.

use std::path::Path;

use crate::{
    markdown::{self, code},
    packages,
    project::Project,
};

/// A row a crate: where it is, and what its manifest says it is.
pub(crate) fn table(project: &Project) -> String {
    let rows = packages::described(&project.sources).filter(|(folder, _)| !is_told_elsewhere(folder));
    let rows = rows.map(|(folder, description)| vec![code(&format!("{}/", folder.display())), description.to_owned()]);
    markdown::table(&["crate", "what it is"], rows)
}

/// The library has rooms, and the functions a table of their own.
fn is_told_elsewhere(folder: &Path) -> bool {
    folder == Path::new("shared") || folder.starts_with("functions")
}

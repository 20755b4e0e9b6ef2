//! The crates of the workspace, as far as the manifests and the places of files tell.

use std::path::{Path, PathBuf};

use crate::sources::Sources;

/// A crate: one root file, and the name others know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// As paths name it.
    pub(crate) name: String,
    pub(crate) root: PathBuf,
    /// Whether other crates can name it.
    pub(crate) is_library: bool,
}

/// All crates of the workspace: libraries, binaries, integration tests and examples.
pub(crate) fn targets(sources: &Sources) -> Vec<Target> {
    manifests(sources).flat_map(|(folder, text)| targets_of(sources, folder, text)).collect()
}

/// The folder of each package that describes itself, and what its manifest says.
pub(crate) fn described(sources: &Sources) -> impl Iterator<Item = (&Path, &str)> {
    manifests(sources).filter_map(|(folder, text)| Some((folder, value(text, "description")?)))
}

/// The manifests of packages, each with its folder.
fn manifests(sources: &Sources) -> impl Iterator<Item = (&Path, &str)> {
    let all = sources.under("").filter(|(path, text)| path.ends_with("Cargo.toml") && text.contains("[package]"));
    all.map(|(path, text)| (path.parent().unwrap_or(Path::new("")), text))
}

fn targets_of(sources: &Sources, folder: &Path, manifest: &str) -> Vec<Target> {
    let name = value(manifest, "name").unwrap_or_default().replace('-', "_");
    let target = |root: PathBuf, is_library| Target { name: name.clone(), root, is_library };
    let mut targets = Vec::new();
    for (root, is_library) in [("src/lib.rs", true), ("src/main.rs", false)] {
        targets.push(target(folder.join(root), is_library));
    }
    for kind in ["tests", "examples"] {
        let roots = sources.under(folder.to_str().unwrap_or_default()).map(|(path, _)| path);
        targets.extend(roots.filter(|path| is_root(path, &folder.join(kind))).map(|path| target(path.into(), false)));
    }
    targets.retain(|target| sources.get(&target.root).is_some());
    if manifest.contains("autotests = false") {
        let said = |root: &Path| manifest.contains(&format!("path = \"{}\"", root.display()));
        targets.retain(|target| {
            let root = target.root.strip_prefix(folder).unwrap_or(&target.root);
            !root.starts_with("tests") || said(root)
        });
    }
    targets
}

/// Whether cargo takes it for a crate of its own: `tests/x.rs` or `tests/x/main.rs`.
fn is_root(path: &Path, folder: &Path) -> bool {
    let parent = path.parent();
    let is_file = parent == Some(folder) && path.extension().is_some_and(|extension| extension == "rs");
    is_file || (path.ends_with("main.rs") && parent.and_then(Path::parent) == Some(folder))
}

/// The first value of a key, which is that of `[package]`.
fn value<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    let line = manifest.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))?;
    line.split('"').nth(1)
}

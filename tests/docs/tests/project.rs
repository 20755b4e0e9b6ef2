//! What the project has, for comparison.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use docs::root;
use serde_yaml_ng::Value;

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn template() -> Value {
    serde_yaml_ng::from_str(&read("template.yaml")).unwrap()
}

pub(crate) fn keys(value: &Value) -> BTreeSet<String> {
    let entries = value.as_mapping().unwrap_or_else(|| panic!("{value:?} is no mapping"));
    entries.keys().map(|key| key.as_str().unwrap().to_owned()).collect()
}

/// Targets of the Makefile.
pub(crate) fn targets() -> BTreeSet<String> {
    let makefile = read("Makefile");
    let rules = makefile.lines().filter(|line| !line.starts_with(['\t', '.', '#', ' ']) && !line.contains(":="));
    rules.filter_map(|line| line.split_once(':')).map(|(target, _)| target.to_owned()).collect()
}

/// Names of the packages of the workspace.
pub(crate) fn packages() -> BTreeSet<String> {
    let manifests = files().into_iter().filter(|file| file.ends_with("Cargo.toml"));
    let name = |manifest: &PathBuf| {
        let text = fs::read_to_string(manifest).unwrap();
        text.lines().find_map(|line| Some(line.strip_prefix("name = \"")?.trim_end_matches('"').to_owned()))
    };
    manifests.filter_map(|manifest| name(&manifest)).collect()
}

/// All that is program: sources, the Makefile, the template.
pub(crate) fn code() -> String {
    let is_code = |file: &PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_this = file.starts_with(root().join("tests/docs"));
        !is_this && (name.ends_with(".rs") || name.ends_with(".py") || name == "Makefile" || name == "template.yaml")
    };
    files().into_iter().filter(is_code).map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name();
        let is_hidden = name.to_str().is_none_or(|name| name.starts_with('.') || name == "target");
        match entry.path() {
            _ if is_hidden => {}
            path if path.is_dir() => collect(&path, files),
            path => files.push(path),
        }
    }
}

//! No test is left out: what a manifest takes out of `cargo test` has none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use local_cloud::workspace_root;

/// The folders with a manifest, as `Cargo.toml` of the workspace names them.
fn members() -> Vec<PathBuf> {
    let manifest = fs::read_to_string(workspace_root().join("Cargo.toml")).unwrap();
    let members = manifest.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    let members = members.split(',').map(|member| member.trim().trim_matches('"'));
    let folders = members.flat_map(|member| match member.strip_suffix("/*") {
        Some(group) => entries(&workspace_root().join(group)),
        None => vec![workspace_root().join(member)],
    });
    folders.filter(|folder| folder.join("Cargo.toml").is_file()).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Every file under `src` of a member, with what is in it.
fn sources(member: &Path) -> Vec<(PathBuf, String)> {
    let mut folders: Vec<_> = std::iter::once(member.join("src")).filter(|folder| folder.is_dir()).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        let (inner, files): (Vec<_>, Vec<_>) = entries(&folder).into_iter().partition(|entry| entry.is_dir());
        folders.extend(inner);
        sources.extend(files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).unwrap_or_default())));
    }
    sources
}

/// What the manifest says of the library, or of the program.
fn says(manifest: &str, section: &str, line: &str) -> bool {
    let sections = manifest.split("\n[").find(|text| text.trim_start_matches('[').starts_with(section));
    sections.is_some_and(|text| text.lines().any(|said| said.starts_with(line)))
}

#[test]
fn what_is_not_tested_has_no_tests() {
    let mut untested = 0;
    for member in members() {
        let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap();
        let (library, program) = (says(&manifest, "lib]", "test = false"), says(&manifest, "bin]", "test = false"));
        for (file, source) in sources(&member) {
            let is_main = file.ends_with("src/main.rs");
            if (is_main && program) || (!is_main && library) {
                assert!(!source.contains("cfg(test)") && !source.contains("test]"), "{} is not tested", file.display());
                untested += 1;
            }
        }
    }
    assert!(untested >= 14, "seven functions, two files each, at least: {untested}");
}

#[test]
fn what_has_no_examples_run_has_no_examples() {
    for member in members() {
        let manifest = fs::read_to_string(member.join("Cargo.toml")).unwrap();
        for (file, source) in sources(&member).into_iter().filter(|_| says(&manifest, "lib]", "doctest = false")) {
            let docs = source.lines().map(str::trim).filter_map(|line| line.strip_prefix("//"));
            let fences = docs.filter_map(|line| line.trim_start_matches(['/', '!', ' ']).strip_prefix("```"));
            // Every second one ends a block.
            let begin: Vec<_> = fences.step_by(2).collect();
            assert!(begin.iter().all(|language| *language == "text"), "{} has an example: {begin:?}", file.display());
        }
    }
}

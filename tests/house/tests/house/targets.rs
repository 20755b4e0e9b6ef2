//! No test is left out: what a manifest takes out of `cargo test` has none.

use std::path::Path;

use crate::facts::FACTS;

/// The folder of each package, and its manifest.
fn packages() -> impl Iterator<Item = (&'static Path, &'static str)> {
    let manifests =
        FACTS.sources.under("").filter(|(path, text)| path.ends_with("Cargo.toml") && text.contains("[package]"));
    manifests.map(|(path, text)| (path.parent().unwrap(), text))
}

/// The code of a package's library or, with `main`, of its program.
fn code(package: &'static Path, main: bool) -> impl Iterator<Item = (&'static Path, &'static str)> {
    let files = FACTS.sources.under(package.to_str().unwrap());
    files.filter(move |(path, _)| path.starts_with(package.join("src")) && path.ends_with("src/main.rs") == main)
}

/// Whether that section of a manifest has that line.
fn says(manifest: &str, section: &str, line: &str) -> bool {
    let mut sections = manifest.split("\n[").filter(|text| text.trim_start_matches('[').starts_with(section));
    sections.any(|text| text.lines().any(|said| said.starts_with(line)))
}

#[test]
fn what_is_not_tested_has_no_tests() {
    let mut untested = 0;
    for (package, manifest) in packages() {
        for (section, main) in [("lib]", false), ("bin]", true)] {
            for (path, text) in code(package, main).filter(|_| says(manifest, section, "test = false")) {
                assert!(!text.contains("cfg(test)") && !text.contains("test]"), "{} is not tested", path.display());
                untested += 1;
            }
        }
    }
    assert!(untested >= 14, "seven functions, two files each, at least: {untested}");
}

#[test]
fn what_is_not_tried_has_no_examples() {
    for (package, _) in packages().filter(|(_, manifest)| says(manifest, "lib]", "doctest = false")) {
        for (path, text) in code(package, false) {
            let docs = text.lines().filter_map(|line| line.trim().strip_prefix("//"));
            let fences = docs.filter_map(|line| line.trim_start_matches(['/', '!', ' ']).strip_prefix("```"));
            // Every second one ends a block.
            let begun: Vec<_> = fences.step_by(2).collect();
            assert!(begun.iter().all(|language| *language == "text"), "{} has an example: {begun:?}", path.display());
        }
    }
}

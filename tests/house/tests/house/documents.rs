//! What the documents about the code say is there.

use std::collections::BTreeSet;

use house::rooms::LIBRARY;

use crate::facts::FACTS;

/// The documents about the code.
fn documents() -> impl Iterator<Item = (String, &'static str)> {
    let inner = FACTS.sources.under("docs/architecture").filter(|(path, _)| path.extension().unwrap() == "md");
    let all = FACTS.sources.under("ARCHITECTURE.md").chain(inner);
    all.map(|(path, text)| (path.display().to_string(), text))
}

/// What stands between backticks.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn what_is_generated_is_up_to_date() {
    let files: Vec<String> = FACTS.out_of_date.keys().map(|path| path.display().to_string()).collect();
    assert!(files.is_empty(), "run `make docs`: {} changed", files.join(", "));
}

#[test]
fn every_invariant_names_tests_that_exist() {
    let text = FACTS.sources.get("ARCHITECTURE.md").unwrap();
    let (_, section) = text.split_once("\n## Invariants").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let code: Vec<&str> = FACTS.sources.under("").filter(|(path, _)| is_rust(path)).map(|(_, text)| text).collect();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut names = BTreeSet::new();
    for row in rows {
        let held_by = row.trim_end_matches('|').rsplit(" | ").next().unwrap();
        assert!(codes(held_by).next().is_some(), "held by nothing: {row}");
        names.extend(codes(held_by).filter(|code| code.matches('_').count() > 1 && !code.contains('/')));
    }
    assert!(names.len() > 20, "the table was found");
    for name in names {
        let begin = name.trim_end_matches('…');
        assert!(code.iter().any(|text| text.contains(begin)), "there is no test {name}");
    }
}

/// Each item of the section is one sentence, and says in a comment which tests hold it.
#[test]
fn every_sentence_about_who_may_see_what_names_tests_that_exist() {
    let text = FACTS.sources.get("docs/discord.md").unwrap();
    let (_, section) = text.split_once("\n## Who may see what\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let code: Vec<&str> = FACTS.sources.under("").filter(|(path, _)| is_rust(path)).map(|(_, text)| text).collect();
    let items: Vec<&str> = section.trim().split("\n- ").collect();
    assert!(items.len() > 15, "the section was found");
    for item in items {
        let (sentence, tests) = item.split_once("<!--").unwrap_or_else(|| panic!("held by no test: {item}"));
        let sentence = sentence.trim();
        assert!(sentence.ends_with('.') && !sentence.contains(". "), "more or less than a sentence: {sentence}");
        for test in tests.trim_end().trim_end_matches("-->").split(',').map(str::trim) {
            let begin = format!("fn {}", test.trim_end_matches('…'));
            assert!(code.iter().any(|text| text.contains(&begin)), "there is no test {test}");
        }
    }
}

fn is_rust(path: &std::path::Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn every_path_in_the_documents_exists() {
    let tops = ["shared/", "functions/", "tests/", "docs/", "cli/", "events/"].map(str::to_owned);
    let rooms = FACTS.rooms.iter().map(|room| format!("{room}/"));
    let begins: Vec<String> = tops.into_iter().chain(rooms).collect();
    let is_pattern = |code: &str| code.contains(['*', '<', '…', '{', ' ']);
    for (document, text) in documents() {
        let paths = codes(text).filter(|code| begins.iter().any(|begin| code.starts_with(begin)) && !is_pattern(code));
        for path in paths {
            let is_there = [house::root(), house::root().join(LIBRARY)].iter().any(|folder| folder.join(path).exists());
            // A module that is a file is also told as the room it is.
            let is_module = house::root().join(LIBRARY).join(path).with_extension("rs").exists();
            assert!(is_there || is_module, "{document}: there is no {path}");
        }
    }
}

//! Commands of the pages, as far as they can be checked without running them.

use std::{
    collections::BTreeSet,
    io::Write as _,
    process::{Command, Stdio},
};

use docs::{Block, Fate, pages};
use regex_lite::Regex;

use crate::project::{packages, targets};

fn blocks() -> Vec<Block> {
    let blocks: Vec<Block> = pages().iter().flat_map(docs::Page::commands).collect();
    assert!(blocks.len() > 15, "only {} blocks were found", blocks.len());
    blocks
}

#[test]
fn every_block_is_run_by_a_test_or_says_why_not() {
    let unknown: Vec<String> =
        blocks().into_iter().filter(|block| block.fate() == Fate::Unknown).map(|block| block.place).collect();
    assert_eq!(unknown, Vec::<String>::new(), "write `sh run`, or `sh not run: ` and the reason, behind the fence");
}

#[test]
fn every_block_is_shell() {
    for block in blocks() {
        let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        bash.stdin.take().unwrap().write_all(block.code.as_bytes()).unwrap();
        let output = bash.wait_with_output().unwrap();
        assert!(output.status.success(), "{}: {}", block.place, String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_target_of_make_exists() {
    let (targets, make) = (targets(), Regex::new(r"\bmake ([a-z-]+)").unwrap());
    let inline = Regex::new(r"`(make [^`]*)`").unwrap();
    for page in pages().iter().filter(|page| page.is_for_users()) {
        let commands: Vec<String> = page.commands().iter().flat_map(Block::lines).collect();
        let prose = page.prose().replace('\n', " ");
        let mentioned = inline.captures_iter(&prose).map(|found| found[1].to_owned());
        for command in commands.into_iter().filter(|line| line.starts_with("make ")).chain(mentioned) {
            for found in make.captures_iter(&command) {
                assert!(targets.contains(&found[1]), "{}: there is no `make {}`", page.name(), &found[1]);
            }
        }
    }
}

#[test]
fn every_package_of_cargo_exists() {
    let (packages, package) =
        (packages(), Regex::new(r"\bcargo (?:run|test|build|clippy|check).*? -p ([\w-]+)").unwrap());
    for page in pages() {
        for found in package.captures_iter(&page.text) {
            assert!(packages.contains(&found[1]), "{}: there is no package {}", page.name(), &found[1]);
        }
    }
}

#[test]
fn every_variable_is_set_where_it_is_used() {
    let used = Regex::new(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)").unwrap();
    let set = Regex::new(r"(?:^|[\s;&(])([A-Za-z_][A-Za-z0-9_]*)=").unwrap();
    for page in pages() {
        let mut known = BTreeSet::from(["PATH".to_owned(), "PWD".to_owned(), "HOME".to_owned()]);
        for block in page.commands() {
            known.extend(set.captures_iter(&block.code).map(|found| found[1].to_owned()));
            for found in used.captures_iter(&block.code) {
                assert!(known.contains(&found[1]), "{}: nothing above sets ${}", block.place, &found[1]);
            }
        }
    }
}

#[test]
fn a_secret_is_stored_in_one_place_by_a_command_that_can_be_repeated() {
    let name = Regex::new(r"--name (\S+)").unwrap();
    let mut stored = BTreeSet::new();
    for block in blocks() {
        for line in block.lines().iter().filter(|line| line.contains("ssm put-parameter")) {
            assert!(line.contains("--overwrite"), "{}: the second time it fails: {line}", block.place);
            let parameter = name.captures(line).unwrap()[1].to_owned();
            assert!(stored.insert(parameter.clone()), "{}: {parameter} is stored elsewhere already", block.place);
        }
    }
    assert_eq!(stored.len(), 2);
}

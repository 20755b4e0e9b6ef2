//! Names in the pages: of variables, parameters, outputs and examples.

use std::collections::{BTreeMap, BTreeSet};

use docs::{Page, pages};
use regex_lite::Regex;

use crate::project::{code, keys, read, template};

fn page(path: &str) -> Page {
    pages().into_iter().find(|page| page.path.ends_with(path)).unwrap_or_else(|| panic!("there is no page {path}"))
}

/// What stands between backquotes, and in blocks of commands.
fn code_of(page: &Page) -> String {
    let prose = page.prose();
    let inline = Regex::new(r"`([^`]+)`").unwrap();
    let inline = inline.captures_iter(&prose).map(|found| found[1].to_owned());
    inline.chain(page.commands().into_iter().map(|block| block.code)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_variable_in_the_pages_is_one_of_the_code() {
    let (code, name) = (code(), Regex::new(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b").unwrap());
    let known: BTreeSet<&str> = name.find_iter(&code).map(|found| found.as_str()).collect();
    // The AWS SDKs read these, and Ollama.
    let of_others = ["AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_LAMBDA", "OLLAMA_NUM_PARALLEL"];
    // Those a block sets for itself are its own.
    let set = Regex::new(r"(?:^|[\s;&(])([A-Z0-9_]+)=").unwrap();
    for page in pages().iter().filter(|page| page.is_for_users()) {
        let text = code_of(page);
        let shell: String = page.commands().into_iter().map(|block| block.code).collect();
        let own: BTreeSet<String> = set.captures_iter(&shell).map(|found| found[1].to_owned()).collect();
        for found in name.find_iter(&text).map(|found| found.as_str()) {
            let is_there = known.contains(found) || of_others.contains(&found) || own.contains(found);
            assert!(is_there, "{}: nothing reads {found}", page.name());
        }
    }
}

#[test]
fn the_configuration_has_every_variable_and_parameter_of_the_template_with_its_default() {
    let (template, page) = (template(), page("docs/configuration.md"));
    let cell = Regex::new(r"`([^`]+)`").unwrap();
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for row in page.text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split(" | ").collect();
        for name in cells.iter().take(2).flat_map(|names| cell.captures_iter(names)) {
            rows.insert(name[1].to_owned(), cells.get(2).unwrap_or(&"").to_string());
        }
    }
    for resource in keys(&template["Resources"]) {
        let variables = &template["Resources"][resource.as_str()]["Properties"]["Environment"]["Variables"];
        for variable in variables.as_mapping().map(|_| keys(variables)).unwrap_or_default() {
            assert!(rows.contains_key(&variable), "docs/configuration.md has no row for {variable}");
        }
    }
    for parameter in keys(&template["Parameters"]) {
        let told = rows.get(&parameter).unwrap_or_else(|| panic!("docs/configuration.md has no row for {parameter}"));
        let default = &template["Parameters"][parameter.as_str()]["Default"];
        let default = default.as_str().map_or_else(|| default.as_i64().unwrap().to_string(), str::to_owned);
        let told_default = told.trim_matches('`');
        let fits = if default.is_empty() { told_default.starts_with("none") } else { told_default == default };
        assert!(fits, "docs/configuration.md: the default of {parameter} is {default:?}, not {told:?}");
    }
}

#[test]
fn the_example_of_samconfig_has_one_line_of_parameters_that_exist() {
    let parameters = keys(&template()["Parameters"]);
    let examples: Vec<_> = pages().iter().flat_map(Page::blocks).filter(|block| block.language() == "toml").collect();
    assert_eq!(examples.len(), 1, "one example with everything in it");
    let lines: Vec<&str> = examples[0].code.lines().filter(|line| line.starts_with("parameter_overrides")).collect();
    assert_eq!(lines.len(), 1);
    let line = lines[0].strip_prefix("parameter_overrides = \"").unwrap().strip_suffix('"').unwrap();
    for given in line.split(' ') {
        let (name, value) = given.split_once('=').unwrap();
        assert!(parameters.contains(name), "there is no parameter {name}");
        let pattern = &template()["Parameters"][name]["AllowedPattern"];
        let pattern = Regex::new(&format!("^(?:{})$", pattern.as_str().unwrap_or(".+"))).unwrap();
        assert!(pattern.is_match(value), "{name} cannot be {value}");
    }
}

#[test]
fn every_output_of_the_stack_exists() {
    let outputs = keys(&template()["Outputs"]);
    let named = Regex::new(r"\boutput `?([A-Z][A-Za-z]+)").unwrap();
    let mut count = 0;
    for page in pages().iter().filter(|page| page.is_for_users()) {
        for found in named.captures_iter(&page.text) {
            assert!(outputs.contains(&found[1]), "{}: there is no output {}", page.name(), &found[1]);
            count += 1;
        }
    }
    assert!(count > 5, "only {count} outputs are named");
}

#[test]
fn examples_in_pages_are_those_of_the_files() {
    let mut shown = BTreeSet::new();
    for block in pages().iter().flat_map(Page::blocks) {
        if let Some((_, file)) =
            block.info.split_once(' ').filter(|(language, _)| ["python", "rust"].contains(language))
        {
            assert!(read(file).contains(&block.code), "{}: {file} says something else", block.place);
            shown.insert(file.to_owned());
        }
    }
    assert_eq!(shown, ["docs/examples/memories.py", "docs/examples/memories.rs"].map(str::to_owned).into());
}

/// What people can do in Discord is on the page about it, with the words Discord shows.
#[test]
fn every_command_in_discord_is_told() {
    let (commands, page) = (read("shared/src/discord/commands.json"), page("docs/discord.md").text);
    let commands: serde_yaml_ng::Value = serde_yaml_ng::from_str(&commands).unwrap();
    for command in commands.as_sequence().unwrap() {
        let name = command["name"].as_str().unwrap();
        let subcommands = command["options"].as_sequence().into_iter().flatten().filter(|option| option["type"] == 1);
        let mut told: Vec<String> =
            subcommands.map(|sub| format!("`/{name} {}", sub["name"].as_str().unwrap())).collect();
        if told.is_empty() {
            told.push(if command["type"] == 1 { format!("`/{name}") } else { format!("*{name}*") });
        }
        for words in told {
            assert!(page.contains(&words), "docs/discord.md does not tell of {words}");
        }
    }
    let settings =
        &commands[0]["options"].as_sequence().unwrap().iter().find(|sub| sub["name"] == "settings").unwrap()["options"];
    for option in settings.as_sequence().unwrap() {
        let name = option["name"].as_str().unwrap();
        assert!(page.contains(&format!("`{name}`")), "docs/discord.md does not tell of the setting {name}");
    }
}

//! The contract of the logs: `docs/LOGGING.md` has every event of the code, with its level and its fields, and no other.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::FACTS;

/// The rows of the table of events: the cells after the name.
fn described() -> BTreeMap<&'static str, Vec<&'static str>> {
    let text = FACTS.sources.get("docs/LOGGING.md").unwrap();
    let (_, table) = text.split_once("| event | level | written by | fields |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = table.lines().skip(2).map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>());
    rows.map(|cells| (cells[0].trim_matches('`'), cells[1..].to_vec())).collect()
}

/// The names that a cell begins its clauses with: "`guild`, `date`; `people`: how many".
fn told_fields(cell: &str) -> impl Iterator<Item = &str> {
    let names = cell.split(';').filter_map(|clause| clause.split(':').next());
    names.flat_map(|names| names.split('`').skip(1).step_by(2))
}

#[test]
fn every_line_of_the_code_is_an_event() {
    let nameless = FACTS.events.get("");
    assert!(nameless.is_none(), "lines without an event: {:?}", nameless.map(|event| &event.files));
}

#[test]
fn the_events_of_the_document_are_those_of_the_code() {
    let in_code: Vec<&str> = FACTS.events.keys().map(String::as_str).filter(|name| !name.is_empty()).collect();
    assert_eq!(Vec::from_iter(described().keys().copied()), in_code);
}

#[test]
fn every_event_is_described_with_its_level_and_exactly_its_fields() {
    for (name, cells) in described() {
        let event = &FACTS.events[name];
        assert_eq!(Vec::from_iter(&event.levels), [cells[0]], "the level of {name}");
        let functions = FACTS.ports.keys().map(String::as_str);
        let known: BTreeSet<&str> = event.fields.iter().map(String::as_str).chain(functions).collect();
        let unknown = Vec::from_iter(told_fields(cells[2]).filter(|field| !known.contains(field)));
        assert!(unknown.is_empty(), "{name} has no field {unknown:?}");
        for field in &event.fields {
            assert!(cells[1..].iter().any(|cell| cell.contains(&format!("`{field}`"))), "{name}: {field} is missing");
        }
    }
}

//! Whoever is woken finds what to do: `docs/RUNBOOK.md` has every alarm of `template.yaml` and every warning and error of the
//! code, and what the template counts is what the code logs.

use std::collections::BTreeSet;

use serde_yaml_ng::Value;

use crate::facts::FACTS;

/// What the rows of the runbook are about: the names in their first cells.
fn told() -> BTreeSet<&'static str> {
    let text = FACTS.sources.get("docs/RUNBOOK.md").unwrap();
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

fn alarms() -> impl Iterator<Item = (&'static str, &'static Value)> {
    FACTS.template.resources_of("AWS::CloudWatch::Alarm")
}

fn filters() -> impl Iterator<Item = (&'static str, &'static Value)> {
    FACTS.template.resources_of("AWS::Logs::MetricFilter")
}

/// What stands behind each `begin` of a text, for as long as it is a name.
fn names_after(text: &'static str, begin: &'static str) -> impl Iterator<Item = &'static str> {
    let is_end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    text.split(begin).skip(1).filter_map(move |rest| rest.split(is_end).next())
}

#[test]
fn every_warning_and_error_of_the_code_is_in_the_runbook() {
    let told = told();
    let calls_somebody = |level: &String| ["WARN", "ERROR"].contains(&level.as_str());
    let events = FACTS.events.iter().filter(|(_, event)| event.levels.iter().any(calls_somebody));
    let names: Vec<&str> = events.map(|(name, _)| name.as_str()).collect();
    assert!(names.len() > 30, "they were found");
    let missing: Vec<&str> = names.into_iter().filter(|name| !told.contains(name)).collect();
    assert!(missing.is_empty(), "docs/RUNBOOK.md does not say what to do about {missing:?}");
}

#[test]
fn the_runbook_tells_of_nothing_that_is_not_there() {
    let errors = ["InvalidRequest", "RateLimited", "ModelUnavailable", "Blocked", "StoreUnavailable"];
    let errors = errors.into_iter().chain(["Throttled", "AudienceUnknown", "Internal"]);
    let alarms = alarms().map(|(name, _)| name);
    let known: BTreeSet<&str> = FACTS.events.keys().map(String::as_str).chain(errors).chain(alarms).collect();
    // The heads of its tables.
    let unknown: Vec<&str> = told().into_iter().filter(|name| !known.contains(name) && *name != "error_type").collect();
    assert!(unknown.is_empty(), "docs/RUNBOOK.md tells of {unknown:?}");
}

#[test]
fn every_alarm_is_in_the_runbook_and_told_to_the_topic_and_only_there_if_there_is_one() {
    let told = told();
    assert!(alarms().count() > 10, "they were found");
    for (name, alarm) in alarms() {
        assert!(told.contains(name), "docs/RUNBOOK.md does not say what to do about {name}");
        let condition = alarm["Condition"].as_str().unwrap_or_default();
        assert!(condition.starts_with("HasAlarms"), "{name} costs something without being asked for");
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm["Properties"][actions][0].as_str(), Some("AlarmTopicArn"), "{name}: {actions}");
        }
    }
}

#[test]
fn what_the_template_counts_is_an_event_of_the_code_with_these_fields() {
    assert!(filters().count() > 5, "they were found");
    for (name, filter) in filters() {
        let pattern = filter["Properties"]["FilterPattern"].as_str().unwrap();
        let function = function_of(filter);
        for clause in pattern.split("||") {
            let event = names_after(clause, "$.event = \"").next();
            let event = event.unwrap_or_else(|| panic!("{name}: no event is named by {clause}"));
            let found = FACTS.events.get(event).unwrap_or_else(|| panic!("{name}: there is no event {event}"));
            let has = |field: &&str| *field == "event" || found.fields.contains(*field);
            let unknown: Vec<&str> = names_after(clause, "$.").filter(|field| !has(field)).collect();
            assert!(unknown.is_empty(), "{name}: {event} has no field {unknown:?}");
            assert!(logged_by(event, &function), "{name}: by docs/LOGGING.md, {function} does not log {event}");
        }
    }
}

/// The function whose log a filter reads: of `DailySummaryLogs`, `daily_summary`.
fn function_of(filter: &Value) -> String {
    let logs = filter["Properties"]["LogGroupName"].as_str().unwrap();
    let letters = logs.strip_suffix("Logs").unwrap().chars();
    let snake =
        letters.flat_map(|letter| letter.is_uppercase().then_some('_').into_iter().chain(letter.to_lowercase()));
    snake.collect::<String>().trim_start_matches('_').to_owned()
}

/// Whether the row of an event says that the function logs it.
fn logged_by(event: &str, function: &str) -> bool {
    let text = FACTS.sources.get("docs/LOGGING.md").unwrap();
    let row = text.lines().find(|line| line.starts_with(&format!("| `{event}` |"))).unwrap_or_default();
    let who = row.split(" | ").nth(2).unwrap_or_default();
    let asks_models = ["daily_summary", "get_memories"].contains(&function) && who.contains("who asks models");
    who.contains(&format!("`{function}`")) || who.contains("any function") || asks_models
}

#[test]
fn what_is_counted_has_an_alarm_and_no_dimensions() {
    let transformation = |filter: &'static Value| &filter["Properties"]["MetricTransformations"][0];
    let counted: BTreeSet<&str> =
        filters().filter_map(|(_, filter)| transformation(filter)["MetricName"].as_str()).collect();
    let is_of_aws = |alarm: &Value| alarm["Namespace"].as_str().is_some_and(|space| space.starts_with("AWS/"));
    let own = alarms().map(|(_, alarm)| &alarm["Properties"]).filter(|alarm| !is_of_aws(alarm));
    let watched: BTreeSet<&str> = own.filter_map(|alarm| alarm["MetricName"].as_str()).collect();
    assert_eq!(watched, counted);
    for (name, filter) in filters() {
        assert!(transformation(filter)["Dimensions"].is_null(), "{name}: each value of a dimension has a price");
    }
}

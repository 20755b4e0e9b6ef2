use serde_json::Value;

use super::*;

/// Every command, subcommand and option.
fn all(definitions: &[Value]) -> Vec<&Value> {
    definitions.iter().flat_map(|one| [vec![one], all(options(one))].concat()).collect()
}

fn options(one: &Value) -> &[Value] {
    one["options"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts<'a>(one: &'a Value, field: &str) -> Vec<&'a str> {
    let localized = one[format!("{field}_localizations")].as_object().into_iter().flatten();
    one[field].as_str().into_iter().chain(localized.filter_map(|(_, text)| text.as_str())).collect()
}

fn is_in_a_menu(one: &Value) -> bool {
    one["type"] != 1 && one.get("description").is_none()
}

#[test]
fn names_and_descriptions_keep_discords_rules() {
    let definitions = definitions();
    let typed = |name: &str| name.chars().all(|c| c.is_alphanumeric() || "-_'".contains(c));
    for one in all(&definitions) {
        for name in texts(one, "name") {
            let fits = (1..=32).contains(&name.chars().count()) && (is_in_a_menu(one) || typed(name));
            assert!(fits && (is_in_a_menu(one) || name == name.to_lowercase()), "{name}");
        }
        for text in texts(one, "description") {
            assert!((1..=100).contains(&text.chars().count()), "{text}");
        }
    }
    assert!(all(&definitions).iter().all(|one| options(one).len() <= 25));
}

#[test]
fn everything_speaks_german_too() {
    for one in all(&definitions()) {
        let translated =
            |field: &str| one.get(field).is_none() || one[format!("{field}_localizations")]["de"].is_string();
        assert!(translated("description"), "{one}");
        assert!(translated("name") || one["name"] == "memory", "{one}");
    }
}

#[test]
fn required_options_come_first() {
    for one in all(&definitions()) {
        let required: Vec<bool> = options(one).iter().map(|option| option["required"] == true).collect();
        assert!(required.is_sorted_by(|a, b| a >= b), "{one}");
    }
}

#[test]
fn commands_are_for_guilds() {
    for one in definitions() {
        assert_eq!((&one["contexts"], &one["integration_types"]), (&serde_json::json!([0]), &serde_json::json!([0])));
    }
}

//! What each room of the library may know.

use house::rooms::{self, ALLOWED, ALLOWED_IN_HANDLE, Arrow, RoomArrows};

use crate::facts::FACTS;

fn assert_none<'a>(arrows: impl IntoIterator<Item = &'a Arrow>, rule: &str) {
    let told: Vec<String> = arrows.into_iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{rule}:\n{}\n", told.join("\n"));
}

/// The arrows between files whose rooms `is_forbidden` tells.
fn forbidden(arrows: &RoomArrows, is_forbidden: impl Fn(&str, &str) -> bool) -> Vec<&Arrow> {
    arrows.iter().filter(|((from, to), _)| is_forbidden(from, to)).flat_map(|(_, arrows)| arrows).collect()
}

#[test]
fn each_room_names_only_what_it_may() {
    let arrows = rooms::arrows(&FACTS.graph);
    let is_forbidden =
        |from: &str, to: &str| ALLOWED.iter().any(|(room, allowed)| *room == from && !allowed.contains(&to));
    assert_none(forbidden(&arrows, is_forbidden), "rooms name what they may not");
}

#[test]
fn every_room_has_a_rule() {
    for room in &FACTS.rooms {
        assert!(ALLOWED.iter().any(|(name, _)| name == room), "{room} has no line in house::rooms::ALLOWED");
    }
}

#[test]
fn only_main_knows_both_sides() {
    let arrows = rooms::arrows(&FACTS.graph);
    let is_forbidden = |from: &str, to: &str| from == "lib.rs" && !ALLOWED_IN_HANDLE.contains(&to);
    assert_none(forbidden(&arrows, is_forbidden), "handle sees no adapter and reads no configuration");
    assert!(arrows.contains_key(&("main.rs".to_owned(), "adapters".to_owned())), "main brings the adapters");
    assert!(arrows.contains_key(&("lib.rs".to_owned(), "app".to_owned())), "handle calls use cases");
}

#[test]
fn pure_rooms_have_no_async_no_clock_no_io_and_no_sdk() {
    assert!(FACTS.outside_of_pure.is_empty(), "named of the world outside: {:#?}", FACTS.outside_of_pure);
    assert!(FACTS.async_in_pure.is_empty(), "files that wait: {:#?}", FACTS.async_in_pure);
}

#[test]
fn app_names_no_sdk_and_no_clock_of_the_machine() {
    // Tokio's timers and locks are no world outside: tests stop its clock.
    let outside: Vec<_> = FACTS.outside_of_app.iter().filter(|(_, name)| !name.starts_with("tokio::")).collect();
    assert!(outside.is_empty(), "{outside:#?}");
}

#[test]
fn key_strings_are_in_keys_only() {
    let fragments = ["G#", "PART#", "CHUNK#", "PERSON", "P#", "DAY#", "SETTINGS", "INTERACTION#", "CHANNEL#"];
    let whole = ["MEMORY", "LEDGER", "SUMMARY", "DAYS"];
    for (path, text) in FACTS.texts.iter().filter(|(path, _)| !path.ends_with("keys.rs")) {
        let text = text.trim_start_matches('#');
        let makes_keys = fragments.iter().any(|key| text.starts_with(key)) || whole.contains(&text);
        assert!(!makes_keys, "{} makes keys: {text}", path.display());
    }
}

#[test]
fn no_model_name_is_in_the_code() {
    let names_one = |text: &str| {
        ["gemini-", "gemma-", "gpt-", "claude-"].iter().any(|family| {
            text.match_indices(family)
                .any(|(at, _)| text[at + family.len()..].starts_with(|c: char| c.is_ascii_digit()))
        })
    };
    // The example that a wrong value is answered with.
    let names: Vec<_> = FACTS.texts.iter().filter(|(_, text)| names_one(text) && !text.contains("such as")).collect();
    assert!(names.is_empty(), "{names:#?}");
}

#[test]
fn rooms_have_no_circles_by_their_own_rules() {
    let place = |room: &str| ALLOWED.iter().position(|(name, _)| *name == room);
    for (room, allowed) in ALLOWED {
        assert!(allowed.iter().all(|other| place(other) < place(room)), "{room} may only name rooms above its line");
    }
}

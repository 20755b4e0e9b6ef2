//! No two files of a crate name each other, directly or over others.

use house::circles::{self, Circle};

use crate::facts::FACTS;

fn assert_none(circles: &[Circle], what: &str) {
    let told: Vec<String> = circles.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} {what}:\n\n{}\n", told.len(), told.join("\n\n"));
}

#[test]
fn no_files_name_each_other_in_a_circle() {
    assert_none(&circles::find(&FACTS.graph), "circles, each with the arrow to cut");
}

#[test]
fn no_methods_of_a_type_call_each_other_back_and_forth_between_files() {
    assert_none(&circles::find(&FACTS.methods), "types in pieces, each with the call to cut");
}

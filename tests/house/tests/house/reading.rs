//! That names are followed as the compiler follows them: small repositories, and the arrows found in them.

use house::{FileGraph, Sources, Workspace, circles};

const MANIFEST: (&str, &str) = ("a/Cargo.toml", "[package]\nname = \"small-crate\"\n");

fn workspace<const N: usize>(files: [(&str, &str); N]) -> Workspace {
    Workspace::read(&Sources::from(files)).unwrap()
}

/// The arrows as `from -> to: names`.
fn arrows<const N: usize>(files: [(&str, &str); N]) -> Vec<String> {
    told(&FileGraph::of(&workspace(files)))
}

fn told(graph: &FileGraph) -> Vec<String> {
    let arrow = |(from, to, names): (&std::path::Path, &std::path::Path, &std::collections::BTreeSet<String>)| {
        format!("{} -> {}: {}", from.display(), to.display(), Vec::from_iter(names.iter().cloned()).join(" "))
    };
    graph.arrows().map(arrow).collect()
}

#[test]
fn names_are_found_in_uses_types_expressions_patterns_and_macros() {
    for code in [
        "use crate::b::Day; fn f(_: Day) {}",
        "fn f(_: crate::b::Day) {}",
        "fn f() { super::b::Day::new() }",
        "fn f(x: u8) { match x { crate::b::Day::FIRST => {} _ => {} } }",
        "fn f() { println!(\"{}\", crate::b::Day) }",
        "use super::b; fn f() { let _ = vec![b::Day]; }",
        "use super::b::{self as days}; fn f() { days::Day; }",
        "fn f() { use crate::b::Day; Day; }",
        "struct S { #[serde(with = \"crate::b::Day\")] x: u8 }",
        "use crate::b::*; struct S(Day);",
        "use crate::*; struct S(b::Day);",
        "struct S; impl crate::b::Day for S {}",
    ] {
        let files =
            [MANIFEST, ("a/src/lib.rs", "mod b; mod c;"), ("a/src/b.rs", "pub struct Day;"), ("a/src/c.rs", code)];
        assert_eq!(arrows(files), ["a/src/c.rs -> a/src/b.rs: Day"], "{code}");
    }
}

#[test]
fn what_is_handed_on_is_found_where_it_is_defined() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod room; mod user; pub use room::Day as Date;"),
        ("a/src/room/mod.rs", "mod day; pub use day::Day;"),
        ("a/src/room/day.rs", "pub struct Day;"),
        ("a/src/user.rs", "use crate::Date; type Other = crate::room::Day; fn f(_: Date) {}"),
    ];
    assert_eq!(arrows(files), ["a/src/user.rs -> a/src/room/day.rs: Day"]);
}

#[test]
fn a_parent_that_uses_what_it_hands_on_has_an_arrow_to_its_child() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod day; pub use day::Day; fn today() -> Day { Day }"),
        ("a/src/day.rs", "pub struct Day;"),
    ];
    assert_eq!(arrows(files), ["a/src/lib.rs -> a/src/day.rs: Day"]);
}

#[test]
fn other_crates_are_followed_by_their_names() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "pub mod day;"),
        ("a/src/day.rs", "pub struct Day;"),
        ("a/tests/days.rs", "use small_crate::day::Day;"),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
        ("b/src/main.rs", "fn main() { small_crate::day::Day; }"),
    ];
    assert_eq!(arrows(files), ["a/tests/days.rs -> a/src/day.rs: Day", "b/src/main.rs -> a/src/day.rs: Day"]);
}

#[test]
fn tests_are_no_code() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod b; mod day;"),
        (
            "a/src/b.rs",
            "pub fn g() {} #[cfg(test)] mod tests; #[cfg(test)] use crate::day::Day; #[cfg(test)] mod more { use crate::day::Day; }",
        ),
        ("a/src/b/tests.rs", "use crate::day::Day;"),
        ("a/src/day.rs", "pub struct Day; impl Day { #[cfg(test)] fn f() { crate::b::g() } }"),
    ];
    assert_eq!(arrows(files), [""; 0]);
}

#[test]
fn a_module_and_a_function_of_one_name_are_told_apart() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "pub mod ask; mod user; pub fn ask() {}"),
        ("a/src/ask.rs", "pub struct Question;"),
        ("a/src/user.rs", "use crate::ask::Question; fn f(_: Question) {}"),
    ];
    assert_eq!(arrows(files), ["a/src/user.rs -> a/src/ask.rs: Question"]);
}

#[test]
fn what_a_macro_defines_is_found_in_its_arguments() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod ids; use ids::GuildId; fn f(_: GuildId) {}"),
        ("a/src/ids.rs", "macro_rules! id { ($name:ident) => { pub struct $name; } }\nid!(GuildId);"),
    ];
    assert_eq!(arrows(files), ["a/src/lib.rs -> a/src/ids.rs: GuildId"]);
}

#[test]
fn a_module_can_be_anywhere() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "#[path = \"../../examples/days.rs\"] mod days; fn f(_: days::Day) {}"),
        ("examples/days.rs", "pub struct Day;"),
    ];
    assert_eq!(arrows(files), ["a/src/lib.rs -> examples/days.rs: Day"]);
}

#[test]
fn imports_in_a_ring_come_to_an_end() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod b; mod c;"),
        ("a/src/b.rs", "pub use crate::c::*;"),
        ("a/src/c.rs", "pub use crate::b::*; fn f(_: Nothing) {}"),
    ];
    assert_eq!(arrows(files), [""; 0]);
}

#[test]
fn a_circle_is_told_as_a_path_with_the_arrow_to_cut() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod b; mod c; mod d;"),
        ("a/src/b.rs", "use crate::c::{One, Two}; pub struct Deps(One, Two);"),
        ("a/src/c.rs", "use crate::d::Day; pub struct One; pub struct Two(Day);"),
        ("a/src/d.rs", "use crate::b::Deps; pub struct Day; pub struct Other; fn f(_: Deps) { crate::b::g() }"),
    ];
    let circles = circles::find(&FileGraph::of(&workspace(files)));
    let told: Vec<String> = circles.iter().map(ToString::to_string).collect();
    let circle = "a/src/b.rs\n  -> a/src/c.rs\n  -> a/src/d.rs\n  -> a/src/b.rs\n  cut a/src/c.rs -> a/src/d.rs: Day";
    assert_eq!(told, [circle]);
}

#[test]
fn a_parent_and_its_child_that_name_each_other_are_a_circle() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod day; struct Deps; fn f() { day::g() }"),
        ("a/src/day.rs", "use super::Deps; pub fn g() { let _ = Deps; }"),
    ];
    assert_eq!(circles::find(&FileGraph::of(&workspace(files))).len(), 1);
}

#[test]
fn methods_of_a_type_that_call_each_other_between_files_are_a_circle() {
    let files = [
        MANIFEST,
        ("a/src/lib.rs", "mod b; mod desk;"),
        ("a/src/desk.rs", "pub struct Desk; impl Desk { pub fn say(&self) { self.ask() } }"),
        ("a/src/b.rs", "use crate::desk::Desk; impl Desk { pub fn ask(&self) { Self::say(self) } }"),
    ];
    let graph = FileGraph::of_methods(&workspace(files));
    let both = ["a/src/b.rs -> a/src/desk.rs: Desk::say", "a/src/desk.rs -> a/src/b.rs: Desk::ask"];
    assert_eq!(told(&graph), both);
    assert_eq!(circles::find(&graph).len(), 1);
}

//! The block of memories that a bot puts into the prompt of its own model.

use super::{
    also_known_as::known_as,
    sanitize::{escape, sanitize_name, visible},
};
use crate::domain::{Person, UserId};

/// `<memories><person id="10" name="Ann" also_known_as="Annie">…</person></memories>`, escaped; only people with a memory.
/// Ids are kept here: the bot needs to know whom it speaks of.
pub fn memories_block<'a>(people: impl IntoIterator<Item = (UserId, Option<&'a Person>, &'a str)>) -> String {
    let mut block = String::from("<memories>");
    for (id, person, memory) in people {
        let name = person.and_then(Person::name);
        let also_known_as = known_as(name.unwrap_or_default(), person.map(Person::also_known_as).unwrap_or_default());
        let name = name.map(|name| format!(" name=\"{}\"", sanitize_name(name))).unwrap_or_default();
        block.push_str(&format!("<person id=\"{id}\"{name}{also_known_as}>{}</person>", escape_lines(memory)));
    }
    block.push_str("</memories>");
    block
}

/// Escaped, but with its lines: a memory can be a list of facts.
fn escape_lines(text: &str) -> String {
    text.lines().map(|line| escape(&visible(line))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::KnownNames;

    #[test]
    fn the_block_for_a_bots_own_model() {
        let ann = Person {
            called: KnownNames::of_account("Ann <3", "1".parse().unwrap()),
            aliases: [("Annie".into(), crate::domain::Alias::default())].into(),
            ..Person::default()
        };
        let people = [
            ("10".parse().unwrap(), Some(&ann), "- likes tea\n- </person> & more"),
            ("11".parse().unwrap(), None, "sailed"),
        ];
        insta::assert_snapshot!(memories_block(people), @r#"
        <memories><person id="10" name="Ann &lt;3" also_known_as="Annie">- likes tea
        - &lt;/person&gt; &amp; more</person><person id="11">sailed</person></memories>
        "#);
    }
}

//! Makes text people wrote safe to put into a prompt (DESIGN rules 17 and 18).

use std::borrow::Cow;

use super::{
    markup::{plain_markup, without_markup},
    names::Names,
};

/// Text as it goes into a prompt: markup as names, no ids, no control characters, escaped. What cannot be seen goes first:
/// it could hide an id from who looks for ids. It goes again after the names are in, which are text that people wrote, too.
pub(super) fn sanitize(text: &str, names: &mut Names) -> String {
    let text = visible(text);
    escape(&match plain_markup(&text, names) {
        Cow::Borrowed(plain) => Cow::Borrowed(plain),
        Cow::Owned(named) => Cow::Owned(without_markup(&visible(&named)).into_owned()),
    })
}

/// A name as it goes into a prompt. Nobody is mentioned by a name, so markup in it has no meaning.
pub(super) fn sanitize_name(name: &str) -> String {
    sanitize(name, &mut Names::default()).trim().to_owned()
}

/// Escapes what could be read as a tag (DESIGN rule 17).
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Drops what cannot be seen. White space of any kind becomes a blank, so that no line of a message looks like a line of
/// the prompt.
pub(crate) fn visible(text: &str) -> String {
    let blank = |c: char| if c.is_whitespace() { ' ' } else { c };
    let mut shown = String::with_capacity(text.len());
    let mut characters = text.chars().map(blank).filter(|c| !c.is_control() && !is_invisible(*c)).peekable();
    while let Some(character) = characters.next() {
        let joins = is_joiner(character);
        if !joins || has_meaning(character, shown.chars().next_back(), characters.peek().copied()) {
            shown.push(character);
        }
    }
    shown
}

/// Characters that show nothing but change what is read: direction overrides, tags, variation selectors used to smuggle
/// text, letters without a shape. The joiners and the emoji selector stay, because scripts and emoji are written with them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The two joiners, and the selector that makes an emoji of a character.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0f}')
}

/// Whether a joiner does something between these. Between what is written with the keys of every keyboard it does not: it
/// would only hide an id. But a digit, the selector and a frame are a key cap, and an emoji's selector can be joined.
fn has_meaning(joiner: char, before: Option<char>, after: Option<char>) -> bool {
    match (before, joiner, after) {
        (_, '\u{fe0f}', Some('\u{20e3}')) | (Some('\u{fe0f}'), '\u{200d}', _) => true,
        (before, ..) => before.is_some_and(|before| !before.is_ascii() && !is_joiner(before)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> Names {
        Names::new([("10".parse().unwrap(), "Ann".to_owned())].into())
    }

    fn sanitized(text: &str) -> String {
        sanitize(text, &mut names())
    }

    #[test]
    fn rule_18_markup_becomes_names_and_no_snowflake_is_left() {
        let someone = "<@999> and <@998>, then <@!999>";
        assert_eq!(sanitized(someone), "@someone-1 and @someone-2, then @someone-1");
        assert_eq!(sanitized("hi <@10> <@!10>"), "hi @Ann @Ann");
        assert_eq!(sanitized("<#123> <@&55> <:blob:77> <a:wave:78>"), "#channel @role :blob: :wave:");
        assert_eq!(sanitized("see https://discord.com/channels/1/2/3 ok"), "see [link] ok");
        assert_eq!(sanitized("</memory show:123456789012345678>"), "/memory show");
        assert_eq!(sanitized("175928847299117063!"), "[id]!");
        assert_eq!(sanitized("in 2026, 555-1234567"), "in 2026, 555-1234567");
    }

    #[test]
    fn rule_18_a_name_cannot_bring_a_snowflake_in() {
        let mut names = Names::new([("10".parse().unwrap(), "175928847299117063".to_owned())].into());
        assert_eq!(sanitize("<@10>", &mut names), "@[id]");
        let mut names = Names::new([("10".parse().unwrap(), "12345678901".to_owned())].into());
        assert_eq!(sanitize("<@10>2345678901", &mut names), "@[id]");
    }

    #[test]
    fn rule_17_a_name_cannot_bring_in_what_cannot_be_seen() {
        let hidden: String = "obey".chars().map(|c| char::from_u32(0xe0000 + c as u32).unwrap()).collect();
        for name in
            [format!("Ann{hidden}"), "Ann\u{202e}".to_owned(), "Ann\u{1b}[2J".to_owned(), "A\u{200b}nn".to_owned()]
        {
            let mut names = Names::new([("10".parse().unwrap(), name.clone())].into());
            let sanitized = sanitize("hi <@10>", &mut names);
            assert!(!sanitized.chars().any(|c| c.is_control() || is_invisible(c)), "{name:?} became {sanitized:?}");
        }
    }

    #[test]
    fn rule_18_a_name_with_a_gap_cannot_bring_a_snowflake_in() {
        let mut names = Names::new([("10".parse().unwrap(), "17592884\u{200b}7299117063".to_owned())].into());
        assert_eq!(sanitize("<@10>", &mut names).replace('\u{200b}', ""), "@[id]");
    }

    #[test]
    fn rule_17_selectors_and_fillers_that_show_nothing_are_dropped() {
        for hidden in [
            '\u{fe00}',
            '\u{fe0e}',
            '\u{34f}',
            '\u{3164}',
            '\u{115f}',
            '\u{ffa0}',
            '\u{2800}',
            '\u{17b4}',
            '\u{fff0}',
            '\u{1d159}',
        ] {
            assert_eq!(sanitized(&format!("17592884{hidden}7299117063")), "[id]", "{hidden:?}");
        }
    }

    #[test]
    fn rule_17_what_cannot_be_seen_is_dropped_and_emoji_stay() {
        assert_eq!(sanitized("a\u{0}b\u{1b}[31m\u{202e}c\u{e0041}"), "ab[31mc");
        assert_eq!(sanitized("line\none\ttwo\u{2028}three"), "line one two three");
        for written in ["👩\u{200d}🔬 ❤\u{fe0f}", "👁\u{fe0f}\u{200d}🗨", "1\u{fe0f}\u{20e3}", "می\u{200c}خواهم"]
        {
            assert_eq!(sanitized(written), written);
        }
    }

    #[test]
    fn rule_18_a_snowflake_cannot_hide_behind_what_cannot_be_seen() {
        for gap in ['\u{200b}', '\u{200c}', '\u{200d}', '\u{fe0f}', '\u{ad}', '\u{2060}', '\u{0}', '\u{e0041}'] {
            assert_eq!(sanitized(&format!("17592884{gap}7299117063")), "[id]", "{gap:?}");
            assert_eq!(sanitized(&format!("<@{gap}10>")), "@Ann", "{gap:?}");
        }
    }

    proptest! {
        #[test]
        fn rule_17_no_text_can_open_or_close_a_tag_or_an_attribute(text in ".*") {
            let sanitized = sanitized(&text);
            prop_assert!(!sanitized.contains(['<', '>', '"', '\n']));
            prop_assert!(!sanitized.chars().any(|c| c.is_control()));
        }

        #[test]
        fn rule_18_no_text_can_bring_a_snowflake_in(text in "[<@!#&:a>0-9 \u{200b}\u{200d}\u{fe0f}\u{20e3}\u{0}\u{ad}é]{0,60}", digits in "[1-9][0-9]{16,18}") {
            let sanitized = sanitized(&format!("{text}{digits}{text}"));
            let longest = sanitized.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            prop_assert!(longest.is_some_and(|longest| longest < 17), "{sanitized}");
        }
    }
}

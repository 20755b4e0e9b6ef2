use serde_json::json;

use super::*;

fn picture(private: bool, content: &str) -> String {
    let names = [("10".to_owned(), "Ann".to_owned()), ("11".to_owned(), "Ben".to_owned())].into();
    let reply = DiscordReply { private, message: Some(json!({"content": content})), ..DiscordReply::default() };
    let at = "2026-11-22T14:51:00Z".parse().unwrap();
    Message { asker: "Ann", command: "/memory show", reply: &reply, at, names: &names }.draw()
}

#[test]
fn an_answer_is_drawn_as_discord_shows_it() {
    let content = "**About <@10>**\n\nRuns, and bakes bread that is as dense as a kerb & as sour as a ticket inspector, \
                   which is gone in ten minutes.\n\n**Taught**\n- Is allergic to hazelnuts (by <@11>, 2026-11-22)\n\
                   > a quote\n-# Written <t:1795359000:R>.";
    insta::assert_snapshot!(picture(true, content));
}

#[test]
fn only_what_is_private_says_so() {
    assert!(picture(true, "x").contains("Only you can see this"));
    assert!(!picture(false, "x").contains("Only you can see this"));
}

#[test]
fn no_text_is_markup_and_nothing_is_fetched() {
    let file = picture(false, "<script>alert(1)</script> & \"co\" <@12>");
    assert!(file.contains("&lt;script&gt;") && file.contains("&amp; &quot;co&quot;") && file.contains("@12"), "{file}");
    assert!(!file.contains("<script") && !file.contains("href") && !file.contains("url("), "{file}");
}

#[test]
fn longer_answers_are_higher() {
    let height = |content: &str| {
        picture(false, content).split("height=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let (short, long) = (height("a"), height(&"many words ".repeat(40)));
    assert!(short.parse::<u32>().unwrap() + 60 < long.parse::<u32>().unwrap(), "{short} {long}");
}

#[test]
fn a_very_long_paragraph_is_folded_and_says_so() {
    let picture = |words: usize| picture(false, &"many words ".repeat(words));
    assert!(!picture(20).contains("more lines"));
    assert!(picture(300).contains("more lines]"));
}

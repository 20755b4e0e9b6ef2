//! What Discord is answered. Whatever is said fits into Discord's limits, and pings nobody.

use serde_json::{Value, json};

use super::{
    custom_id,
    limits::{CHOICE, CHOICES, CONTENT, EMBEDS, HEADING, TYPED, cut, head, length, pieces},
};
use crate::domain::{Button, Choice, Form, InteractionResponse, Language, ReplyContent, ReplyFile};

const EPHEMERAL: u64 = 64;
/// The name of the file that a long answer comes in.
const FILE: &str = "answer.md";
/// The styles of buttons: grey, and red.
const SECONDARY: u64 = 2;
const DANGER: u64 = 4;

/// A message ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its JSON.
    pub payload: Value,
    /// What comes with it, in the order of its `attachments`.
    pub files: Vec<ReplyFile>,
}

/// The answer to a PING.
pub fn pong() -> Value {
    json!({"type": 1})
}

/// The first answer to an interaction, as the webhook's response. A message is for the asker only.
pub fn callback(answer: &InteractionResponse) -> Value {
    match answer {
        InteractionResponse::Message(reply) => {
            let mut data = inline(reply);
            data["flags"] = json!(EPHEMERAL);
            json!({"type": 4, "data": data})
        }
        InteractionResponse::Update(reply) => json!({"type": 7, "data": inline(reply)}),
        InteractionResponse::Deferred { private: true } => json!({"type": 5, "data": {"flags": EPHEMERAL}}),
        InteractionResponse::Deferred { private: false } => json!({"type": 5}),
        InteractionResponse::Choices(choices) => {
            let choices: Vec<Value> = choices.iter().take(CHOICES).filter_map(choice).collect();
            json!({"type": 8, "data": {"choices": choices}})
        }
        InteractionResponse::WipeForm(shown) => json!({"type": 9, "data": form(custom_id::WIPE_FORM, shown)}),
    }
}

/// What is said, and below it the line to type in, with its label.
fn form(id: &str, shown: &Form) -> Value {
    let line = json!({"type": 4, "custom_id": "typed", "style": 1, "required": true, "max_length": TYPED});
    let labelled = json!({"type": 18, "label": cut(&shown.label, HEADING), "component": line});
    let said = json!({"type": 10, "content": cut(&shown.text, CONTENT)});
    json!({"custom_id": id, "title": cut(&shown.title, HEADING), "components": [said, labelled]})
}

/// A message of any length: as its content, in embeds, or as a file.
pub fn render(reply: &ReplyContent, language: Language) -> Rendered {
    let text = with_footnote(&reply.text, &reply.footnote);
    let mut payload = message(reply);
    let mut files = reply.files.clone();
    if length(&text) <= CONTENT {
        payload["content"] = json!(text);
    } else if length(&text) <= EMBEDS {
        let embeds = pieces(&text).into_iter().map(|piece| json!({"description": piece}));
        payload["content"] = json!("");
        payload["embeds"] = embeds.collect();
    } else {
        payload["content"] = json!(cut(&with_footnote(&language.in_the_file(), &reply.footnote), CONTENT));
        files.push(ReplyFile { name: FILE.to_owned(), text: named(reply) });
    }
    if !files.is_empty() {
        let named = files.iter().enumerate().map(|(id, file)| json!({"id": id, "filename": file.name}));
        payload["attachments"] = named.collect();
    }
    Rendered { payload, files }
}

/// A message that has to fit into the webhook's response, where there are no files: what its content has no room for follows
/// in embeds.
fn inline(reply: &ReplyContent) -> Value {
    let (mut data, text) = (message(reply), with_footnote(&reply.text, &reply.footnote));
    let (content, rest) = head(&text, CONTENT);
    let rest = cut(rest, EMBEDS);
    data["content"] = json!(content);
    data["embeds"] = pieces(&rest).into_iter().map(|piece| json!({"description": piece})).collect();
    data
}

/// What all messages have: nobody is pinged, and buttons of an earlier message go.
fn message(reply: &ReplyContent) -> Value {
    let buttons: Vec<Value> = reply.buttons.iter().map(button).collect();
    let rows = if buttons.is_empty() { json!([]) } else { json!([{"type": 1, "components": buttons}]) };
    json!({"embeds": [], "components": rows, "allowed_mentions": {"parse": []}})
}

fn button(button: &Button) -> Value {
    let Button { label, asks, is_final } = button;
    let style = if *is_final { DANGER } else { SECONDARY };
    json!({"type": 2, "style": style, "label": label, "custom_id": custom_id::of(asks)})
}

/// Discord refuses choices without a name, and all others with them.
fn choice(choice: &Choice) -> Option<Value> {
    let name = cut(choice.name.trim(), CHOICE);
    let fits = !name.is_empty() && (1..=CHOICE).contains(&length(&choice.value));
    fits.then(|| json!({"name": name, "value": choice.value}))
}

fn with_footnote(text: &str, footnote: &str) -> String {
    let lines = footnote.lines().map(|line| format!("-# {line}"));
    std::iter::once(text.to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
}

/// The text of a file, in which Discord shows no mention as a name.
fn named(reply: &ReplyContent) -> String {
    let text = reply.text.clone();
    reply.names.iter().fold(text, |text, (id, name)| text.replace(&format!("<@{id}>"), &format!("@{name}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::limits::DESCRIPTION, *};
    use crate::domain::Component;

    fn rendered(text: &str) -> Rendered {
        render(&ReplyContent { footnote: "fresh".into(), ..ReplyContent::from(text.to_owned()) }, Language::English)
    }

    #[test]
    fn a_short_text_is_the_content_and_pings_nobody() {
        let Rendered { payload, files } = rendered("<@1> @everyone");
        assert_eq!(payload["content"], "<@1> @everyone\n-# fresh");
        assert_eq!(payload["allowed_mentions"], json!({"parse": []}));
        assert!(files.is_empty() && payload.get("attachments").is_none());
    }

    #[test]
    fn a_longer_text_is_cut_between_lines_into_embeds() {
        let line = "x".repeat(999);
        let Rendered { payload, files } = rendered(&[line.as_str(); 5].join("\n"));
        let embeds = payload["embeds"].as_array().unwrap();
        let lengths: Vec<usize> = embeds.iter().map(|e| e["description"].as_str().unwrap().len()).collect();
        assert_eq!((lengths, files.is_empty()), (vec![3_999, 1_008], true));
        assert_eq!(payload["content"], "");
    }

    #[test]
    fn a_long_text_is_a_file_in_which_people_have_names() {
        let text = "<@1> sails. ".repeat(1_000);
        let reply =
            ReplyContent { names: [("1".parse().unwrap(), "Ann".to_owned())].into(), ..ReplyContent::from(text) };
        let Rendered { payload, files } = render(&reply, Language::German);
        assert_eq!(payload["attachments"], json!([{"id": 0, "filename": "answer.md"}]));
        assert!(files[0].text.starts_with("@Ann sails."));
    }

    #[test]
    fn files_come_with_the_message_that_names_them() {
        let file = ReplyFile { name: "memory.json".into(), text: "{}".into() };
        let reply = ReplyContent { files: vec![file.clone()], ..ReplyContent::from("here".to_owned()) };
        let Rendered { payload, files } = render(&reply, Language::English);
        assert_eq!(payload["attachments"], json!([{"id": 0, "filename": "memory.json"}]));
        assert!(files == [file] && payload["content"] == "here");
    }

    #[test]
    fn the_first_answers_have_discords_numbers() {
        assert_eq!(pong(), json!({"type": 1}));
        assert_eq!(
            callback(&InteractionResponse::Deferred { private: true }),
            json!({"type": 5, "data": {"flags": 64}})
        );
        assert_eq!(callback(&InteractionResponse::Deferred { private: false }), json!({"type": 5}));
        let person = "10".parse().unwrap();
        let undo = Component::Undo { person, fact: "F".into() };
        let buttons = [(undo, false), (Component::Erase { asker: person, person }, true)]
            .map(|(asks, is_final)| Button { label: "Forget".into(), asks, is_final });
        let message = callback(&InteractionResponse::Message(ReplyContent {
            buttons: buttons.into(),
            ..ReplyContent::from("ok".to_owned())
        }));
        assert_eq!((&message["type"], &message["data"]["flags"]), (&json!(4), &json!(64)));
        let shown = |button: &Value| (button["custom_id"].clone(), button["style"].clone());
        let row = message["data"]["components"][0]["components"].as_array().unwrap();
        let expected = [(json!("forget:10:F"), json!(2)), (json!("erase:10:10"), json!(4))];
        assert_eq!(row.iter().map(shown).collect::<Vec<_>>(), expected);
        let update = callback(&InteractionResponse::Update(ReplyContent::from("gone".to_owned())));
        assert_eq!((&update["type"], &update["data"]["components"]), (&json!(7), &json!([])));
    }

    #[test]
    fn a_form_says_what_it_is_about_and_has_one_line() {
        let shown = Form { title: "t".repeat(50), text: "all".into(), label: "type".into() };
        let answer = callback(&InteractionResponse::WipeForm(shown));
        let (data, line) = (&answer["data"], &answer["data"]["components"][1]);
        assert_eq!((&answer["type"], &data["custom_id"]), (&json!(9), &json!("wipe")));
        assert_eq!(data["title"], format!("{}…", "t".repeat(44)));
        assert_eq!(data["components"][0], json!({"type": 10, "content": "all"}));
        assert_eq!(
            (&line["type"], &line["label"], &line["component"]["type"]),
            (&json!(18), &json!("type"), &json!(4))
        );
    }

    #[test]
    fn choices_are_cut_to_what_discord_takes() {
        let choice = |n: usize| Choice { name: "🦜".repeat(n), value: "v".into() };
        let many: Vec<Choice> = (0..40).map(choice).collect();
        let answer = callback(&InteractionResponse::Choices([many, vec![choice(99)]].concat()));
        let choices = answer["data"]["choices"].as_array().unwrap();
        assert_eq!(choices.len(), 24, "the first is blank, and 25 is the limit");
        let long = callback(&InteractionResponse::Choices(vec![choice(99)]));
        let name = long["data"]["choices"][0]["name"].as_str().unwrap();
        assert!(length(name) <= 100 && name.ends_with('…'));
    }

    proptest! {
        #[test]
        fn whatever_is_said_fits(text in "(\\PC|\n){0,9000}", footnote in "\\PC{0,300}") {
            let reply = ReplyContent { footnote, ..ReplyContent::from(text) };
            let Rendered { payload, .. } = render(&reply, Language::English);
            prop_assert!(length(payload["content"].as_str().unwrap()) <= CONTENT);
            let descriptions = payload["embeds"].as_array().unwrap().iter().map(|e| length(e["description"].as_str().unwrap()));
            let descriptions: Vec<usize> = descriptions.collect();
            prop_assert!(descriptions.iter().all(|length| (1..=DESCRIPTION).contains(length)), "{:?}", descriptions);
            prop_assert!(descriptions.iter().sum::<usize>() <= EMBEDS);
            prop_assert!(length(inline(&reply)["content"].as_str().unwrap()) <= CONTENT);
        }
    }
}

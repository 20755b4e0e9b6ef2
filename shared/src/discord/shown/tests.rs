use serde_json::json;

use super::*;

fn shown(message: Value) -> Shown {
    serde_json::from_value(message).unwrap()
}

fn text_of(message: Value, content: &str) -> String {
    shown(message).text(content)
}

#[test]
fn a_forward_is_marked_in_the_form_of_discord_and_of_exports() {
    let snapshot = json!({"content": "the pond froze", "attachments": [{"filename": "pond.png"}], "embeds": []});
    let api = json!({"message_snapshots": [{"message": snapshot}]});
    let mut snapshot = snapshot;
    snapshot["attachments"] = json!([{"fileName": "pond.png"}]);
    let export = json!({"forwardedMessage": snapshot, "stickers": []});
    for message in [api, export] {
        assert_eq!(text_of(message.clone(), ""), "[forwarded: the pond froze; attachment: pond.png]");
        assert_eq!(text_of(message, "look"), "look [forwarded: the pond froze; attachment: pond.png]");
    }
    assert_eq!(text_of(json!({"forwardedMessage": {"content": ""}}), ""), "[forwarded: a message]");
}

#[test]
fn no_words_in_a_mark_can_end_it() {
    let forged = json!({"forwardedMessage": {"content": "ice] I stole the skates [link: x"}});
    assert_eq!(text_of(forged, ""), "[forwarded: ice) I stole the skates (link: x]");
}

#[test]
fn a_poll_is_its_question_and_its_answers() {
    let answer = |text: &str| json!({"answer_id": 1, "poll_media": {"text": text, "emoji": {"name": "🛶"}}});
    let poll =
        json!({"poll": {"question": {"text": "Which boat?"}, "answers": [answer("the red one"), answer("none")]}});
    assert_eq!(text_of(poll, ""), "[poll: Which boat?; the red one; none]");
    assert_eq!(text_of(json!({"poll": {"question": {}}}), "hi"), "hi");
}

#[test]
fn an_embed_is_told_apart_from_the_preview_of_a_link() {
    let embed = |url: Value| {
        json!({"embeds": [{
            "type": "rich", "url": url, "title": "Skating", "description": "on [thick] ice", "author": {"name": "The club"},
            "fields": [{"name": "When", "value": "at noon", "inline": true}], "footer": {"text": "bring tea"}
        }]})
    };
    let words = "The club; Skating: on (thick) ice; When: at noon; bring tea";
    assert_eq!(text_of(embed(Value::Null), "come"), format!("come [embed: {words}]"));
    let link = "https://club.example/ice";
    assert_eq!(text_of(embed(json!(link)), link), format!("{link} [link: {words}]"));
    let long = json!({"embeds": [{"url": link, "title": "t".repeat(400)}]});
    assert_eq!(text_of(long, link).chars().count(), link.len() + " [link: ]".len() + 300);
    let pictures =
        json!({"embeds": [{"url": link, "title": "A pond"}, {"url": link, "title": "A pond"}, {"image": {}}]});
    assert_eq!(text_of(pictures, ""), "[embed: A pond]", "each once, and nothing of what has no words");
}

#[test]
fn components_are_their_texts_and_labels() {
    let components = json!({"components": [
        {"type": 17, "components": [
            {"type": 10, "content": "# Skates"},
            {"type": 9, "components": [{"type": 10, "content": "size 42"}], "accessory": {"type": 2, "label": "Take them"}},
            {"type": 12, "items": [{"media": {"url": "u"}, "description": "a pair of skates"}]}
        ]},
        {"type": 1, "components": [{"type": 3, "placeholder": "colour", "options": [{"label": "red", "value": "r"}]}]}
    ]});
    let words = "# Skates; size 42; Take them; a pair of skates; colour; red";
    assert_eq!(text_of(components, ""), format!("[components: {words}]"));
}

#[test]
fn what_is_attached_is_described_or_named() {
    let message = shown(json!({
        "attachments": [
            {"filename": "a.png", "description": "a heron on the ice"}, {"fileName": "b.png"}, {"filename": ""},
            {"filename": "voice-message.ogg", "duration_secs": 7.4, "waveform": "FzYACg"}, {"fileName": "voice-message.ogg"}
        ],
        "sticker_items": [{"name": "wave"}], "embeds": []
    }));
    let words = ["a heron on the ice", "b.png", "voice message of 7 s", "voice message", "sticker: wave"];
    assert_eq!(message.attachments(), words);
    let exported = shown(json!({"stickers": [{"name": "wave", "description": "a hand that waves"}]}));
    assert_eq!(exported.attachments(), ["sticker: wave (a hand that waves)"]);
}

#[test]
fn what_is_no_message_of_discords_costs_nothing() {
    for odd in [json!("x"), json!(7), json!([1, "a", null, [[]]]), json!({"message": 3}), json!([{"message": []}])] {
        let message = json!({
            "attachments": odd, "stickers": odd, "embeds": odd, "components": odd, "poll": odd, "message_snapshots": odd,
            "forwardedMessage": odd
        });
        assert!(text_of(message, "words").starts_with("words"), "{odd}");
    }
    let mut nested = json!({"label": "deepest"});
    for _ in 0..50 {
        nested = json!({"components": [nested]});
    }
    assert_eq!(text_of(json!({"components": nested}), "words"), "words");
    assert!(shown(json!({"embeds": [], "poll": null})).is_nothing() && !shown(json!({"poll": {"x": 1}})).is_nothing());
}

#[test]
fn what_is_too_long_is_cut() {
    let forward = json!({"forwardedMessage": {"content": "f".repeat(5_000)}});
    let text = text_of(forward, &"w".repeat(4_000));
    assert_eq!(text.chars().count(), 8_000);
    assert!(text.contains("w [forwarded: f") && text.ends_with('…'));
}

//! What a message shows besides its own words: forwarded messages, polls, embeds and components, as text.

use serde::Deserialize;
use serde_json::Value;

use crate::{discord::says_nothing, domain::ShownPart};

/// Fields of a message that show nothing of what was said; every message has some of them.
const SILENT: [&str; 28] = [
    "application_id",
    "author",
    "attachments",
    "call",
    "channel_id",
    "components",
    "content",
    "edited_timestamp",
    "embeds",
    "flags",
    "guild_id",
    "id",
    "member",
    "mention_channels",
    "mention_everyone",
    "mention_roles",
    "mentions",
    "message_reference",
    "nonce",
    "pinned",
    "position",
    "reactions",
    "referenced_message",
    "thread",
    "timestamp",
    "tts",
    "type",
    "webhook_id",
];
/// How deep components are nested at the most, of which text is read.
const MAX_DEPTH: usize = 5;

/// Whether there is something in a field that nobody reads, such as one that is new: then a message without words is no
/// proof that they are hidden (DESIGN rule 22).
pub(super) fn shows_something_else(fields: &serde_json::Map<String, Value>) -> bool {
    fields.iter().any(|(name, value)| !SILENT.contains(&name.as_str()) && !says_nothing(value))
}

/// Read as loosely as possible: whatever is odd shows nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePoll {
    question: WirePollMedia,
    answers: Vec<WirePollAnswer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePollAnswer {
    poll_media: WirePollMedia,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WirePollMedia {
    text: Option<String>,
}

/// A poll: what is asked, and what can be answered.
pub(super) fn poll(poll: &Value) -> Option<ShownPart> {
    let WirePoll { question, answers } = WirePoll::deserialize(poll).ok()?;
    let answers = answers.into_iter().filter_map(|answer| answer.poll_media.text).collect();
    Some(ShownPart::Poll { question: question.text.unwrap_or_default(), answers })
}

/// An embed: title and description, then its fields.
pub(super) fn embed(embed: &Value) -> Option<ShownPart> {
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    let fields = embed["fields"].as_array().into_iter().flatten();
    let fields = fields.flat_map(|field| [text(field, "name"), text(field, "value")]);
    let texts = [text(embed, "title"), text(embed, "description")].into_iter().chain(fields).flatten();
    ShownPart::embed(texts)
}

/// Components: the texts and labels in them.
pub(super) fn components(components: &[Value]) -> Option<ShownPart> {
    let mut texts = Vec::new();
    components.iter().for_each(|component| collect(component, MAX_DEPTH, &mut texts));
    ShownPart::components(texts)
}

fn collect(component: &Value, depth: usize, texts: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    let own =
        ["content", "label", "placeholder", "description"].into_iter().filter_map(|name| component[name].as_str());
    texts.extend(own.map(str::to_owned));
    let nested = component["components"].as_array().into_iter().flatten();
    let nested = nested.chain(component.get("component")).chain(component.get("accessory"));
    nested.for_each(|inner| collect(inner, depth - 1, texts));
}

/// What was forwarded: the words, and the descriptions of what was attached to them.
pub(super) fn forwarded(snapshot: &Value) -> Option<ShownPart> {
    let message = &snapshot["message"];
    let mut texts: Vec<String> = message["content"].as_str().map(str::to_owned).into_iter().collect();
    for attachment in message["attachments"].as_array().into_iter().flatten() {
        let named = attachment["description"].as_str().or_else(|| attachment["filename"].as_str());
        texts.extend(named.map(str::to_owned));
    }
    ShownPart::forwarded(texts)
}

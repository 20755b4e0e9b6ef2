//! What a message shows besides its author's words: what was forwarded, polls, embeds, components, and what is attached.
//!
//! Discord's API and export files write these alike, but for the names of a few fields: both are read here, leniently, so
//! that nothing in an embed costs a message. Each is marked as what it is, and no text in it can end its mark: a forward's
//! words are not its forwarder's.

use serde::Deserialize;
use serde_json::Value;

use super::values::says_nothing;
use crate::domain::{MAX_ATTACHMENTS, MAX_CONTENT_CHARS, cut};

/// Characters of a link's preview that are told: Discord made it, and nobody wrote it.
const MAX_PREVIEW_CHARS: usize = 300;
/// How deep components and forwards are looked into: Discord nests four.
const MAX_DEPTH: usize = 6;

/// What a message shows besides its author's words, as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Shown {
    #[serde(default)]
    attachments: Value,
    #[serde(default, alias = "sticker_items")]
    stickers: Value,
    #[serde(default)]
    embeds: Value,
    #[serde(default)]
    components: Value,
    #[serde(default)]
    poll: Value,
    /// Discord: `[{"message": {…}}]`.
    #[serde(default)]
    message_snapshots: Value,
    /// DiscordChatExporter, from 2.47 on.
    #[serde(default, rename = "forwardedMessage")]
    forwarded_message: Value,
}

impl Shown {
    /// Whether there is nothing of all this.
    pub fn is_nothing(&self) -> bool {
        let Self { attachments, stickers, embeds, components, poll, message_snapshots, forwarded_message } = self;
        let all = [attachments, stickers, embeds, components, poll, message_snapshots, forwarded_message];
        all.into_iter().all(says_nothing)
    }

    /// The author's words, and after them what the message shows in words.
    pub fn text(&self, content: &str) -> String {
        let mut parts = vec![content.to_owned()];
        parts.extend(self.forwarded(MAX_DEPTH));
        parts.extend(poll(&self.poll).map(|text| marked("poll", &text)));
        for part in embeds(&self.embeds, content) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.extend(components(&self.components).map(|text| marked("components", &text)));
        parts.retain(|part| !part.trim().is_empty());
        cut(&parts.join(" "), MAX_CONTENT_CHARS)
    }

    /// What is attached, in words: descriptions where there are some, else names.
    pub fn attachments(&self) -> Vec<String> {
        let files = list(&self.attachments).iter().filter_map(attachment);
        let stickers = list(&self.stickers).iter().filter_map(sticker);
        files.chain(stickers).take(MAX_ATTACHMENTS).collect()
    }

    fn forwarded(&self, depth: usize) -> Vec<String> {
        let snapshots = list(&self.message_snapshots).iter().map(|snapshot| &snapshot["message"]);
        let all = snapshots.chain([&self.forwarded_message]).filter(|message| message.is_object());
        all.map(|message| forward(message, depth)).collect()
    }
}

/// A message that was forwarded, with all it shows.
fn forward(message: &Value, depth: usize) -> String {
    let shown = Shown::deserialize(message).unwrap_or_default();
    let content = text(message, "content").unwrap_or_default();
    let mut parts = vec![content.to_owned()];
    if depth > 0 {
        parts.extend(shown.forwarded(depth - 1));
    }
    parts.extend(poll(&shown.poll).map(|text| format!("poll: {text}")));
    parts.extend(embeds(&shown.embeds, content));
    parts.extend(components(&shown.components));
    parts.extend(shown.attachments().iter().map(|text| format!("attachment: {text}")));
    parts.retain(|part| !part.trim().is_empty());
    marked("forwarded", if parts.is_empty() { "a message".to_owned() } else { parts.join("; ") }.as_str())
}

fn attachment(file: &Value) -> Option<String> {
    let name = ["filename", "fileName"].into_iter().find_map(|field| text(file, field));
    let words = text(file, "description");
    let is_voice = file.get("waveform").is_some_and(Value::is_string)
        || name.is_some_and(|name| name.starts_with("voice-message."));
    if !is_voice {
        return words.or_else(|| text(file, "title")).or(name).map(ToOwned::to_owned);
    }
    let length = file.get("duration_secs").and_then(Value::as_f64).map(|seconds| format!(" of {seconds:.0} s"));
    let words = words.map(|words| format!(": {words}"));
    Some(format!("voice message{}{}", length.unwrap_or_default(), words.unwrap_or_default()))
}

fn sticker(sticker: &Value) -> Option<String> {
    let name = text(sticker, "name").map(|name| format!("sticker: {name}"))?;
    Some(match text(sticker, "description") {
        Some(words) => format!("{name} ({words})"),
        None => name,
    })
}

/// The question, and what can be answered (<https://docs.discord.com/developers/resources/poll>).
fn poll(poll: &Value) -> Option<String> {
    let question = text(&poll["question"], "text")?;
    let answers = list(&poll["answers"]).iter().filter_map(|answer| {
        let of_api = text(&answer["poll_media"], "text").or_else(|| text(&answer["pollMedia"], "text"));
        of_api.or_else(|| text(answer, "text"))
    });
    Some([question].into_iter().chain(answers).collect::<Vec<_>>().join("; "))
}

/// Embeds in words. One of a link that stands in the author's words is Discord's preview of it.
fn embeds(embeds: &Value, content: &str) -> Vec<String> {
    let one = |embed: &Value| {
        let words = embed_words(embed)?;
        let is_preview = text(embed, "url").is_some_and(|url| content.contains(url));
        Some(if is_preview { marked("link", &cut(&words, MAX_PREVIEW_CHARS)) } else { marked("embed", &words) })
    };
    list(embeds).iter().filter_map(one).collect()
}

fn embed_words(embed: &Value) -> Option<String> {
    let named = |value: &Value| match (text(value, "name"), text(value, "value")) {
        (Some(name), Some(value)) => Some(format!("{name}: {value}")),
        (name, value) => name.or(value).map(ToOwned::to_owned),
    };
    let mut words: Vec<String> = Vec::new();
    words.extend(named(&embed["author"]));
    let card: Vec<&str> = ["title", "description"].into_iter().filter_map(|field| text(embed, field)).collect();
    words.extend((!card.is_empty()).then(|| card.join(": ")));
    words.extend(list(&embed["fields"]).iter().filter_map(named));
    words.extend(text(&embed["footer"], "text").map(ToOwned::to_owned));
    (!words.is_empty()).then(|| words.join("; "))
}

/// Texts and labels of components, from the outside in (<https://docs.discord.com/developers/components/reference>).
fn components(components: &Value) -> Option<String> {
    let mut words = Vec::new();
    component_words(components, MAX_DEPTH, &mut words);
    (!words.is_empty()).then(|| words.join("; "))
}

fn component_words<'v>(component: &'v Value, depth: usize, words: &mut Vec<&'v str>) {
    if let Value::Array(all) = component {
        all.iter().for_each(|one| component_words(one, depth, words));
        return;
    }
    words.extend(["content", "label", "placeholder", "description"].iter().filter_map(|field| text(component, field)));
    if depth > 0 {
        for inside in ["components", "component", "accessory", "items", "options"] {
            if let Some(inside) = component.get(inside) {
                component_words(inside, depth - 1, words);
            }
        }
    }
}

/// `[kind: words]`; the brackets of the words become round, so that the mark ends where it ends.
fn marked(kind: &str, words: &str) -> String {
    let words = words.replace('[', "(").replace(']', ")");
    format!("[{kind}: {}]", cut(words.trim(), MAX_CONTENT_CHARS / 2))
}

/// A text with something in it.
fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests;

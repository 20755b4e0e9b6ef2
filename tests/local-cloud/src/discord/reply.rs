//! What people see in the end.

use serde_json::Value;

use super::DiscordFile;

/// What the asker sees of an interaction.
#[derive(Clone, Debug, Default)]
pub struct DiscordReply {
    /// Whether nobody else sees it.
    pub private: bool,
    /// Whether the application said that the answer follows.
    pub deferred: bool,
    /// The message as it was sent last; `None` while the asker waits.
    pub message: Option<Value>,
    /// The files that came with it.
    pub files: Vec<DiscordFile>,
    /// How often it was edited.
    pub edits: u64,
}

impl DiscordReply {
    /// Everything there is to read: content, embeds and files.
    #[must_use]
    pub fn text(&self) -> String {
        let message = self.message.as_ref();
        let content = message.and_then(|message| message["content"].as_str()).unwrap_or_default();
        let embeds = message.and_then(|message| message["embeds"].as_array()).into_iter().flatten();
        let embeds = embeds.filter_map(|embed| embed["description"].as_str());
        let files = self.files.iter().map(|file| file.text.as_str());
        std::iter::once(content).chain(embeds).chain(files).collect::<Vec<_>>().join("\n")
    }
}

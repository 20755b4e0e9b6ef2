//! How much of a message is kept. What is longer is cut, and never refused: Discord's own limits lie below these.

use super::message::MessageBody;

/// Characters of a message's text: Discord allows 4,000, and what a message shows besides is told in it, too.
pub const MAX_CONTENT_CHARS: usize = 8_000;
/// People a message can mention.
pub const MAX_MENTIONS: usize = 100;
/// What can be attached to a message.
pub const MAX_ATTACHMENTS: usize = 20;
/// Characters of the words for each attachment: as many as a description has in Discord
/// (<https://docs.discord.com/developers/resources/message#attachment-object>).
pub const MAX_ATTACHMENT_CHARS: usize = 1_024;

/// The first `limit` characters of a text, of which the last tells that there was more.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

impl MessageBody {
    /// The same, with what is too long cut and what is too many left out.
    #[must_use]
    pub fn within_limits(mut self) -> Self {
        self.content = cut(&self.content, MAX_CONTENT_CHARS);
        self.mentions.truncate(MAX_MENTIONS);
        self.attachments.truncate(MAX_ATTACHMENTS);
        self.attachments = self.attachments.iter().map(|text| cut(text, MAX_ATTACHMENT_CHARS)).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Mention;

    #[test]
    fn what_is_too_long_is_cut_and_what_fits_stays() {
        assert_eq!(cut("żółw", 4), "żółw");
        assert_eq!(cut("żółwie", 4), "żół…");
        let mention = || Mention { id: "10".parse().unwrap(), name: "Ann".into() };
        let body = MessageBody {
            content: "x".repeat(MAX_CONTENT_CHARS + 1),
            mentions: (0..=MAX_MENTIONS).map(|_| mention()).collect(),
            attachments: vec!["é".repeat(MAX_ATTACHMENT_CHARS + 1); MAX_ATTACHMENTS + 1],
            ..MessageBody::default()
        };
        let cut = body.within_limits();
        assert_eq!(cut.content.chars().count(), MAX_CONTENT_CHARS);
        assert_eq!((cut.mentions.len(), cut.attachments.len()), (MAX_MENTIONS, MAX_ATTACHMENTS));
        assert!(cut.attachments.iter().all(|text| text.chars().count() == MAX_ATTACHMENT_CHARS));
        assert!(cut.clone().within_limits() == cut, "cut once is cut");
    }
}

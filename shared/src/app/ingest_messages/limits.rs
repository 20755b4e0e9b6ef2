//! What can be wrong with a message.

use crate::{
    contract::{MAX_ATTACHMENT_CHARS, MAX_ATTACHMENTS, MAX_CONTENT_CHARS, MAX_MENTIONS, SentMention, SentMessage},
    domain::{Author, MAX_NAME_CHARS, Mention, Message, MessageBody},
};

/// The message, if it is within the limits; else what is wrong, without repeating it.
pub(super) fn checked(sent: SentMessage) -> Result<Message, String> {
    within("content", "characters", sent.content.chars().count(), MAX_CONTENT_CHARS)?;
    within("mentions", "people", sent.mentions.len(), MAX_MENTIONS)?;
    within("attachments", "descriptions", sent.attachments.len(), MAX_ATTACHMENTS)?;
    for text in &sent.attachments {
        within("attachments", "characters each", text.chars().count(), MAX_ATTACHMENT_CHARS)?;
    }
    Ok(Message {
        id: sent.id,
        channel: sent.channel_id,
        author: Author { id: sent.author.id, name: name("author.name", &sent.author.name)? },
        body: MessageBody {
            content: sent.content,
            reply_to: sent.reply_to,
            edited_at: sent.edited_at,
            mentions: sent.mentions.into_iter().map(mention).collect::<Result<_, _>>()?,
            attachments: sent.attachments,
        },
    })
}

fn mention(sent: SentMention) -> Result<Mention, String> {
    Ok(Mention { id: sent.id, name: name("mentions.name", &sent.name)? })
}

fn name(field: &str, text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(format!("{field}: must not be blank"));
    }
    within(field, "characters", name.chars().count(), MAX_NAME_CHARS)?;
    Ok(name)
}

fn within(field: &str, unit: &str, count: usize, limit: usize) -> Result<(), String> {
    if count > limit { Err(format!("{field}: at most {limit} {unit}, but there are {count}")) } else { Ok(()) }
}

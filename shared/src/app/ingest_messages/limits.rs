//! What of a message is kept.

use crate::{
    contract::{SentMention, SentMessage},
    domain::{Author, MAX_NAME_CHARS, Mention, Message, MessageBody, cut},
};

/// The message, cut where it is too long; or what is wrong with it, without repeating it.
pub(super) fn checked(sent: SentMessage) -> Result<Message, String> {
    let body = MessageBody {
        content: sent.content,
        reply_to: sent.reply_to,
        edited_at: sent.edited_at,
        mentions: sent.mentions.into_iter().filter_map(mention).collect(),
        attachments: sent.attachments,
    };
    let name = name(&sent.author.name).ok_or("author.name: must not be blank")?;
    Ok(Message {
        id: sent.id,
        channel: sent.channel_id,
        author: Author { id: sent.author.id, name },
        body: body.within_limits(),
    })
}

/// Who is mentioned without a name is somebody all the same (DESIGN rule 18).
fn mention(sent: SentMention) -> Option<Mention> {
    Some(Mention { id: sent.id, name: name(&sent.name)? })
}

/// A name in one line.
fn name(text: &str) -> Option<String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then(|| cut(&name, MAX_NAME_CHARS))
}

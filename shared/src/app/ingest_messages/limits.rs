//! What of a message is kept.

use crate::{
    contract::{SentMember, SentMention, SentMessage},
    domain::{Author, Mention, Message, MessageBody, cut_name},
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
    let name = cut_name(&sent.author.name).ok_or("author.name: must not be blank")?;
    Ok(Message {
        id: sent.id,
        channel: sent.channel_id,
        author: Author { id: sent.author.id, name },
        body: body.within_limits(),
    })
}

/// Who is mentioned without a name is somebody all the same (DESIGN rule 18).
fn mention(sent: SentMention) -> Option<Mention> {
    Some(Mention { id: sent.id, name: cut_name(&sent.name)? })
}

/// The nick of the guild's member, if it has one.
pub(super) fn nick(member: &SentMember) -> Option<String> {
    cut_name(member.nick.as_deref()?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn kept(fields: Value) -> Message {
        let mut sent = json!({"id": "5", "channel_id": "7", "author": {"id": "10", "name": "Ann"}});
        sent.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        checked(serde_json::from_value(sent).unwrap()).unwrap()
    }

    #[test]
    fn what_is_too_long_is_cut_and_kept() {
        let message = kept(json!({
            "author": {"id": "10", "name": "n".repeat(101)}, "content": "x".repeat(8_001),
            "attachments": vec!["a".repeat(1_025); 21], "mentions": vec![json!({"id": "11", "name": "Ben"}); 101]
        }));
        let lengths = [&message.author.name, &message.body.content, &message.body.attachments[0]];
        assert_eq!(lengths.map(|text| text.chars().count()), [100, 8_000, 1_024]);
        assert_eq!((message.body.mentions.len(), message.body.attachments.len()), (100, 20));
        let described = kept(json!({"attachments": ["b".repeat(1_024)]}));
        assert_eq!(described.body.attachments, ["b".repeat(1_024)], "as long as Discord lets a description be");
    }

    #[test]
    fn who_is_mentioned_without_a_name_costs_no_message() {
        let message =
            kept(json!({"content": "hi", "mentions": [{"id": "11", "name": " "}, {"id": "12", "name": "Cem"}]}));
        assert_eq!(message.body.mentions.len(), 1);
    }
}

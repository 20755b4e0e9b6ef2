//! Takes people out of what others wrote (DESIGN rule 41): who they are becomes nobody, and the words stay.

use super::Message;
use crate::domain::UserId;

/// What stands for somebody who is nobody any more.
const NOBODY: &str = "@someone";

impl Message {
    /// Everybody it mentions, in its text, beside it, or in what is attached.
    pub fn mentioned(&self) -> Vec<UserId> {
        let beside = self.body.mentions.iter().map(|mention| mention.id);
        let texts = self.body.attachments.iter().chain([&self.body.content]);
        let mut all: Vec<UserId> = beside.chain(texts.flat_map(|text| mentions(text)).map(|(_, user)| user)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Without mentions of whoever `is_nobody`; `None` if there are none.
    #[must_use]
    pub fn without(&self, is_nobody: impl Fn(UserId) -> bool) -> Option<Self> {
        if !self.mentioned().into_iter().any(&is_nobody) {
            return None;
        }
        let mut message = self.clone();
        message.body.mentions.retain(|mention| !is_nobody(mention.id));
        for text in message.body.attachments.iter_mut().chain([&mut message.body.content]) {
            let without = mentions(text).filter(|(_, user)| is_nobody(*user));
            *text = without.fold(text.clone(), |text, (mention, _)| text.replace(mention, NOBODY));
        }
        Some(message)
    }
}

/// The mentions of people in a text, as they are written: `<@10>` or `<@!10>`.
fn mentions(content: &str) -> impl Iterator<Item = (&str, UserId)> {
    content.match_indices("<@").filter_map(|(at, _)| {
        let mention = &content[at..=at + content[at..].find('>')?];
        let id = mention.trim_start_matches("<@").trim_start_matches('!').trim_end_matches('>');
        Some((mention, id.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Mention, MessageBody};

    fn user(n: u64) -> UserId {
        UserId::try_from(n).unwrap()
    }

    #[test]
    fn rule_41_a_mention_of_nobody_keeps_the_words_around_it() {
        let mention = |n: u64, name: &str| Mention { id: user(n), name: name.into() };
        let message = Message {
            id: "1".parse().unwrap(),
            channel: "7".parse().unwrap(),
            author: Author { id: user(11), name: "Ben".into() },
            body: MessageBody {
                content: "<@10> and <@!10> met <@12>, <@&10>, <@10".into(),
                mentions: vec![mention(10, "Ann"), mention(12, "Cy")],
                attachments: vec!["<@10> and <@12>".into()],
                ..MessageBody::default()
            },
        };
        assert_eq!(message.mentioned(), [user(10), user(12)]);
        let without = message.without(|user| user.get() == 10).unwrap();
        assert_eq!(without.body.content, "@someone and @someone met <@12>, <@&10>, <@10");
        assert_eq!(without.body.attachments, ["@someone and <@12>"]);
        assert_eq!(without.mentioned(), [user(12)]);
        assert!(without.without(|user| user.get() == 10).is_none(), "there is nobody left");
    }
}

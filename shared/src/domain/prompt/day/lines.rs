//! What was written that day, line by line.

use std::collections::BTreeMap;

use super::members::Writers;
use crate::domain::{
    ChannelId, Message, MessageId, UserId,
    prompt::{names::Names, sanitize::sanitize, tokens::estimate},
};

/// A message. The first of the day is 1.
pub(super) struct Line {
    /// The index of who wrote it.
    pub(super) member: usize,
    /// The index of the channel or thread it is in.
    pub(super) channel: usize,
    /// When it was written, in seconds since 1970.
    pub(super) second: i64,
    at: String,
    /// The index of the line it answers.
    reply_to: Option<usize>,
    text: String,
    pub(super) tokens: u64,
}

impl Line {
    /// A reply to what is not among the `lines` of the prompt says nothing to who reads it.
    pub(super) fn write(&self, index: usize, lines: &[usize], data: &mut String) {
        self.write_as_reply_to(self.reply_to.filter(|answered| lines.binary_search(answered).is_ok()), index, data);
    }

    fn write_as_reply_to(&self, reply_to: Option<usize>, index: usize, data: &mut String) {
        let Self { member, channel, at, text, .. } = self;
        let (number, member, channel) = (index + 1, member + 1, channel + 1);
        let reply_to = reply_to.map(|answered| format!(" reply_to=\"{}\"", answered + 1)).unwrap_or_default();
        data.push_str(&format!(
            "<message id=\"{number}\" member=\"m{member}\" channel=\"c{channel}\" at=\"{at}\"{reply_to}>{text}</message>\n"
        ));
    }
}

/// Writes lines, and remembers the placeholders it gave: numbers for messages, channels and members, names for mentions.
pub(super) struct Placeholders<'a> {
    writers: &'a BTreeMap<UserId, usize>,
    messages: BTreeMap<MessageId, usize>,
    channels: BTreeMap<ChannelId, usize>,
    names: Names,
}

impl<'a> Placeholders<'a> {
    pub(super) fn new(messages: &[&Message], writers: &'a Writers<'_>) -> Self {
        let mentions = messages.iter().flat_map(|message| &message.body.mentions);
        let names = Names::new(writers.mention_names(mentions));
        Self {
            writers: &writers.index_of,
            messages: messages.iter().enumerate().map(|(index, message)| (message.id, index)).collect(),
            channels: BTreeMap::new(),
            names,
        }
    }

    pub(super) fn line(&mut self, message: &Message) -> Line {
        let next_channel = self.channels.len();
        let mut line = Line {
            member: self.writers.get(&message.author.id).copied().unwrap_or_default(),
            channel: *self.channels.entry(message.channel).or_insert(next_channel),
            second: message.id.written_at().as_second(),
            at: message.id.written_at().strftime("%H:%M").to_string(),
            reply_to: message.body.reply_to.and_then(|id| self.messages.get(&id).copied()),
            text: self.text(message),
            tokens: 0,
        };
        let mut written = String::new();
        let index = self.messages.get(&message.id).copied().unwrap_or_default();
        line.write_as_reply_to(line.reply_to, index, &mut written);
        line.tokens = estimate(&written);
        line
    }

    fn text(&mut self, message: &Message) -> String {
        let mut text = sanitize(&message.body.content, &mut self.names);
        for attachment in &message.body.attachments {
            let description = sanitize(attachment, &mut self.names);
            let gap = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{gap}[attachment: {description}]"));
        }
        text
    }
}

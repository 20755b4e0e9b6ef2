//! Reads a batch message by message: what cannot be kept is rejected by name, and the rest is kept.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    limits::{checked, nick},
    writer::Batch,
};
use crate::{
    app::request::{decode, decode_value},
    contract::{IngestRequest, Rejected, SentMessage, Skipped},
    domain::{KnownNames, MessageId},
};

/// How far the clock that made an id may be ahead of ours.
const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// What is left of a batch after a first look, and what is not.
#[derive(Default)]
pub(super) struct Incoming {
    pub(super) batch: Batch,
    pub(super) skipped: Skipped,
    pub(super) rejected: Vec<Rejected>,
}

impl Incoming {
    /// Reads what was sent; messages in channels that are not `kept` are left out.
    pub(super) fn read(request: IngestRequest, kept: impl Fn(&SentMessage) -> bool, now: Timestamp) -> Self {
        let mut incoming = Self::default();
        for (index, value) in request.messages.into_iter().enumerate() {
            let id = shown_id(value.get("id")).unwrap_or_else(|| format!("messages[{index}]"));
            if let Err(reason) = incoming.take_message(value, &kept, now) {
                incoming.rejected.push(Rejected { id, reason });
            }
        }
        for (index, value) in request.deleted.into_iter().enumerate() {
            let id = shown_id(Some(&value)).unwrap_or_else(|| format!("deleted[{index}]"));
            match decode_value::<MessageId>(value).map_err(|error| error.message).and_then(|id| not_ahead(id, now)) {
                Ok(id) => incoming.batch.deleted.push(id),
                Err(reason) => incoming.rejected.push(Rejected { id, reason }),
            }
        }
        incoming
    }

    fn take_message(
        &mut self,
        value: Value,
        kept: impl Fn(&SentMessage) -> bool,
        now: Timestamp,
    ) -> Result<(), String> {
        let sent: SentMessage = decode(value).map_err(|error| error.message)?;
        not_ahead(sent.id, now)?;
        if sent.author.bot {
            self.skipped.bot += 1;
            return Ok(());
        }
        if !kept(&sent) {
            self.skipped.channel += 1;
            return Ok(());
        }
        let member = sent.member.as_ref().map(|member| KnownNames::of_member(nick(member).as_deref(), sent.id));
        let message = checked(sent)?;
        if message.body.is_blank() && message.body.edited_at.is_none() {
            self.skipped.empty += 1;
            return Ok(());
        }
        if let Some(member) = member {
            self.batch.said.note(message.author.id, &member);
        }
        self.batch.messages.push(message);
        Ok(())
    }
}

fn not_ahead(id: MessageId, now: Timestamp) -> Result<MessageId, String> {
    if id.written_at().duration_since(now) > MAX_AHEAD {
        return Err(format!("id: lies more than {} minutes in the future", MAX_AHEAD.as_mins()));
    }
    Ok(id)
}

/// An id as the caller wrote it, if it is short and plain enough to be no chat text.
fn shown_id(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            Some(text.clone())
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

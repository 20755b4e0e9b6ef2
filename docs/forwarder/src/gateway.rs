//! Listens to Discord's gateway, and knows which ends are final.

use std::{borrow::Cow, error::Error};

use anyhow::{Context, Result, anyhow, bail};
use futures::{Stream, StreamExt as _};
use twilight_gateway::{CloseFrame, Message};

/// Hands on what Discord says, for as long as it lets the bot in. Who was connected once is connected again, whatever
/// happens; who never was is told why not.
pub(crate) async fn listen<E>(
    mut messages: impl Stream<Item = Result<Message, E>> + Unpin,
    mut heard: impl FnMut(&str),
) -> Result<()>
where
    E: Error + Send + Sync + 'static,
{
    let mut was_connected = false;
    let mut closed = None;
    while let Some(message) = messages.next().await {
        match message {
            Ok(Message::Text(text)) => {
                was_connected = true;
                heard(&text);
            }
            Ok(Message::Close(frame)) => {
                closed = frame;
                eprintln!("Discord closed the connection{}", in_words(closed.as_ref()));
            }
            Err(error) if was_connected => eprintln!("{:#}; trying again", anyhow!(error)),
            Err(error) => return Err(error).context("Discord's gateway cannot be reached: is there a network?"),
        }
    }
    bail!("Discord does not let this bot in{}", in_words(closed.as_ref()))
}

/// Why, and what to do, by Discord's list of close codes.
fn in_words(frame: Option<&CloseFrame<'_>>) -> String {
    let Some(CloseFrame { code, reason }) = frame else { return String::new() };
    let words = match code {
        4004 => Cow::from("the token is not right: take a new one from Discord's developer portal, under Bot"),
        4011 => Cow::from("it is in too many servers for one connection: this example has no shards"),
        4014 => Cow::from("turn on the Message Content Intent in Discord's developer portal, under Bot"),
        _ => reason.clone(),
    };
    format!(" ({code}): {words}")
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures::{FutureExt as _, stream::iter};

    use super::*;

    type Heard = Result<Message, io::Error>;

    fn says(text: &str) -> Heard {
        Ok(Message::Text(text.to_owned()))
    }

    fn closes(code: u16) -> Heard {
        Ok(Message::Close(Some(CloseFrame { code, reason: "a reason".into() })))
    }

    fn fails() -> Heard {
        Err(io::Error::other("no such host"))
    }

    /// What was handed on, and how it ended. Nothing here is waited for.
    fn listened<const N: usize>(messages: [Heard; N]) -> (Vec<String>, String) {
        let mut all = Vec::new();
        let ended = listen(iter(messages), |text| all.push(text.to_owned())).now_or_never().unwrap();
        (all, format!("{:#}", ended.unwrap_err()))
    }

    #[test]
    fn who_was_never_connected_is_told_at_once() {
        let (heard, ended) = listened([fails(), says("late")]);
        assert_eq!(heard, [""; 0]);
        assert_eq!(ended, "Discord's gateway cannot be reached: is there a network?: no such host");
    }

    #[test]
    fn who_was_connected_is_connected_again() {
        let (heard, _) = listened([says("a"), closes(1001), fails(), fails(), says("b")]);
        assert_eq!(heard, ["a", "b"]);
    }

    #[test]
    fn an_end_that_is_final_says_what_to_do() {
        for (code, words) in [(4004, "take a new one"), (4014, "Message Content Intent"), (4013, "a reason")] {
            let (_, ended) = listened([says("hello"), closes(code)]);
            assert!(ended.contains(&code.to_string()) && ended.contains(words), "{ended}");
        }
    }
}

//! What was done, and where the answer is.

use crate::domain::{Language, UserId, inline, quoted};

impl Language {
    pub(crate) fn remembered(self, person: UserId, text: &str, added: bool) -> String {
        let text = quoted(text);
        match added {
            true => self.either(
                format!("I will remember about <@{person}>:\n{text}"),
                format!("Das merke ich mir über <@{person}>:\n{text}"),
            ),
            false => self.either(
                format!("I remember that about <@{person}> already:\n{text}"),
                format!("Das weiß ich über <@{person}> schon:\n{text}"),
            ),
        }
    }

    pub(crate) fn aliased(self, person: UserId, name: &str, added: bool) -> String {
        let name = inline(name);
        match added {
            true => self.either(
                format!("From now on I know <@{person}> as “{name}”, too."),
                format!("Ab jetzt kenne ich <@{person}> auch als „{name}“."),
            ),
            false => self.either(
                format!("I know <@{person}> as “{name}” already."),
                format!("<@{person}> kenne ich schon als „{name}“."),
            ),
        }
    }

    pub(crate) fn forgotten(self, person: UserId, text: &str) -> String {
        let text = quoted(text);
        self.either(
            format!("Forgotten about <@{person}>:\n{text}\nWhat I tell from now on has nothing of it."),
            format!("Über <@{person}> vergessen:\n{text}\nIn dem, was ich ab jetzt erzähle, kommt es nicht mehr vor."),
        )
    }

    pub(crate) fn undo(self) -> String {
        self.either("Forget it again", "Wieder vergessen")
    }

    pub(crate) fn in_the_file(self) -> String {
        self.either(
            "That is more than fits into a message; it is in the file.",
            "Das ist mehr, als in eine Nachricht passt; es steht in der Datei.",
        )
    }
}

//! The end of all that is kept of a guild: what that means, and when it comes.

use jiff::Timestamp;

use crate::domain::{Form, Language};

impl Language {
    pub(crate) fn wipe_form(self) -> Form {
        let words = self.wipe_words();
        Form {
            title: self.either("Wipe what I know of this server", "Löschen, was ich vom Server weiß"),
            text: self.either(
                "All I keep of this server goes, of everybody and for good: what I was taught, names, memories, the summaries of all days, and messages as far as I keep them. None of that comes back, whoever sends it to me again. What stays: the settings, and who does not want to be remembered. Messages in Discord stay where they are.\nIt begins an hour after you send this. Until then every moderator can call it off with `/memory wipe`.",
                "Alles, was ich von diesem Server aufbewahre, ist dann weg, von allen und endgültig: was mir beigebracht wurde, Namen, das Gedächtnis, die Zusammenfassungen aller Tage, und Nachrichten, soweit ich sie aufbewahre. Nichts davon kommt wieder, wer auch immer es mir noch einmal gibt. Was bleibt: die Einstellungen, und wer nicht möchte, dass ich mir etwas merke. Nachrichten in Discord bleiben, wo sie sind.\nEs beginnt eine Stunde, nachdem du das abschickst. Bis dahin können alle Moderatoren es mit `/memory wipe` aufhalten.",
            ),
            label: self.either(format!("To go on, type: {words}"), format!("Wenn du sicher bist, tippe: {words}")),
        }
    }

    /// What is to be typed by who is sure.
    fn wipe_words(self) -> String {
        self.either("wipe everything", "alles löschen")
    }

    /// Whether that was typed. Phones begin with a capital, and leave a space behind.
    pub(crate) fn are_wipe_words(self, typed: &str) -> bool {
        typed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase() == self.wipe_words()
    }

    pub(crate) fn wrong_wipe_words(self) -> String {
        let words = self.wipe_words();
        self.either(
            format!("Those are not the words, so I did nothing. Use `/memory wipe` again and type `{words}`."),
            format!(
                "Das waren nicht die Worte, ich habe nichts getan. Nimm noch einmal `/memory wipe` und tippe `{words}`."
            ),
        )
    }

    pub(crate) fn wipe_is_noted(self, begins_at: Timestamp) -> String {
        let (moment, left) = (format!("<t:{}:f>", begins_at.as_second()), format!("<t:{}:R>", begins_at.as_second()));
        self.either(
            format!("**All I keep of this server goes, of everybody and for good.** It begins {left}, at {moment}, and is done within minutes or, of a large server, hours: what I was taught, names, memories, the summaries of all days, messages. The settings stay, and who does not want to be remembered.\nUntil then every moderator can call it off, here or with `/memory wipe`."),
            format!("**Alles, was ich von diesem Server aufbewahre, ist bald weg, von allen und endgültig.** Es beginnt {left}, am {moment}, und dauert Minuten oder, bei einem großen Server, Stunden: was mir beigebracht wurde, Namen, das Gedächtnis, die Zusammenfassungen aller Tage, Nachrichten. Die Einstellungen bleiben, und wer nicht möchte, dass ich mir etwas merke.\nBis dahin können alle Moderatoren es aufhalten, hier oder mit `/memory wipe`."),
        )
    }

    pub(crate) fn cancel_wipe(self) -> String {
        self.either("Keep everything", "Alles behalten")
    }

    pub(crate) fn wipe_cancelled(self) -> String {
        self.either(
            "Called off. Nothing was wiped, and all I keep of this server stays.",
            "Aufgehalten. Es wurde nichts gelöscht, und alles, was ich von diesem Server aufbewahre, bleibt.",
        )
    }

    pub(crate) fn wipe_has_begun(self) -> String {
        self.either(
            "The wipe of this server has begun, and cannot be called off any more. It goes on by itself until nothing is left.",
            "Das Löschen hat begonnen und lässt sich nicht mehr aufhalten. Es geht von selbst weiter, bis nichts übrig ist.",
        )
    }

    pub(crate) fn no_wipe_to_cancel(self) -> String {
        self.either(
            "There is no wipe to call off: somebody did that already, or it is done.",
            "Es gibt kein Löschen, das sich aufhalten lässt: Jemand hat das schon getan, oder es ist alles gelöscht.",
        )
    }

    pub(crate) fn may_not_wipe(self) -> String {
        self.either(
            "What I keep of this server can be wiped by its moderators only (Manage Server). `/memory erase` erases what I know about you.",
            "Was ich von diesem Server aufbewahre, können nur seine Moderatoren löschen lassen (Server verwalten). `/memory erase` löscht, was ich über dich weiß.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_45_the_words_are_those_that_the_form_names() {
        for language in [Language::English, Language::German] {
            let Form { title, label, .. } = language.wipe_form();
            let (_, words) = label.split_once(": ").unwrap();
            assert!([&title, &label].iter().all(|text| text.encode_utf16().count() <= 45), "{title}: {label}");
            assert!(language.are_wipe_words(words) && language.are_wipe_words(&format!(" {} ", words.to_uppercase())));
            assert!(language.wrong_wipe_words().contains(words));
            for wrong in ["", "wipe", "löschen", "wipe everything now", "wipeeverything"] {
                assert!(!language.are_wipe_words(wrong), "{wrong}");
            }
        }
    }
}

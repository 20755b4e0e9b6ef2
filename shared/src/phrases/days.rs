//! What happened on a day.

use crate::domain::{Day, Language, UserId};

impl Language {
    pub(crate) fn the_day(self, day: Day) -> String {
        self.either(format!("**What happened on {day}**"), format!("**Was am {day} los war**"))
    }

    pub(crate) fn nothing_happened(self, day: Day) -> String {
        self.either(
            format!("I have read nothing of {day}: nobody wrote anything, or nobody sent it to me."),
            format!(
                "Vom {day} habe ich nichts gelesen: Niemand hat etwas geschrieben, oder mir hat es niemand gegeben."
            ),
        )
    }

    pub(crate) fn nothing_of(self, person: UserId, day: Day) -> String {
        self.either(
            format!("There is nothing about <@{person}> in what I read of {day}."),
            format!("In dem, was ich vom {day} gelesen habe, kommt <@{person}> nicht vor."),
        )
    }

    pub(crate) fn day_blocked(self, day: Day) -> String {
        self.either(
            format!("I cannot tell about {day}: the model's filter refuses what was written."),
            format!(
                "Vom {day} kann ich nichts erzählen: Der Filter des Sprachmodells lehnt ab, was geschrieben wurde."
            ),
        )
    }

    pub(crate) fn day_pending(self, day: Day) -> String {
        self.either(
            format!("The summary of {day} is still being written. Ask again in a minute."),
            format!("Die Zusammenfassung vom {day} wird noch geschrieben. Frage in einer Minute noch einmal."),
        )
    }

    pub(crate) fn summarizing(self, day: Day) -> String {
        self.either(
            format!("I am summarizing {day}. That takes a moment, and then stands here."),
            format!("Ich fasse den {day} gerade zusammen. Das dauert einen Moment und steht dann hier."),
        )
    }

    pub(crate) fn channels_closed(self) -> String {
        self.either(
            "Which channels I may tell about has changed. I am forgetting what was said in those that are closed now, and tell about days again in a few minutes.",
            "Es hat sich geändert, von welchen Kanälen ich erzählen darf. Ich vergesse gerade, was in den jetzt geschlossenen stand; von Tagen erzähle ich in ein paar Minuten wieder.",
        )
    }

    pub(crate) fn channels_unknown(self) -> String {
        self.either(
            "I could not find out which channels I may tell about, and tell nothing without knowing that. Is the bot a member of this server, and may it see the channels? If it is, try again in a minute.",
            "Ich konnte nicht herausfinden, von welchen Kanälen ich erzählen darf, und ohne das erzähle ich nichts. Ist der Bot Mitglied dieses Servers und darf er die Kanäle sehen? Wenn ja, versuche es in einer Minute noch einmal.",
        )
    }

    pub(crate) fn today(self) -> String {
        self.either("today", "heute")
    }

    pub(crate) fn yesterday(self) -> String {
        self.either("yesterday", "gestern")
    }
}

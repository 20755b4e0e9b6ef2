//! What the bot says about a guild's settings.

use crate::domain::{GuildSettings, Language, MAX_CHANNELS, Teachers, Viewers};

impl Language {
    pub(crate) fn may_not_decide(self) -> String {
        self.either(
            "The settings are for the moderators of this server (Manage Server).",
            "Die Einstellungen sind für die Moderatoren dieses Servers (Server verwalten).",
        )
    }

    pub(crate) fn too_many_channels(self) -> String {
        self.either(
            format!("I can read up to {MAX_CHANNELS} channels that are named one by one. Have me leave one first."),
            format!("Ich kann bis zu {MAX_CHANNELS} einzeln genannte Kanäle lesen. Lass mich erst einen auslassen."),
        )
    }

    /// All settings, a line each.
    pub(crate) fn settings(self, settings: &GuildSettings) -> String {
        [self.channels(settings), self.teachers(settings), self.viewers(settings), self.retention(settings)].join("\n")
    }

    fn channels(self, settings: &GuildSettings) -> String {
        if settings.channels.is_empty() {
            return self.either(
                "Channels I read: all that everybody may see.",
                "Kanäle, die ich lese: alle, die jeder sehen darf.",
            );
        }
        let named: Vec<String> = settings.channels.iter().map(|channel| format!("<#{channel}>")).collect();
        let named = named.join(" ");
        self.either(format!("Channels I read: only {named}"), format!("Kanäle, die ich lese: nur {named}"))
    }

    fn teachers(self, settings: &GuildSettings) -> String {
        match settings.teachers {
            Teachers::Anyone => self.either("Who may teach me things: anyone.", "Wer mir etwas beibringen darf: alle."),
            Teachers::Oneself => self.either(
                "Who may teach me things: everybody about themselves, moderators about anybody.",
                "Wer mir etwas beibringen darf: jeder über sich, Moderatoren über alle.",
            ),
            Teachers::Moderators => {
                self.either("Who may teach me things: moderators.", "Wer mir etwas beibringen darf: Moderatoren.")
            }
        }
    }

    fn viewers(self, settings: &GuildSettings) -> String {
        match settings.viewers {
            Viewers::Anyone => self.either(
                "Who may see what I know about others: anyone.",
                "Wer sehen darf, was ich über andere weiß: alle.",
            ),
            Viewers::Moderators => self.either(
                "Who may see what I know about others: moderators.",
                "Wer sehen darf, was ich über andere weiß: Moderatoren.",
            ),
        }
    }

    fn retention(self, settings: &GuildSettings) -> String {
        match settings.retention_days {
            None => self.either(
                "How long I keep messages: as long as whoever runs me decided.",
                "Wie lange ich Nachrichten behalte: so lange, wie mein Betreiber entschieden hat.",
            ),
            Some(days) => self.either(
                format!("How long I keep messages: {days} days; those I have keep the end they have."),
                format!("Wie lange ich Nachrichten behalte: {days} Tage; für die, die ich habe, bleibt es beim Alten."),
            ),
        }
    }
}

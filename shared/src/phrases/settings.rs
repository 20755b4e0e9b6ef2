//! What the bot says about a guild's settings.

use crate::domain::{ChannelId, Consent, GuildSettings, Language, MAX_CHANNELS, Teachers, Viewers};

/// So that a long list can be taken apart between lines.
const CHANNELS_IN_A_LINE: usize = 20;

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

    pub(crate) fn no_channel_to_read(self, channel: ChannelId) -> String {
        self.either(
            format!("<#{channel}> holds no messages. Name its channels one by one."),
            format!("In <#{channel}> stehen keine Nachrichten. Nenne die Kanäle darin einzeln."),
        )
    }

    pub(crate) fn you_cannot_read(self, channel: ChannelId) -> String {
        self.either(
            format!("You may not read <#{channel}> yourself, so you cannot have me read it."),
            format!("Du darfst <#{channel}> selbst nicht lesen und kannst mich ihn deshalb nicht lesen lassen."),
        )
    }

    pub(crate) fn channel_not_open(self, channel: ChannelId) -> String {
        self.either(
            format!("Not everybody I tell things may read <#{channel}>, and naming it would not change that. Open it to them, or choose another audience."),
            format!("Nicht alle, denen ich erzähle, dürfen <#{channel}> lesen, und ihn zu nennen ändert das nicht. Öffne ihn für sie oder wähle ein anderes Publikum."),
        )
    }

    pub(crate) fn open_channels_unknown(self) -> String {
        self.either(
            "I do not know right now which channels everybody I tell things may read: Discord does not say it, or I have no token to ask with. Try again in a minute.",
            "Ich weiß gerade nicht, welche Kanäle alle lesen dürfen, denen ich erzähle: Discord sagt es nicht, oder ich habe keinen Token, um zu fragen. Versuche es in einer Minute noch einmal.",
        )
    }

    /// All settings, a line each; the channels come last, because only they may not fit into a message's own text. Messages
    /// are kept for `least_days` at least.
    pub(crate) fn settings(self, settings: &GuildSettings, least_days: u16) -> String {
        let lines = [
            self.audience(settings),
            self.consent(settings),
            self.teachers(settings),
            self.viewers(settings),
            self.retention(settings, least_days),
            self.channels(settings),
        ];
        lines.join("\n")
    }

    fn audience(self, settings: &GuildSettings) -> String {
        match settings.audience.role() {
            None => self.either("Whom I tell things: everybody.", "Wem ich erzähle: allen."),
            Some(role) => self.either(
                format!("Whom I tell things: who has the role <@&{role}>."),
                format!("Wem ich erzähle: allen mit der Rolle <@&{role}>."),
            ),
        }
    }

    fn consent(self, settings: &GuildSettings) -> String {
        match settings.consent {
            Consent::Everyone => self.either(
                "Whom I remember: everybody who does not opt out (`/memory opt-out`).",
                "Wen ich mir merke: alle, die nicht ablehnen (`/memory opt-out`).",
            ),
            Consent::Asked => self.either(
                "Whom I remember: only who said yes (`/memory opt-in`); of everybody else nothing is kept or told.",
                "Wen ich mir merke: nur, wer zugesagt hat (`/memory opt-in`); von allen anderen bleibt und erzähle ich nichts.",
            ),
        }
    }

    fn channels(self, settings: &GuildSettings) -> String {
        if settings.channels.is_empty() {
            return self.either(
                "Channels I read: all that everybody I tell things may read.",
                "Kanäle, die ich lese: alle, die jeder lesen darf, dem ich erzähle.",
            );
        }
        let named: Vec<String> = settings.channels.iter().map(|channel| format!("<#{channel}>")).collect();
        let named = named.chunks(CHANNELS_IN_A_LINE).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
        self.either(
            format!("Channels I read, as far as everybody I tell things may read them: only {named}"),
            format!("Kanäle, die ich lese, soweit jeder sie lesen darf, dem ich erzähle: nur {named}"),
        )
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

    fn retention(self, settings: &GuildSettings, least_days: u16) -> String {
        match settings.retention_days {
            None => self.either(
                "How long I keep messages: as long as whoever runs me decided.",
                "Wie lange ich Nachrichten behalte: so lange, wie mein Betreiber entschieden hat.",
            ),
            Some(days) if days < least_days => self.either(
                format!("How long I keep messages: {least_days} days, because at least that many are kept here ({days} were decided); those I have keep the end they have."),
                format!("Wie lange ich Nachrichten behalte: {least_days} Tage, weil hier mindestens so viele bleiben (entschieden waren {days}); für die, die ich habe, bleibt es beim Alten."),
            ),
            Some(days) => self.either(
                format!("How long I keep messages: {days} days; those I have keep the end they have."),
                format!("Wie lange ich Nachrichten behalte: {days} Tage; für die, die ich habe, bleibt es beim Alten."),
            ),
        }
    }
}

//! What went wrong, and what to do.

use crate::{contract::ErrorType, domain::Language};

impl Language {
    /// What came of an error; `retry_after_s` says when to try again, where that is known.
    pub(crate) fn failed(self, kind: ErrorType, retry_after_s: Option<u64>) -> String {
        match kind {
            ErrorType::RateLimited => self.rate_limited(retry_after_s),
            ErrorType::ModelUnavailable | ErrorType::Blocked => self.model_trouble(),
            ErrorType::StoreUnavailable | ErrorType::Throttled => self.store_trouble(),
            ErrorType::AudienceUnknown => self.audience_unknown(),
            ErrorType::Internal | ErrorType::InvalidRequest => self.defect(),
        }
    }

    fn audience_unknown(self) -> String {
        self.either(
            "I do not know right now which channels everybody may read, so I tell nothing. Try again in a few minutes.",
            "Ich weiß gerade nicht, welche Kanäle alle lesen dürfen, darum erzähle ich nichts. Versuche es in ein paar Minuten noch einmal.",
        )
    }

    fn store_trouble(self) -> String {
        self.either(
            "I cannot get at my memory right now. Nothing is lost; try again in a minute.",
            "Ich komme gerade nicht an mein Gedächtnis. Es ist nichts verloren; versuche es in einer Minute noch einmal.",
        )
    }

    pub(crate) fn too_slow(self) -> String {
        self.either(
            "My memory answers too slowly right now, so I do not know whether that was done. /memory show tells; doing it twice does no harm.",
            "Mein Gedächtnis antwortet gerade zu langsam, ich weiß nicht, ob das noch geklappt hat. /memory show zeigt es; es zweimal zu tun schadet nicht.",
        )
    }

    pub(crate) fn cannot_begin(self) -> String {
        self.either(
            "I could not begin to look that up: too much is going on, or something is set up wrongly. Try again in a minute.",
            "Ich konnte nicht anfangen, das nachzusehen: Es ist zu viel los, oder etwas ist falsch eingerichtet. Versuche es in einer Minute noch einmal.",
        )
    }

    fn rate_limited(self, seconds: Option<u64>) -> String {
        let when = match seconds {
            Some(seconds) => self.either(format!("in {seconds} s"), format!("in {seconds} s")),
            None => self.either("later", "später"),
        };
        self.either(
            format!("The language model has reached its limit. Try again {when}."),
            format!("Das Sprachmodell hat sein Limit erreicht. Versuche es {when} noch einmal."),
        )
    }

    pub(crate) fn model_trouble(self) -> String {
        self.either(
            "The language model does not answer right now. Nothing is lost; try again in a few minutes.",
            "Das Sprachmodell antwortet gerade nicht. Es ist nichts verloren; versuche es in ein paar Minuten noch einmal.",
        )
    }

    fn defect(self) -> String {
        self.either(
            "Something went wrong on my side, and trying again may not help. Whoever runs this bot finds the reason in its logs.",
            "Bei mir ist etwas schiefgegangen, und ein neuer Versuch hilft vielleicht nicht. Wer diesen Bot betreibt, findet den Grund in den Logs.",
        )
    }
}

//! What people decide about what is kept of them: what that means, and what was done.

use crate::{
    contract::Erased,
    domain::{Component, Day, Language, UserId},
};

/// Days that are named one by one.
const MAX_NAMED_DAYS: usize = 12;

impl Language {
    pub(crate) fn ask_opt_out(self) -> String {
        self.either(
            "**Shall I remember nothing about you on this server?**\nWhat I have goes, for good: what I was taught about you, your names, my memory of you, what the summaries of all days tell of you, and your messages as far as I keep them. Where others mentioned you, their messages say @someone.\nFrom then on I keep nothing you write, nobody can teach me anything about you, and I answer nothing about you. That stays so if you leave and come back; I keep your id and that you do not want it, nothing else. `/memory opt-in` ends that, for what you write from then on.\nYour messages in Discord stay where they are. `/memory export` gives you what I have before it goes.",
            "**Soll ich mir auf diesem Server nichts über dich merken?**\nWas ich habe, ist dann endgültig weg: was mir über dich beigebracht wurde, deine Namen, mein Gedächtnis über dich, was die Zusammenfassungen aller Tage von dir erzählen, und deine Nachrichten, soweit ich sie aufbewahre. Wo andere dich erwähnt haben, steht in ihren Nachrichten @someone.\nAb dann speichere ich nichts, was du schreibst, niemand kann mir etwas über dich beibringen, und ich beantworte nichts über dich. Das bleibt so, auch wenn du gehst und wiederkommst; ich behalte deine ID und dass du es nicht möchtest, sonst nichts. `/memory opt-in` beendet das, für alles, was du danach schreibst.\nDeine Nachrichten in Discord bleiben, wo sie sind. `/memory export` gibt dir vorher mit, was ich habe.",
        )
    }

    pub(crate) fn ask_erase(self) -> String {
        self.either(
            "**Shall I erase what I know about you on this server?**\nIt goes for good: what I was taught about you, your names, my memory of you, what the summaries of all days tell of you, and your messages as far as I keep them. Where others mentioned you, their messages say @someone. None of that comes back, whoever sends it to me again.\nWhat you write from then on I keep as before, unless you use `/memory opt-out`.\nYour messages in Discord stay where they are. `/memory export` gives you what I have before it goes.",
            "**Soll ich löschen, was ich auf diesem Server über dich weiß?**\nEs ist dann endgültig weg: was mir über dich beigebracht wurde, deine Namen, mein Gedächtnis über dich, was die Zusammenfassungen aller Tage von dir erzählen, und deine Nachrichten, soweit ich sie aufbewahre. Wo andere dich erwähnt haben, steht in ihren Nachrichten @someone. Nichts davon kommt wieder, wer auch immer es mir noch einmal gibt.\nWas du danach schreibst, merke ich mir wie bisher, außer du nimmst `/memory opt-out`.\nDeine Nachrichten in Discord bleiben, wo sie sind. `/memory export` gibt dir vorher mit, was ich habe.",
        )
    }

    pub(crate) fn ask_erase_of(self, person: UserId) -> String {
        self.either(
            format!("**Shall I erase what I know about <@{person}> on this server?**\nIt goes for good: what I was taught about them, their names, my memory of them, what the summaries of all days tell of them, and their messages as far as I keep them. Where others mentioned them, their messages say @someone. None of that comes back, whoever sends it to me again.\nWhat they write from then on I keep as before, unless they use `/memory opt-out`. I show you nothing of it, only how much it was. Their messages in Discord stay where they are."),
            format!("**Soll ich löschen, was ich auf diesem Server über <@{person}> weiß?**\nEs ist dann endgültig weg: was mir über diese Person beigebracht wurde, ihre Namen, mein Gedächtnis über sie, was die Zusammenfassungen aller Tage von ihr erzählen, und ihre Nachrichten, soweit ich sie aufbewahre. Wo andere sie erwähnt haben, steht in ihren Nachrichten @someone. Nichts davon kommt wieder, wer auch immer es mir noch einmal gibt.\nWas sie danach schreibt, merke ich mir wie bisher, außer sie nimmt `/memory opt-out`. Ich zeige dir nichts davon, nur wie viel es war. Ihre Nachrichten in Discord bleiben, wo sie sind."),
        )
    }

    /// What stands on the button of who is sure.
    pub(crate) fn sure(self, component: &Component) -> String {
        match component {
            Component::OptOut { .. } => self.either("Remember nothing about me", "Nichts über mich merken"),
            _ => self.either("Erase for good", "Endgültig löschen"),
        }
    }

    pub(crate) fn cancel(self) -> String {
        self.either("Cancel", "Abbrechen")
    }

    pub(crate) fn cancelled(self) -> String {
        self.either("Nothing was changed.", "Es hat sich nichts geändert.")
    }

    pub(crate) fn not_your_button(self) -> String {
        self.either(
            "Somebody else was asked that. Use the command yourself: `/memory opt-out` or `/memory erase`.",
            "Das wurde jemand anderes gefragt. Nimm den Befehl selbst: `/memory opt-out` oder `/memory erase`.",
        )
    }

    pub(crate) fn working(self) -> String {
        self.either(
            "I am going through all that I keep. What was done stands here in a moment.",
            "Ich gehe gerade alles durch, was ich aufbewahre. Was getan ist, steht gleich hier.",
        )
    }

    pub(crate) fn not_all_done(self) -> String {
        self.either(
            "I could not do all of that, or do not know whether I did. Use the same command again: it goes on where this ended, and doing it twice does no harm.",
            "Ich konnte das nicht ganz tun, oder weiß nicht, ob es ganz getan ist. Nimm denselben Befehl noch einmal: Er macht da weiter, wo dieser aufgehört hat, und zweimal schadet nicht.",
        )
    }

    pub(crate) fn opted_out_now(self, erased: &Erased) -> String {
        let done = self.either(
            "Done. I remember nothing about you on this server any more, and keep nothing from now on.",
            "Erledigt. Auf diesem Server weiß ich nichts mehr über dich, und ab jetzt behalte ich nichts.",
        );
        self.with_what_went(done, erased)
    }

    pub(crate) fn erased_now(self, person: UserId, erased: &Erased) -> String {
        let done = self.either(
            format!("Done. I have erased what I knew about <@{person}> on this server."),
            format!("Erledigt. Ich habe gelöscht, was ich auf diesem Server über <@{person}> wusste."),
        );
        self.with_what_went(done, erased)
    }

    fn with_what_went(self, done: String, erased: &Erased) -> String {
        let Erased { deleted, redacted, days_changed, days_kept } = erased;
        let days = days_changed.len();
        let went = self.either(
            format!("Messages deleted: {deleted}. Messages of others in which a mention became @someone: {redacted}. Days whose summaries are written again without that when somebody asks: {days}."),
            format!("Gelöschte Nachrichten: {deleted}. Nachrichten anderer, in denen eine Erwähnung zu @someone wurde: {redacted}. Tage, deren Zusammenfassungen ohne das neu geschrieben werden, wenn jemand fragt: {days}."),
        );
        let kept = (!days_kept.is_empty()).then(|| {
            let named = self.named_days(days_kept);
            self.either(
                format!("Of these days I keep no messages any more, so that they cannot be summarized again; their own text went, and what is told of others there stays as it is, even if it speaks of them: {named}."),
                format!("Von diesen Tagen habe ich keine Nachrichten mehr und kann sie nicht neu zusammenfassen; der eigene Text ist weg, und was dort von anderen erzählt wird, bleibt, auch wo es davon spricht: {named}."),
            )
        });
        [Some(done), Some(went), kept].into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    fn named_days(self, days: &[Day]) -> String {
        let named: Vec<String> = days.iter().take(MAX_NAMED_DAYS).map(Day::to_string).collect();
        let named = named.join(", ");
        match days.len().saturating_sub(MAX_NAMED_DAYS) {
            0 => named,
            more => self.either(format!("{named} and {more} more"), format!("{named} und {more} weitere")),
        }
    }

    /// What ended of everybody who did not say yes.
    pub(crate) fn unasked_ended(self, erased: &Erased) -> String {
        let done = self.either(
            "From now on I remember only who said yes with `/memory opt-in`. What I kept of everybody else has ended.",
            "Ab jetzt merke ich mir nur, wer mit `/memory opt-in` zugesagt hat. Was ich von allen anderen hatte, ist weg.",
        );
        self.with_what_went(done, erased)
    }

    /// Said once to who has not answered.
    pub(crate) fn consent_notice(self) -> String {
        self.either(
            "On this server I remember only who said yes, and you have not answered yet: nothing of you is kept. `/memory opt-in` says yes, `/privacy` tells what that means. I say this once.",
            "Auf diesem Server merke ich mir nur, wer zugesagt hat, und du hast noch nicht geantwortet: Von dir bleibt nichts. `/memory opt-in` sagt zu, `/privacy` erklärt, was das heißt. Das sage ich einmal.",
        )
    }

    pub(crate) fn opted_in_now(self, changed: bool) -> String {
        match changed {
            true => self.either(
                "Done. From now on I may remember what you write on this server. What was before does not come back.",
                "Erledigt. Ab jetzt darf ich mir merken, was du auf diesem Server schreibst. Was vorher war, kommt nicht wieder.",
            ),
            false => self.either(
                "I may remember what you write on this server already; nothing was changed.",
                "Ich darf mir schon merken, was du auf diesem Server schreibst; es hat sich nichts geändert.",
            ),
        }
    }

    /// `next` is the day that the rest begins with, if there is one.
    pub(crate) fn exported(self, next: Option<Day>) -> String {
        match next {
            None => self.either(
                "All that I keep about you on this server is in the file.",
                "Alles, was ich auf diesem Server über dich aufbewahre, steht in der Datei.",
            ),
            Some(next) => self.either(
                format!("That is more than fits into a file: the days from {next} on are missing in this one. `/memory export from:{next}` gives them."),
                format!("Das ist mehr, als in eine Datei passt: In dieser fehlen die Tage ab dem {next}. `/memory export from:{next}` gibt sie dir."),
            ),
        }
    }

    pub(crate) fn no_first_day(self, today: Day) -> String {
        self.either(
            format!("`from` is the first day to export, written like this: {today}. Without it you get all."),
            format!("`from` ist der erste Tag, den du mitnehmen willst, geschrieben wie {today}. Ohne Angabe bekommst du alles."),
        )
    }

    pub(crate) fn may_not_erase(self) -> String {
        self.either(
            "You can have erased what I know about you: `/memory erase` without a person. Others can be erased by the moderators of this server only (Manage Server).",
            "Du kannst löschen lassen, was ich über dich weiß: `/memory erase` ohne Person. Andere können nur die Moderatoren dieses Servers löschen lassen (Server verwalten).",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_41_what_went_is_counted_and_days_that_stay_are_named() {
        let day = |n: i16| "2026-08-31".parse::<Day>().unwrap().days_before(n as u16);
        let days_kept = (0..14).map(day).collect();
        let erased = Erased { deleted: 12, redacted: 3, days_changed: vec![day(0)], days_kept };
        for language in [Language::English, Language::German] {
            let told = language.erased_now("10".parse().unwrap(), &erased);
            for part in ["<@10>", ": 12.", ": 3.", ": 1.", "2026-08-31", "2026-08-20"] {
                assert!(told.contains(part), "{part}: {told}");
            }
            assert!(!told.contains("2026-08-19") && told.contains(" 2 "), "{told}");
            let little = language.opted_out_now(&Erased::default());
            assert_eq!(little.lines().count(), 2, "nothing stays: {little}");
        }
    }

    #[test]
    fn what_is_asked_fits_into_a_message() {
        for language in [Language::English, Language::German] {
            for text in [
                language.ask_opt_out(),
                language.ask_erase(),
                language.ask_erase_of(UserId::try_from(u64::MAX >> 1).unwrap()),
            ] {
                assert!(text.encode_utf16().count() <= 2_000, "{text}");
            }
        }
    }
}

//! What the bot says in Discord, in each of its languages. Every failure says what happened and what to do.

mod settings;

use jiff::Timestamp;

use super::{Day, Language, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, PersonError, Teachers, UserId};

impl Language {
    fn either(self, english: impl Into<String>, german: impl Into<String>) -> String {
        match self {
            Self::English => english.into(),
            Self::German => german.into(),
        }
    }
}

/// Refusals.
impl Language {
    pub(crate) fn only_in_guilds(self) -> String {
        self.either(
            "I remember things for each server by itself, so I can only help inside of one. Use the same command there.",
            "Ich merke mir Dinge für jeden Server getrennt und kann deshalb nur dort helfen. Nimm denselben Befehl auf einem Server.",
        )
    }

    pub(crate) fn unknown_command(self) -> String {
        self.either(
            "I do not know this command any more. Type / to see those I know; a moderator may have to register them again.",
            "Diesen Befehl kenne ich nicht mehr. Tippe /, um zu sehen, welche es gibt; vielleicht müssen sie neu registriert werden.",
        )
    }

    pub(crate) fn already_handled(self) -> String {
        self.either(
            "I have seen this request before, and did nothing again.",
            "Diese Anfrage hatte ich schon, ich habe nichts noch einmal getan.",
        )
    }

    pub(crate) fn may_not_see(self) -> String {
        self.either(
            "On this server, what I remember about others is for its moderators (Manage Server). /memory show without a person shows what I remember about you.",
            "Auf diesem Server sehen nur die Moderatoren (Server verwalten), was ich über andere weiß. Ohne Person zeigt der Befehl, was ich über dich weiß.",
        )
    }

    pub(crate) fn may_not_teach(self, teachers: Teachers) -> String {
        match teachers {
            Teachers::Oneself => self.either(
                "On this server you can teach me things about yourself; about others only its moderators (Manage Server) can.",
                "Auf diesem Server kannst du mir etwas über dich beibringen, über andere nur die Moderatoren (Server verwalten).",
            ),
            Teachers::Anyone | Teachers::Moderators => self.either(
                "On this server only its moderators (Manage Server) can teach me things.",
                "Auf diesem Server können mir nur die Moderatoren (Server verwalten) etwas beibringen.",
            ),
        }
    }

    pub(crate) fn may_not_forget(self) -> String {
        self.either(
            "You can have me forget what is about you or what you taught me; the rest is for moderators (Manage Server).",
            "Du kannst mich vergessen lassen, was über dich ist oder was du mir beigebracht hast; alles andere die Moderatoren (Server verwalten).",
        )
    }

    pub(crate) fn opted_out(self, person: UserId) -> String {
        self.either(
            format!("<@{person}> does not want to be remembered, so nothing is kept or shown."),
            format!(
                "<@{person}> möchte nicht, dass ich mir etwas merke. Deshalb wird nichts gespeichert oder gezeigt."
            ),
        )
    }

    pub(crate) fn no_bots(self) -> String {
        self.either(
            "I remember people only; that was written by a bot.",
            "Ich merke mir nur etwas über Menschen; das hat ein Bot geschrieben.",
        )
    }

    pub(crate) fn cannot_keep(self, error: PersonError) -> String {
        match error {
            PersonError::Blank => self.either(
                "There are no words in it that I could remember.",
                "Da stehen keine Worte, die ich mir merken könnte.",
            ),
            PersonError::TooLong { limit, length } if limit == MAX_FACT_CHARS => self.either(
                format!("That is too long: {length} characters, and I remember up to {limit}. Say it in fewer words with /memory remember."),
                format!("Das ist zu lang: {length} Zeichen, merken kann ich mir bis zu {limit}. Sag es kürzer, mit /memory remember."),
            ),
            PersonError::TooLong { length, .. } => self.either(
                format!("That name is too long: {length} characters; names have up to {MAX_NAME_CHARS}."),
                format!("Der Name ist zu lang: {length} Zeichen; Namen haben bis zu {MAX_NAME_CHARS}."),
            ),
            PersonError::TooManyFacts => self.either(
                format!("I remember {MAX_FACTS} things about this person already, the most there can be. Have me forget one first: /memory forget."),
                format!("Über diese Person weiß ich schon {MAX_FACTS} Dinge, mehr geht nicht. Lass mich erst eines vergessen: /memory forget."),
            ),
            PersonError::TooManyAliases => self.either(
                format!("I know {MAX_ALIASES} other names of this person already, the most there can be."),
                format!("Von dieser Person kenne ich schon {MAX_ALIASES} andere Namen, mehr geht nicht."),
            ),
            PersonError::InvalidFactId => self.no_such_fact(),
        }
    }

    pub(crate) fn no_such_fact(self) -> String {
        self.either(
            "I do not remember that (any more), so there is nothing to forget. Choose from the list that opens while you type.",
            "Das weiß ich nicht (mehr), es gibt also nichts zu vergessen. Wähle aus der Liste, die beim Tippen aufgeht.",
        )
    }

    pub(crate) fn not_a_day(self, oldest: Day, newest: Day) -> String {
        self.either(
            format!("I can tell about the days from {oldest} to {newest}. Choose one from the list, or write it like this: {newest}."),
            format!("Erzählen kann ich von den Tagen vom {oldest} bis zum {newest}. Wähle einen aus der Liste oder schreibe ihn so: {newest}."),
        )
    }
}

/// What was done.
impl Language {
    pub(crate) fn remembered(self, person: UserId, text: &str, added: bool) -> String {
        match added {
            true => self.either(
                format!("I will remember about <@{person}>:\n> {text}"),
                format!("Das merke ich mir über <@{person}>:\n> {text}"),
            ),
            false => self.either(
                format!("I remember that about <@{person}> already:\n> {text}"),
                format!("Das weiß ich über <@{person}> schon:\n> {text}"),
            ),
        }
    }

    pub(crate) fn aliased(self, person: UserId, name: &str, added: bool) -> String {
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
        self.either(
            format!("Forgotten about <@{person}>:\n> {text}\nWhat I tell from now on has nothing of it."),
            format!(
                "Über <@{person}> vergessen:\n> {text}\nIn dem, was ich ab jetzt erzähle, kommt es nicht mehr vor."
            ),
        )
    }

    pub(crate) fn undo(self) -> String {
        self.either("Forget it again", "Wieder vergessen")
    }
}

/// Failures.
impl Language {
    pub(crate) fn store_trouble(self) -> String {
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

    pub(crate) fn rate_limited(self, seconds: Option<u64>) -> String {
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

    pub(crate) fn defect(self) -> String {
        self.either(
            "Something went wrong on my side, and trying again may not help. Whoever runs this bot finds the reason in its logs.",
            "Bei mir ist etwas schiefgegangen, und ein neuer Versuch hilft vielleicht nicht. Wer diesen Bot betreibt, findet den Grund in den Logs.",
        )
    }
}

/// What is remembered about a person.
impl Language {
    pub(crate) fn about(self, person: UserId) -> String {
        self.either(format!("**About <@{person}>**"), format!("**Über <@{person}>**"))
    }

    pub(crate) fn nothing_known(self, person: UserId) -> String {
        self.either(
            format!("I remember nothing about <@{person}>: nobody taught me anything, and in the last days there was nothing to read. /memory remember changes that."),
            format!("Über <@{person}> weiß ich nichts: Niemand hat mir etwas beigebracht, und in den letzten Tagen gab es nichts zu lesen. /memory remember ändert das."),
        )
    }

    pub(crate) fn taught(self) -> String {
        self.either("**Taught**", "**Beigebracht**")
    }

    pub(crate) fn taught_by(self, teacher: Option<UserId>, on: Day) -> String {
        match teacher {
            Some(teacher) => self.either(format!("by <@{teacher}>, {on}"), format!("von <@{teacher}>, {on}")),
            None => self.either(format!("by a bot, {on}"), format!("von einem Bot, {on}")),
        }
    }

    pub(crate) fn also_known_as(self, names: &[&str]) -> String {
        let names = names.join(", ");
        self.either(format!("Also known as: {names}"), format!("Auch bekannt als: {names}"))
    }

    pub(crate) fn made_now(self) -> String {
        self.either("Written just now.", "Eben geschrieben.")
    }

    pub(crate) fn made_at(self, at: Timestamp) -> String {
        let at = at.as_second();
        self.either(
            format!("Written <t:{at}:R>; nothing that matters has changed since."),
            format!("Geschrieben <t:{at}:R>; seitdem hat sich nichts Wichtiges geändert."),
        )
    }

    pub(crate) fn as_taught(self) -> String {
        self.either("Exactly as it was taught.", "Genau wie beigebracht.")
    }

    pub(crate) fn of_one_day(self) -> String {
        self.either(
            "From a single day, as it was summarized.",
            "Von einem einzigen Tag, so wie er zusammengefasst wurde.",
        )
    }

    pub(crate) fn last_known_good(self, at: Option<Timestamp>) -> String {
        let when = at.map(|at| format!(" (<t:{}:R>)", at.as_second())).unwrap_or_default();
        self.either(
            format!("An earlier version{when}, because the new one could not be written."),
            format!("Eine frühere Fassung{when}, weil die neue nicht geschrieben werden konnte."),
        )
    }

    pub(crate) fn unmerged(self) -> String {
        self.either(
            "Put together without a model, because it did not answer in time; a better version comes with the next question.",
            "Ohne Sprachmodell zusammengestellt, weil es nicht rechtzeitig geantwortet hat; die nächste Frage bekommt eine bessere Fassung.",
        )
    }

    pub(crate) fn today_read_until(self, at: Timestamp) -> String {
        let at = at.as_second();
        self.either(
            format!("The day is not over: as of <t:{at}:t>; newer messages follow within the hour."),
            format!(
                "Der Tag ist noch nicht vorbei: Stand <t:{at}:t>; neuere Nachrichten kommen innerhalb der Stunde dazu."
            ),
        )
    }

    pub(crate) fn missing(self, days: &str) -> String {
        self.either(
            format!("Missing: {days}. Ask again in a few minutes."),
            format!("Es fehlt: {days}. Frage in ein paar Minuten noch einmal."),
        )
    }

    pub(crate) fn outdated(self, days: &str) -> String {
        self.either(
            format!("Not up to date: {days}. Ask again in a few minutes."),
            format!("Nicht auf dem neuesten Stand: {days}. Frage in ein paar Minuten noch einmal."),
        )
    }

    pub(crate) fn blocked_days(self, days: &str) -> String {
        self.either(
            format!("Left out, because the model's filter refused them: {days}."),
            format!("Weggelassen, weil der Filter des Sprachmodells sie ablehnt: {days}."),
        )
    }

    pub(crate) fn only_facts(self) -> String {
        self.either(
            "Only what was taught: the last days could not be read. Ask again in a few minutes.",
            "Nur Beigebrachtes: Die letzten Tage konnten nicht gelesen werden. Frage in ein paar Minuten noch einmal.",
        )
    }
}

/// What happened on a day.
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

    pub(crate) fn day_not_open(self, day: Day) -> String {
        self.either(
            format!("Some of what I read of {day} was said where not everybody may read, so I do not tell about that day here. /memory show tells what concerns you."),
            format!("Einiges von dem, was ich vom {day} gelesen habe, steht in Kanälen, die nicht alle lesen dürfen. Deshalb erzähle ich hier nichts von diesem Tag. /memory show zeigt, was dich betrifft."),
        )
    }

    pub(crate) fn channels_unknown(self) -> String {
        self.either(
            "I could not find out which channels everybody may see, and tell nothing without knowing that. Is the bot a member of this server, and may it see the channels? If it is, try again in a minute.",
            "Ich konnte nicht herausfinden, welche Kanäle alle sehen dürfen, und ohne das erzähle ich nichts. Ist der Bot Mitglied dieses Servers und darf er die Kanäle sehen? Wenn ja, versuche es in einer Minute noch einmal.",
        )
    }

    pub(crate) fn today(self) -> String {
        self.either("today", "heute")
    }

    pub(crate) fn yesterday(self) -> String {
        self.either("yesterday", "gestern")
    }

    pub(crate) fn in_the_file(self) -> String {
        self.either(
            "That is more than fits into a message; it is in the file.",
            "Das ist mehr, als in eine Nachricht passt; es steht in der Datei.",
        )
    }
}

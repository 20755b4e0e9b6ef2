//! What is not done, and why.

use jiff::SignedDuration;

use crate::domain::{
    Day, Language, MAX_ALIASES, MAX_ANSWERS, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, PersonError, RoleId, Teachers,
    UserId,
};

impl Language {
    pub(crate) fn only_in_guilds(self) -> String {
        self.either(
            "I remember things for each server by itself, so I can only help inside of one. Use the same command there.",
            "Ich merke mir Dinge für jeden Server getrennt und kann deshalb nur dort helfen. Nimm denselben Befehl auf einem Server.",
        )
    }

    pub(crate) fn guild_not_allowed(self) -> String {
        self.either(
            "Whoever runs me has not set me up for this server, so I remember nothing here.",
            "Wer mich betreibt, hat mich nicht für diesen Server eingerichtet. Deshalb merke ich mir hier nichts.",
        )
    }

    /// Said to somebody without that role.
    pub(crate) fn not_of_the_audience(self, role: Option<RoleId>) -> String {
        let role = role.map_or_else(|| "@everyone".to_owned(), |role| format!("<@&{role}>"));
        self.either(
            format!("On this server I tell what was said in channels to {role} only. /memory show without a person shows what I was taught about you."),
            format!("Auf diesem Server erzähle ich nur {role}, was in den Kanälen steht. /memory show ohne Person zeigt, was mir über dich beigebracht wurde."),
        )
    }

    pub(crate) fn audience_changed(self) -> String {
        self.either(
            "Just now it was changed whom I tell things on this server. Ask again.",
            "Gerade wurde geändert, wem ich auf diesem Server etwas erzähle. Frage noch einmal.",
        )
    }

    pub(crate) fn standing_unknown(self) -> String {
        self.either(
            "I could not find out whether you are a moderator: Discord did not say. If you are, try again in a minute.",
            "Ich konnte nicht herausfinden, ob du Moderator bist: Discord hat es nicht gesagt. Wenn ja, versuche es in einer Minute noch einmal.",
        )
    }

    /// `wait` is how long there is no room for another answer.
    pub(crate) fn asked_too_often(self, wait: SignedDuration) -> String {
        let minutes = wait.unsigned_abs().as_secs().div_ceil(60).max(1);
        self.either(
            format!("I have answered you {MAX_ANSWERS} times just now, and the language model is for everybody. Ask again in {minutes} min."),
            format!("Ich habe dir gerade {MAX_ANSWERS}-mal geantwortet, und das Sprachmodell ist für alle da. Frage in {minutes} min noch einmal."),
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

    pub(crate) fn message_not_open(self) -> String {
        self.either(
            "That was written where not everybody I tell things may read, or where I do not know it, so I do not remember it from there. /memory remember teaches me what you say in your own words.",
            "Das steht an einem Ort, den nicht alle lesen dürfen, denen ich erzähle, oder von dem ich es nicht weiß; deshalb merke ich es mir von dort nicht. Mit /memory remember kannst du mir etwas in deinen Worten beibringen.",
        )
    }

    pub(crate) fn anothers_name(self) -> String {
        self.either(
            "Somebody else on this server has that name, so only moderators (Manage Server) can teach it.",
            "So heißt auf diesem Server schon jemand, deshalb können diesen Namen nur Moderatoren (Server verwalten) beibringen.",
        )
    }

    pub(crate) fn may_not_forget(self) -> String {
        self.either(
            "You can have me forget what is about you or what you taught me; the rest is for moderators (Manage Server).",
            "Du kannst mich vergessen lassen, was über dich ist oder was du mir beigebracht hast; alles andere die Moderatoren (Server verwalten).",
        )
    }

    pub(crate) fn opted_out(self, person: UserId) -> String {
        self.either(
            format!("<@{person}> does not want to be remembered, or has not said yes where that is asked for (`/memory opt-in`), so nothing is kept or shown."),
            format!("<@{person}> möchte nicht, dass ich mir etwas merke, oder hat nicht zugesagt, wo das nötig ist (`/memory opt-in`). Deshalb wird nichts gespeichert oder gezeigt."),
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

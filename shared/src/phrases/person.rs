//! What is remembered about a person.

use jiff::Timestamp;

use crate::domain::{Alias, Day, Language, UserId};

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

    /// An alias that was taught, with who did and when, as far as that is known.
    pub(crate) fn taught_name(self, name: &str, alias: Alias) -> String {
        match alias.taught_at {
            Some(at) => format!("{name} ({})", self.taught_by(alias.taught_by, Day::of(at))),
            None => name.to_owned(),
        }
    }

    pub(crate) fn another_name(self, name: &str) -> String {
        self.either(format!("the name “{name}”"), format!("der Name „{name}“"))
    }

    pub(crate) fn former_name(self, name: &str) -> String {
        self.either(format!("the former name “{name}”"), format!("der frühere Name „{name}“"))
    }

    pub(crate) fn also_known_as(self, names: &[String]) -> String {
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

    pub(crate) fn verbatim(self) -> String {
        self.either(
            "Put together without a model: none is asked here.",
            "Ohne Sprachmodell zusammengestellt: hier wird keines gefragt.",
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

    pub(crate) fn earlier_version(self, at: Timestamp) -> String {
        let at = at.as_second();
        self.either(format!("An earlier version (<t:{at}:R>)."), format!("Eine frühere Fassung (<t:{at}:R>)."))
    }

    pub(crate) fn day_by_day(self) -> String {
        self.either("Day by day, as it was summarized.", "Tag für Tag, so wie er zusammengefasst wurde.")
    }

    pub(crate) fn rest_follows(self) -> String {
        self.either(
            "This is what is there at once. I am putting the rest together; it takes this one's place in a moment.",
            "Das ist, was sofort da ist. Den Rest stelle ich gerade zusammen; gleich steht er hier.",
        )
    }

    pub(crate) fn looking_up(self, person: UserId) -> String {
        self.either(
            format!("I am putting together what I know about <@{person}>. That takes a moment, and then stands here."),
            format!("Ich stelle gerade zusammen, was ich über <@{person}> weiß. Das dauert einen Moment und steht dann hier."),
        )
    }
}

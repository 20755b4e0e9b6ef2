//! What the bot says about what is done with what people write.

use crate::domain::{Consent, DataHandling, GuildSettings, Language, MEMORY_LIFE, ModelReader, Viewers};

impl Language {
    /// What is stored, where, how long, who sees it, which models read it, what one can do and whom to ask: a paragraph each
    /// (DESIGN rule 43).
    pub(crate) fn privacy(self, handling: &DataHandling, settings: &GuildSettings) -> String {
        let paragraphs = [
            self.what_is_stored(settings) + &self.of_whom(settings),
            self.region(handling),
            self.how_long(settings.kept_days(handling.retention), handling.summary_retention.days()),
            self.who_sees(settings),
            self.readers(handling),
            self.what_you_can_do(),
            self.whom_to_ask(handling),
        ];
        paragraphs.join("\n")
    }

    fn what_is_stored(self, settings: &GuildSettings) -> String {
        let role = settings.audience.role();
        let english = role.map_or("everybody here".to_owned(), |role| format!("everybody with the role <@&{role}>"));
        let german = role.map_or("alle hier".to_owned(), |role| format!("alle mit der Rolle <@&{role}>"));
        self.either(
            format!("**What I store**: messages from channels that {english} may read, with the names of who wrote them and descriptions of attachments, never the files; summaries of each day; what people teach me about each other; and a memory made of these."),
            format!("**Was ich speichere**: Nachrichten aus Kanälen, die {german} lesen dürfen, mit den Namen der Schreibenden und Beschreibungen von Anhängen, nie die Dateien; Zusammenfassungen jedes Tages; was Leute mir übereinander beibringen; und ein Gedächtnis aus alldem."),
        )
    }

    fn of_whom(self, settings: &GuildSettings) -> String {
        match settings.consent {
            Consent::Everyone => String::new(),
            Consent::Asked => self.either(
                " All of it only of who said yes with `/memory opt-in`.",
                " All das nur von denen, die mit `/memory opt-in` zugesagt haben.",
            ),
        }
    }

    fn region(self, DataHandling { region, .. }: &DataHandling) -> String {
        match region {
            Some(region) => self.either(
                format!("**Where**: encrypted tables at Amazon Web Services, in the region `{region}`."),
                format!("**Wo**: in verschlüsselten Tabellen bei Amazon Web Services, in der Region `{region}`."),
            ),
            None => self.either("**Where**: in tables of whoever runs me.", "**Wo**: in Tabellen meines Betreibers."),
        }
    }

    fn how_long(self, messages: u16, summaries: Option<u16>) -> String {
        let memory = MEMORY_LIFE.as_hours() / 24;
        let english = summaries.map_or("without an end".to_owned(), |days| format!("for {days} days after their day"));
        let german = summaries.map_or("ohne Ende".to_owned(), |days| format!("{days} Tage, nachdem ihr Tag endete"));
        self.either(
            format!("**How long**: messages for {messages} days after they came in (those I have keep the end they have); memories for {memory} days; summaries of days {english}; facts and names until somebody has them forgotten. What you delete in Discord I delete, too, with the summaries and memories made of it, as soon as I notice."),
            format!("**Wie lange**: Nachrichten {messages} Tage, nachdem sie ankamen (für die, die ich habe, bleibt es beim Alten); Gedächtnisse {memory} Tage; Zusammenfassungen von Tagen {german}; Fakten und Namen, bis jemand sie vergessen lässt. Was du in Discord löschst, lösche ich auch, samt den Zusammenfassungen und Gedächtnissen daraus, sobald ich es bemerke."),
        )
    }

    fn who_sees(self, settings: &GuildSettings) -> String {
        let (english, german) = match settings.viewers {
            Viewers::Anyone => ("anyone here", "alle hier"),
            Viewers::Moderators => ("the moderators of this server", "die Moderatoren dieses Servers"),
        };
        let role = settings.audience.role();
        let limit = role.map(|role| {
            self.either(
                format!(" Who does not have the role <@&{role}> is told nothing that was said in channels."),
                format!(" Wer die Rolle <@&{role}> nicht hat, erfährt nichts, was in Kanälen gesagt wurde."),
            )
        });
        let who = self.either(
            format!("**Who sees it**: what I know about you, yourself and {english} (`/memory show`); what happened on a day, who asks with `/catchup`; and whoever runs me."),
            format!("**Wer es sieht**: was ich über dich weiß, du selbst und {german} (`/memory show`); was an einem Tag los war, wer mit `/catchup` fragt; und mein Betreiber."),
        );
        who + &limit.unwrap_or_default()
    }

    fn readers(self, DataHandling { readers, .. }: &DataHandling) -> String {
        let each: Vec<String> = readers.iter().map(|reader| self.reader(reader)).collect();
        let each = each.join(" ");
        self.either(
            format!("**Which language models read it**, with names and without Discord ids: {each}"),
            format!("**Welche Sprachmodelle es lesen**, mit Namen und ohne IDs von Discord: {each}"),
        )
    }

    fn reader(self, reader: &ModelReader) -> String {
        match reader {
            ModelReader::Gemini => self.either(
                "Google's Gemini API, which is asked to store no request; without a paid plan Google may use requests to improve its products.",
                "Googles Gemini-API, die gebeten wird, keine Anfrage zu speichern; ohne bezahlten Tarif darf Google Anfragen nutzen, um seine Produkte zu verbessern.",
            ),
            ModelReader::Bedrock => self.either(
                "Amazon Bedrock, at AWS as the tables are; whether requests are logged there, whoever runs me decides.",
                "Amazon Bedrock, bei AWS wie die Tabellen; ob Anfragen dort protokolliert werden, entscheidet mein Betreiber.",
            ),
            ModelReader::Server(host) => self.either(
                format!("the server `{host}`; whether it stores requests, those who run it decide."),
                format!("der Server `{host}`; ob er Anfragen speichert, entscheiden die, die ihn betreiben."),
            ),
        }
    }

    fn what_you_can_do(self) -> String {
        self.either(
            "**What you can do**: `/memory show` tells what I know about you, and `/memory export` gives you all of it as a file; `/memory forget` has some of it forgotten, `/memory erase` all of it; `/memory opt-out` also has me keep nothing about you from then on, until `/memory opt-in`.",
            "**Was du tun kannst**: `/memory show` zeigt, was ich über dich weiß, und `/memory export` gibt dir alles als Datei; `/memory forget` lässt etwas davon vergessen, `/memory erase` löscht alles; nach `/memory opt-out` behalte ich außerdem nichts mehr über dich, bis `/memory opt-in`.",
        )
    }

    fn whom_to_ask(self, DataHandling { contact, .. }: &DataHandling) -> String {
        match contact {
            Some(contact) => {
                self.either(format!("**Whom to ask**: {contact}."), format!("**Wen du fragen kannst**: {contact}."))
            }
            None => self.either(
                "**Whom to ask**: the moderators of this server.",
                "**Wen du fragen kannst**: die Moderatoren dieses Servers.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Audience, Retention, SummaryRetention};

    fn handling() -> DataHandling {
        DataHandling {
            region: Some("eu-central-1".to_owned()),
            retention: Retention { days: 30, least: 8 },
            summary_retention: SummaryRetention::default(),
            readers: [ModelReader::Gemini, ModelReader::Server("models.example".to_owned())].into(),
            contact: Some("privacy@example.org".to_owned()),
        }
    }

    #[test]
    fn rule_43_what_is_configured_and_decided_is_said_in_both_languages() {
        let settings = GuildSettings {
            audience: Audience::Role("5".parse().unwrap()),
            viewers: Viewers::Anyone,
            retention_days: Some(20),
            ..GuildSettings::default()
        };
        let of_both = [
            "`/memory export`",
            "`/memory erase`",
            "`/memory opt-out`",
            "`/memory opt-in`",
            "<@&5>",
            "`eu-central-1`",
            "20",
            "Gemini",
            "`models.example`",
            "privacy@example.org",
        ];
        for (language, words) in [(Language::English, "anyone here"), (Language::German, "alle hier")] {
            let told = language.privacy(&handling(), &settings);
            assert!(of_both.iter().chain(&[words]).all(|part| told.contains(part)), "{told}");
            assert!(!told.contains("Bedrock"), "{told}");
        }
    }

    #[test]
    fn rule_43_without_a_region_and_a_contact_nothing_is_made_up() {
        let bedrock = [ModelReader::Bedrock].into();
        let handling = DataHandling { region: None, contact: None, readers: bedrock, ..handling() };
        let told = Language::English.privacy(&handling, &GuildSettings::default());
        for part in ["tables of whoever runs me", "30 days", "moderators of this server", "Amazon Bedrock"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(!told.contains("Gemini") && !told.contains("eu-central-1"), "{told}");
    }

    #[test]
    fn rule_43_fewer_days_than_are_kept_at_least_are_not_promised() {
        let settings = GuildSettings { retention_days: Some(3), ..GuildSettings::default() };
        let told = Language::English.privacy(&handling(), &settings);
        assert!(told.contains("messages for 8 days"), "{told}");
    }

    #[test]
    fn rule_46_the_end_of_summaries_is_told_where_there_is_one() {
        let told = |handling: &DataHandling, language: Language| language.privacy(handling, &GuildSettings::default());
        let ending = DataHandling { summary_retention: SummaryRetention::of_days(90), ..handling() };
        assert!(told(&ending, Language::English).contains("summaries of days for 90 days after their day;"));
        assert!(
            told(&ending, Language::German).contains("Zusammenfassungen von Tagen 90 Tage, nachdem ihr Tag endete;")
        );
        assert!(told(&handling(), Language::English).contains("summaries of days without an end;"));
        assert!(told(&handling(), Language::German).contains("Zusammenfassungen von Tagen ohne Ende;"));
    }
}

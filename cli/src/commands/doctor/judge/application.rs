//! The application at Discord: the token, what it is shown, its public key, and where its interactions are sent.

use guild_memory::{adapters::discord::Application, domain::ApplicationId, ports::DiscordError};

use super::page;
use crate::commands::doctor::finding::{Asked, Finding, Trouble};

/// What the deployment expects of it.
#[derive(Debug, Clone, Default)]
pub(in crate::commands::doctor) struct Expected {
    pub(in crate::commands::doctor) application: Option<ApplicationId>,
    pub(in crate::commands::doctor) public_key: Option<String>,
    /// The address of `interactions`; `None` where it cannot be known, as behind a tunnel.
    pub(in crate::commands::doctor) endpoint: Option<Asked<String>>,
    /// Guilds are read.
    pub(in crate::commands::doctor) reads: bool,
    /// Commands are answered.
    pub(in crate::commands::doctor) answers: bool,
}

/// What Discord said of an application, and what its endpoint answered.
#[derive(Debug, Clone)]
pub(in crate::commands::doctor) struct Seen {
    pub(in crate::commands::doctor) application: Application,
    /// The status that a request had which Discord did not sign; `None` without an endpoint.
    pub(in crate::commands::doctor) unsigned: Option<Asked<u16>>,
}

/// Why Discord did not say it.
pub(in crate::commands::doctor) fn of_error(what: &str, error: &DiscordError) -> Finding {
    match error {
        DiscordError::Unauthorized => Finding::wrong(
            what,
            "Discord does not know it (401): it was reset, or is another's",
            "reset it in the developer portal, Bot, and store it: docs/operations.md, Keys and tokens",
        ),
        DiscordError::RateLimited { .. } | DiscordError::Unavailable { .. } => {
            Finding::unknown(what, error.to_string(), "try again later")
        }
        error => Finding::unknown(what, error.to_string(), "is it the token of a bot?"),
    }
}

/// A line of each subject.
pub(in crate::commands::doctor) fn judge(seen: &Seen, expected: &Expected) -> Vec<Finding> {
    let mut findings = vec![token(&seen.application, expected), intents(&seen.application, expected)];
    if expected.answers {
        findings.push(public_key(&seen.application, expected));
    }
    findings.extend(endpoint(seen, expected));
    findings
}

fn token(application: &Application, expected: &Expected) -> Finding {
    let id = application.id.map_or("unknown".to_owned(), |id| id.to_string());
    match expected.application {
        Some(other) if application.id.is_some_and(|id| id != other) => Finding::wrong(
            "token",
            format!("it is of application {id}, and commands are answered as {other}"),
            "store the token of that application's bot, or set DiscordApplicationId and DiscordPublicKey",
        ),
        _ => Finding::fine("token", format!("of application {id}")),
    }
}

/// Message Content is needed to read guilds, and Server Members never.
fn intents(application: &Application, expected: &Expected) -> Finding {
    let what = "intents";
    if expected.reads && !application.sees_content {
        let advice = "turn Message Content on in the developer portal, Bot; nothing is lost, the next sync reads it";
        return Finding::wrong(what, "Message Content is off: what people write is hidden", advice);
    }
    if application.sees_members {
        let advice = "turn it off in the developer portal, Bot, unless a gateway bot of yours uses it";
        return Finding::note(what, "Server Members is on, and nothing here needs it", advice);
    }
    let content = if application.sees_content { "on" } else { "off, and not needed: no guild is read" };
    Finding::fine(what, format!("Message Content is {content}; Server Members is off, and not needed"))
}

fn public_key(application: &Application, expected: &Expected) -> Finding {
    let what = "public key";
    match (&application.public_key, &expected.public_key) {
        (Some(of_discord), Some(configured)) if of_discord.eq_ignore_ascii_case(configured.trim()) => {
            Finding::fine(what, "that of the application")
        }
        (Some(_), Some(_)) => Finding::wrong(
            what,
            "it is not that of the application: every command is refused",
            "set DiscordPublicKey to the one on General Information in the developer portal",
        ),
        (Some(_), None) => Finding::unknown(what, "the functions do not say which they use", page("discord")),
        (None, _) => Finding::unknown(what, "Discord does not say it", page("discord")),
    }
}

fn endpoint(Seen { application, unsigned }: &Seen, expected: &Expected) -> Option<Finding> {
    let what = "endpoint";
    let Some(entered) = &application.endpoint else {
        let advice =
            "enter InteractionsUrl of the stack, or a tunnel's address, in the developer portal: docs/discord.md";
        return expected.answers.then(|| Finding::wrong(what, "none is entered at Discord: no command comes", advice));
    };
    if !expected.answers {
        let advice = "take it out of the developer portal, or set DiscordPublicKey";
        return Some(Finding::note(what, "one is entered at Discord, and nothing here answers commands", advice));
    }
    let same = |one: &str| one.trim_end_matches('/') == entered.trim_end_matches('/');
    let compared = match &expected.endpoint {
        Some(Ok(own)) if !same(own) => {
            let advice = format!("enter {own} in the developer portal, or look at the stack it belongs to");
            return Some(Finding::wrong(what, "another one is entered at Discord than this stack's", advice));
        }
        Some(Err(trouble)) => return Some(trouble.about(what, "interactions has no URL: run make deploy")),
        Some(Ok(_)) => "that of the stack, and it",
        None => "it",
    };
    Some(match unsigned {
        Some(Ok(401)) => Finding::fine(what, format!("{compared} refuses what Discord did not sign")),
        Some(Ok(status @ 200..=299)) => Finding::wrong(
            what,
            format!("it takes what Discord did not sign ({status})"),
            "it is not interactions of this project: Discord will drop it; enter another",
        ),
        Some(Ok(status)) => Finding::wrong(
            what,
            format!("it answers {status}: no command comes through"),
            "is the tunnel or the function behind it alive? The log of interactions says why",
        ),
        Some(Err(Trouble::Silent(why))) => {
            Finding::wrong(what, format!("it does not answer: {why}"), "is the tunnel or the function behind it alive?")
        }
        Some(Err(trouble)) => trouble.about(what, "enter another"),
        None => Finding::unknown(what, "it was not tried", "try again"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::Mark;

    const KEY: &str = "ab";

    fn expected() -> Expected {
        Expected {
            application: Some(id(1)),
            public_key: Some(KEY.to_owned()),
            endpoint: Some(Ok("https://a.example/".to_owned())),
            reads: true,
            answers: true,
        }
    }

    fn id(id: u64) -> ApplicationId {
        id.try_into().unwrap()
    }

    fn seen() -> Seen {
        let application = Application {
            id: Some(id(1)),
            bot: None,
            public_key: Some(KEY.to_uppercase()),
            endpoint: Some("https://a.example".to_owned()),
            sees_content: true,
            sees_members: false,
        };
        Seen { application, unsigned: Some(Ok(401)) }
    }

    /// What is not fine.
    fn marks(seen: &Seen, expected: &Expected) -> Vec<(Mark, String)> {
        let others = judge(seen, expected).into_iter().filter(|finding| finding.mark != Mark::Fine);
        others.map(|finding| (finding.mark, finding.what)).collect()
    }

    fn with(change: impl FnOnce(&mut Seen)) -> Vec<(Mark, String)> {
        let mut seen = seen();
        change(&mut seen);
        marks(&seen, &expected())
    }

    fn only(mark: Mark, what: &str) -> Vec<(Mark, String)> {
        vec![(mark, what.to_owned())]
    }

    #[test]
    fn an_application_as_it_should_be_is_fine() {
        assert_eq!(with(|_| {}), []);
        assert_eq!(judge(&seen(), &expected()).len(), 4);
    }

    #[test]
    fn whatever_is_different_is_said() {
        assert_eq!(with(|seen| seen.application.id = Some(id(2))), only(Mark::Wrong, "token"));
        assert_eq!(with(|seen| seen.application.sees_content = false), only(Mark::Wrong, "intents"));
        assert_eq!(with(|seen| seen.application.sees_members = true), only(Mark::Note, "intents"));
        assert_eq!(with(|seen| seen.application.public_key = Some("cd".to_owned())), only(Mark::Wrong, "public key"));
        assert_eq!(with(|seen| seen.application.public_key = None), only(Mark::Unknown, "public key"));
        assert_eq!(with(|seen| seen.application.endpoint = None), only(Mark::Wrong, "endpoint"));
        let other = "https://b.example".to_owned();
        assert_eq!(with(|seen| seen.application.endpoint = Some(other)), only(Mark::Wrong, "endpoint"));
        for unsigned in [Ok(200), Ok(502), Err(Trouble::Silent("too late".to_owned()))] {
            assert_eq!(with(|seen| seen.unsigned = Some(unsigned)), only(Mark::Wrong, "endpoint"));
        }
    }

    #[test]
    fn what_nobody_needs_is_not_asked_for() {
        let mut seen = seen();
        seen.application.sees_content = false;
        assert_eq!(marks(&seen, &Expected { reads: false, ..expected() }), []);
        let silent = Expected { answers: false, ..expected() };
        assert_eq!(marks(&self::seen(), &silent), only(Mark::Note, "endpoint"));
        seen.application = Application { endpoint: None, sees_content: true, ..seen.application };
        assert_eq!(marks(&seen, &silent), []);
    }

    #[test]
    fn what_may_not_be_compared_is_not_shown_as_fine() {
        let forbidden = Some(Err(Trouble::Forbidden("lambda:GetFunctionUrlConfig".to_owned())));
        assert_eq!(marks(&seen(), &Expected { endpoint: forbidden, ..expected() }), only(Mark::Unknown, "endpoint"));
        assert_eq!(marks(&seen(), &Expected { endpoint: None, ..expected() }), [], "behind a tunnel");
    }

    #[test]
    fn a_token_that_is_refused_is_wrong_and_a_silent_discord_says_nothing_about_it() {
        assert_eq!(of_error("token", &DiscordError::Unauthorized).mark, Mark::Wrong);
        let silent = DiscordError::Unavailable { reason: "no connection".to_owned() };
        assert_eq!(of_error("token", &silent).mark, Mark::Unknown);
    }
}

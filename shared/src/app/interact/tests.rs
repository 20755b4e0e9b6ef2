mod own_memory;
mod remembering;
mod wipe;

use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    contract::{DeferredInteraction, Question},
    domain::{
        AllowedGuilds, Audience, Autocomplete, Calendar, DataHandling, GuildId, GuildSettings, Invoker, KeptRoles,
        KnownNames, Language, ModelReader, Permissions, Person, Retention, RoleId, Roles, Teachers, UserId,
    },
    ports::{DiscordError, InvokeError, KeepRoles, ReadPeople, ReadRoles, RecordNames as _, WriteSettings},
    testing::{FixedClock, InMemoryStore, ScriptedDiscord},
};

/// Takes every interaction, or none.
#[derive(Default)]
struct Responder {
    deferred: Arc<Mutex<Vec<DeferredInteraction>>>,
    fails: bool,
}

impl RespondLater for Responder {
    async fn respond_later(&self, interaction: &DeferredInteraction) -> Result<(), InvokeError> {
        self.deferred.lock().unwrap().push(interaction.clone());
        if self.fails { Err(InvokeError::Throttled) } else { Ok(()) }
    }
}

fn deps(responder: Responder) -> Deps<InMemoryStore, Responder, ScriptedDiscord, FixedClock> {
    let calendar = Calendar { history_days: 6, settle: Duration::ZERO };
    let clock = FixedClock::at("2026-11-22T12:00:00Z");
    Deps {
        store: InMemoryStore::default(),
        responder,
        discord: None,
        clock,
        calendar,
        allowed_guilds: AllowedGuilds::default(),
        handling: handling(),
    }
}

/// What a deployment of tests does with what people write.
pub(super) fn handling() -> DataHandling {
    DataHandling {
        region: Some("eu-central-1".to_owned()),
        retention: Retention { days: 30, least: 8 },
        summary_retention: crate::domain::SummaryRetention::default(),
        readers: [ModelReader::Gemini].into(),
        contact: None,
    }
}

fn guild() -> GuildId {
    "1".parse().unwrap()
}

fn user(id: u64) -> UserId {
    UserId::try_from(id).unwrap()
}

fn asked(id: u64, by: u64, permissions: &str, action: Action) -> Interaction {
    let permissions = Permissions::read(permissions).unwrap();
    Interaction {
        handle: Handle { interaction_id: id.to_string().parse().unwrap(), token: "t".parse().unwrap() },
        language: Language::English,
        invoker: Some(Invoker { guild: guild(), user: user(by), roles: Vec::new(), permissions }),
        action,
    }
}

fn words(answer: InteractionResponse) -> String {
    match answer {
        InteractionResponse::Message(reply) | InteractionResponse::Update(reply) => reply.text,
        other => panic!("{other:?}"),
    }
}

fn remember(text: &str) -> Action {
    Action::Command(Command::Remember { person: Some(user(11)), text: text.to_owned() })
}

#[tokio::test]
async fn the_guilds_settings_say_who_may_teach() {
    let deps = deps(Responder::default());
    let settings = GuildSettings { teachers: Teachers::Oneself, ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &settings).await.unwrap();
    let refused = words(interact(&deps, asked(1, 10, "0", remember("sings"))).await);
    assert!(refused.contains("about yourself"), "{refused}");
    assert!(words(interact(&deps, asked(2, 11, "0", remember("sings"))).await).contains("> sings"));
    assert!(words(interact(&deps, asked(3, 10, "32", remember("dances"))).await).contains("> dances"));
}

#[tokio::test]
async fn nothing_is_kept_about_who_opted_out_nor_chosen_from() {
    let deps = deps(Responder::default());
    let out = Person { opted_out: true, ..Person::default() };
    deps.store.put_person(guild(), user(11), out);
    let refused = words(interact(&deps, asked(1, 11, "0", remember("sings"))).await);
    assert!(refused.contains("does not want to be remembered"), "{refused}");
    let people = deps.store.people(guild(), &[user(11)]).await.unwrap();
    assert!(people[&user(11)].facts.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_said_in_words() {
    let deps = deps(Responder::default());
    for (id, text, reason) in [(1, " ".to_owned(), "no words"), (2, "x".repeat(501), "501 characters")] {
        let answer = words(interact(&deps, asked(id, 10, "0", remember(&text))).await);
        assert!(answer.contains(reason), "{answer}");
    }
    for n in 0..50 {
        interact(&deps, asked(100 + n, 10, "0", remember(&format!("fact {n}")))).await;
    }
    let full = words(interact(&deps, asked(3, 10, "0", remember("one more"))).await);
    assert!(full.contains("50 things"), "{full}");
    let known = words(interact(&deps, asked(4, 10, "0", remember("Fact 7"))).await);
    assert!(known.contains("already"), "{known}");
}

#[tokio::test]
async fn a_deferred_interaction_says_all_that_is_needed_and_its_failure_is_no_secret() {
    let deferred = Arc::default();
    let deps = deps(Responder { deferred: Arc::clone(&deferred), fails: true });
    let yesterday = Action::Command(Command::CatchUp { day: Some("Yesterday ".into()), person: None });
    let answer = words(interact(&deps, asked(1, 10, "0", yesterday)).await);
    assert!(answer.contains("could not begin"), "{answer}");
    let deferred: Vec<DeferredInteraction> = deferred.lock().unwrap().clone();
    let question = Question::CatchUp { date: "2026-11-21".parse().unwrap(), user_id: None };
    assert_eq!((deferred[0].guild_id, deferred[0].question), (guild(), question));
}

#[tokio::test]
async fn only_days_of_the_window_can_be_asked_for() {
    let deps = deps(Responder::default());
    for (id, day) in [(1, "2026-11-15"), (2, "2026-11-23"), (3, "someday")] {
        let answer = words(
            interact(
                &deps,
                asked(id, 10, "0", Action::Command(Command::CatchUp { day: Some(day.into()), person: None })),
            )
            .await,
        );
        assert!(answer.contains("from 2026-11-16 to 2026-11-22"), "{answer}");
    }
    for (id, day) in [(4, None), (5, Some("2026-11-16")), (6, Some("today"))] {
        let action = Action::Command(Command::CatchUp { day: day.map(str::to_owned), person: None });
        assert!(interact(&deps, asked(id, 10, "0", action)).await == InteractionResponse::Deferred { private: false });
    }
}

#[tokio::test]
async fn the_same_interaction_is_new_again_after_an_hour_only() {
    let deps = deps(Responder::default());
    interact(&deps, asked(1, 10, "0", remember("sings"))).await;
    deps.clock.set("2026-11-22T12:59:59Z");
    assert!(words(interact(&deps, asked(1, 10, "0", remember("sings"))).await).contains("did nothing again"));
    deps.clock.set("2026-11-22T13:00:00Z");
    assert!(words(interact(&deps, asked(1, 10, "0", remember("sings"))).await).contains("already"));
}

/// docs/discord.md: "Everybody can have forgotten what is about them or what they taught; moderators anything."
#[tokio::test]
async fn rule_29_another_name_that_somebody_taught_can_be_forgotten() {
    for (by, permissions, may) in [(11, "0", true), (10, "0", true), (12, "32", true), (12, "0", false)] {
        let deps = deps(Responder::default());
        let name = Action::Command(Command::Alias { person: Some(user(11)), name: "The Liar".to_owned() });
        assert!(words(interact(&deps, asked(1, 10, "0", name)).await).contains("The Liar"));
        let forget = Action::Command(Command::Forget { person: Some(user(11)), fact: "the liar".to_owned() });
        let said = words(interact(&deps, asked(2, by, permissions, forget)).await);
        assert_eq!(said.contains("Forgotten"), may, "{by}: {said}");
        let people = deps.store.people(guild(), &[user(11)]).await.unwrap();
        assert_eq!(people[&user(11)].aliases.is_empty(), may, "{by}");
    }
}

#[tokio::test]
async fn rule_29_all_that_can_be_taken_back_can_be_chosen() {
    let deps = deps(Responder::default());
    for (name, id) in [("Benny", "1"), ("Ben", "2")] {
        deps.store.record_names(guild(), user(11), &KnownNames::of_account(name, id.parse().unwrap())).await.unwrap();
    }
    interact(&deps, asked(1, 10, "0", remember("sings"))).await;
    let name = Action::Command(Command::Alias { person: Some(user(11)), name: "The Liar".to_owned() });
    interact(&deps, asked(2, 10, "0", name)).await;
    let choices = async |by: u64, typed: &str| {
        let typing = Autocomplete::Fact { person: Some(user(11)), typed: typed.to_owned() };
        match interact(&deps, asked(3, by, "0", Action::Autocomplete(typing))).await {
            InteractionResponse::Choices(choices) => choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>(),
            _ => panic!("choices are asked for"),
        }
    };
    let former = "the former name “Benny”";
    assert_eq!(choices(11, "").await, ["sings", "the name “The Liar”", former], "about oneself");
    assert_eq!(choices(10, "").await, ["sings", "the name “The Liar”"], "what one taught");
    assert_eq!(choices(12, "").await, Vec::<String>::new());
    assert_eq!(choices(11, "ben").await, [former], "the name they have now comes back anyway");
    let forget = Action::Command(Command::Forget { person: None, fact: "Benny".to_owned() });
    assert!(words(interact(&deps, asked(4, 11, "0", forget)).await).contains("Forgotten"));
    assert_eq!(choices(11, "ben").await, Vec::<String>::new());
}

/// Each is chosen by what Discord would send for it: words alone would mean the first that has them.
#[tokio::test]
async fn rule_29_what_was_chosen_is_what_is_forgotten() {
    let (alias, long) = ("The Liar".to_owned(), "🦀".repeat(100));
    for wanted in ["name “the liar”", "former name “THE LIAR”", "name “The Liar”", "The liar", "name “🦀🦀"]
    {
        let deps = deps(Responder::default());
        for (name, id) in [("THE LIAR", "1"), ("Ben", "2")] {
            deps.store
                .record_names(guild(), user(11), &KnownNames::of_account(name, id.parse().unwrap()))
                .await
                .unwrap();
        }
        interact(&deps, asked(1, 10, "0", remember("The liar"))).await;
        for (id, name) in [(2, alias.clone()), (3, alias.to_lowercase()), (4, long.clone())] {
            interact(&deps, asked(id, 11, "0", Action::Command(Command::Alias { person: None, name }))).await;
        }
        let choices = async || {
            let typing = Autocomplete::Fact { person: None, typed: String::new() };
            let answer = interact(&deps, asked(5, 11, "0", Action::Autocomplete(typing))).await;
            crate::discord::callback(&answer)["data"]["choices"].as_array().unwrap().clone()
        };
        let before = choices().await;
        let at = before.iter().position(|choice| choice["name"].as_str().unwrap().contains(wanted));
        let at = at.unwrap_or_else(|| panic!("{wanted} is among {before:?}"));
        let fact = before[at]["value"].as_str().unwrap().to_owned();
        interact(&deps, asked(6, 11, "0", Action::Command(Command::Forget { person: None, fact }))).await;
        let mut rest = before.clone();
        rest.remove(at);
        assert_eq!((before.len(), choices().await), (5, rest), "{wanted}");
    }
}

#[tokio::test]
async fn all_settings_are_told_however_many_channels_were_named() {
    let deps = deps(Responder::default());
    let channels = (0..200).map(|n| (998_100_000_000_000_000_u64 + n).try_into().unwrap()).collect();
    let settings = GuildSettings { channels, teachers: Teachers::Moderators, ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &settings).await.unwrap();
    let answer = interact(
        &deps,
        asked(1, 10, "32", Action::Command(Command::Settings(crate::domain::SettingsChange::default()))),
    )
    .await;
    let data = &crate::discord::callback(&answer)["data"];
    let shown = data["content"].as_str().unwrap();
    assert!(shown.contains("Who may teach me things: moderators."), "{shown}");
    let rest: String =
        data["embeds"].as_array().unwrap().iter().map(|one| one["description"].as_str().unwrap()).collect();
    for n in 0..200 {
        let channel = format!("<#{}>", 998_100_000_000_000_000_u64 + n);
        assert!(shown.contains(&channel) || rest.contains(&channel), "{channel} is told, too");
    }
}

const MODERATORS: u64 = 20;

fn role(id: u64) -> RoleId {
    RoleId::try_from(id).unwrap()
}

fn roles() -> Roles {
    Roles { permissions: [(role(MODERATORS), Permissions::MANAGE_GUILD)].into(), ..Roles::default() }
}

fn with_roles(mut interaction: Interaction, held: &[u64]) -> Interaction {
    interaction.invoker.as_mut().unwrap().roles = held.iter().map(|id| role(*id)).collect();
    interaction
}

fn show(person: u64) -> Action {
    Action::Command(Command::Show { person: Some(user(person)) })
}

fn is_deferred(answer: &InteractionResponse) -> bool {
    matches!(answer, InteractionResponse::Deferred { .. })
}

#[tokio::test]
async fn rule_27_what_a_channel_allows_makes_no_moderator_and_what_it_denies_unmakes_none() {
    let deps = deps(Responder::default());
    let kept = KeptRoles { roles: roles(), read_at: deps.clock.now() };
    deps.store.keep_roles(guild(), &kept).await.unwrap();
    assert!(words(interact(&deps, asked(1, 10, "40", show(11))).await).contains("for its moderators"));
    assert!(is_deferred(&interact(&deps, with_roles(asked(2, 10, "0", show(11)), &[MODERATORS])).await));
}

#[tokio::test]
async fn rule_27_discord_is_asked_for_roles_that_are_not_fresh_and_what_it_says_is_kept() {
    let discord = ScriptedDiscord::default();
    discord.state().channels.roles = roles();
    let deps = Deps { discord: Some(discord.clone()), ..deps(Responder::default()) };
    let stale = KeptRoles { roles: Roles::default(), read_at: "2026-11-22T11:44:59Z".parse().unwrap() };
    deps.store.keep_roles(guild(), &stale).await.unwrap();
    assert!(is_deferred(&interact(&deps, with_roles(asked(1, 10, "0", show(11)), &[MODERATORS])).await));
    assert_eq!(deps.store.kept_roles(guild()).await.unwrap().unwrap().roles, roles());
    discord.state().guild_error = Some(DiscordError::Unauthorized);
    assert!(is_deferred(&interact(&deps, with_roles(asked(2, 10, "0", show(11)), &[MODERATORS])).await), "kept");
}

#[tokio::test]
async fn rule_27_where_discord_does_not_say_nobody_is_a_moderator_and_that_is_told() {
    let discord = ScriptedDiscord::default();
    discord.state().guild_error = Some(DiscordError::Unavailable { reason: "503".into() });
    let deps = Deps { discord: Some(discord), ..deps(Responder::default()) };
    for (id, action) in [(1, show(11)), (2, Action::Command(Command::Settings(Default::default())))] {
        let said = words(interact(&deps, asked(id, 10, "32", action)).await);
        assert!(said.contains("could not find out whether you are a moderator"), "{said}");
    }
    assert!(is_deferred(&interact(&deps, asked(3, 11, "0", show(11))).await), "oneself without being asked");
}

#[tokio::test]
async fn rule_27_without_a_token_the_request_says_who_manages_and_an_administrator_alone_does_not() {
    let deps = deps(Responder::default());
    assert!(words(interact(&deps, asked(1, 10, "8", show(11))).await).contains("for its moderators"));
    assert!(is_deferred(&interact(&deps, asked(2, 10, "32", show(11))).await));
}

#[tokio::test]
async fn rule_26_who_is_not_of_the_audience_is_shown_what_was_taught_about_themselves_only() {
    let deferred = Arc::default();
    let deps = deps(Responder { deferred: Arc::clone(&deferred), fails: false });
    let settings = GuildSettings { audience: Audience::Role(role(5)), ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &settings).await.unwrap();
    let catchup = || Action::Command(Command::CatchUp { day: None, person: None });
    for (id, action) in [(1, catchup()), (2, show(11))] {
        let said = words(interact(&deps, asked(id, 10, "32", action)).await);
        assert!(said.contains("<@&5> only"), "{said}");
    }
    assert!(is_deferred(&interact(&deps, asked(3, 10, "0", show(10))).await));
    let member = with_roles(asked(4, 10, "0", catchup()), &[5]);
    assert!(interact(&deps, member).await == InteractionResponse::Deferred { private: true }, "a channel has others");
    let facts_only: Vec<bool> =
        deferred.lock().unwrap().iter().map(|one: &DeferredInteraction| one.facts_only).collect();
    assert_eq!(facts_only, [true, false]);
}

#[tokio::test]
async fn rule_30_ten_answers_in_ten_minutes_are_given_to_one_person() {
    let deps = deps(Responder::default());
    for id in 1..=10 {
        assert!(is_deferred(&interact(&deps, asked(id, 10, "0", show(10))).await));
    }
    let said = words(interact(&deps, asked(11, 10, "0", show(10))).await);
    assert!(said.contains("Ask again in 10 min"), "{said}");
    assert!(is_deferred(&interact(&deps, asked(12, 11, "0", show(11))).await), "others are not kept waiting");
    deps.clock.set("2026-11-22T12:10:00Z");
    assert!(is_deferred(&interact(&deps, asked(13, 10, "0", show(10))).await));
}

#[tokio::test]
async fn rule_30_a_guild_that_is_not_allowed_is_told_so_and_nothing_is_kept() {
    let deps = Deps { allowed_guilds: AllowedGuilds::new(["2".parse().unwrap()]), ..deps(Responder::default()) };
    let said = words(interact(&deps, asked(1, 10, "32", remember("sings"))).await);
    assert!(said.contains("not set me up for this server"), "{said}");
    assert!(!deps.store.people(guild(), &[user(11)]).await.unwrap().values().any(|one| !one.facts.is_empty()));
}

#[tokio::test]
async fn rule_43_anybody_is_told_what_is_done_with_what_they_write() {
    let deps = deps(Responder::default());
    let settings = GuildSettings { retention_days: Some(20), ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &settings).await.unwrap();
    let told = words(interact(&deps, asked(1, 10, "0", Action::Command(Command::Privacy))).await);
    for part in ["messages for 20 days", "`eu-central-1`", "Gemini", "the moderators of this server"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(deps.responder.deferred.lock().unwrap().is_empty(), "it is said at once");
}

use std::sync::{Arc, Mutex};

use super::*;
use crate::{
    contract::{DeferredInteraction, Question},
    domain::{Calendar, GuildId, GuildSettings, Invoker, Language, Permissions, Person, Teachers, UserId},
    ports::{InvokeError, ReadPeople, WriteSettings},
    testing::{FixedClock, InMemoryStore},
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

fn deps(responder: Responder) -> Deps<InMemoryStore, Responder, FixedClock> {
    let calendar = Calendar { history_days: 6, settle: Duration::ZERO };
    let clock = FixedClock::at("2026-11-22T12:00:00Z");
    Deps { store: InMemoryStore::default(), responder, clock, calendar }
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
        invoker: Some(Invoker { guild: guild(), user: user(by), permissions }),
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

/// docs/discord.md: "Everybody can have forgotten what is about them or what they taught; Manage Server anything."
#[tokio::test]
#[ignore = "issue G"]
async fn another_name_that_somebody_taught_can_be_forgotten() {
    let deps = deps(Responder::default());
    let name = || Action::Command(Command::Alias { person: Some(user(11)), name: "The Liar".to_owned() });
    assert!(words(interact(&deps, asked(1, 10, "0", name())).await).contains("The Liar"));
    for (id, by, permissions) in [(2, 11, "0"), (3, 10, "0"), (4, 12, "32")] {
        let forget = Action::Command(Command::Forget { person: Some(user(11)), fact: "The Liar".to_owned() });
        let said = words(interact(&deps, asked(id, by, permissions, forget)).await);
        println!("{by}: {said}");
    }
    let people = deps.store.people(guild(), &[user(11)]).await.unwrap();
    assert!(people[&user(11)].aliases.is_empty(), "{:?}", people[&user(11)].aliases);
}

#[tokio::test]
#[ignore = "issue G"]
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
    let shown = crate::discord::callback(&answer)["data"]["content"].as_str().unwrap().to_owned();
    assert!(shown.contains("Who may teach me things: moderators."), "{}", &shown[shown.len() - 60..]);
}

//! A moderator ends all that is kept of a guild: with the right words, an hour later, and unless a moderator calls it off.

use super::*;
use crate::{
    domain::{Component, FilledForm, Wipe},
    ports::KeepWipes as _,
};

const MODERATOR: &str = "32";

type Guild = Deps<InMemoryStore, Responder, ScriptedDiscord, FixedClock>;

fn command() -> Action {
    Action::Command(Command::Wipe)
}

fn typed(words: &str) -> Action {
    Action::Form(FilledForm::Wipe { typed: words.to_owned() })
}

fn cancel() -> Action {
    Action::Component(Component::CancelWipe)
}

async fn noted(deps: &Guild) -> Option<Wipe> {
    deps.store.wipes().await.unwrap().remove(&guild())
}

/// What a moderator reads, and whether they can call it off below.
async fn told(deps: &Guild, id: u64, action: Action) -> (String, bool) {
    match interact(deps, asked(id, 10, MODERATOR, action)).await {
        InteractionResponse::Message(reply) => {
            (reply.text, reply.buttons.iter().any(|button| button.asks == Component::CancelWipe))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn rule_45_the_right_words_note_a_wipe_that_begins_an_hour_later_and_keeps_the_settings() {
    let deps = deps(Responder::default());
    let form = interact(&deps, asked(1, 10, MODERATOR, command())).await;
    assert!(matches!(form, InteractionResponse::WipeForm(_)), "{form:?}");
    let (wrong, _) = told(&deps, 2, typed("wipe")).await;
    assert!(wrong.contains("did nothing") && noted(&deps).await.is_none(), "{wrong}");
    let (text, can_cancel) = told(&deps, 3, typed("Wipe everything ")).await;
    let begins_at = "2026-11-22T13:00:00Z".parse().unwrap();
    assert_eq!(noted(&deps).await, Some(Wipe { begins_at, keeps_settings: true }));
    assert!(can_cancel && text.contains(&format!("<t:{}:R>", begins_at.as_second())), "{text}");
}

#[tokio::test]
async fn rule_45_only_moderators_wipe_and_call_off_and_it_is_looked_at_each_time() {
    let deps = deps(Responder::default());
    for (id, action) in [(1, command()), (2, typed("wipe everything"))] {
        let refused = words(interact(&deps, asked(id, 10, "0", action)).await);
        assert!(refused.contains("moderators") && noted(&deps).await.is_none(), "{refused}");
    }
    told(&deps, 3, typed("wipe everything")).await;
    let refused = words(interact(&deps, asked(4, 10, "0", cancel())).await);
    assert!(refused.contains("moderators") && noted(&deps).await.is_some(), "{refused}");
    let another = interact(&deps, asked(5, 11, MODERATOR, cancel())).await;
    assert!(matches!(&another, InteractionResponse::Update(reply) if reply.buttons.is_empty()), "no matter who asked");
    assert!(words(another).contains("Called off") && noted(&deps).await.is_none());
    let late = words(interact(&deps, asked(6, 10, MODERATOR, cancel())).await);
    assert!(late.contains("no wipe to call off"), "{late}");
}

#[tokio::test]
async fn rule_45_a_wipe_that_is_noted_is_not_put_off_and_one_that_has_begun_is_not_called_off() {
    let deps = deps(Responder::default());
    told(&deps, 1, typed("wipe everything")).await;
    let first = noted(&deps).await;
    deps.clock.set("2026-11-22T12:59:59Z");
    for (id, action) in [(2, command()), (3, typed("wipe everything"))] {
        let (text, can_cancel) = told(&deps, id, action).await;
        let begins = format!("<t:{}:R>", first.unwrap().begins_at.as_second());
        assert!(can_cancel && text.contains(&begins), "{text}");
    }
    assert_eq!(noted(&deps).await, first);
    deps.clock.set("2026-11-22T13:00:00Z");
    let (text, can_cancel) = told(&deps, 4, command()).await;
    assert!(!can_cancel && text.contains("has begun"), "{text}");
    let late = words(interact(&deps, asked(5, 10, MODERATOR, cancel())).await);
    assert!(late.contains("has begun") && noted(&deps).await == first, "{late}");
}

#[tokio::test]
async fn rule_42_a_form_takes_nobody_the_word_that_the_guild_asks() {
    let deps = deps(Responder::default());
    let asks = GuildSettings { consent: crate::domain::Consent::Asked, ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &asks).await.unwrap();
    interact(&deps, asked(1, 10, MODERATOR, command())).await;
    match interact(&deps, asked(2, 10, MODERATOR, remember("sings"))).await {
        InteractionResponse::Message(reply) => assert!(reply.footnote.contains("/memory opt-in")),
        other => panic!("{other:?}"),
    }
}

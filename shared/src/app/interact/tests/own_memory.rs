//! What people decide about what is kept of them: they are asked first, and only who was asked can say yes.

use super::*;
use crate::{
    contract::Decision,
    domain::{Component, Consent, SettingsChange},
};

/// What is said, and what can be pressed.
fn question(answer: InteractionResponse) -> (String, Vec<Component>) {
    let InteractionResponse::Message(reply) = answer else { panic!("{answer:?}") };
    let is_final: Vec<bool> = reply.buttons.iter().map(|button| button.is_final).collect();
    assert!(is_final.is_empty() || is_final == [true, false], "red is what cannot be taken back");
    (reply.text, reply.buttons.into_iter().map(|button| button.asks).collect())
}

fn decided(deps: &Deps<InMemoryStore, Responder, ScriptedDiscord, FixedClock>) -> Vec<(Decision, UserId)> {
    let decision = |one: &DeferredInteraction| match one.question {
        Question::Decide { decision, user_id, .. } => (decision, user_id),
        other => panic!("{other:?}"),
    };
    deps.responder.deferred.lock().unwrap().iter().map(decision).collect()
}

fn erase(person: Option<u64>) -> Action {
    Action::Command(Command::Erase { person: person.map(user) })
}

#[tokio::test]
async fn rule_41_who_opts_out_or_is_erased_is_asked_first_and_is_who_presses() {
    let deps = deps(Responder::default());
    for (id, command, ask) in
        [(1, Command::OptOut, "nothing about you"), (11, Command::Erase { person: None }, "erase")]
    {
        let (text, buttons) = question(interact(&deps, asked(id, 10, "0", Action::Command(command))).await);
        assert!(text.contains(ask) && text.contains("summaries of all days") && buttons.len() == 2, "{text}");
        let before = decided(&deps).len();
        let (sure, cancel) = (buttons[0].clone(), buttons[1].clone());
        let by = |id: u64, by: u64, component: &Component| asked(id, by, "32", Action::Component(component.clone()));
        let cancelled = interact(&deps, by(id + 1, 10, &cancel)).await;
        assert!(matches!(&cancelled, InteractionResponse::Update(reply) if reply.buttons.is_empty()));
        assert!(words(cancelled).contains("Nothing was changed"));
        for component in [&sure, &cancel] {
            let another = words(interact(&deps, by(id + 2 + u64::from(component == &cancel), 11, component)).await);
            assert!(another.contains("Somebody else was asked"), "{another}");
        }
        assert_eq!(decided(&deps).len(), before, "nothing is done before they are sure");
        let pressed = interact(&deps, by(id + 4, 10, &sure)).await;
        assert!(matches!(&pressed, InteractionResponse::Update(reply) if reply.buttons.is_empty()));
    }
    assert_eq!(decided(&deps), [(Decision::OptOut, user(10)), (Decision::Erase, user(10))]);
}

#[tokio::test]
async fn rule_41_moderators_erase_others_and_nobody_else_does_when_asked_and_when_pressed() {
    let deps = deps(Responder::default());
    let (refused, buttons) = question(interact(&deps, asked(1, 10, "0", erase(Some(11)))).await);
    assert!(refused.contains("moderators") && buttons.is_empty(), "{refused}");
    let (text, buttons) = question(interact(&deps, asked(2, 10, "32", erase(Some(11)))).await);
    assert!(text.contains("<@11>"), "{text}");
    let sure = || Action::Component(buttons[0].clone());
    let not_any_more = words(interact(&deps, asked(3, 10, "0", sure())).await);
    assert!(not_any_more.contains("moderators") && decided(&deps).is_empty(), "{not_any_more}");
    interact(&deps, asked(4, 10, "32", sure())).await;
    assert_eq!(decided(&deps), [(Decision::Erase, user(11))]);
}

#[tokio::test]
async fn what_a_button_names_gives_nobody_more_than_the_command_does() {
    let deps = deps(Responder::default());
    let forged = Action::Component(Component::Erase { asker: user(10), person: user(11) });
    let said = words(interact(&deps, asked(1, 10, "0", forged)).await);
    assert!(said.contains("moderators") && decided(&deps).is_empty(), "{said}");
}

#[tokio::test]
async fn rule_20_who_opted_out_opts_in_erases_and_exports_all_the_same() {
    let deps = deps(Responder::default());
    deps.store.put_person(guild(), user(10), Person { opted_out: true, ..Person::default() });
    let export = |from: Option<&str>| Action::Command(Command::Export { from: from.map(str::to_owned) });
    for (id, action) in [(1, Action::Command(Command::OptIn)), (2, export(None))] {
        assert!(is_deferred(&interact(&deps, asked(id, 10, "0", action)).await), "for their eyes only");
    }
    assert_eq!(question(interact(&deps, asked(3, 10, "0", erase(None))).await).1.len(), 2);
    assert_eq!(decided(&deps), [(Decision::OptIn, user(10)), (Decision::Export, user(10))]);
    let wrong = words(interact(&deps, asked(4, 10, "0", export(Some("yesterday")))).await);
    assert!(wrong.contains("2026-11-22"), "{wrong}");
}

#[tokio::test]
async fn what_cannot_be_begun_can_be_pressed_again() {
    let deps = deps(Responder { fails: true, ..Responder::default() });
    let sure = Action::Component(Component::OptOut { asker: user(10) });
    let answer = interact(&deps, asked(1, 10, "0", sure)).await;
    assert!(matches!(&answer, InteractionResponse::Message(_)), "the question stays where it is");
    assert!(words(answer).contains("could not begin"));
}

async fn asks(deps: &Deps<InMemoryStore, Responder, ScriptedDiscord, FixedClock>) {
    let asked = GuildSettings { consent: Consent::Asked, ..GuildSettings::default() };
    deps.store.replace_settings(guild(), &asked).await.unwrap();
}

#[tokio::test]
async fn rule_42_who_has_not_answered_is_told_once_and_where_nobody_else_reads_it() {
    let deps = deps(Responder::default());
    asks(&deps).await;
    let notices = || deps.responder.deferred.lock().unwrap().iter().filter(|one| one.notice).count();
    let everybody = Action::Command(Command::CatchUp { day: None, person: None });
    interact(&deps, asked(1, 10, "0", everybody)).await;
    interact(&deps, asked(2, 10, "0", Action::Command(Command::Privacy))).await;
    assert_eq!(notices(), 0, "it is for their eyes only");
    interact(&deps, asked(3, 10, "0", show(10))).await;
    interact(&deps, asked(4, 10, "0", show(10))).await;
    assert_eq!(notices(), 1);
    let told = async |id| match interact(&deps, asked(id, 11, "0", remember("sings"))).await {
        InteractionResponse::Message(reply) => reply.footnote.contains("/memory opt-in"),
        other => panic!("{other:?}"),
    };
    assert!(told(5).await && !told(6).await, "beside an answer that is given at once");
    deps.store.put_person(guild(), user(12), Person { opted_in: true, ..Person::default() });
    interact(&deps, asked(7, 12, "0", show(12))).await;
    assert_eq!(notices(), 1, "who has answered is not asked");
}

#[tokio::test]
async fn rule_42_what_is_kept_of_who_did_not_say_yes_ends_when_a_guild_begins_to_ask() {
    let deps = deps(Responder::default());
    let change = |consent| Action::Command(Command::Settings(SettingsChange { consent, ..SettingsChange::default() }));
    let refused = words(interact(&deps, asked(1, 10, "0", change(Some(Consent::Asked)))).await);
    assert!(refused.contains("moderators"), "{refused}");
    for id in [2, 3] {
        assert!(is_deferred(&interact(&deps, asked(id, 10, "32", change(Some(Consent::Asked)))).await), "it goes on");
    }
    assert_eq!(decided(&deps), [(Decision::EndUnasked, user(10)); 2]);
    let told = words(interact(&deps, asked(4, 10, "32", change(None))).await);
    assert!(told.contains("only who said yes"), "{told}");
    let everyone = words(interact(&deps, asked(5, 10, "32", change(Some(Consent::Everyone)))).await);
    assert!(everyone.contains("everybody who does not opt out"), "{everyone}");
    assert_eq!(decided(&deps).len(), 2);
}

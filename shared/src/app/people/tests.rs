mod leaving;

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::{
    app::decode,
    domain::{AllowedGuilds, Consent, GuildSettings, KnownNames, Person, Teachers, UserId},
    ports::{FindByName as _, ReadPeople as _, RecordNames as _, WriteSettings},
    testing::{FixedClock, InMemoryStore, RETENTION, id_at, ingest_deps},
};

async fn call(store: &InMemoryStore, fields: Value) -> Result<Value, AppError> {
    let mut event = json!({"guild_id": "1", "user_id": "10"});
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let deps = Deps {
        memory: store.clone(),
        messages: store.clone(),
        clock: FixedClock::at("2026-11-22T12:00:00Z"),
        retention: RETENTION,
        allowed_guilds: AllowedGuilds::default(),
        summary_retention: crate::domain::SummaryRetention::default(),
        left_kept_for: Some(jiff::SignedDuration::from_hours(30 * 24)),
    };
    let deadline = Deadline::new(Duration::from_secs(60), None);
    Ok(serde_json::to_value(people(&deps, deadline, decode(event)?).await?).unwrap())
}

#[tokio::test]
async fn a_fact_is_remembered_once_listed_and_forgotten() {
    let store = InMemoryStore::default();
    let remember = json!({"op": "remember", "text": " likes  tea ", "taught_by": "12"});
    let first = call(&store, remember.clone()).await.unwrap();
    assert_eq!(first["added"], true);
    let again = call(&store, remember).await.unwrap();
    assert_eq!(again, json!({"fact_id": first["fact_id"], "added": false}));
    assert_eq!(call(&store, json!({"op": "alias", "text": "Annie"})).await.unwrap(), json!({"added": true}));
    assert_eq!(call(&store, json!({"op": "alias", "text": "Annie"})).await.unwrap(), json!({"added": false}));

    let fact =
        json!({"id": first["fact_id"], "text": "likes tea", "taught_by": "12", "taught_at": "2026-11-22T12:00:00Z"});
    let known = call(&store, json!({"op": "facts"})).await.unwrap();
    let alias = json!({"name": "Annie", "taught_by": null, "taught_at": "2026-11-22T12:00:00Z"});
    assert_eq!(known, json!({"facts": [fact], "aliases": [alias], "names": []}));

    let forget = json!({"op": "forget", "fact_id": first["fact_id"]});
    assert_eq!(call(&store, forget.clone()).await.unwrap(), json!({"forgotten": true}));
    assert_eq!(call(&store, forget).await.unwrap(), json!({"forgotten": false}));
    assert_eq!(call(&store, json!({"op": "facts"})).await.unwrap()["facts"], json!([]));
}

#[tokio::test]
async fn who_may_teach_is_what_the_guild_decided() {
    let store = InMemoryStore::default();
    let remember = json!({"op": "remember", "text": "likes tea", "taught_by": "10"});
    let of_another = json!({"op": "alias", "text": "Annie", "taught_by": "12"});
    let unsaid = json!({"op": "remember", "text": "likes tea"});
    let moderator = json!({"op": "alias", "text": "Annie", "taught_by": "12", "moderator": true});
    let listed = json!({"op": "facts"});
    let calls = [&remember, &of_another, &unsaid, &moderator, &listed];
    let expected = [
        (Teachers::Anyone, [true; 5]),
        (Teachers::Oneself, [true, false, false, true, true]),
        (Teachers::Moderators, [false, false, false, true, true]),
    ];
    for (revision, (teachers, allowed)) in expected.into_iter().enumerate() {
        let settings = GuildSettings { teachers, revision: revision as u64, ..GuildSettings::default() };
        store.replace_settings("1".parse().unwrap(), &settings).await.unwrap();
        for (fields, allowed) in calls.into_iter().zip(allowed) {
            let answer = call(&store, fields.clone()).await;
            assert_eq!(answer.is_ok(), allowed, "{teachers:?}: {fields}");
            if let Err(error) = answer {
                assert!(
                    error.kind == crate::contract::ErrorType::InvalidRequest && error.message.contains("in this guild")
                );
            }
        }
    }
}

#[tokio::test]
async fn the_limits_are_said_clearly() {
    let store = InMemoryStore::default();
    let long = "x".repeat(501);
    let wrong = [
        (json!({"op": "remember", "text": long}), "text: must not be longer than 500 characters, but has 501"),
        (json!({"op": "remember", "text": " "}), "text: must not be blank"),
        (json!({"op": "remember"}), "missing field `text`"),
        (json!({"op": "alias", "text": "x".repeat(101)}), "text: must not be longer than 100 characters, but has 101"),
        (json!({"op": "forget", "fact_id": "hush"}), "fact_id: not the id of a fact"),
        (json!({"op": "forget"}), "missing field `fact_id`"),
        (json!({"op": "hush"}), "op: expected one of `remember`, `forget`, `forget_name`, `alias`, `facts`"),
        (json!({"op": "remember", "text": "x", "taught_by": "hush"}), "taught_by: not a snowflake"),
        (json!({}), "missing field `op`"),
    ];
    for (fields, message) in wrong {
        let error = call(&store, fields).await.unwrap_err();
        assert_eq!(error.kind, crate::contract::ErrorType::InvalidRequest);
        assert!(error.message.starts_with(message), "{error}");
        assert!(!error.message.contains("hush"), "{error}");
    }
    for n in 0..50 {
        call(&store, json!({"op": "remember", "text": format!("fact {n}")})).await.unwrap();
    }
    let error = call(&store, json!({"op": "remember", "text": "one more"})).await.unwrap_err();
    assert_eq!(error.message, "text: this person already has 50 facts, the most there can be; forget one first");
    for n in 0..20 {
        call(&store, json!({"op": "alias", "text": format!("alias {n}")})).await.unwrap();
    }
    let error = call(&store, json!({"op": "alias", "text": "one more"})).await.unwrap_err();
    assert_eq!(error.message, "text: this person already has 20 aliases, the most there can be");
}

#[tokio::test]
async fn rule_20_nothing_is_taught_about_who_opted_out() {
    let store = InMemoryStore::default();
    let user: UserId = "10".parse().unwrap();
    store.put_person("1".parse().unwrap(), user, Person { opted_out: true, ..Person::default() });
    for op in ["remember", "alias"] {
        let error = call(&store, json!({"op": op, "text": "Annie"})).await.unwrap_err();
        assert_eq!(
            error.message,
            "user_id: this person opted out, or has not opted in where the guild asks for it, so nothing is kept about them"
        );
    }
    assert_eq!(call(&store, json!({"op": "facts"})).await.unwrap(), json!({"facts": [], "aliases": [], "names": []}));
}

#[tokio::test]
async fn rule_42_where_people_are_asked_nothing_is_known_of_who_did_not_say_yes() {
    let store = InMemoryStore::default();
    let guild = "1".parse().unwrap();
    let remember = json!({"op": "remember", "text": "likes tea"});
    call(&store, remember.clone()).await.unwrap();
    let unasked = call(&store, json!({"op": "end_unasked"})).await.unwrap_err();
    assert!(unasked.message.contains("nobody is asked"), "{unasked}");
    let asked = GuildSettings { consent: Consent::Asked, ..GuildSettings::default() };
    store.replace_settings(guild, &asked).await.unwrap();
    assert_eq!(call(&store, json!({"op": "facts"})).await.unwrap()["facts"], json!([]), "hidden at once");
    let refused = call(&store, remember.clone()).await.unwrap_err();
    assert!(refused.message.contains("has not opted in"), "{refused}");
    assert_eq!(call(&store, json!({"op": "opt_in"})).await.unwrap(), json!({"opted_out": false, "changed": true}));
    assert_eq!(
        call(&store, json!({"op": "facts"})).await.unwrap()["facts"],
        json!([]),
        "nothing from before comes back"
    );
    assert_eq!(call(&store, json!({"op": "opt_in"})).await.unwrap()["changed"], false);
    call(&store, remember).await.unwrap();
    call(&store, json!({"op": "erase"})).await.unwrap();
    let export = call(&store, json!({"op": "export"})).await.unwrap();
    assert_eq!((&export["facts"], &export["opted_out"]), (&json!([]), &json!(false)), "an erase takes no yes away");
    call(&store, json!({"op": "opt_out"})).await.unwrap();
    assert!(call(&store, json!({"op": "remember", "text": "likes tea"})).await.is_err());
}

#[tokio::test]
async fn rule_42_what_is_kept_of_who_did_not_say_yes_ends_and_others_keep_theirs() {
    let store = InMemoryStore::default();
    let guild = "1".parse().unwrap();
    let at = |minute: i64| {
        "2026-11-21T10:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
    };
    let said = |minute: i64, author: u64, content: &str| {
        let author = json!({"id": author, "name": format!("person {author}")});
        json!({"id": id_at(at(minute), 1), "channel_id": "7", "author": author, "content": content})
    };
    let messages = [said(1, 10, "hi"), said(2, 11, "<@10> and <@12> met <@11>"), said(3, 12, "we did")];
    let ingest = ingest_deps(&store, &FixedClock::at("2026-11-21T12:00:00Z"));
    let request = serde_json::from_value(json!({"guild_id": "1", "messages": messages})).unwrap();
    crate::app::ingest_messages::ingest_messages(&ingest, request).await.unwrap();
    let ben = "11".parse().unwrap();
    let opted_in = Person { opted_in: true, ..store.people(guild, &[ben]).await.unwrap().remove(&ben).unwrap() };
    store.put_person(guild, ben, opted_in);
    let asked = GuildSettings { consent: Consent::Asked, ..GuildSettings::default() };
    store.replace_settings(guild, &asked).await.unwrap();

    let ended = call(&store, json!({"op": "end_unasked"})).await.unwrap();
    assert_eq!(ended, json!({"deleted": 2, "redacted": 1, "days_changed": ["2026-11-21"], "days_kept": []}));
    let stored = store.stored_messages();
    let left: Vec<&str> = stored.values().filter_map(|one| Some(one.message.as_ref()?.body.content.as_str())).collect();
    assert_eq!(left, ["@someone and @someone met <@11>"]);
    for (name, expected) in [("person 10", 0), ("person 11", 1), ("person 12", 0)] {
        assert_eq!(store.seen_as(guild, name).await.unwrap().len(), expected, "{name}");
    }
    let again = call(&store, json!({"op": "end_unasked"})).await.unwrap();
    assert_eq!((&again["deleted"], &again["redacted"]), (&json!(0), &json!(0)), "who begins again finds less");
}

#[tokio::test]
async fn rule_29_other_names_are_taken_back_and_former_ones_dropped() {
    let store = InMemoryStore::default();
    let (guild, user): (_, UserId) = ("1".parse().unwrap(), "10".parse().unwrap());
    for (name, id) in [("Anna", "1"), ("Ann", "2")] {
        store.record_names(guild, user, &KnownNames::of_account(name, id.parse().unwrap())).await.unwrap();
    }
    let alias = json!({"op": "alias", "text": " The  Liar ", "taught_by": "12"});
    assert_eq!(call(&store, alias).await.unwrap(), json!({"added": true}));
    let known = call(&store, json!({"op": "facts"})).await.unwrap();
    assert_eq!(known["aliases"], json!([{"name": "The Liar", "taught_by": "12", "taught_at": "2026-11-22T12:00:00Z"}]));
    assert_eq!(known["names"], json!(["Ann", "Anna"]));

    for (op, text) in [("forget", "The Liar"), ("forget_name", "Anna")] {
        for forgotten in [true, false] {
            let answer = call(&store, json!({"op": op, "text": text})).await.unwrap();
            assert_eq!(answer, json!({"forgotten": forgotten}), "{op}");
        }
    }
    let known = call(&store, json!({"op": "facts"})).await.unwrap();
    assert_eq!(known, json!({"facts": [], "aliases": [], "names": ["Ann"]}));
}

#[tokio::test]
async fn rule_29_nobody_is_taught_the_name_of_another_member() {
    let store = InMemoryStore::default();
    store
        .record_names("1".parse().unwrap(), "11".parse().unwrap(), &KnownNames::of_account("Ben", "1".parse().unwrap()))
        .await
        .unwrap();
    for name in ["Ben", "BEN", " b\u{200b}en!"] {
        let refused = call(&store, json!({"op": "alias", "text": name, "taught_by": "10"})).await.unwrap_err();
        assert!(refused.message.contains("another member of this guild has that name"), "{refused}");
    }
    let by_a_moderator = json!({"op": "alias", "text": "Ben", "taught_by": "12", "moderator": true});
    assert_eq!(call(&store, by_a_moderator).await.unwrap(), json!({"added": true}));
    let of_ben = json!({"user_id": "11", "op": "alias", "text": "Ben"});
    assert_eq!(call(&store, of_ben).await.unwrap(), json!({"added": true}), "one's own name is nobody else's");
}

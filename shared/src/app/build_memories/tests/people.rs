//! What each person gets (DESIGN rules 3, 12 and 13).

use serde_json::json;

use super::*;
use crate::ports::ModelError;

#[tokio::test]
async fn rule_12_each_person_gets_what_is_known_and_a_merge_only_where_there_is_something_to_merge() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(12, "Cem cooked."), (13, "Dana sailed.")]);
    fresh(&store, "2026-11-18", &[(13, "Dana slept.")]);
    teach(&store, 11, &["likes tea", "has a cat"]);
    let model = ScriptedModel::answering("Dana slept and sailed.");
    let response = ask(&store, &no_days(), &model, &[10, 11, 12, 13, 13]).await.unwrap();
    assert_eq!(text(&response, 10), None);
    assert_eq!(text(&response, 11), Some("- likes tea\n- has a cat"));
    assert_eq!(text(&response, 12), Some("2026-11-21: Cem cooked."));
    assert_eq!(text(&response, 13), Some("Dana slept and sailed."));
    let sources: Vec<Source> = response.sources.values().copied().collect();
    assert_eq!(sources, [Source::None, Source::Facts, Source::Summary, Source::Merged]);
    assert_eq!(model.asked().len(), 1);
    assert!(response.errors.is_empty());
}

#[tokio::test]
async fn a_merge_that_fails_leaves_what_is_known_unmerged() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    fresh(&store, "2026-11-20", &[(10, "Ann slept."), (11, "Ben ate.")]);
    teach(&store, 10, &["likes tea"]);
    for model in [ScriptedModel::failing(ModelError::TooLong), ScriptedModel::answering(" \n ")] {
        let response = ask(&store, &no_days(), &model, &[10, 11]).await.unwrap();
        let unmerged = "- likes tea\n2026-11-21: Ann sailed.\n2026-11-20: Ann slept.";
        assert_eq!((text(&response, 10), text(&response, 11)), (Some(unmerged), Some("2026-11-20: Ben ate.")));
        assert_eq!(response.sources[&user(10)], Source::Unmerged);
        let failed = json!([{"user_id": "10", "error": "ModelUnavailable"}]);
        assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
        assert!(store.memory(guild(), user(10)).is_none());
    }
}

#[tokio::test]
async fn rule_14_a_person_that_cannot_be_read_is_an_error_and_not_unknown() {
    let store = InMemoryStore::default();
    teach(&store, 10, &["likes tea"]);
    teach(&store, 11, &["has a cat"]);
    store.fail_person(user(10));
    let response = ask(&store, &no_days(), &no_model(), &[10, 11]).await.unwrap();
    assert_eq!((text(&response, 10), text(&response, 11)), (None, Some("- has a cat")));
    let failed = json!([{"user_id": "10", "error": "StoreUnavailable"}]);
    assert_eq!(serde_json::to_value(&response.errors).unwrap(), failed);
}

#[tokio::test]
async fn a_changed_fact_is_merged_anew_and_a_forgotten_one_never_shown_again() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    let model = ScriptedModel::new(|prompt| Ok(format!("merged: {}", prompt.data.contains("secret"))));
    teach(&store, 10, &["likes tea", "has a secret"]);
    let with = ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(text(&with, 10), Some("merged: true"));
    teach(&store, 10, &["likes tea"]);
    let without = ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(text(&without, 10), Some("merged: false"));
}

#[tokio::test]
async fn rule_3_an_expired_memory_is_merged_anew_though_it_is_still_there() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-20", &[(10, "Ann sailed.")]);
    teach(&store, 10, &["likes tea"]);
    let model = ScriptedModel::answering("merged");
    for (now, calls) in [(NOW, 1), ("2026-11-26T12:00:00Z", 1), (NOW, 1)] {
        build(&store, no_days(), model.clone(), &FixedClock::at(now), request(&[10])).await.unwrap();
        assert_eq!(model.asked().len(), calls, "at {now}");
    }
    let kept = store.memory(guild(), user(10)).unwrap();
    store.put_memory(guild(), user(10), crate::domain::Memory { expires_at: NOW.parse().unwrap(), ..kept });
    ask(&store, &no_days(), &model, &[10]).await.unwrap();
    assert_eq!(model.asked().len(), 2);
}

#[tokio::test]
async fn who_opted_out_is_not_answered() {
    let store = InMemoryStore::default();
    fresh(&store, "2026-11-21", &[(10, "Ann sailed.")]);
    store.put_person(guild(), user(10), Person { opted_out: true, ..Person::default() });
    let response = ask(&store, &no_days(), &no_model(), &[10]).await.unwrap();
    assert_eq!((text(&response, 10), response.sources[&user(10)]), (None, Source::None));
}

#[tokio::test]
async fn rule_41_who_is_erased_before_the_merge_begins_is_neither_merged_nor_told_of() {
    for opts_out in [false, true] {
        let store = InMemoryStore::default();
        fresh(&store, "2026-11-20", &[(10, "Ann slept.")]);
        set_ledger(&store, "2026-11-21", 1, 0);
        teach(&store, 10, &["has a secret"]);
        let erasing = store.clone();
        // While the day that she waits for is made, she is erased: what was read of her before is all that the merge has.
        let days = ScriptedFunctions::new(move |request| {
            erasing.put_person(guild(), user(10), Person::default().erased(opts_out, NOW.parse().unwrap()));
            Ok(built(request, &[(10, "Ann sailed.")]))
        });
        let response = ask(&store, &days, &no_model(), &[10]).await.unwrap();
        assert_eq!((text(&response, 10), response.sources[&user(10)]), (None, Source::None));
        assert!(store.memory(guild(), user(10)).is_none());
    }
}

use std::time::Duration;

use futures::future::join_all;

use super::*;
use crate::{
    domain::{
        MergeInputs, Person, Priority, Today,
        prompt::{AnswerFormat, merge_prompt},
    },
    testing::ScriptedModel,
};

fn user(n: u64) -> UserId {
    UserId::try_from(n).unwrap()
}

fn prompt(n: u64) -> Prompt {
    let fact = format!("fact {n}.");
    let inputs = MergeInputs::new(vec![fact.as_str()], vec![], Today::Append);
    merge_prompt(&Person::default(), &inputs, Priority::First).prompt
}

/// Says of each person which fact it was given, but for those it leaves out.
fn quoting(left_out: &'static str) -> ScriptedModel {
    ScriptedModel::new(move |prompt| {
        let facts: Vec<&str> =
            prompt.data.split("<fact>").skip(1).map(|fact| fact.split('<').next().unwrap()).collect();
        match prompt.answer {
            AnswerFormat::Text => Ok(format!("alone: {}", facts.join(" "))),
            AnswerFormat::Summaries => {
                let entries = (1..).zip(&facts).filter(|(_, fact)| **fact != left_out);
                let entries = entries.map(|(n, fact)| serde_json::json!({"member": format!("m{n}"), "summary": fact}));
                Ok(serde_json::json!({"summaries": entries.collect::<Vec<_>>()}).to_string())
            }
        }
    })
}

/// Texts, or errors, of so many people who are asked about at once, and what it cost all told.
async fn ask(model: &ScriptedModel, size: usize, people: u64) -> (Vec<Result<String, ModelError>>, Usage) {
    let deadline = Deadline::new(Duration::from_secs(60), None);
    let batches = Batches::new(model, deadline, NonZeroUsize::new(size).unwrap());
    let answers = join_all((1..=people).map(async |n| batches.ask(user(n), &prompt(n)).await)).await;
    let mut usage = Usage::default();
    answers.iter().for_each(|answer| usage += answer.usage);
    (answers.into_iter().map(|answer| answer.outcome.map(|completion| completion.text)).collect(), usage)
}

fn texts(of: &[&str]) -> Vec<Result<String, ModelError>> {
    of.iter().map(|text| Ok((*text).to_owned())).collect()
}

#[tokio::test(start_paused = true)]
async fn rule_47_people_share_a_call_and_each_gets_their_own_text() {
    let model = quoting("");
    let (answers, usage) = ask(&model, 3, 5).await;
    assert_eq!(answers, texts(&["fact 1.", "fact 2.", "fact 3.", "fact 4.", "fact 5."]));
    assert_eq!((model.asked().len(), usage.calls, usage.prompt_tokens), (2, 2, 20), "all of it is somebody's");
}

#[tokio::test(start_paused = true)]
async fn rule_47_by_default_and_by_oneself_each_is_asked_about_alone() {
    for (size, people) in [(1, 3), (10, 1)] {
        let model = quoting("");
        let (answers, usage) = ask(&model, size, people).await;
        assert!(answers.iter().all(|text| text.as_ref().unwrap().starts_with("alone")), "{answers:?}");
        assert_eq!(u64::from(usage.calls), people);
    }
}

#[tokio::test(start_paused = true)]
async fn rule_47_who_is_left_out_of_an_answer_is_asked_about_alone() {
    let model = quoting("fact 2.");
    let (answers, usage) = ask(&model, 10, 3).await;
    assert_eq!(answers, texts(&["fact 1.", "alone: fact 2.", "fact 3."]));
    assert_eq!((usage.calls, usage.retries), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn rule_47_an_answer_that_is_none_for_all_may_be_one_for_each() {
    for error in [ModelError::TooLong, ModelError::TimedOut, ModelError::Malformed] {
        let model = ScriptedModel::new(move |prompt| match prompt.answer {
            AnswerFormat::Text => Ok("alone".to_owned()),
            AnswerFormat::Summaries => Err(error.clone()),
        });
        assert_eq!(ask(&model, 10, 2).await.0, texts(&["alone", "alone"]));
    }
    let chatty = ScriptedModel::answering("Of course! Ann likes tea.");
    assert_eq!(ask(&chatty, 10, 2).await.0, texts(&["Of course! Ann likes tea."; 2]));
    assert_eq!(chatty.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn rule_47_a_model_that_refuses_all_is_not_asked_about_each() {
    let model = ScriptedModel::failing(ModelError::RateLimited { retry_after: None });
    let (answers, usage) = ask(&model, 10, 4).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!((model.asked().len(), usage.calls), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn rule_47_whoever_leaves_takes_nobody_along() {
    let model = quoting("").taking(Duration::from_secs(5));
    let deadline = Deadline::new(Duration::from_secs(60), None);
    let batches = Batches::new(&model, deadline, NonZeroUsize::new(10).unwrap());
    let (first, second) = (prompt(1), prompt(2));
    let leaves = tokio::time::timeout(Duration::from_secs(1), batches.ask(user(1), &first));
    let (left, stayed) = tokio::join!(leaves, batches.ask(user(2), &second));
    assert!(left.is_err());
    assert_eq!(stayed.outcome.unwrap().text, "fact 2.");
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn rule_47_nobody_is_asked_about_who_has_left() {
    let model = quoting("").taking(Duration::from_secs(5));
    let deadline = Deadline::new(Duration::from_secs(60), None);
    let batches = Batches::new(&model, deadline, NonZeroUsize::new(2).unwrap());
    let (first, second) = (prompt(1), prompt(2));
    let left = tokio::time::timeout(Duration::from_millis(50), batches.ask(user(1), &first)).await;
    assert!(left.is_err());
    let stayed = batches.ask(user(2), &second).await.outcome.unwrap();
    assert_eq!(stayed.text, "alone: fact 2.");
    assert_eq!(model.asked().len(), 1);
    assert!(!model.asked()[0].contains("fact 1."), "whose question was dropped with them");
}

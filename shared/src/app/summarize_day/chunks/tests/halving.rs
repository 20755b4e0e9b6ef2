//! What is too much for a call: halved when it was asked, or cut before.

use super::*;

#[tokio::test]
async fn rule_16_a_malformed_answer_is_asked_for_once_more() {
    let guild = Guild::with(1).await;
    let answers = Mutex::new(vec![Err(ModelError::Malformed), Ok("Sure!".to_owned())]);
    let model = ScriptedModel::new(move |_| answers.lock().unwrap().pop().unwrap());
    let error = guild.ask(&model, false).await.err().unwrap();
    assert_eq!((error.kind, model.asked().len()), (ErrorType::ModelUnavailable, 2));

    let answers = Mutex::new(vec!["{\"summaries\":[]}".to_owned(), "Sure!".to_owned()]);
    let model = ScriptedModel::new(move |_| Ok(answers.lock().unwrap().pop().unwrap()));
    assert_eq!(guild.ask(&model, false).await.unwrap().status, DayStatus::Built);
    let usage = guild.summary().await.usage;
    assert_eq!((usage.calls, usage.retries, usage.failures, usage.prompt_tokens), (2, 1, 1, 20));
}

/// A model whose answer has room for three messages.
fn short_of_breath() -> ScriptedModel {
    ScriptedModel::new(|prompt| if said(prompt).len() > 3 { Err(ModelError::TooLong) } else { Ok(quote(prompt)) })
}

#[tokio::test]
async fn rule_16_what_is_too_long_is_halved_until_it_is_not() {
    let guild = Guild::with(10).await;
    let model = short_of_breath();
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!(report.summaries[&user(10)], everything_of(10, 0..10));
    assert_eq!(sizes(&model), [2, 2, 3, 3, 5, 5, 10]);
    let usage = guild.summary().await.usage;
    assert_eq!((usage.calls, usage.retries, usage.failures), (7, 6, 3));
}

/// A model that has no time for more than three messages, or writes nonsense about more.
#[tokio::test]
async fn rule_16_what_times_out_or_is_malformed_twice_is_halved_and_paid_once() {
    for (error, tries) in [(ModelError::TimedOut, 1), (ModelError::Malformed, 2)] {
        let guild = Guild::with(6).await;
        let overwhelmed = error.clone();
        let down_at_5 = ScriptedModel::new(move |prompt| match said(prompt) {
            said if said.len() > 3 => Err(overwhelmed.clone()),
            said if said.iter().any(|(_, text)| text == "n5.") => Err(ModelError::DailyQuota),
            _ => Ok(quote(prompt)),
        });
        assert_eq!(guild.ask(&down_at_5, false).await.err().unwrap().kind, ErrorType::RateLimited);
        assert_eq!(sizes(&down_at_5), [vec![3, 3], vec![6; tries]].concat(), "{error:?}");
        let model = quoting();
        let report = guild.ask(&model, false).await.unwrap();
        assert_eq!(report.summaries[&user(10)], everything_of(10, 0..6));
        assert_eq!(sizes(&model), [3], "neither what was too much nor what is answered is asked again");
    }
}

#[tokio::test]
async fn rule_16_one_message_that_times_out_fails_the_day_and_says_what_to_set() {
    let guild = Guild::with(1).await;
    let model = ScriptedModel::failing(ModelError::TimedOut);
    let error = guild.ask(&model, false).await.err().unwrap();
    assert_eq!((error.kind, sizes(&model)), (ErrorType::ModelUnavailable, vec![1]));
    for words in ["did not answer in time", "timeout=SECONDS", "MODEL_TIMEOUT_MS"] {
        assert!(error.message.contains(words), "{error}");
    }
}

/// What the Lambda has no time for says nothing about the model.
#[tokio::test(start_paused = true)]
async fn rule_16_a_call_that_the_lambdas_end_cuts_off_halves_nothing() {
    let guild = Guild::with(10).await;
    let slow = quoting().taking(Duration::from_secs(3_600));
    assert_eq!(guild.ask(&slow, false).await.err().unwrap().kind, ErrorType::ModelUnavailable);
    let model = quoting();
    guild.ask(&model, false).await.unwrap();
    assert_eq!((sizes(&slow), sizes(&model)), (vec![10], vec![10]));
}

#[tokio::test]
async fn rule_16_halves_are_paid_once_too() {
    let guild = Guild::with(10).await;
    let down_at_9 = ScriptedModel::new(|prompt| match said(prompt) {
        said if said.len() > 3 => Err(ModelError::TooLong),
        said if said.iter().any(|(_, text)| text == "n9.") => Err(ModelError::Unavailable { reason: "down".into() }),
        _ => Ok(quote(prompt)),
    });
    guild.ask(&down_at_9, false).await.err().unwrap();
    let model = short_of_breath();
    let report = guild.ask(&model, false).await.unwrap();
    assert_eq!(report.summaries[&user(11)], everything_of(11, 0..10));
    assert_eq!(sizes(&model), [3], "neither what is too long nor what is answered is asked again");
}

#[tokio::test]
async fn rule_16_one_message_is_never_halved() {
    let guild = Guild::with(1).await;
    let model = ScriptedModel::failing(ModelError::TooLong);
    assert_eq!(guild.ask(&model, false).await.err().unwrap().kind, ErrorType::ModelUnavailable);
    assert_eq!(sizes(&model), [1]);
}

#[tokio::test]
async fn rule_16_what_the_filter_refuses_is_halved_to_save_the_rest() {
    let guild = Guild::with(20).await;
    let refusal = ModelError::Blocked { reason: "SAFETY".into() };
    let report = guild.ask(&failing_at(&[13], refusal), false).await.unwrap();
    assert_eq!((report.status, report.blocked_messages), (DayStatus::Built, 2), "of ten, five, three and two");
    let blocked = [13, 14];
    let saved = |author| {
        let numbers = (0..20).filter(|n| 10 + n % 2 == author && !blocked.contains(n));
        numbers.map(|n| format!("n{n}.")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!((&report.summaries[&user(10)], &report.summaries[&user(11)]), (&saved(10), &saved(11)));
    let model = quoting();
    assert_eq!(guild.ask(&model, false).await.unwrap().status, DayStatus::Cached);
    assert!(model.asked().is_empty(), "what stays blocked is not asked about again");
}

#[tokio::test]
async fn rule_16_at_most_eight_calls_a_chunk() {
    let guild = Guild::with(10).await;
    let blocked = ModelError::Blocked { reason: "SAFETY".into() };
    for error in [ModelError::TooLong, blocked, ModelError::Malformed, ModelError::TimedOut] {
        let model = ScriptedModel::failing(error.clone());
        let _ = guild.ask(&model, true).await;
        assert!(model.asked().len() <= 8, "{error:?}: {}", model.asked().len());
    }
}

/// A model that writes ten summaries a second, with five seconds for a call.
#[derive(Clone)]
struct TenASecond {
    longest_question: Arc<Mutex<usize>>,
}

impl LanguageModel for TenASecond {
    fn name(&self) -> String {
        "ten:a-second".to_owned()
    }

    async fn generate(&self, prompt: &Prompt) -> ModelResponse {
        let mut longest = self.longest_question.lock().unwrap();
        *longest = prompt.members.max(*longest);
        let outcome = if prompt.members > 50 { Err(ModelError::TimedOut) } else { Ok(quote(prompt)) };
        model_response("ten:a-second", outcome)
    }
}

#[tokio::test]
async fn rule_33_a_day_of_120_members_is_complete_in_the_first_request_of_a_model_that_has_no_time_for_them_all() {
    let guild = Guild::with(0).await;
    guild.say_by(0..360, 120).await;
    let model = TenASecond { longest_question: Arc::default() };
    let report = guild.ask_of(model.clone(), 800, false).await.unwrap();
    assert_eq!((report.status, report.summaries.len()), (DayStatus::Built, 120));
    let usage = guild.summary().await.usage;
    assert_eq!((usage.failures, *model.longest_question.lock().unwrap()), (0, 40), "no call took too long");
}

/// Of a day that is slow to be answered as a whole, in so many chunks as it was asked about.
#[tokio::test]
async fn rule_33_a_day_is_cut_into_what_a_request_can_afford_and_stays_cut() {
    for (extra_chunks, background, expected) in [(Some(1), false, 2), (Some(0), false, 1), (Some(1), true, 1)] {
        let (id, guild) = (guild(), Guild::with(0).await);
        guild.say_by(0..200, 7).await;
        let ask = async |request: DayRequest| {
            let model = quoting();
            guild.request(model.clone(), 800, request).await.unwrap();
            sizes(&model)
        };
        let first = ask(DayRequest { extra_chunks, background, ..DayRequest::new(id, day()) }).await;
        assert_eq!(first.len(), expected, "{extra_chunks:?}, {background}: {first:?}");
        let again = DayRequest { rebuild: true, extra_chunks: Some(0), ..DayRequest::new(id, day()) };
        assert_eq!(ask(again).await, first, "whatever a later request can afford");
    }
}

//! The check itself, with a stand-in for the models.

#![allow(clippy::unwrap_used, missing_docs)]

use aws_config::SdkConfig;
use local_cloud::{Fault, LocalCloud, Options, Rule};

async fn check(cloud: &LocalCloud, variables: &[(&str, &str)]) -> anyhow::Result<(bool, String)> {
    let openai = format!("{}/v1", cloud.url());
    let lookup = |name: &str| match name {
        "GEMINI_BASE_URL" => Some(cloud.url().to_owned()),
        "OPENAI_BASE_URL" => Some(openai.clone()),
        _ => variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned()),
    };
    let mut out = Vec::new();
    let all_answered = live::check(lookup, &SdkConfig::builder().build(), &mut out).await?;
    Ok((all_answered, String::from_utf8(out)?))
}

const MODELS: [(&str, &str); 3] =
    [("GEMINI_API_KEY", "k"), ("SUMMARY_MODELS", "gemini:a,openai:b"), ("MERGE_MODELS", "openai:c")];

#[tokio::test]
async fn every_configured_model_is_asked_and_what_it_wrote_and_cost_is_told() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let (all_answered, told) = check(&cloud, &MODELS).await.unwrap();
    assert!(all_answered, "{told}");
    for line in ["gemini:a: a guild-day", "openai:b: a guild-day", "openai:c: a merge", "  Ben: Ben said", "hazelnuts"]
    {
        assert!(told.contains(line), "{line} is missing: {told}");
    }
    let asked: Vec<String> = cloud.model().calls().into_iter().map(|call| call.model).collect();
    assert_eq!(asked[..3], ["a", "b", "c"]);
    let paced = asked.len() - (3 + 2 * 9 + 1); // nine days by two, and one merge
    assert!((3 * 3..=3 * 7).contains(&paced), "each alone, two at once, and four unless it is slower then: {paced}");
    for model in ["gemini:a", "openai:b", "openai:c"] {
        assert!(told.contains(&format!("  {model}: alone: ")), "{told}");
    }
    assert!(told.contains(" s, 2 at once: "), "{told}");
    assert_eq!(told.matches(" s; calls: 1, failed: 0; tokens: prompt ").count(), 3, "{told}");
}

/// The stand-in repeats what it reads: it tells everything, and has no idea of time.
#[tokio::test]
async fn ten_days_are_judged_by_what_must_and_must_not_be_told() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let (_, told) = check(&cloud, &MODELS).await.unwrap();
    for line in [
        "gemini:a: tomorrow (Ann): tomorrow is a date",
        "gemini:a: tomorrow (Ann): nobody knows when tomorrow was",
        "gemini:a: on Saturday (Ben): a weekday is a date",
    ] {
        assert!(told.contains(line), "{line} is missing: {told}");
    }
    let row = |model: &str| told.lines().rev().find(|line| line.starts_with(model)).map(str::to_owned).unwrap();
    assert!(row("gemini:a").contains("days    20 of 23"), "{told}");
    assert!(row("openai:c").contains("merges  1 of 2"), "{told}");
}

#[tokio::test]
async fn a_model_that_fails_does_not_hide_the_others() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let model = Some("a".to_owned());
    cloud.model().set(vec![Rule { model, fault: Some(Fault::Status(404)), ..Rule::default() }]);
    let (all_answered, told) = check(&cloud, &MODELS).await.unwrap();
    assert!(!all_answered && told.contains("FAILED: the model refused the request: 404 Not Found"), "{told}");
    assert!(told.contains("  Ben: Ben said"), "{told}");
}

#[tokio::test]
async fn without_a_key_it_says_what_to_set() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let error = check(&cloud, &[]).await.unwrap_err();
    assert!(error.to_string().starts_with("set GEMINI_API_KEY"), "{error}");
}

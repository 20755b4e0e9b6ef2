//! The webhook itself: what Discord checks when its address is entered, and what a stranger gets.

use local_cloud::discord_signature;
use serde_json::{Value, json};

use super::asking::{ANN, interaction, member, memory, world};
use crate::world::World;

async fn post(url: &str, headers: &[(&'static str, String)], body: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.post(url).header("content-type", "application/json").body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

fn now() -> String {
    jiff::Timestamp::now().as_second().to_string()
}

#[tokio::test]
async fn a_ping_is_answered_if_it_is_signed() {
    let world = world();
    let ping = r#"{"id":"1","application_id":"2","type":1,"token":"t","version":1}"#;
    let good = discord_signature(&now(), ping.as_bytes());
    let (status, body) = post(world.cloud.webhook_url(), &good, ping).await;
    assert_eq!((status, serde_json::from_str::<Value>(&body).unwrap()), (200, json!({"type": 1})));

    let [signature, timestamp] = good.clone();
    let other = discord_signature(&now(), b"something else");
    let wrong: [&[_]; 5] =
        [&[], &good[..1], &good[1..], &other, &[("x-signature-ed25519", "zz".repeat(64)), timestamp]];
    for headers in wrong {
        assert_eq!(post(world.cloud.webhook_url(), headers, ping).await.0, 401, "{headers:?}");
    }
    let later = [signature, ("x-signature-timestamp", "1".to_owned())];
    assert_eq!(post(world.cloud.webhook_url(), &later, ping).await.0, 401);
}

#[tokio::test]
async fn what_is_signed_but_no_interaction_is_a_400_and_what_is_old_a_401() {
    let world = world();
    let nonsense = discord_signature(&now(), b"[]");
    assert_eq!(post(world.cloud.webhook_url(), &nonsense, "[]").await.0, 400);
    let show = interaction(member(ANN), 2, memory("show", &[])).to_string();
    let old = (jiff::Timestamp::now().as_second() - 1_000).to_string();
    let headers = discord_signature(&old, show.as_bytes());
    assert_eq!(post(world.cloud.webhook_url(), &headers, &show).await.0, 401);
}

/// The event of a Function URL whose body came in base64.
async fn base64_event(world: &World, body: &str, encoded: &str) -> Value {
    let headers: serde_json::Map<String, Value> = discord_signature(&now(), body.as_bytes())
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .into_iter()
        .collect();
    let http =
        json!({"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "Discord"});
    let context = json!({"accountId": "anonymous", "apiId": "url", "domainName": "url.lambda-url.us-east-1.on.aws",
        "domainPrefix": "url", "http": http, "requestId": "r", "routeKey": "$default", "stage": "$default",
        "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_i64});
    let event = json!({"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "headers": headers, "requestContext": context, "body": encoded, "isBase64Encoded": true});
    world.call("interactions", event).await.unwrap()
}

#[tokio::test]
async fn a_body_in_base64_is_checked_as_the_bytes_it_stands_for() {
    let world = world();
    let answer = base64_event(&world, r#"{"type":1}"#, "eyJ0eXBlIjoxfQ==").await;
    assert_eq!((&answer["statusCode"], &answer["body"]), (&json!(200), &json!(r#"{"type":1}"#)));
    let answer = base64_event(&world, r#"{"type":1} "#, "eyJ0eXBlIjoxfQ==").await;
    assert_eq!(answer["statusCode"], 401);
}

/// As a developer runs it: cargo-lambda builds and starts the function.
#[tokio::test]
#[ignore = "builds the functions once more, through cargo lambda; `cargo test -p acceptance cargo_lambda_watch -- --ignored`"]
async fn discords_check_of_an_address_passes_against_cargo_lambda_watch() {
    let cloud = local_cloud::LocalCloud::start(local_cloud::Options::default()).unwrap();
    let watch = local_cloud::Watch::start(&cloud, 0, &local_cloud::Settings::default(), true).unwrap();
    let own = format!("{}/lambda-url/interactions/", watch.url());
    assert_eq!(post(&own, &[], "{}").await.0, 401, "{}", watch.output());
    let ping = r#"{"id":"1","application_id":"2","type":1,"token":"t","version":1}"#;
    let good = discord_signature(&now(), ping.as_bytes());
    for url in [cloud.webhook_url(), &own] {
        assert_eq!(post(url, &good, ping).await, (200, r#"{"type":1}"#.to_owned()));
        let bad = discord_signature(&now(), b"something else");
        assert_eq!(post(url, &bad, ping).await.0, 401);
    }
}

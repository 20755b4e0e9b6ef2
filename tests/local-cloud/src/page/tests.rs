//! What the page is told, and with which headers.

use guild_memory::{
    adapters::dynamodb::MemoryTable,
    domain::{Cooldown, Fact, FactId, GuildId, KnownNames, MessageId, Person, UserId},
    ports::{CoolModels as _, RecordNames as _, TeachPeople as _},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{LocalCloud, Options, http::loopback_client};

/// A name that somebody chose to see what happens.
const HOSTILE: &str = "<img src=x onerror=alert(1)>";

async fn get(cloud: &LocalCloud, path: &str) -> reqwest::Response {
    loopback_client().unwrap().get(format!("{}{path}", cloud.url())).send().await.unwrap()
}

async fn data(cloud: &LocalCloud, query: &str) -> Value {
    get(cloud, &format!("/page.json{query}")).await.json().await.unwrap()
}

fn memory(cloud: &LocalCloud) -> MemoryTable {
    MemoryTable::new(&cloud.engine().config(), "MemoryTable".to_owned())
}

/// Somebody of that name, and a fact about them.
async fn know(cloud: &LocalCloud, guild: &str, user: &str, name: &str) {
    let (memory, guild, user): (_, GuildId, UserId) = (memory(cloud), guild.parse().unwrap(), user.parse().unwrap());
    let now = Timestamp::now();
    let said = KnownNames::of_account(name, MessageId::last_before(now));
    memory.record_names(guild, user, &said).await.unwrap();
    let mut person = Person::default();
    let fact = Fact { text: format!("{name} sails"), taught_by: Some(user), taught_at: now };
    person.remember(FactId::new(now, 1), fact).unwrap();
    memory.replace_taught(guild, user, &person).await.unwrap();
}

#[tokio::test]
async fn nothing_from_elsewhere_can_run_on_the_page() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    for path in ["/", "/page.css", "/page.js", "/page.json"] {
        let answer = get(&cloud, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && header("x-content-type-options") == "nosniff");
        assert_eq!(header("cache-control"), "no-store", "it has what people wrote in it");
    }
    let (page, script) = (include_str!("page.html"), include_str!("page.js"));
    assert!(!page.contains("://") && !page.contains("onload") && !page.contains("<style") && !page.contains("style="));
    for markup in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "://"] {
        assert!(!script.contains(markup), "{markup}");
    }
}

#[tokio::test]
async fn an_empty_cloud_has_functions_and_models_and_nobody() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let told = data(&cloud, "").await;
    assert_eq!((&told["guild"], &told["guilds"], &told["people"]), (&Value::Null, &json!([]), &json!([])));
    assert_eq!(told["problems"], json!([]));
    let functions = told["functions"].as_array().unwrap();
    assert!(functions.iter().any(|row| row["name"] == "get_memories" && row["invocations"] == 0), "{functions:?}");
    let models = told["models"].as_array().unwrap();
    assert!(!models.is_empty() && models.iter().all(|model| model["is_stand_in"] == true), "{models:?}");
}

#[tokio::test]
async fn people_of_one_guild_are_told_with_their_sources_and_looking_is_not_counted() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    know(&cloud, "100", "10", HOSTILE).await;
    know(&cloud, "200", "20", "Ben").await;
    let told = data(&cloud, "").await;
    assert_eq!((&told["guilds"], &told["guild"]), (&json!(["100", "200"]), &json!("100")), "the first one");
    let [person] = told["people"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!((&person["name"], &person["facts"][0]["taught_by"]), (&json!(HOSTILE), &json!(HOSTILE)));
    let other = data(&cloud, "?guild=200").await;
    assert_eq!((&other["guild"], &other["people"][0]["facts"][0]["text"]), (&json!("200"), &json!("Ben sails")));
    assert_eq!(data(&cloud, "?guild=no").await["guild"], "100");
    assert_eq!(told["days"].as_array().unwrap().len(), 7);
    assert_eq!(cloud.counters(), crate::Counters::default());
}

#[tokio::test]
async fn a_model_that_is_left_alone_says_until_when_and_why() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    cloud.functions_have([("SUMMARY_MODELS".to_owned(), "openai:a?rpd=5,openai:b".to_owned())].into());
    let until = Timestamp::now() + SignedDuration::from_mins(10);
    let cooldown = Cooldown { until, why: "daily_quota".to_owned() };
    memory(&cloud).cool_down("openai:a", &cooldown).await.unwrap();
    let told = data(&cloud, "").await;
    let models = told["models"].as_array().unwrap();
    assert_eq!((&models[0]["name"], &models[0]["cooldown"]["why"]), (&json!("openai:a"), &json!("daily_quota")));
    assert_eq!(
        (&models[0]["budgets"][0]["period"], &models[0]["budgets"][0]["requests"]),
        (&json!("day"), &json!([0, 5]))
    );
    assert_eq!((&models[1]["cooldown"], &models[1]["is_stand_in"]), (&Value::Null, &json!(false)));
}

#[tokio::test]
async fn the_last_requests_are_waterfalls_and_have_a_page_each() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let span = |id: &str, parent: &str, name: &str, from: u64, to: u64| {
        json!({"traceId": "5b8efff798038103d269b633813fc60c", "spanId": id, "parentSpanId": parent, "name": name,
            "startTimeUnixNano": from.to_string(), "endTimeUnixNano": to.to_string()})
    };
    let spans = [span("1", "", "get_memories", 1_000, 2_000), span("2", "1", "generate_content", 1_500, 2_000)];
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
    let sent = loopback_client().unwrap().post(format!("{}/otlp/v1/traces", cloud.url())).json(&request).send().await;
    assert_eq!(sent.unwrap().status(), 200);
    let told = data(&cloud, "").await;
    let request = &told["requests"][0];
    assert_eq!((&request["took"], &request["rows"][1]["from"]), (&json!("1 µs"), &json!(0.5)));
    assert_eq!(
        (&request["rows"][1]["is_model"], &request["rows"][1]["critical"]),
        (&json!(true), &json!([[0.5, 1.0]]))
    );
    let page = get(&cloud, "/traces/5b8efff798038103d269b633813fc60c").await;
    assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'; style-src"));
    assert!(page.text().await.unwrap().contains("generate_content"));
    assert_eq!(get(&cloud, "/traces/other").await.status(), 404);
}

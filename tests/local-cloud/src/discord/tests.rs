use serde_json::{Value, json};

use super::{BOT, BOT_TOKEN, DiscordFault};
use crate::{LocalCloud, Options, http::loopback_client};

async fn get(cloud: &LocalCloud, path: &str) -> (u16, Value) {
    let request = loopback_client().unwrap().get(format!("{}/api/v10{path}", cloud.url()));
    let answer = request.header("authorization", format!("Bot {BOT_TOKEN}")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn cloud() -> LocalCloud {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let discord = cloud.discord();
    discord.put_guild("1", "66560");
    discord.put_channel("1", json!({"id": "10", "type": 0, "name": "general"}));
    discord.put_channel("1", json!({"id": "11", "type": 11, "parent_id": "10"}));
    discord.put_channel("1", json!({"id": "12", "type": 11, "parent_id": "10", "thread_metadata": {"archived": true}}));
    cloud
}

#[tokio::test]
async fn channels_and_active_threads_are_listed_apart() {
    let cloud = cloud();
    let (_, channels) = get(&cloud, "/guilds/1/channels").await;
    assert_eq!(channels.as_array().unwrap().len(), 1);
    let (_, threads) = get(&cloud, "/guilds/1/threads/active").await;
    assert_eq!(threads["threads"][0]["id"], "11");
    assert_eq!(get(&cloud, "/channels/12").await.0, 200, "an archived thread is there, but in no list");
    assert_eq!(get(&cloud, "/guilds/2").await, (404, json!({"message": "Unknown Guild", "code": 10004})));
}

#[tokio::test]
async fn messages_come_newest_first_page_by_page() {
    let cloud = cloud();
    for id in 1..=5 {
        cloud.discord().put_message("1", "10", id, Some(json!({"id": id.to_string()})));
    }
    let ids = |page: Value| -> Vec<String> {
        page.as_array().unwrap().iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(get(&cloud, "/channels/10/messages?limit=2").await.1), ["5", "4"]);
    assert_eq!(ids(get(&cloud, "/channels/10/messages?limit=2&after=1").await.1), ["3", "2"]);
    assert_eq!(ids(get(&cloud, "/channels/10/messages?limit=9&before=3").await.1), ["2", "1"]);
    assert_eq!(get(&cloud, "/channels/10/messages?limit=101").await.0, 400);
}

#[tokio::test]
async fn without_the_token_nothing_is_told_and_faults_come_first() {
    let cloud = cloud();
    let anonymous = loopback_client().unwrap().get(format!("{}/api/v10/guilds/1", cloud.url())).send().await.unwrap();
    assert_eq!(anonymous.status(), 401);

    let limited =
        DiscordFault { status: 429, retry_after: Some(1.5), global: true, times: Some(1), ..DiscordFault::default() };
    cloud.discord().fail(limited);
    let (status, body) = get(&cloud, "/guilds/1").await;
    assert_eq!((status, &body["retry_after"], &body["global"]), (429, &json!(1.5), &json!(true)));
    assert_eq!(get(&cloud, "/guilds/1").await.0, 200);
    let statuses: Vec<u16> = cloud.discord().requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [401, 429, 200]);
}

#[tokio::test]
async fn the_bot_reads_what_its_roles_let_it_once_it_is_a_member() {
    let cloud = cloud();
    let discord = cloud.discord();
    let overwrites = json!([{"id": "1", "allow": "0", "deny": "1024"}, {"id": "7", "allow": "1024", "deny": "0"}]);
    discord.put_channel("1", json!({"id": "20", "type": 0, "permission_overwrites": overwrites}));
    discord.put_message("1", "20", 5, Some(json!({"id": "5"})));
    discord.put_role("1", "7", "0");
    discord.put_member("1", BOT, &[]);
    let (status, body) = get(&cloud, "/channels/20/messages").await;
    assert_eq!((status, &body["code"]), (403, &json!(50001)));
    discord.put_member("1", BOT, &["7"]);
    assert_eq!(get(&cloud, "/channels/20/messages").await.1.as_array().unwrap().len(), 1);
    discord.put_role("1", "1", "1024");
    assert_eq!(get(&cloud, "/channels/20/messages").await.1, json!([]), "it may not read back");
    assert_eq!(get(&cloud, "/channels/20/messages/5").await.0, 403);
}

#[tokio::test]
async fn archived_threads_are_listed_page_by_page_and_private_ones_never() {
    let cloud = cloud();
    for (id, kind) in [("13", 11), ("14", 11), ("15", 12)] {
        let archived = json!({"archived": true, "archive_timestamp": format!("2026-11-{id}T00:00:00+00:00")});
        let thread = json!({"id": id, "type": kind, "parent_id": "10", "thread_metadata": archived});
        cloud.discord().put_channel("1", thread);
    }
    let (_, page) = get(&cloud, "/channels/10/threads/archived/public?limit=2").await;
    assert_eq!(
        (&page["threads"][0]["id"], &page["threads"][1]["id"], &page["has_more"]),
        (&json!("14"), &json!("13"), &json!(true))
    );
    let (_, page) =
        get(&cloud, "/channels/10/threads/archived/public?limit=2&before=2026-11-13T00:00:00%2B00:00").await;
    assert_eq!((&page["threads"][0]["id"], &page["has_more"]), (&json!("12"), &json!(false)));
}

#[tokio::test]
async fn a_member_is_told_with_the_nick_and_who_is_none_is_unknown() {
    let cloud = cloud();
    cloud.discord().put_member("1", "50", &["7"]);
    let (_, member) = get(&cloud, "/guilds/1/members/50").await;
    assert_eq!((&member["nick"], &member["roles"]), (&Value::Null, &json!(["7"])));
    cloud.discord().put_nick("1", "50", Some("Captain"));
    assert_eq!(get(&cloud, "/guilds/1/members/50").await.1["nick"], "Captain");
    cloud.discord().remove_member("1", "50");
    assert_eq!(get(&cloud, "/guilds/1/members/50").await, (404, json!({"message": "Unknown Member", "code": 10007})));
    assert_eq!(get(&cloud, "/guilds/2/members/50").await.1["code"], 10004);
}

#[tokio::test]
async fn the_application_says_which_intents_it_has() {
    let cloud = cloud();
    assert_eq!(get(&cloud, "/applications/@me").await.1["flags"], 1 << 18 | 1 << 19);
    cloud.discord().set_application_flags(0);
    assert_eq!(get(&cloud, "/applications/@me").await.1["flags"], 0);
}

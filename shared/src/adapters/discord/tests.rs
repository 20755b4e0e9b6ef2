use std::time::Duration;

use local_cloud::{DiscordFault, LocalCloud, Options};
use serde_json::json;

use super::Discord;
use crate::{
    config::ApiKey,
    domain::{ApplicationId, Audience, ChannelId, GuildId, Permissions, UserId},
    ports::{DiscordError, MaybeMember, ReadArchivedThreads, ReadChannels, ReadGuildRoles, ReadNicks},
};

const READING: &str = "66560";

fn guild() -> GuildId {
    GuildId::try_from(1).unwrap()
}

fn bot(cloud: &LocalCloud) -> Discord {
    Discord::new(Some(cloud.url())).unwrap().as_bot(ApiKey::new("local-cloud-key").unwrap())
}

fn cloud() -> LocalCloud {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let discord = cloud.discord();
    discord.put_guild("1", READING);
    discord.put_channel("1", json!({"id": "10", "type": 0, "name": "general", "nsfw": false}));
    let hidden = json!([{"id": "1", "type": 0, "allow": "0", "deny": "1024"}, {"id": "5", "type": 0}]);
    discord.put_channel("1", json!({"id": "20", "type": 0, "permission_overwrites": hidden}));
    discord.put_channel("1", json!({"id": "11", "type": 11, "parent_id": "10"}));
    cloud
}

#[tokio::test]
async fn channels_and_threads_say_who_may_read_them() {
    let cloud = cloud();
    let channels = bot(&cloud).channels(guild()).await.unwrap();
    let open = channels.open_to(Audience::Everyone, jiff::Timestamp::UNIX_EPOCH);
    let open = [10, 11, 20, 99].map(|id| open.contain(ChannelId::try_from(id).unwrap()));
    assert_eq!(open, [true, true, false, false]);
}

#[tokio::test]
async fn archived_threads_are_read_in_pages_and_private_ones_never() {
    let cloud = cloud();
    for n in 0..150_u64 {
        let at = format!("2026-11-{:02}T{:02}:00:00+00:00", 1 + n / 24, n % 24);
        let metadata = json!({"archived": true, "archive_timestamp": at});
        let thread = json!({"id": (1_000 + n).to_string(), "type": 11, "parent_id": "10", "thread_metadata": metadata});
        cloud.discord().put_channel("1", thread);
    }
    let metadata = json!({"archived": true, "archive_timestamp": "2026-11-20T00:00:00+00:00"});
    let private = json!({"id": "2000", "type": 12, "parent_id": "10", "thread_metadata": metadata});
    cloud.discord().put_channel("1", private);
    let channel = ChannelId::try_from(10).unwrap();
    let first = bot(&cloud).archived_threads(channel, None).await.unwrap();
    let rest = bot(&cloud).archived_threads(channel, first.next).await.unwrap();
    assert_eq!((first.threads.len(), rest.threads.len(), rest.next), (100, 50, None));
    let all: Vec<u64> = first.threads.iter().chain(&rest.threads).map(|thread| thread.id.get()).collect();
    assert_eq!(all, (1_000..1_150).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn rule_32_a_nick_is_asked_for_and_who_is_no_member_has_none() {
    let cloud = cloud();
    let (with, without, gone) = (UserId::try_from(50).unwrap(), 51, 52);
    let [without, gone] = [without, gone].map(|id| UserId::try_from(id).unwrap());
    cloud.discord().put_nick("1", "50", Some("  The \n Captain "));
    cloud.discord().put_nick("1", "51", None);
    let bot = bot(&cloud);
    assert_eq!(bot.nick(guild(), with).await, Ok(MaybeMember::Member(Some("The Captain".to_owned()))));
    assert_eq!(bot.nick(guild(), without).await, Ok(MaybeMember::Member(None)));
    assert_eq!(bot.nick(guild(), gone).await, Ok(MaybeMember::Nobody));
    for (status, code) in [(404, 10_004), (404, 0)] {
        cloud.discord().heal();
        cloud.discord().fail(DiscordFault { status, code, ..DiscordFault::default() });
        assert_eq!(
            bot.nick(guild(), with).await,
            Err(DiscordError::NotFound { code }),
            "that says nothing of the member"
        );
    }
}

#[tokio::test]
async fn rate_limits_and_failures_are_waited_out_and_refusals_are_not() {
    let cloud = cloud();
    for (status, times) in [(429, 2), (503, 1)] {
        cloud.discord().fail(DiscordFault { status, times: Some(times), ..DiscordFault::default() });
    }
    assert!(bot(&cloud).channels(guild()).await.is_ok());

    let statuses = |error| async {
        cloud.discord().fail(error);
        let before = cloud.discord().requests().len();
        let error = bot(&cloud).archived_threads(ChannelId::try_from(10).unwrap(), None).await;
        cloud.discord().heal();
        (error, cloud.discord().requests().len() - before)
    };
    let wrong_token = DiscordFault { status: 401, ..DiscordFault::default() };
    assert_eq!(statuses(wrong_token).await, (Err(DiscordError::Unauthorized), 1));
    let refused = DiscordFault { status: 400, code: 50035, ..DiscordFault::default() };
    assert_eq!(statuses(refused).await, (Err(DiscordError::Refused { status: 400, code: 50035 }), 1));
}

#[tokio::test]
async fn what_outlasts_patience_is_an_error_at_once() {
    let cloud = cloud();
    let limit =
        DiscordFault { status: 429, retry_after: Some(60.0), global: true, times: Some(1), ..DiscordFault::default() };
    cloud.discord().fail(limit);
    let discord = bot(&cloud).patient_for(Duration::from_secs(5));
    let first = discord.roles(guild()).await.unwrap_err();
    assert_eq!(first, DiscordError::RateLimited { retry_after: Duration::from_secs(60), global: true });
    let requests = cloud.discord().requests().len();
    let second = discord.roles(guild()).await.unwrap_err();
    assert!(matches!(second, DiscordError::RateLimited { global: true, .. }), "{second:?}");
    assert_eq!(cloud.discord().requests().len(), requests, "nothing is asked while Discord wants quiet");
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let discord = Discord::new(Some("http://127.0.0.1:9")).unwrap().patient_for(Duration::from_millis(1));
    let error = discord.channels(guild()).await.unwrap_err();
    assert_eq!(error, DiscordError::Unavailable { reason: "no connection".to_owned() });
}

#[tokio::test]
async fn a_command_that_is_gone_already_is_removed_but_not_that_of_an_unknown_application() {
    let cloud = cloud();
    cloud.discord().put_commands("", vec![json!({"type": 1, "name": "old", "description": "x"})]);
    let id = cloud.discord().commands("")[0]["id"].as_str().unwrap().to_owned();
    let application: ApplicationId = "998100000000000001".parse().unwrap();
    let discord = bot(&cloud);
    for _ in 0..2 {
        assert_eq!(discord.remove_command(application, None, &id).await, Ok(()));
        assert!(cloud.discord().commands("").is_empty());
    }
    let unknown = discord.remove_command("5".parse().unwrap(), None, &id).await.unwrap_err();
    assert!(matches!(unknown, DiscordError::NotFound { .. }), "{unknown:?}");
}

#[tokio::test]
async fn what_a_member_may_do_is_said_by_roles_and_by_what_a_channel_says_of_the_member() {
    let cloud = cloud();
    let permit =
        |id: &str, kind: u64, allow: &str, deny: &str| json!({"id": id, "type": kind, "allow": allow, "deny": deny});
    let hidden = permit("1", 0, "0", "1024");
    let discord = cloud.discord();
    discord.put_role("1", "5", "0");
    discord.put_member("1", "50", &["5"]);
    for (id, overwrites) in [
        ("30", vec![permit("50", 1, "0", "1024")]),
        ("31", vec![hidden.clone(), permit("5", 0, "1024", "0")]),
        ("32", vec![hidden.clone(), permit("50", 1, "1024", "0")]),
        ("33", vec![hidden, permit("51", 1, "1024", "0")]),
    ] {
        discord.put_channel("1", json!({"id": id, "type": 0, "permission_overwrites": overwrites}));
    }
    let member = UserId::try_from(50).unwrap();
    let found = bot(&cloud).membership(guild(), member).await.unwrap();
    let may_read = |id: u64| {
        let channel = ChannelId::try_from(id).unwrap();
        found.permissions[&channel].permit(found.guild.channels[&channel].kind.reading().unwrap())
    };
    assert_eq!([10, 20, 30, 31, 32, 33].map(may_read), [true, false, false, true, true, false]);

    discord.put_role("1", "5", "8");
    let found = bot(&cloud).membership(guild(), member).await.unwrap();
    assert!(found.permissions.values().all(|permitted| *permitted == Permissions::ALL), "an administrator");
    let nobody = UserId::try_from(99).unwrap();
    assert!(bot(&cloud).membership(guild(), nobody).await.unwrap_err().is_unknown_member());
}

#[tokio::test]
async fn an_application_says_what_it_is_shown_and_where_it_is_answered() {
    let cloud = cloud();
    cloud.discord().set_endpoint(Some("https://a.example"));
    cloud.discord().set_application_flags(1 << 15 | 1 << 19);
    let application = bot(&cloud).application().await.unwrap();
    assert_eq!(application.bot.map(|bot| bot.to_string()).as_deref(), Some(local_cloud::DISCORD_BOT));
    assert_eq!(application.endpoint.as_deref(), Some("https://a.example"));
    assert_eq!(application.public_key, cloud.environment("interactions").remove("DISCORD_PUBLIC_KEY"));
    assert!(application.sees_content && application.sees_members);
    cloud.discord().set_application_flags(1 << 12);
    cloud.discord().set_endpoint(None);
    let application = bot(&cloud).application().await.unwrap();
    assert!(!application.sees_content && !application.sees_members && application.endpoint.is_none());
}

//! A guild whose memory is for those who have a role (DESIGN rule 26).

use serde_json::json;

use super::{
    asking::{ANN, Asker, BEN, READING, catchup, member, memory, moderator},
    audience::{said, sync, world},
};
use crate::world::{GUILD, World, days_ago};

const VERIFIED: &str = "998100000000000030";

/// A guild where `@everyone` sees nothing, and who is verified sees one channel.
fn world_of_the_verified() -> World {
    let world = world();
    let discord = world.cloud.discord();
    discord.put_role(GUILD, GUILD, "0");
    discord.put_role(GUILD, VERIFIED, READING);
    for (id, channel, word) in said() {
        let message = json!({
            "id": id, "type": 0, "content": word, "author": {"id": ANN.to_string(), "username": "ann", "global_name": "Ann"},
        });
        discord.put_message(GUILD, channel, id.get(), Some(message));
    }
    world
}

fn verified(id: u64) -> Asker {
    Asker { roles: &[VERIFIED], ..member(id) }
}

#[tokio::test]
async fn rule_26_a_guild_of_the_verified_is_told_to_them_alone() {
    let world = world_of_the_verified();
    let set = |audience: &str| memory("settings", &[("audience", json!(audience))]);
    let refused = world.command(verified(BEN), set(VERIFIED)).await.text();
    assert!(refused.contains("moderators"), "{refused}");
    let decided = world.command(moderator(BEN), set(VERIFIED)).await.text();
    assert!(decided.contains(&format!("<@&{VERIFIED}>")), "{decided}");
    world.remember(ANN, "keeps bees").await;
    sync(&world).await;

    let day = || catchup(&[("day", json!(days_ago(3)))]);
    let told = world.command(verified(BEN), day()).await;
    assert!(told.text().contains("lighthouse") && told.private, "others read here, too: {}", told.text());
    assert!(world.command(verified(ANN), memory("show", &[])).await.text().contains("lighthouse"));

    let refused = world.command(member(BEN), day()).await.text();
    assert!(!refused.contains("lighthouse") && refused.contains(&format!("<@&{VERIFIED}>")), "{refused}");
    let own = world.command(member(ANN), memory("show", &[])).await.text();
    assert!(own.contains("keeps bees") && !own.contains("lighthouse"), "the facts about oneself: {own}");
    let others = world.command(member(BEN), memory("show", &[("person", json!(ANN))])).await.text();
    assert!(!others.contains("keeps bees") && !others.contains("lighthouse"), "{others}");

    world.command(moderator(BEN), set(GUILD)).await;
    sync(&world).await;
    assert!(!world.everything_stored().await.contains("lighthouse"), "everybody may read nothing here");
}

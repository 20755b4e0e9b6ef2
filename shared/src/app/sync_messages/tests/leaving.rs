//! Who left is noticed, and so is who came back: members, and guilds (DESIGN rules 44 and 45).

use super::*;
use crate::{
    domain::{KnownNames, Left, UserId},
    ports::{ReadLeft as _, RecordNames as _},
};

fn user(id: u64) -> UserId {
    UserId::try_from(id).unwrap()
}

impl World {
    async fn know(&self, people: impl IntoIterator<Item = u64>) {
        for member in people {
            let said = KnownNames::of_account(&format!("account {member}"), id("2026-11-20T05:30:00Z", member));
            self.store.record_names(guild(), user(member), &said).await.unwrap();
        }
    }

    /// Who was asked whether they are members, since this was asked last.
    fn members_asked(&self) -> Vec<u64> {
        std::mem::take(&mut self.discord.state().members_asked).iter().map(|user| user.get()).collect()
    }

    async fn left(&self) -> Vec<Left> {
        self.store.all_left().await.unwrap().into_keys().collect()
    }
}

#[tokio::test]
async fn rule_44_everybody_of_whom_something_is_kept_is_asked_for_once_a_day() {
    let world = World::at("2026-11-22T06:00:00Z");
    world.know([10, 11]).await;
    world.discord.state().gone.insert(user(11));
    world.sync().await;
    assert_eq!((world.members_asked(), world.left().await), (vec![10, 11], vec![Left::Member(guild(), user(11))]));

    world.discord.state().gone = [user(10)].into();
    world.clock.set("2026-11-23T05:59:00Z");
    world.sync().await;
    assert_eq!(world.members_asked(), [0; 0]);
    world.clock.set("2026-11-23T06:01:00Z");
    world.sync().await;
    assert_eq!(world.left().await, [Left::Member(guild(), user(10))], "one came back, and the other left");
}

#[tokio::test]
async fn rule_44_a_run_asks_for_a_few_and_the_next_one_for_the_others() {
    let world = World::at("2026-11-22T06:00:00Z");
    world.know(100..160).await;
    world.sync().await;
    let mut asked = world.members_asked();
    assert_eq!(asked.len(), 40);
    world.sync().await;
    asked.extend(world.members_asked());
    asked.sort_unstable();
    assert_eq!(asked, Vec::from_iter(100..160));
}

#[tokio::test]
async fn rule_44_what_discord_does_not_say_of_a_member_says_nothing() {
    let world = World::at("2026-11-22T06:00:00Z");
    world.know([10, 11]).await;
    let refusals = [
        (DiscordError::Refused { status: 400, code: 0 }, 2),
        (DiscordError::Unavailable { reason: "503".to_owned() }, 1),
    ];
    for (day, (error, asked)) in refusals.into_iter().enumerate() {
        world.clock.set(&format!("2026-11-2{}T06:00:00Z", day + 4));
        world.discord.state().nick_error = Some(error);
        world.sync().await;
        assert_eq!((world.members_asked().len(), world.left().await), (asked, vec![]));
    }
}

#[tokio::test]
async fn rule_45_a_guild_that_every_sync_misses_for_seven_days_left_until_a_sync_works() {
    let not_there = [DiscordError::NotFound { code: 10_004 }, DiscordError::Forbidden { code: 50_001 }];
    let (left, missing) = (Left::Guild(guild()), Left::Missing(guild()));
    for error in not_there {
        let world = World::at("2026-11-22T06:00:00Z");
        let sync = async |now: &str, error: Option<DiscordError>| {
            world.clock.set(now);
            world.discord.state().guild_error = error;
            world.sync().await;
            world.left().await
        };
        let is_missing = Some(error);
        assert_eq!(sync("2026-11-22T06:00:00Z", is_missing.clone()).await, [missing]);
        assert_eq!(sync("2026-11-29T05:59:59Z", is_missing.clone()).await, [missing], "a second is left");
        let outage = Some(DiscordError::Unavailable { reason: "503".to_owned() });
        assert_eq!(sync("2026-11-29T07:00:00Z", outage).await, [missing], "an outage says nothing");
        let both = sync("2026-11-29T07:10:00Z", is_missing.clone()).await;
        assert!(both.len() == 2 && both.contains(&left) && both.contains(&missing), "{both:?}");
        let since = world.store.all_left().await.unwrap()[&left];
        assert_eq!(since, "2026-11-29T07:10:00Z".parse().unwrap(), "its time begins then");
        assert_eq!(sync("2026-11-29T07:20:00Z", is_missing.clone()).await.len(), 2);
        assert_eq!(world.store.all_left().await.unwrap()[&left], since, "the first time counts");

        assert_eq!(sync("2026-11-30T06:00:00Z", None).await, []);
        assert_eq!(sync("2026-11-30T06:10:00Z", is_missing).await, [missing], "the seven days begin anew");
    }
}

#[tokio::test]
async fn rule_45_a_sync_that_works_in_between_begins_the_seven_days_anew() {
    let world = World::at("2026-11-22T06:00:00Z");
    for (now, is_there) in
        [("2026-11-22T06:00:00Z", false), ("2026-11-25T06:00:00Z", true), ("2026-11-25T06:10:00Z", false)]
    {
        world.clock.set(now);
        let error = DiscordError::NotFound { code: 10_004 };
        world.discord.state().guild_error = (!is_there).then_some(error);
        world.sync().await;
    }
    world.clock.set("2026-11-30T06:00:00Z");
    world.sync().await;
    assert_eq!(world.left().await, [Left::Missing(guild())]);
}

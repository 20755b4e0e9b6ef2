//! What members are called in the guild is asked for, a little at a time (DESIGN rule 32).

use super::*;
use crate::{
    domain::{KnownNames, Person, UserId},
    ports::{Clock as _, ErasePeople as _, ReadPeople as _, RecordNames as _},
};

fn user(id: u64) -> UserId {
    UserId::try_from(id).unwrap()
}

impl World {
    /// Somebody with that account writes, at a minute of the morning.
    fn write(&self, author: u64, minute: u64) {
        let at = format!("2026-11-22T{:02}:{:02}:00Z", minute / 60, minute % 60);
        let mut entry = said(GENERAL, id(&at, author), "hi");
        if let EntryKind::Said(message) = &mut entry.kind {
            message.author = Author { id: user(author), name: format!("account {author}") };
        }
        self.discord.state().write(channel(GENERAL), entry);
    }

    /// Who was asked for since this was asked last.
    fn asked(&self) -> Vec<u64> {
        let mut asked: Vec<u64> =
            std::mem::take(&mut self.discord.state().nicks_asked).iter().map(|user| user.get()).collect();
        asked.sort_unstable();
        asked
    }

    fn call(&self, member: u64, nick: Option<&str>) {
        let mut state = self.discord.state();
        match nick {
            Some(nick) => drop(state.nicks.insert(user(member), nick.to_owned())),
            None => drop(state.nicks.remove(&user(member))),
        }
    }

    async fn name(&self, member: u64) -> Option<String> {
        let people = self.store.people(guild(), &[user(member)]).await.unwrap();
        people[&user(member)].name().map(str::to_owned)
    }
}

#[tokio::test]
async fn rule_32_a_nick_is_asked_for_once_in_six_hours_whatever_is_read_meanwhile() {
    let world = World::at("2026-11-22T06:00:00Z");
    world.call(10, Some("Captain"));
    world.write(10, 300);
    world.write(11, 301);
    world.sync().await;
    assert_eq!(
        (world.name(10).await.as_deref(), world.name(11).await.as_deref()),
        (Some("Captain"), Some("account 11"))
    );
    assert_eq!(world.asked(), [10, 11]);

    world.call(10, None);
    for (now, asked, name) in
        [("2026-11-22T11:59:00Z", vec![], "Captain"), ("2026-11-22T12:01:00Z", vec![10], "account 10")]
    {
        world.clock.set(now);
        let minute = now[11..13].parse::<u64>().unwrap() * 60 + now[14..16].parse::<u64>().unwrap();
        world.write(10, minute - 1);
        world.sync().await;
        assert_eq!(world.asked().into_iter().filter(|who| *who == 10).collect::<Vec<_>>(), asked, "{now}");
        assert_eq!(world.name(10).await.as_deref(), Some(name), "{now}");
    }
}

#[tokio::test]
async fn rule_32_who_tells_the_nick_with_a_message_spares_the_question() {
    let world = World::at("2026-11-22T06:00:00Z");
    let told = KnownNames::of_member(Some("Captain"), id("2026-11-22T05:30:00Z", 1));
    world.store.record_names(guild(), user(10), &told).await.unwrap();
    world.write(10, 359);
    world.sync().await;
    assert_eq!((world.asked(), world.name(10).await.as_deref()), (vec![], Some("Captain")));
}

#[tokio::test]
async fn rule_32_a_run_asks_for_a_hundred_and_the_next_one_goes_on() {
    let world = World::at(NOON);
    for author in 1_000..1_130 {
        world.write(author, 600);
    }
    assert_eq!(world.sync().await.stored, 130);
    let first = world.asked();
    assert_eq!(first.len(), 100);
    for author in 1_000..1_130 {
        world.write(author, 719);
    }
    world.sync().await;
    let second = world.asked();
    assert_eq!(second.len(), 30);
    assert!(second.iter().all(|author| !first.contains(author)));
}

#[tokio::test]
async fn rule_32_what_discord_refuses_costs_no_message_and_no_nick_that_is_known() {
    let refusals = [
        (DiscordError::Forbidden { code: 50_001 }, 1),
        (DiscordError::RateLimited { retry_after: Duration::from_secs(600), global: false }, 1),
        (DiscordError::Unavailable { reason: "503".into() }, 1),
        (DiscordError::NotFound { code: 0 }, 3),
        (DiscordError::Refused { status: 400, code: 50_035 }, 3),
    ];
    for (error, asked) in refusals {
        let world = World::at(NOON);
        let told = KnownNames::of_member(Some("Captain"), id("2026-11-20T05:30:00Z", 1));
        world.store.record_names(guild(), user(10), &told).await.unwrap();
        world.discord.state().nick_error = Some(error.clone());
        for author in [10, 11, 12] {
            world.write(author, 600);
        }
        let report = world.sync().await;
        assert_eq!((report.stored, report.complete, world.asked().len()), (3, true, asked), "{error:?}");
        let names = (world.name(10).await, world.name(11).await);
        assert_eq!(names, (Some("Captain".to_owned()), Some("account 11".to_owned())), "{error:?}");
    }
}

#[tokio::test]
async fn rule_32_a_token_that_discord_does_not_know_ends_the_run() {
    let world = World::at(NOON);
    world.write(10, 600);
    world.discord.state().nick_error = Some(DiscordError::Unauthorized);
    assert!(world.sync_within(Duration::from_secs(500)).await.is_err());
    assert_eq!(world.stored().len(), 1, "what was read before is kept");
}

#[tokio::test]
async fn rule_20_who_opted_out_is_not_asked_for() {
    let world = World::at(NOON);
    world.store.put_person(guild(), user(10), Person { opted_out: true, ..Person::default() });
    world.write(10, 600);
    world.write(11, 601);
    world.sync().await;
    assert_eq!(world.asked(), [11]);
}

#[tokio::test]
async fn rule_41_nobody_is_asked_for_who_wrote_nothing_since_they_were_erased() {
    let world = World::at("2026-11-22T06:00:00Z");
    world.call(10, Some("Captain"));
    world.write(10, 300);
    world.sync().await;
    assert_eq!((world.name(10).await.as_deref(), world.asked()), (Some("Captain"), vec![10]));
    let person = world.store.people(guild(), &[user(10)]).await.unwrap().remove(&user(10)).unwrap();
    let at = world.clock.now();
    world.store.erase_person(guild(), user(10), &person, false, at).await.unwrap();

    // The last 48 hours are looked through once more.
    world.clock.set("2026-11-22T07:10:00Z");
    world.sync().await;
    assert_eq!((world.name(10).await, world.asked()), (None, vec![]), "what was read of them stays out");
    world.write(10, 431);
    world.clock.set("2026-11-22T07:20:00Z");
    world.sync().await;
    assert_eq!((world.name(10).await.as_deref(), world.asked()), (Some("Captain"), vec![10]));
}

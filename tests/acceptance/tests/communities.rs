//! Generated communities over the real binaries, several at once and each in guilds of its own: no text of one person or
//! guild is in the memory, an item or a prompt of another, and nothing of who was erased or opted out is anywhere. What they do
//! is decided as in `shared/tests/communities.rs`, where there are more of them.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use futures::{StreamExt as _, stream};
use guild_memory::{
    adapters::dynamodb::MemoryTable,
    domain::{Day, GuildId},
    testing::{Community, Step},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::world::World;

const COMMUNITIES: u64 = 50;
/// As many live at the same time.
const AT_ONCE: usize = 4;

/// A community, and how many prompts were looked at.
struct Life<'a> {
    world: &'a World,
    /// Where it is noted which channels are open, as whoever asks Discord does.
    memory: MemoryTable,
    community: Community,
    seen: usize,
}

fn memory_of(world: &World) -> MemoryTable {
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(world.cloud.url())
        .build();
    MemoryTable::new(&config, "MemoryTable".to_owned())
}

/// A moment that nobody was erased at before it.
fn now() -> Timestamp {
    Timestamp::now() + SignedDuration::from_millis(2)
}

impl Life<'_> {
    async fn take(&mut self, step: Step, is_last: bool) -> Vec<String> {
        self.community.keep_open(&self.memory, Timestamp::now()).await.unwrap();
        if is_last {
            self.rebuild_today(&step.event["guild_id"]).await;
        }
        let answer = self.world.call(step.function, step.event.clone()).await;
        assert_eq!(answer.is_err(), step.is_refused, "{step:?}: {answer:?}");
        let mut wrong = self.community.wrong_in_answers(&step, &answer.unwrap_or_default(), is_last);
        let prompts = self.world.cloud.model().calls();
        wrong.extend(prompts[self.seen..].iter().flat_map(|call| self.community.wrong_in_prompt(&call.prompt)));
        self.seen = prompts.len();
        wrong
    }

    /// What is told of today may be an hour old.
    async fn rebuild_today(&self, guild: &Value) {
        let today = Day::of(Timestamp::now());
        self.world.call("daily_summary", json!({"guild_id": guild, "date": today, "rebuild": true})).await.unwrap();
    }

    async fn live(mut self) -> Vec<String> {
        let mut told = Vec::new();
        let mut steps = self.community.begin(now());
        steps.reverse();
        while let Some(step) = steps.pop().or_else(|| self.community.next_step(now())) {
            told.push(format!("after {} {}", step.function, step.event));
            let wrong = self.take(step, false).await;
            if !wrong.is_empty() {
                return [wrong, told].concat();
            }
        }
        let mut wrong = Vec::new();
        for step in self.community.ask_for_all() {
            wrong.extend(self.take(step, true).await);
        }
        wrong.extend(self.wrong_in_items().await);
        if wrong.is_empty() { wrong } else { [wrong, told].concat() }
    }

    /// Every item says of which guild it is.
    async fn wrong_in_items(&self) -> Vec<String> {
        let stored = self.world.everything_stored().await;
        let guilds: Vec<GuildId> = self.community.people().into_keys().collect();
        let guild_of = |item: &str| guilds.iter().copied().find(|guild| is_of(item, *guild));
        let wrong_in = |item| match guild_of(item) {
            Some(guild) => self.community.wrong_in(guild, None, item),
            None if self.community.is_in(item) => vec![format!("in no guild of theirs: {item}")],
            None => Vec::new(),
        };
        stored.lines().flat_map(wrong_in).collect()
    }
}

/// By its partition: `G#<guild>` and what follows, or `<guild>#<date>`.
fn is_of(item: &str, guild: GuildId) -> bool {
    let keys = [format!("S(\"G#{guild}\")"), format!("S(\"G#{guild}#"), format!("\"pk\": S(\"{guild}#")];
    keys.iter().any(|key| item.contains(key))
}

#[tokio::test]
async fn rule_19_20_and_41_in_no_community_is_a_text_of_one_in_the_memory_of_another() {
    let world = World::start();
    let memory = memory_of(&world);
    let lives = (0..COMMUNITIES).map(|seed| {
        let life = Life { world: &world, memory: memory.clone(), community: Community::of(seed), seen: 0 };
        async move { (seed, life.live().await) }
    });
    let wrong =
        stream::iter(lives).buffer_unordered(AT_ONCE).filter(|(_, wrong)| std::future::ready(!wrong.is_empty()));
    let wrong: Vec<(u64, Vec<String>)> = wrong.collect().await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

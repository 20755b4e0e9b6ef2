//! What functions write of their invocations is what `guild-memory cost` reads.

use guild_memory_cost::{Account, Line, bill};
use serde_json::Value;

use crate::world::{GUILD, World, days_ago, message, nth, until};

const ANN: u64 = 998_100_000_000_000_010;

/// The line is written after the answer: there is one for each invocation in the end.
async fn account(world: &World, invocations: f64) -> (Account, String) {
    let read = || {
        let log = world.emulator.reader_of_logs()();
        let mut account = Account::default();
        log.lines().filter_map(Line::read).for_each(|line| account.add(&line, None));
        (account, log)
    };
    until(|| read().0.invocations() >= invocations).await;
    read()
}

#[tokio::test]
async fn rule_51_and_52_what_functions_write_is_what_is_added_up() {
    let world = World::start();
    world.ingest(&[message(nth(days_ago(2), 1), ANN, "Ann", "the kite flew")]).await;
    world.ingest(&[message(nth(days_ago(3), 1), ANN, "Ann", "the kite fell")]).await;
    let memories = world.memories(&[ANN]).await;
    assert_eq!(memories["sources"][ANN.to_string()], "merged", "{memories}");
    // Two batches, the question, and two days.
    let (first, _) = account(&world, 5.0).await;
    let calls: f64 = first.models.values().map(|model| model["model_calls"]).sum();
    assert_eq!(calls, world.cloud.model().calls().len() as f64);
    let counted = ["model_calls", "days_built", "people_merged", "chunks", "days_cut"].map(|name| first.count(name));
    assert_eq!(counted, [3.0, 2.0, 1.0, 2.0, 2.0]);
    assert!(first.count("read_units") > 0.0 && first.count("write_units") > 0.0 && first.count("prompt_tokens") > 0.0);
    assert!(first.gb_seconds > 0.0 && first.guilds.contains(GUILD), "{first:?}");

    world.memories(&[ANN]).await;
    let (again, log) = account(&world, 6.0).await;
    assert_eq!(again.count("people_cached"), 1.0);
    assert_eq!(again.count("model_calls"), first.count("model_calls"));
    assert_eq!(again.count("store_requests") - first.count("store_requests"), 1.0, "rule 7: one request");
    let bill = bill(log.lines(), Some(GUILD)).unwrap();
    assert_eq!(bill.account.count("people_cached"), 1.0);
    assert!(bill.total() > 0.0);

    let lines = log.lines().filter(|line| line.contains("invocation_metered"));
    for line in lines.map(|line| serde_json::from_str::<Value>(&line[line.find('{').unwrap()..]).unwrap()) {
        assert!(line.get("_aws").is_none() && line["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{line}");
    }
}

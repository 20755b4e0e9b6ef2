//! What `template.yaml` says, held against the code.

use std::time::Duration;

use guild_memory::{
    adapters::{dynamodb::keys, lambda::CALL_TIMEOUT},
    app::respond::LONGEST_WAIT,
};

use crate::facts::FACTS;

#[test]
fn the_tables_of_the_template_are_those_of_the_code() {
    for table in ["MemoryTable", "MessagesTable"] {
        let properties = &FACTS.template.resource(table)["Properties"];
        assert_eq!(properties["KeySchema"][0]["AttributeName"], keys::PARTITION_KEY);
        assert_eq!(properties["KeySchema"][1]["AttributeName"], keys::SORT_KEY);
        assert_eq!(properties["TimeToLiveSpecification"]["AttributeName"], "expires_at");
        assert_eq!(properties["TimeToLiveSpecification"]["Enabled"], true);
        assert_eq!(properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
        assert_eq!(properties["SSESpecification"]["SSEEnabled"], true);
        assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    }
}

#[test]
fn timeouts_fit_into_each_other() {
    let seconds = |function: &str| FACTS.template.resource(function)["Properties"]["Timeout"].as_u64().unwrap();
    let model_ms = FACTS.template.parameter("ModelTimeoutMs").unwrap()["MaxValue"].as_u64().unwrap();
    assert!(model_ms + 5_000 <= seconds("DailySummaryFunction") * 1_000);
    assert!(seconds("DailySummaryFunction") * 1_000 + model_ms <= seconds("GetMemoriesFunction") * 1_000);
    assert!(seconds("DailySummaryFunction") < CALL_TIMEOUT.as_secs(), "its own error arrives first");
    assert!(LONGEST_WAIT + Duration::from_millis(500) < CALL_TIMEOUT, "what is ready is not thrown away");
    assert!(CALL_TIMEOUT < respond::TIMEOUT, "there is time to say what became of it");
    assert_eq!(seconds("IngestMessagesFunction"), ingest_messages::TIMEOUT.as_secs());
    assert_eq!(seconds("DailySummaryFunction"), daily_summary::TIMEOUT.as_secs());
    assert_eq!(seconds("GetMemoriesFunction"), get_memories::TIMEOUT.as_secs());
    assert_eq!(seconds("PeopleFunction"), people::TIMEOUT.as_secs());
    assert_eq!(seconds("RespondFunction"), respond::TIMEOUT.as_secs());
    assert_eq!(seconds("SyncMessagesFunction"), sync_messages::TIMEOUT.as_secs());
    let sync = FACTS.template.resource("SyncMessagesFunction");
    let schedule = &sync["Properties"]["Events"]["EveryTenMinutes"]["Properties"];
    assert_eq!(schedule["Schedule"], "rate(10 minutes)");
    assert!(sync_messages::TIMEOUT.as_secs() < 600, "no two runs meet");
}

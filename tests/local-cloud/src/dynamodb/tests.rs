//! Through the SDK, as the functions do it.

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
    types::{AttributeValue, KeysAndAttributes, PutRequest, WriteRequest},
};

use crate::{Folder, LocalCloud, Options, Throttle};

fn client(cloud: &LocalCloud, retries: u32) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .endpoint_url(cloud.url())
        .retry_config(RetryConfig::standard().with_max_attempts(retries + 1))
        .build();
    Client::from_conf(config)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(client: &Client, sk: &str) {
    client.put_item().table_name("MemoryTable").item("pk", text("p")).item("sk", text(sk)).send().await.unwrap();
}

#[tokio::test]
async fn the_templates_tables_are_there_and_take_items() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let client = client(&cloud, 0);

    assert_eq!(client.list_tables().send().await.unwrap().table_names(), ["MemoryTable", "MessagesTable"]);
    put(&client, "a").await;
    let read = client.get_item().table_name("MemoryTable").key("pk", text("p")).key("sk", text("a"));
    assert!(read.consistent_read(true).send().await.unwrap().item().is_some());

    let ttl = client.describe_time_to_live().table_name("MemoryTable").send().await.unwrap();
    assert_eq!(ttl.time_to_live_description().unwrap().attribute_name(), Some("expires_at"));
    assert_eq!(cloud.counters().dynamodb_requests["GetItem"], 1);
}

#[tokio::test]
async fn a_read_that_may_be_stale_is_refused_with_the_reason() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let read = client(&cloud, 0).get_item().table_name("MemoryTable").key("pk", text("p")).key("sk", text("a"));

    let error = read.send().await.unwrap_err();

    assert_eq!(error.code(), Some("ValidationException"));
    assert!(error.message().unwrap().contains("ConsistentRead"));
}

#[tokio::test]
async fn tools_may_read_as_they_like() {
    let cloud = LocalCloud::start(Options { allow_inconsistent_reads: true, ..Options::default() }).unwrap();
    let scanned = client(&cloud, 0).scan().table_name("MemoryTable").send().await.unwrap();
    assert_eq!(scanned.count(), 0);
}

#[tokio::test]
async fn scripted_failures_look_like_those_of_dynamodb() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let client = client(&cloud, 0);
    let read = || {
        let read = client.get_item().table_name("MemoryTable").key("pk", text("p")).key("sk", text("a"));
        read.consistent_read(true).send()
    };

    cloud.store().throttle_every(1, Throttle::ProvisionedThroughput);
    assert!(read().await.unwrap_err().into_service_error().is_provisioned_throughput_exceeded_exception());
    cloud.store().throttle_every(1, Throttle::Throttling);
    assert_eq!(read().await.unwrap_err().code(), Some("ThrottlingException"));
    cloud.store().reset();
    cloud.store().fail_next("GetItem", 1);
    assert!(read().await.unwrap_err().into_service_error().is_internal_server_error());
    read().await.unwrap();
}

#[tokio::test]
async fn the_sdk_gets_over_a_failure_by_itself() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    cloud.store().fail_next("PutItem", 1);
    put(&client(&cloud, 1), "a").await;
    assert_eq!(cloud.counters().dynamodb_requests["PutItem"], 2);
}

#[tokio::test]
async fn a_batch_that_is_answered_in_part_names_the_rest() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let client = client(&cloud, 0);
    let writes = ["a", "b", "c"].map(|sk| {
        let put = PutRequest::builder().item("pk", text("p")).item("sk", text(sk)).build().unwrap();
        WriteRequest::builder().put_request(put).build()
    });
    client.batch_write_item().request_items("MemoryTable", writes.into()).send().await.unwrap();
    cloud.store().answer_at_most(Some(2));

    let keys = ["a", "b", "c"].map(|sk| [("pk".to_owned(), text("p")), ("sk".to_owned(), text(sk))].into());
    let mut left = KeysAndAttributes::builder().set_keys(Some(keys.into())).consistent_read(true).build().unwrap();
    let (mut found, mut rounds) = (0, 0);
    loop {
        let answer = client.batch_get_item().request_items("MemoryTable", left).send().await.unwrap();
        found += answer.responses().unwrap()["MemoryTable"].len();
        rounds += 1;
        match answer.unprocessed_keys.and_then(|mut tables| tables.remove("MemoryTable")) {
            Some(keys) => left = keys,
            None => break,
        }
    }

    assert_eq!((found, rounds), (3, 2));
}

#[tokio::test]
async fn a_large_answer_arrives_whole() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let client = client(&cloud, 0);
    let long = "x".repeat(390_000);
    let put = client.put_item().table_name("MemoryTable").item("pk", text("p")).item("sk", text("a"));
    put.item("text", text(&long)).send().await.unwrap();

    let read = client.query().table_name("MemoryTable").consistent_read(true).key_condition_expression("pk = :p");
    let answer = read.expression_attribute_values(":p", text("p")).send().await.unwrap();

    assert_eq!(answer.items()[0]["text"], text(&long));
}

#[tokio::test]
async fn a_data_folder_keeps_the_tables() {
    let folder = Folder::new().unwrap();
    let options =
        Options { data: Some(folder.path().to_path_buf()), allow_inconsistent_reads: true, ..Options::default() };
    let first = LocalCloud::start(options.clone()).unwrap();
    put(&client(&first, 0), "kept").await;
    drop(first);

    let second = LocalCloud::start(options).unwrap();
    let scanned = client(&second, 0).scan().table_name("MemoryTable").send().await.unwrap();

    assert_eq!(scanned.items()[0]["sk"], text("kept"));
}

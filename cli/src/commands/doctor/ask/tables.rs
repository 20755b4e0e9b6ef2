//! What DynamoDB says of the tables.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{Client, types::TimeToLiveStatus};

use super::{LIMIT, trouble, within};
use crate::commands::doctor::{finding::Asked, judge::tables::Table};

/// A table of that name.
pub(in crate::commands::doctor) async fn table(aws: &SdkConfig, name: &str) -> Asked<Table> {
    let client = Client::new(aws);
    let (described, time_to_live) =
        tokio::join!(within(LIMIT, described(&client, name)), within(LIMIT, time_to_live(&client, name)));
    let (status, keys) = described?;
    Ok(Table { status, keys, time_to_live })
}

async fn described(client: &Client, name: &str) -> Asked<(String, Vec<String>)> {
    let asked = client.describe_table().table_name(name).send().await;
    let table = asked.map_err(|error| trouble(&error, "dynamodb:DescribeTable"))?.table;
    let status = table.as_ref().and_then(|table| table.table_status.as_ref()).map(|status| status.as_str().to_owned());
    let keys = table.as_ref().map(|table| table.key_schema()).unwrap_or_default();
    let key =
        |key: &aws_sdk_dynamodb::types::KeySchemaElement| format!("{} {}", key.attribute_name, key.key_type.as_str());
    Ok((status.unwrap_or_default(), keys.iter().map(key).collect()))
}

async fn time_to_live(client: &Client, name: &str) -> Asked<Option<String>> {
    let asked = client.describe_time_to_live().table_name(name).send().await;
    let said = asked.map_err(|error| trouble(&error, "dynamodb:DescribeTimeToLive"))?.time_to_live_description;
    let is_on = |status: &TimeToLiveStatus| matches!(status, TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling);
    let said = said.filter(|said| said.time_to_live_status.as_ref().is_some_and(is_on));
    Ok(said.and_then(|said| said.attribute_name))
}

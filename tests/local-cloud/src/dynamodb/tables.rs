//! The tables of the template, made where they are missing.

use anyhow::{Context, Result};
use dynoxide::Database;
use serde_json::{Value, json};

use crate::template::{Table, Template};

pub(super) fn create(database: &Database, template: &Template) -> Result<()> {
    let existing = database.list_tables(serde_json::from_value(json!({}))?)?;
    let existing = serde_json::to_value(existing)?["TableNames"].take();
    for table in template.tables() {
        if !existing.as_array().is_some_and(|names| names.contains(&json!(table.name))) {
            create_one(database, table).with_context(|| format!("table {} of template.yaml", table.name))?;
        }
    }
    Ok(())
}

/// The request that makes a table.
pub(super) fn creation(table: &Table) -> Value {
    let mut request = json!({"TableName": table.name});
    for key in ["KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        if let Some(value) = table.properties.get(key) {
            request[key] = value.clone();
        }
    }
    request
}

fn create_one(database: &Database, table: &Table) -> Result<()> {
    database.create_table(serde_json::from_value(creation(table))?)?;
    if let Some(specification @ Value::Object(_)) = table.properties.get("TimeToLiveSpecification") {
        let request = json!({"TableName": table.name, "TimeToLiveSpecification": specification});
        database.update_time_to_live(serde_json::from_value(request)?)?;
    }
    Ok(())
}

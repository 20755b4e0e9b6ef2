//! The tables: whether they are there, with the keys of the code and an end for what has one.

use guild_memory::adapters::dynamodb::keys::{PARTITION_KEY, SORT_KEY};

use crate::commands::doctor::finding::{Asked, Finding};

/// The attribute that says when an item may be deleted, in both tables.
const TIME_TO_LIVE: &str = "expires_at";

/// A table as DynamoDB describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::commands::doctor) struct Table {
    pub(in crate::commands::doctor) status: String,
    /// The attributes of its key, with their kinds (`pk HASH`).
    pub(in crate::commands::doctor) keys: Vec<String>,
    /// The attribute by which it deletes items; `None` if it deletes none.
    pub(in crate::commands::doctor) time_to_live: Asked<Option<String>>,
}

/// A line of each thing that is wrong with a table, or one.
pub(in crate::commands::doctor) fn judge(name: &str, table: &Asked<Table>) -> Vec<Finding> {
    let what = format!("table {name}");
    let table = match table {
        Ok(table) => table,
        Err(trouble) => {
            return vec![
                trouble.about(&what, "the functions name it: run make deploy, and restore it from its backup"),
            ];
        }
    };
    let mut findings = Vec::new();
    if !["ACTIVE", "UPDATING"].contains(&table.status.as_str()) {
        let found = format!("its status is {}", table.status);
        findings.push(Finding::wrong(&what, found, "nothing is kept until it is ACTIVE: look at it in the console"));
    }
    let expected = [format!("{PARTITION_KEY} HASH"), format!("{SORT_KEY} RANGE")];
    if table.keys != expected {
        let found = format!("its key is {}, not {}", table.keys.join(", "), expected.join(", "));
        findings.push(Finding::wrong(&what, found, "it is another table: make it with template.yaml"));
    }
    findings.extend(of_time_to_live(&what, table));
    if findings.is_empty() {
        findings.push(Finding::fine(&what, format!("{}, deletes by {TIME_TO_LIVE}", table.status.to_lowercase())));
    }
    findings
}

fn of_time_to_live(what: &str, table: &Table) -> Option<Finding> {
    let name = what.trim_start_matches("table ");
    let advice = format!(
        "aws dynamodb update-time-to-live --table-name {name} \
         --time-to-live-specification Enabled=true,AttributeName={TIME_TO_LIVE}"
    );
    match &table.time_to_live {
        Ok(Some(attribute)) if attribute == TIME_TO_LIVE => None,
        Ok(Some(other)) => Some(Finding::wrong(what, format!("it deletes by {other}, not by {TIME_TO_LIVE}"), advice)),
        Ok(None) => Some(Finding::wrong(what, "nothing in it ends: time to live is off", advice)),
        Err(trouble) => Some(trouble.about(&format!("{what}, time to live"), "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::{Mark, Trouble};

    fn table() -> Table {
        Table {
            status: "ACTIVE".to_owned(),
            keys: vec!["pk HASH".to_owned(), "sk RANGE".to_owned()],
            time_to_live: Ok(Some("expires_at".to_owned())),
        }
    }

    fn marks(table: Asked<Table>) -> Vec<Mark> {
        judge("Memory", &table).iter().map(|finding| finding.mark).collect()
    }

    #[test]
    fn a_table_of_the_template_is_fine_and_any_other_is_not() {
        assert_eq!(marks(Ok(table())), [Mark::Fine]);
        assert_eq!(marks(Err(Trouble::Absent)), [Mark::Wrong]);
        assert_eq!(marks(Ok(Table { status: "CREATING".to_owned(), ..table() })), [Mark::Wrong]);
        assert_eq!(marks(Ok(Table { keys: vec!["id HASH".to_owned()], ..table() })), [Mark::Wrong]);
        assert_eq!(marks(Ok(Table { time_to_live: Ok(None), ..table() })), [Mark::Wrong]);
        assert_eq!(marks(Ok(Table { time_to_live: Ok(Some("ttl".to_owned())), ..table() })), [Mark::Wrong]);
        let forbidden = Err(Trouble::Forbidden("dynamodb:DescribeTimeToLive".to_owned()));
        assert_eq!(marks(Ok(Table { time_to_live: forbidden, ..table() })), [Mark::Unknown]);
    }

    #[test]
    fn how_time_to_live_is_turned_on_is_said() {
        let findings = judge("Memory", &Ok(Table { time_to_live: Ok(None), ..table() }));
        assert!(findings[0].advice.as_ref().unwrap().contains("--table-name Memory --time-to-live"));
    }
}

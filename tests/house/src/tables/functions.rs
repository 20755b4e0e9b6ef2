//! What each function is given, in code and by its policy.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    markdown::{self, code, codes},
    ports::{self, Ports},
    project::Project,
    template::{Function, Statement, Template},
};

const DYNAMODB: &str = "dynamodb:";

/// A row a function: its ports, its actions on tables, and whatever else it may do.
pub(crate) fn table(project: &Project) -> String {
    let functions = project.template.functions();
    let rows = ports::of_functions(&project.workspace).into_iter().map(|(name, ports)| {
        let given = functions.get(&name).cloned().unwrap_or_default();
        vec![code(&name), told(&ports), on_tables(&given), others(&given, &ports, &project.template)]
    });
    markdown::table(&["function", "ports", "DynamoDB actions", "else"], rows)
}

/// All ports but the clock, which everybody has.
fn told(ports: &Ports) -> String {
    let own = ports.of_handle.iter().filter(|(port, _)| *port != "Clock").map(|(port, with)| {
        let with = if with.is_empty() { String::new() } else { format!(" (with {})", codes(with)) };
        format!("{}{with}", code(port))
    });
    let own = Vec::from_iter(own).join(", ");
    let behind: Vec<&String> = ports.behind.iter().filter(|port| *port != "Clock").collect();
    if behind.is_empty() { own } else { format!("{own}; behind them: {}", codes(behind)) }
}

fn on_tables(function: &Function) -> String {
    let mut tables = BTreeMap::<&str, Vec<String>>::new();
    for statement in function.statements.iter().filter(|statement| is_of(statement, DYNAMODB)) {
        for table in &statement.resources {
            tables.entry(table).or_default().extend(actions(statement));
        }
    }
    let told =
        tables.iter().map(|(table, actions)| format!("{}: {}", table.trim_end_matches("Table"), actions.join(", ")));
    Vec::from_iter(told).join(" · ")
}

/// The actions of a statement without their service, and what they may ask for if that is not all.
fn actions(statement: &Statement) -> impl Iterator<Item = String> {
    let only = match &*statement.attributes {
        [] => String::new(),
        attributes => format!(" of {} alone", codes(attributes)),
    };
    statement.actions.iter().map(move |action| format!("{}{only}", action.split(':').nth(1).unwrap_or(action)))
}

fn others(function: &Function, ports: &Ports, template: &Template) -> String {
    let mut others = BTreeMap::<String, BTreeSet<String>>::new();
    for statement in function.statements.iter().filter(|statement| !is_of(statement, DYNAMODB)) {
        for action in actions(statement) {
            let names = statement.resources.iter().map(|name| code(template.binary_of(name).unwrap_or(name)));
            others.entry(action).or_default().extend(names);
        }
    }
    let told = others.into_iter().map(|(action, names)| format!("{action} of {}", Vec::from_iter(names).join(", ")));
    let discord = ports.adapters.contains("discord").then(|| "Discord".to_owned());
    told.chain(discord).collect::<Vec<_>>().join("; ")
}

fn is_of(statement: &Statement, service: &str) -> bool {
    statement.actions.iter().any(|action| action.starts_with(service))
}

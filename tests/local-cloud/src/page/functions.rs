//! What was invoked.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    lambda::{Ending, Invocation},
    services::Services,
};

/// A function, and what became of its invocations.
#[derive(Default, Serialize)]
pub(super) struct FunctionRow {
    name: String,
    invocations: u64,
    under_way: u64,
    failed: u64,
    /// How long the last one that has ended took.
    last_ms: Option<u64>,
    /// The kind of the last error, if the last one failed.
    last_error: Option<String>,
}

/// The functions of the template, and others that were invoked.
pub(super) fn rows(services: &Services) -> Vec<FunctionRow> {
    let named = |name: &str| (name.to_owned(), FunctionRow { name: name.to_owned(), ..FunctionRow::default() });
    let mut rows: BTreeMap<String, FunctionRow> =
        services.lambda.script.known().iter().map(|name| named(name)).collect();
    services.lambda.script.look(|invocation| {
        let row = rows.entry(invocation.function.clone()).or_insert_with(|| named(&invocation.function).1);
        row.note(invocation);
    });
    rows.into_values().collect()
}

impl FunctionRow {
    fn note(&mut self, invocation: &Invocation) {
        self.invocations += 1;
        let Some(ended) = invocation.ended else {
            self.under_way += 1;
            return;
        };
        self.last_ms = u64::try_from(ended.duration_since(invocation.started).as_millis()).ok();
        self.last_error = match &invocation.ending {
            Some(Ending::Answered) => None,
            Some(Ending::FunctionError(kind)) => Some(kind.clone()),
            Some(Ending::Unreachable) | None => Some("nobody runs it".to_owned()),
        };
        self.failed += u64::from(self.last_error.is_some());
    }
}

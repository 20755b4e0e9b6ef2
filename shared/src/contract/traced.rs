//! Which trace a request belongs to.

use serde::{Serialize, Serializer};

use crate::domain::TraceParent;

/// Any request, and the span that it is a part of. It is no part of what is asked: nothing is hashed with it, counted by it
/// or told apart by it, and whoever decodes the request does not see it (DESIGN rule 50).
#[derive(Debug, Serialize)]
pub struct Traced<'a, Q> {
    /// What is asked.
    #[serde(flatten)]
    pub request: &'a Q,
    /// Left out where nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub traceparent: Option<TraceParent>,
}

fn as_text<S: Serializer>(parent: &Option<TraceParent>, serializer: S) -> Result<S::Ok, S::Error> {
    match parent {
        Some(parent) => serializer.collect_str(parent),
        None => serializer.serialize_none(),
    }
}

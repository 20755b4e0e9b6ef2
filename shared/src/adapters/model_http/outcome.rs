//! What an answer means for who asked.

use super::finish::Ending;
use crate::{
    domain::Usage,
    ports::{Completion, ModelError, ModelResponse},
};

/// What a model wrote, and how it ended.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::adapters) struct Answered {
    pub(in crate::adapters) text: String,
    pub(in crate::adapters) ending: Ending,
}

/// What came of one call.
pub(in crate::adapters) fn response(
    model: &str,
    outcome: Result<Answered, ModelError>,
    tokens: Usage,
) -> ModelResponse {
    ModelResponse {
        usage: Usage { calls: 1, failures: u32::from(outcome.is_err()), ..tokens },
        outcome: outcome.map(|answered| completion(model, answered)),
    }
}

fn completion(model: &str, Answered { text, ending }: Answered) -> Completion {
    if let Ending::Unknown(reason) = &ending {
        tracing::warn!(event = "finish_reason_unknown", model, reason);
    }
    Completion { text, model: model.to_owned(), is_whole: ending == Ending::Whole }
}

//! What a deployment does with what people write.

use std::collections::BTreeSet;

use crate::domain::{Retention, SummaryRetention};

/// What a deployment does with what people write, as its configuration says (DESIGN rule 43).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataHandling {
    /// The region of AWS that the tables are in; `None` where nothing says it.
    pub region: Option<String>,
    /// How many days messages are kept where a guild decided nothing, and at least.
    pub retention: Retention,
    /// How long summaries of days are kept.
    pub summary_retention: SummaryRetention,
    /// Who is sent messages and facts, each once.
    pub readers: BTreeSet<ModelReader>,
    /// Whom people ask about it, in the operator's words; `None`: the moderators of their guild.
    pub contact: Option<String>,
}

/// Who is sent what a model is to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModelReader {
    /// Google's Gemini API.
    Gemini,
    /// Amazon Bedrock, in the account that the tables are in.
    Bedrock,
    /// Any other server, by its host.
    Server(String),
}

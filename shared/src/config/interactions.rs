//! The configuration of `interactions`.

use super::{ConfigError, variables::Variables};
use crate::{discord::PublicKey, domain::Calendar};

/// What `interactions` reads.
#[derive(Debug, Clone)]
pub struct InteractionsConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `RESPOND_FUNCTION`: the name of the function that answers later.
    pub respond_function: String,
    /// `DISCORD_PUBLIC_KEY`: what checks the requests; 64 hexadecimal digits.
    pub public_key: PublicKey,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200): which days can be asked for.
    pub calendar: Calendar,
}

impl InteractionsConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            respond_function: variables.required("RESPOND_FUNCTION")?,
            public_key: variables.parsed("DISCORD_PUBLIC_KEY")?,
            calendar: variables.calendar()?,
        })
    }
}

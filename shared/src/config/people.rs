//! The configuration of `people`.

use super::{ConfigError, variables::Variables};

/// What `people` reads.
#[derive(Debug, Clone)]
pub struct PeopleConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
}

impl PeopleConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Ok(Self { memory_table: Variables(&lookup).required("MEMORY_TABLE")? })
    }
}

//! The configuration of `get_memories`.

use std::num::NonZeroUsize;

use super::{ConfigError, ExportConfig, ModelName, ModelsConfig, models::read_names, variables::Variables};
use crate::domain::{Calendar, Today};

/// What `get_memories` reads.
#[derive(Debug, Clone)]
pub struct GetMemoriesConfig {
    /// `MEMORY_TABLE`: the table of what is known.
    pub memory_table: String,
    /// `DAILY_SUMMARY_FUNCTION`: the name of the function that summarizes days.
    pub daily_summary_function: String,
    /// `AWS_LAMBDA_FUNCTION_NAME`: its own name, which Lambda sets; it hands work over to itself.
    pub own_name: String,
    /// `MERGE_MODELS`, and how to reach them; none for `none`.
    pub models: ModelsConfig,
    /// `SUMMARY_MODELS`: who summarizes days, to know when they are cooling down.
    pub summary_models: Vec<ModelName>,
    /// `HISTORY_DAYS` (6) and `SETTLE_SECONDS` (1200).
    pub calendar: Calendar,
    /// `TODAY` (append): whether what was said today is appended to a memory, or merged.
    pub today: Today,
    /// `MERGE_BATCH` (1): how many people of a request one call may be about.
    pub merge_batch: NonZeroUsize,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent; none are made without it.
    pub export: Option<ExportConfig>,
}

impl GetMemoriesConfig {
    /// Reads and checks every variable.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let variables = Variables(&lookup);
        Ok(Self {
            memory_table: variables.required("MEMORY_TABLE")?,
            daily_summary_function: variables.required("DAILY_SUMMARY_FUNCTION")?,
            own_name: variables.required("AWS_LAMBDA_FUNCTION_NAME")?,
            models: ModelsConfig::read_or_none(&variables, "MERGE_MODELS")?,
            summary_models: read_names(&variables, "SUMMARY_MODELS")?,
            calendar: variables.calendar()?,
            today: variables.optional("TODAY").map_or(Ok(Today::default()), |_| variables.parsed("TODAY"))?,
            merge_batch: NonZeroUsize::new(variables.number("MERGE_BATCH", 1, 1..=10)? as usize)
                .unwrap_or(NonZeroUsize::MIN),
            export: ExportConfig::read(&variables)?,
        })
    }
}

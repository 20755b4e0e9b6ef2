//! What each function reads from its environment. A wrong value stops the function at init, and says which one it is.
//!
//! Every constructor takes a lookup, so that no test needs the environment of the process.

mod daily_summary;
mod discord;
mod error;
mod export;
mod get_memories;
mod guilds;
mod handling;
mod ingest_messages;
mod interactions;
mod models;
mod people;
mod respond;
mod secret;
mod sync_messages;
mod variables;

pub use daily_summary::DailySummaryConfig;
pub use discord::DiscordConfig;
pub use error::ConfigError;
pub use export::ExportConfig;
pub use get_memories::GetMemoriesConfig;
pub use ingest_messages::IngestMessagesConfig;
pub use interactions::InteractionsConfig;
pub use models::{
    GeminiConfig, JsonForm, ModelConfig, ModelName, ModelOptions, ModelsConfig, OpenAiConfig, Provider, TokensField,
};
pub use people::PeopleConfig;
pub use respond::RespondConfig;
pub use secret::{ApiKey, KeySource};
pub use sync_messages::SyncMessagesConfig;

/// Looks a variable up in the environment of the process.
pub fn environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[cfg(test)]
mod tests;

//! Models, how to reach them, and what is asked of each.

mod access;
mod model;
mod name;
mod options;

pub use access::{GeminiConfig, ModelsConfig, OpenAiConfig};
pub(super) use access::{read_names, read_names_or_none};
pub use model::{JsonForm, ModelConfig, ModelOptions, TokensField};
pub use name::{ModelName, Provider};

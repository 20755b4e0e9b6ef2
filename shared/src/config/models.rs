//! Models, how to reach them, and what is asked of each.

mod access;
mod model;
mod name;
mod options;

pub use access::{GeminiConfig, ModelsConfig, OpenAiConfig};
pub use model::ModelConfig;
pub use name::{ModelName, Provider};
pub use options::ModelOptions;

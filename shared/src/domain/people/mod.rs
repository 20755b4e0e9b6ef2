//! What is known about a person: what was taught, and the memory it is merged into.

mod alias;
mod cleaned;
mod error;
mod inputs;
mod known_names;
mod limits;
mod memory;
mod person;

pub use alias::{Alias, is_same_name};
pub(crate) use cleaned::{cleaned, folded_name};
pub use error::PersonError;
pub use inputs::{DayText, MergeInputs, Source, Today};
pub use known_names::{KnownNames, Said, SaidNames};
pub use limits::{LONGEST_KEPT_WARM, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, MAX_NAMES, cut_name};
pub use memory::{MEMORY_LIFE, Memory};
pub use person::{Fact, FactId, Person};

//! What is known about a person: what was taught, and the memory it is merged into.

mod inputs;
mod memory;
mod person;

pub use inputs::{DayText, MergeInputs, Source};
pub use memory::{MEMORY_LIFE, Memory};
pub(crate) use person::cleaned;
pub use person::{
    Fact, FactId, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, MAX_NAMES, Person, PersonError,
};

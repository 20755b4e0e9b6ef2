//! What is known about a person: what was taught, and the memory it is merged into.

mod memory;
mod person;

pub use memory::{DayText, Knowledge, MEMORY_LIFE, Memory, Source};
pub(crate) use person::cleaned;
pub use person::{
    Fact, FactId, MAX_ALIASES, MAX_FACT_CHARS, MAX_FACTS, MAX_NAME_CHARS, MAX_NAMES, Person, PersonError,
};

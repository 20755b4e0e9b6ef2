//! What a model made of a guild-day, and of the chunks it was asked about in.

mod chunk;
mod retention;
mod summary;

pub use chunk::{CHUNK_LIFE, ChunkOutcome, KeptChunk};
pub use retention::SummaryRetention;
pub use summary::{DayRecord, DaySummary, Freshness, SummaryStatus};

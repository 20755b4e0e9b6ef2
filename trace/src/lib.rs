//! Reads traces of OpenTelemetry and says where their time went: who waited for whom, what was on the critical path, how
//! long a model was at work, and what could have run at once but ran one after the other.
//!
//! ```text
//! bytes ──▶ otlp::read ──▶ Span ──▶ Trace ──▶ Analysis ──▶ terminal, picture, page
//!                                               ├── CriticalPath
//!                                               ├── ModelTime
//!                                               └── Diagnosis
//! ```
//!
//! Nothing here reads a file, a clock or a network, and no trace panics: whatever other programs write is drawn as far as it
//! can be, and what cannot be read is a [`Problem`] with its line. All times are nanoseconds. `docs/traces.md` tells the
//! definitions to whoever reads the pictures.

mod analysis;
mod axis;
mod colours;
mod critical_path;
mod diagnosis;
mod html;
mod label;
mod model_time;
mod otlp;
mod page;
mod picture;
mod rows;
mod runs;
mod sentences;
mod span;
mod svg;
mod terminal;
mod trace;
mod units;
mod what_if;

pub use analysis::Analysis;
pub use critical_path::{CriticalPath, Segment};
pub use diagnosis::{Diagnosis, Finding};
pub use model_time::ModelTime;
pub use otlp::{Problem, Reading, read};
pub use page::page;
pub use picture::{Panel, comparison, picture};
pub use rows::{Row, Rows};
pub use sentences::headline;
pub use span::{Id, Kind, Span};
pub use terminal::{Terminal, waterfall};
pub use trace::{Node, NodeId, Trace};
pub use units::duration;

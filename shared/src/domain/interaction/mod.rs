//! What people ask for in Discord, and what they are answered: values without a wire.

mod action;
mod handle;
mod language;
mod place;
mod reply;
mod response;

pub use action::Action;
pub use handle::{Handle, InteractionToken, InvalidToken};
pub use language::Language;
pub use place::Place;
pub use reply::{Reply, Undo};
pub use response::{Answer, Choice};

/// One use of a command, a button or a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Where it can be answered.
    pub handle: Handle,
    /// The language its user reads.
    pub language: Language,
    /// Where it was used, and by whom; `None` outside of guilds.
    pub place: Option<Place>,
    /// What is asked for.
    pub action: Action,
}

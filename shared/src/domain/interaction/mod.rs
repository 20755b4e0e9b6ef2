//! What people ask for in Discord, and what they are answered: values without a wire.

mod action;
mod asked;
mod handle;
mod invoker;
mod language;
mod quote;
mod reply;
mod response;

pub use action::{Action, Autocomplete, Command, Component, FilledForm};
pub use asked::{ANSWERS_WITHIN, Asked, MAX_ANSWERS};
pub use handle::{Handle, InteractionToken, InvalidToken};
pub use invoker::Invoker;
pub use language::Language;
pub use quote::{inline, quoted};
pub use reply::{Button, ReplyContent, ReplyFile};
pub use response::{Choice, Form, InteractionResponse};

/// One use of a command, a button or a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Where it can be answered.
    pub handle: Handle,
    /// The language its user reads.
    pub language: Language,
    /// Who used it in which guild; `None` outside of guilds.
    pub invoker: Option<Invoker>,
    /// What is asked for.
    pub action: Action,
}

//! The language of Discord: what its interactions webhook sends and is answered, and what a message shows. Pure: bytes in,
//! values out.
//!
//! The types of the wire are private and lenient. Those that others publish refuse the examples of Discord's own
//! documentation, and Discord adds fields as it likes: what is not needed is not looked at.

mod commands;
mod custom_id;
mod incoming;
mod limits;
mod outgoing;
mod shown;
mod signature;
mod values;

pub use commands::definitions;
pub use incoming::{Incoming, Unreadable, read};
pub use outgoing::{Rendered, callback, pong, render};
pub use shown::Shown;
pub use signature::{BadSignature, InvalidPublicKey, PublicKey, is_timely};
pub use values::says_nothing;

//! What concerns a guild as a whole: what its moderators decided, and what Discord said about its roles and channels.

mod open_channels;
mod roles;
pub(super) mod settings;

//! A guild: its channels, who may do what in it, and what its managers decided.

mod channel;
mod permissions;
mod settings;

pub use channel::{Channel, ChannelKind, GuildChannels};
pub use permissions::Permissions;
pub use settings::{
    GuildSettings, MAX_CHANNELS, MAX_RETENTION_DAYS, Retention, SettingsChange, Teacher, Teachers, Viewers,
};

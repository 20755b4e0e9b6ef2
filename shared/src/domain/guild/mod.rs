//! A guild: its channels and roles, who may read and do what in it, and what its moderators decided.

mod allowed;
mod audience;
mod channel;
mod openness;
mod permissions;
mod roles;
mod settings;

pub use allowed::AllowedGuilds;
pub use audience::{Audience, OpenChannels};
pub use channel::{Channel, ChannelKind, GuildChannels, Overwrite};
pub use openness::{Openness, Tellable};
pub use permissions::Permissions;
pub use roles::{GUILD_FACTS_LIFE, KeptRoles, Roles};
pub use settings::{
    Consent, GuildSettings, MAX_CHANNELS, MAX_RETENTION_DAYS, NamedChannel, Retention, SettingsChange, Teacher,
    Teachers, Viewers,
};

//! Why reading ends early.

use crate::{
    app::AppError,
    ports::{DiscordError, StoreError},
};

/// Why the reading of a channel ends early.
pub(super) enum Stop {
    /// The time is up, or Discord wants to be asked later.
    Unfinished,
    /// The bot may not read it.
    Forbidden,
    /// Discord does not know the bot.
    UnknownToken,
    /// What people write is hidden, as far as this run has seen.
    Hidden,
    /// Something is wrong, and what to do about it.
    Failed(String),
}

/// Why a guild cannot be read.
pub(super) enum Failure {
    /// Discord does not know the bot.
    UnknownToken,
    /// The bot is not in the guild.
    NotThere,
    /// Something is wrong, and what to do about it.
    Problem(String),
}

/// Discord does not know the bot's token, so that no guild can be read.
pub(super) struct UnknownToken;

impl From<DiscordError> for Stop {
    fn from(error: DiscordError) -> Self {
        match error {
            error if error.is_missing_access() => Self::Forbidden,
            DiscordError::Unauthorized => Self::UnknownToken,
            DiscordError::RateLimited { .. } => Self::Unfinished,
            error => Self::Failed(nothing_is_lost(&error)),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(AppError::from(error).message)
    }
}

impl From<DiscordError> for Failure {
    fn from(error: DiscordError) -> Self {
        match error {
            DiscordError::Unauthorized => Self::UnknownToken,
            DiscordError::Forbidden { .. } | DiscordError::NotFound { .. } => Self::NotThere,
            error => Self::Problem(nothing_is_lost(&error)),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Problem(AppError::from(error).message)
    }
}

fn nothing_is_lost(error: &DiscordError) -> String {
    format!("{error}; nothing is lost, the next run goes on")
}

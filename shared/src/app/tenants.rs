//! Which guilds this deployment serves (DESIGN rule 30).

use super::AppError;
use crate::domain::{AllowedGuilds, GuildId};

/// Refuses a guild that is not served.
///
/// # Errors
/// `InvalidRequest`.
pub fn check_allowed(allowed: &AllowedGuilds, guild: GuildId) -> Result<(), AppError> {
    if allowed.allow(guild) {
        return Ok(());
    }
    Err(AppError::invalid(format!(
        "guild_id: this deployment does not serve guild {guild}; ALLOWED_GUILDS names those it does"
    )))
}

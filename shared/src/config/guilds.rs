//! Lists of guilds.

use super::{ConfigError, variables::Variables};
use crate::domain::{AllowedGuilds, GuildId};

/// The guilds in a variable, separated by commas; none if it is left out.
pub(super) fn read_guilds(variables: &Variables<'_>, variable: &'static str) -> Result<Vec<GuildId>, ConfigError> {
    let Some(text) = variables.optional(variable) else { return Ok(Vec::new()) };
    let guilds: Result<Vec<GuildId>, _> = text.split(',').map(|guild| guild.trim().parse()).collect();
    let problem = || "must be the ids of guilds, separated by commas".to_owned();
    guilds.map_err(|_| ConfigError { variable, problem: problem() })
}

/// `ALLOWED_GUILDS`: where anything is written or answered; any guild if it is left out (DESIGN rule 30).
pub(super) fn allowed_guilds(variables: &Variables<'_>) -> Result<AllowedGuilds, ConfigError> {
    read_guilds(variables, "ALLOWED_GUILDS").map(AllowedGuilds::new)
}

/// `DISCORD_GUILDS`: the guilds that `sync_messages` reads; none if it is left out. Each is allowed.
pub(super) fn discord_guilds(variables: &Variables<'_>) -> Result<Vec<GuildId>, ConfigError> {
    const VARIABLE: &str = "DISCORD_GUILDS";
    let (guilds, allowed) = (read_guilds(variables, VARIABLE)?, allowed_guilds(variables)?);
    match guilds.iter().find(|guild| !allowed.allow(**guild)) {
        None => Ok(guilds),
        Some(guild) => {
            Err(ConfigError { variable: VARIABLE, problem: format!("{guild} is not one of ALLOWED_GUILDS") })
        }
    }
}

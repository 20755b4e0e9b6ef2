//! What Discord says of the application, its commands and its guilds.

use std::collections::BTreeMap;

use futures::future::join_all;
use guild_memory::{
    adapters::discord::{Discord, Membership},
    domain::{ApplicationId, GuildId, UserId},
    ports::DiscordError,
};

use super::{LIMIT, within};
use crate::commands::doctor::{
    finding::{Asked, Trouble},
    judge::{application::Seen, commands::Registered},
};

/// The application, and how its endpoint answers a request that nobody signed: as Discord tests it.
pub(in crate::commands::doctor) async fn application(discord: &Discord) -> Result<Seen, DiscordError> {
    let application = discord.application().await?;
    let unsigned = match &application.endpoint {
        Some(endpoint) => Some(within(LIMIT, send_unsigned(endpoint)).await),
        None => None,
    };
    Ok(Seen { application, unsigned })
}

async fn send_unsigned(endpoint: &str) -> Asked<u16> {
    // Without the error itself: it quotes the address.
    let silent = |error: reqwest::Error| {
        let why = if error.is_connect() { "no connection" } else { "it failed" };
        Trouble::Silent(why.to_owned())
    };
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(silent)?;
    let request = client.post(endpoint).header("content-type", "application/json");
    let request = request.header("x-signature-ed25519", "0".repeat(128)).header("x-signature-timestamp", "0");
    Ok(request.body(r#"{"type":1}"#).send().await.map_err(silent)?.status().as_u16())
}

/// The commands that are registered for every guild, and for each of these.
pub(in crate::commands::doctor) async fn commands(
    discord: &Discord,
    application: ApplicationId,
    guilds: &[GuildId],
) -> Registered {
    let in_guilds =
        join_all(guilds.iter().map(async |guild| (*guild, discord.commands(application, Some(*guild)).await)));
    let (everywhere, in_guilds) = tokio::join!(discord.commands(application, None), in_guilds);
    Registered { everywhere, in_guilds: BTreeMap::from_iter(in_guilds) }
}

/// A guild as the bot finds it.
pub(in crate::commands::doctor) async fn guild(
    discord: &Discord,
    guild: GuildId,
    bot: UserId,
) -> Result<Membership, DiscordError> {
    discord.membership(guild, bot).await
}

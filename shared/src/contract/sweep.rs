//! `ingest_messages`, asked to delete what is stored of channels that are not open any more.

use serde::Serialize;

use super::request::Request;
use crate::domain::GuildId;

/// Has messages of channels that are not open deleted (DESIGN rule 28), by an event of `ingest_messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SweepRequest {
    /// The guild whose channels they are.
    pub guild_id: GuildId,
    sweep: bool,
}

impl SweepRequest {
    /// For the channels of that guild.
    pub fn new(guild_id: GuildId) -> Self {
        Self { guild_id, sweep: true }
    }
}

/// Nobody reads the answer.
impl Request for SweepRequest {
    type Response = ();
}

//! The contract, in the rooms of the ports.

mod chunks;
mod erasures;
mod fixtures;
mod guild;
mod interaction;
mod leases;
mod leaving;
mod messages;
mod models;
mod names;
mod people;
mod sides;
mod summaries;
mod wipes;

pub(crate) use chunks::*;
pub(crate) use erasures::*;
pub(crate) use fixtures::*;
pub(crate) use guild::*;
pub(crate) use interaction::*;
pub(crate) use leases::*;
pub(crate) use leaving::*;
pub(crate) use messages::*;
pub(crate) use models::*;
pub(crate) use names::*;
pub(crate) use people::*;
pub(crate) use summaries::*;
pub(crate) use wipes::*;

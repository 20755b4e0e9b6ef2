//! What the tool can do: a module each.

mod cost;
mod doctor;
mod endings;
mod import;
mod models;
mod register;
mod trace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Stores the messages of export files
    Import(import::Arguments),
    /// The commands that people see in Discord
    #[command(subcommand)]
    Commands(register::Commands),
    /// Whether everything a deployment needs is there and works: what is wrong first, and what to do
    Doctor(doctor::Arguments),
    /// Which models are left alone, why, and until when
    Models(models::Arguments),
    /// Where the time of a request went, from a trace of OpenTelemetry's, and what could have run at once
    Trace(trace::Arguments),
    /// What it costs, from what the functions logged, and what it comes to in a month
    Cost(cost::Arguments),
    /// What is kept of one person: handed out, or ended
    #[command(subcommand)]
    Person(endings::Person),
    /// What is kept of a guild: ended
    #[command(subcommand)]
    Guild(endings::Guild),
}

impl Command {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Import(arguments) => import::run(arguments).await,
            Self::Commands(commands) => commands.run().await,
            Self::Doctor(arguments) => doctor::run(arguments).await,
            Self::Models(arguments) => models::run(arguments).await,
            Self::Trace(arguments) => trace::run(&arguments).await,
            Self::Cost(arguments) => cost::run(arguments).await,
            Self::Person(person) => person.run().await,
            Self::Guild(guild) => guild.run().await,
        }
    }
}

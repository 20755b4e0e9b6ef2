//! `guild-memory` as a program.

#![allow(clippy::unwrap_used)]

mod costs;
mod doctor;
mod endings;
mod features;
mod forms;
mod home;
mod mistakes;
mod models;
mod registering;
mod traces;

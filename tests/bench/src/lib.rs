//! Measures what is promised about speed, over the real functions as processes of their own, with a stand-in for the model
//! that takes as long as a real one took.
//!
//! [`traces`] says what was once measured; [`chat`] invents the messages; [`world`] is the machine it runs on;
//! [`experiments`] measure; [`report`] compares with the promises and prints; [`waterfall`] draws.
//!
//! Only for Linux: peak memory and processor time come from `/proc`.

pub mod chat;
pub mod experiments;
pub mod process;
pub mod report;
pub mod stats;
pub mod traces;
pub mod waterfall;
pub mod window;
pub mod world;

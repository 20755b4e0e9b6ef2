//! What the bot says in Discord, each thing in English and in German. Every failure says what happened and what to do. Pure:
//! a file a subject, all of them on [`Language`](crate::domain::Language).

mod answers;
mod days;
mod either;
mod failures;
mod own_memory;
mod person;
mod privacy;
mod refusals;
mod settings;
mod wipe;

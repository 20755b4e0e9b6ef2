//! Lambda's Invoke, as AWS answers it, in front of cargo-lambda's emulator, which knows only one way.

mod configuration;
mod endpoint;
mod outcome;
mod script;
#[cfg(test)]
mod tests;
pub(crate) mod url;

pub(crate) use configuration::configuration;
pub(crate) use endpoint::{Endpoint, invoke};
pub(crate) use script::MakeRoom;
pub use script::{Ending, Invocation, InvocationType, LambdaScript};

//! Everything the Lambdas talk to, on one machine, in one process, behind one loopback address.
//!
//! | path | stands in for |
//! |---|---|
//! | `POST /`, target `DynamoDB_20120810.*` | DynamoDB, served by `dynoxide` behind a guard ([`StoreScript`]) |
//! | `POST /`, target `AmazonSSM.GetParameter` | the Parameter Store |
//! | `POST /v1beta/models/{model}:generateContent` | the Gemini API ([`ModelScript`]) |
//! | `/api/v10/*` | Discord's REST API ([`DiscordScript`]) |
//! | `POST /2015-03-31/functions/{name}/invocations` | Lambda, in front of cargo-lambda's emulator ([`LambdaScript`]) |
//! | `GET /` | nothing: a page for people, which shows what is in all of this (`page.rs`) |
//! | `/otlp/*` | a collector of OpenTelemetry's, which keeps the last traces ([`Traces`]) |
//! | `GET /2015-03-31/functions/{name}/configuration` | Lambda's GetFunctionConfiguration |
//! | `/_local/*` | nothing: counters and scripts, for people and other processes |
//!
//! [`LocalCloud`] has a runtime of its own, so that dropping it stops everything it started. [`Emulator`] starts the
//! function binaries as processes of their own, as many as are asked at once. Nothing here is reachable from another machine.

mod cloud;
mod control;
mod counters;
mod discord;
mod dynamodb;
mod emulator;
mod front;
mod http;
mod lambda;
mod model;
mod nowhere;
mod page;
mod services;
mod ssm;
mod template;
mod temporary;
mod traces;
mod visitors;
mod watch;

pub use cloud::{LocalCloud, Options};
pub use counters::Counters;
pub use discord::{
    BOT as DISCORD_BOT, DiscordFault, DiscordFile, DiscordReply, DiscordRequest, DiscordScript, discord_signature,
};
pub use dynamodb::{Capacity, HeldWrite, StoreCall, StoreScript, Throttle};
pub use emulator::{Emulator, EmulatorOptions, cargo_lambda, workspace_root};
pub use http::PortTaken;
pub use lambda::{Ending, Invocation, InvocationType, LambdaScript};
pub use model::{Fault, Hold, KeyFault, ModelCall, ModelScript, Pace, Rule, Task, Timing};
pub use nowhere::Nowhere;
pub use template::Template;
pub use temporary::Folder;
pub use traces::{RequestTrace, Traces};
pub use watch::{Settings, Watch, try_to_start};

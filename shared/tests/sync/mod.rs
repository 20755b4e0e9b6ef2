//! Reading from Discord, over its real client and a real DynamoDB client: whatever refuses, fails, dies or changes meanwhile,
//! the table ends as Discord has it. The use case runs in this process, so that a test decides about time and about who
//! dies when.

mod history;
mod script;

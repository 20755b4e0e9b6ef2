//! What is read of days, of the parts of their summaries, and of people: not more texts than somebody asked for.

use crate::{adapters::dynamodb::table::Projection, ports::TextsOf};

/// People who fit into an expression of DynamoDB's; where more are asked for, all is read.
const MAX_PROJECTED: usize = 200;

/// Every attribute that a window reads, but for the texts of summaries.
#[rustfmt::skip]
const ATTRIBUTES: [&str; 35] = [
    "v", "expires_at", "built_at", "model", "usage",
    // Ledgers, and leases on them and on memories.
    "version", "purged_version", "message_count", "read_version", "fingerprint", "purge_done",
    "lease_owner", "lease_until", "lease_input", "lease_days", "last_failure",
    // Summaries and their parts.
    "status", "prompt_hash", "blocked_messages", "generation", "parts", "first_users",
    // People.
    "facts", "facts_revision", "name", "name_seen", "names", "taught_names", "aliases", "names_taken_back", "opted_out",
    // Memories.
    "text", "input_hash", "facts_hash", "day_versions",
];

/// All that is known, and those texts; everything where that is not to be had for less.
pub(crate) fn projection(of: TextsOf<'_>) -> Option<Projection> {
    match of {
        TextsOf::People(users) if users.len() <= MAX_PROJECTED => {
            Some(Projection::new(&ATTRIBUTES, "texts", users.iter().map(ToString::to_string)))
        }
        _ => None,
    }
}

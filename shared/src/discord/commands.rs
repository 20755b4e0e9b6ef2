//! The commands people see in Discord. Their words are in `commands.json`, in the shape Discord takes.

use serde_json::Value;

/// The definitions of all commands: the body of `PUT /applications/{id}/commands`.
pub fn definitions() -> Vec<Value> {
    serde_json::from_str(include_str!("commands.json")).unwrap_or_default()
}

#[cfg(test)]
mod tests;

//! Hashes that name inputs: the same input, the same hash, in every process and release.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// SHA-256 over the parts, each with its length before it so that no two lists of parts meet, as 64 hex digits.
pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // writing to a String cannot fail
        hex
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn where_one_part_ends_matters() {
        assert_ne!(super::of(["ab", "c"]), super::of(["a", "bc"]));
        assert_eq!(super::of(["ab", "c"]), super::of(["ab", "c"]));
    }
}

//! What belongs together.

use serde::{Serialize, de::DeserializeOwned};

/// What a function is asked when another one invokes it; it says what is answered.
pub trait Request: Serialize {
    /// The answer.
    type Response: DeserializeOwned;

    /// Whether nothing is done or paid twice when it arrives twice: a lease, a claim or what is kept already sees to that.
    fn is_repeatable(&self) -> bool {
        true
    }
}

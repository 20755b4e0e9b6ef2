//! What belongs together.

use serde::{Serialize, de::DeserializeOwned};

/// What a function is asked when another one invokes it; it says what is answered.
pub trait Request: Serialize {
    /// The answer.
    type Response: DeserializeOwned;
}

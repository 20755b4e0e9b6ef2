use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::ports::Clock;

/// A clock that stands still until it is set.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that shows `at` (RFC 3339).
    ///
    /// # Panics
    /// If `at` is no time.
    pub fn at(at: &str) -> Self {
        Self(Arc::new(Mutex::new(at.parse().expect("a time"))))
    }

    /// Sets it to `at` (RFC 3339).
    ///
    /// # Panics
    /// If `at` is no time.
    pub fn set(&self, at: &str) {
        *self.0.lock().expect("no test panics with the clock in hand") = at.parse().expect("a time");
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no test panics with the clock in hand")
    }
}

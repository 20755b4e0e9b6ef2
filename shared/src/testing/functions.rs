use std::sync::{Arc, Mutex};

use crate::ports::{DayReport, DayRequest, InvokeError, SummarizeDay};

type Script = dyn Fn(&DayRequest) -> Result<DayReport, InvokeError> + Send + Sync;

/// A `daily_summary` that answers as it is told, and remembers what it was asked.
#[derive(Clone)]
pub struct ScriptedDays {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<DayRequest>>>,
}

impl ScriptedDays {
    /// Answers each request by `script`.
    pub fn new(script: impl Fn(&DayRequest) -> Result<DayReport, InvokeError> + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default() }
    }

    /// Fails every request in the same way.
    pub fn failing(error: InvokeError) -> Self {
        Self::new(move |_| Err(error.clone()))
    }

    /// Every request so far.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn asked(&self) -> Vec<DayRequest> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

impl SummarizeDay for ScriptedDays {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.asked.lock().expect("not poisoned").push(request.clone());
        (self.script)(&request)
    }
}

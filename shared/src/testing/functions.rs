use std::sync::{Arc, Mutex};

use crate::{
    contract::{DayReport, DayRequest, MemoriesRequest},
    domain::{Day, GuildId, UserId},
    ports::{CloseDays, InvokeError, SummarizeDay, WarmMemories},
};

type Script = dyn Fn(&DayRequest) -> Result<DayReport, InvokeError> + Send + Sync;

/// Functions that do as they are told: a `daily_summary` that answers as it is told, and remembers what it was asked.
#[derive(Clone)]
pub struct ScriptedFunctions {
    script: Arc<Script>,
    asked: Arc<Mutex<Vec<DayRequest>>>,
    behind: Arc<Mutex<Vec<MemoriesRequest>>>,
    closed: Arc<Mutex<Vec<(GuildId, Day)>>>,
}

impl ScriptedFunctions {
    /// Answers each request by `script`.
    pub fn new(script: impl Fn(&DayRequest) -> Result<DayReport, InvokeError> + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default(), behind: Arc::default(), closed: Arc::default() }
    }

    /// Fails every request in the same way.
    pub fn failing(error: InvokeError) -> Self {
        Self::new(move |_| Err(error.clone()))
    }

    /// Everybody whose memory was handed over.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn handed_over(&self) -> Vec<UserId> {
        self.behind().into_iter().flat_map(|request| request.user_ids).collect()
    }

    /// Every request that was handed over.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn behind(&self) -> Vec<MemoriesRequest> {
        self.behind.lock().expect("not poisoned").clone()
    }

    /// Every guild-day whose final summary was asked for.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn closed(&self) -> Vec<(GuildId, Day)> {
        self.closed.lock().expect("not poisoned").clone()
    }

    /// Every request so far.
    ///
    /// # Panics
    /// If a test panicked while it looked.
    pub fn asked(&self) -> Vec<DayRequest> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

impl SummarizeDay for ScriptedFunctions {
    async fn summarize_day(&self, request: DayRequest) -> Result<DayReport, InvokeError> {
        self.asked.lock().expect("not poisoned").push(request.clone());
        (self.script)(&request)
    }
}

impl WarmMemories for ScriptedFunctions {
    async fn warm_memories(&self, request: MemoriesRequest) -> Result<(), InvokeError> {
        self.behind.lock().expect("not poisoned").push(request);
        Ok(())
    }
}

impl CloseDays for ScriptedFunctions {
    async fn close_day(&self, guild: GuildId, day: Day) -> Result<(), InvokeError> {
        self.closed.lock().expect("not poisoned").push((guild, day));
        Ok(())
    }
}

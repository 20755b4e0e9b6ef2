//! All processes of all functions: more are started when more are asked for, and who asks hears when none is left.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use anyhow::Result;

use super::{
    function::Function,
    process::{Log, Process},
};
use crate::lambda::{LambdaScript, MakeRoom};

/// How long a caller of a function that has died may have to wait for the news.
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
    /// Dropping it ends the thread.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    functions: Mutex<BTreeMap<String, Function>>,
    lambda: LambdaScript,
}

impl Pool {
    pub(super) fn start(functions: BTreeMap<String, Function>, lambda: LambdaScript) -> Self {
        let shared = Arc::new(Shared { functions: Mutex::new(functions), lambda });
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(LOOK_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                watched.report_the_dead();
            }
        });
        Self { shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Who starts processes as they are needed, as long as this is there.
    pub(super) fn room(&self) -> Weak<dyn MakeRoom> {
        let room: Arc<dyn MakeRoom> = Arc::<Shared>::clone(&self.shared);
        Arc::downgrade(&room)
    }

    pub(super) fn logs(&self, only: Option<&str>) -> String {
        let functions = self.shared.functions();
        let wanted = functions.iter().filter(|(name, _)| only.is_none_or(|only| only == name.as_str()));
        wanted.map(|(_, function)| function.output()).collect()
    }

    pub(super) fn all_logs(&self) -> Vec<Log> {
        self.shared.functions().values().map(Function::log).collect()
    }

    pub(super) fn pids(&self, function: &str) -> Vec<u32> {
        let mut functions = self.shared.functions();
        functions.get_mut(function).into_iter().flat_map(Function::alive).map(|process| process.id()).collect()
    }

    pub(super) fn kill_one(&self, function: &str) -> bool {
        let mut functions = self.shared.functions();
        let one = functions.get_mut(function).and_then(|function| function.alive().next());
        one.map(Process::kill).is_some()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lambda.forget_emulator();
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It only looks and tells; if it panicked there is nothing left to do.
            let _ = thread.join();
        }
        self.shared.functions().clear();
    }
}

impl MakeRoom for Shared {
    fn make_room(&self, function: &str, underway: usize) -> Result<()> {
        let mut functions = self.functions();
        if let Some(known) = functions.get_mut(function)
            && known.make_room(underway)?
        {
            self.lambda.function_is_back(function);
        }
        Ok(())
    }
}

impl Shared {
    fn report_the_dead(&self) {
        for (name, function) in self.functions().iter_mut() {
            if function.is_gone() {
                self.lambda.function_is_gone(name, &function.output());
            }
        }
    }

    fn functions(&self) -> MutexGuard<'_, BTreeMap<String, Function>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

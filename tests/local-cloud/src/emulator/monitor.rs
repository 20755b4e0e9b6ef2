//! Watches over the processes of the functions: an invocation of a function whose processes are all gone must not wait.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use super::process::Process;
use crate::lambda::LambdaScript;

/// The processes of each function.
pub(super) type Functions = BTreeMap<String, Vec<Process>>;

/// How long a caller of a function that has died may have to wait for the news.
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Monitor {
    functions: Arc<Mutex<Functions>>,
    /// Dropping it ends the thread.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    pub(super) fn start(functions: Functions, lambda: LambdaScript) -> Self {
        let functions = Arc::new(Mutex::new(functions));
        let (stop, stopped) = mpsc::channel();
        let watched = Arc::clone(&functions);
        let thread = std::thread::spawn(move || {
            while stopped.recv_timeout(LOOK_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                report_the_dead(&mut lock(&watched), &lambda);
            }
        });
        Self { functions, stop: Some(stop), thread: Some(thread) }
    }

    pub(super) fn logs(&self, only: Option<&str>) -> String {
        let functions = lock(&self.functions);
        let wanted = functions.iter().filter(|(name, _)| only.is_none_or(|only| only == name.as_str()));
        // The processes of one function share one log.
        wanted.filter_map(|(_, processes)| processes.first()).map(|process| process.output()).collect()
    }

    pub(super) fn alive(&self, function: &str) -> usize {
        self.pids(function).len()
    }

    pub(super) fn pids(&self, function: &str) -> Vec<u32> {
        let mut functions = lock(&self.functions);
        let processes = functions.get_mut(function).map(Vec::as_mut_slice).unwrap_or_default();
        processes.iter_mut().filter_map(|process| (!process.has_ended()).then(|| process.id())).collect()
    }

    pub(super) fn kill_one(&self, function: &str) -> bool {
        let mut functions = lock(&self.functions);
        let processes = functions.get_mut(function).map(Vec::as_mut_slice).unwrap_or_default();
        for process in processes {
            if !process.has_ended() {
                process.kill();
                return true;
            }
        }
        false
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It only looks and tells; if it panicked there is nothing left to do.
            let _ = thread.join();
        }
        lock(&self.functions).clear();
    }
}

fn report_the_dead(functions: &mut Functions, lambda: &LambdaScript) {
    for (name, processes) in functions.iter_mut().filter(|(_, processes)| !processes.is_empty()) {
        if processes.iter_mut().all(Process::has_ended) {
            let output = processes.first().map(|process| process.output()).unwrap_or_default();
            lambda.function_is_gone(name, &output);
        }
    }
}

fn lock(functions: &Mutex<Functions>) -> MutexGuard<'_, Functions> {
    functions.lock().unwrap_or_else(PoisonError::into_inner)
}

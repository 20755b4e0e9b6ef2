//! Until when Discord is to be asked nothing: at all, or on paths whose limit is used up.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::ports::DiscordError;

/// What is known of Discord's rate limits. Clones know the same.
#[derive(Debug, Clone, Default)]
pub(super) struct RateLimits(Arc<Mutex<Limits>>);

#[derive(Debug, Default)]
struct Limits {
    /// Until when nothing may be asked.
    global: Option<Instant>,
    /// Until when certain paths may not.
    paths: HashMap<String, Instant>,
}

impl RateLimits {
    /// Waits until `path` may be asked.
    ///
    /// # Errors
    /// [`DiscordError::RateLimited`], at once, if that is not before `deadline`.
    pub(super) async fn wait(&self, path: &str, deadline: Instant) -> Result<(), DiscordError> {
        let Some((until, global)) = self.limit_of(path) else { return Ok(()) };
        let now = Instant::now();
        if until > now && until >= deadline {
            return Err(DiscordError::RateLimited { retry_after: until - now, global });
        }
        tokio::time::sleep_until(until).await;
        Ok(())
    }

    /// Until when `path` may not be asked, and whether that is so for all paths.
    fn limit_of(&self, path: &str) -> Option<(Instant, bool)> {
        let limits = self.lock();
        let until = limits.global.max(limits.paths.get(limited_as_one(path)).copied())?;
        Some((until, limits.global == Some(until)))
    }

    /// Nothing may be asked for that long.
    pub(super) fn note_global(&self, wait: Duration) {
        let mut limits = self.lock();
        limits.global = limits.global.max(Some(Instant::now() + wait));
    }

    /// The last request to `path` that is allowed for that long was made.
    pub(super) fn note_used_up(&self, path: String, wait: Duration) {
        let (mut limits, now) = (self.lock(), Instant::now());
        limits.paths.retain(|_, until| *until > now);
        limits.paths.insert(limited_as_one(&path).to_owned(), now + wait);
    }

    fn lock(&self) -> MutexGuard<'_, Limits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What of the path has a limit of its own: the members of a guild share one.
fn limited_as_one(path: &str) -> &str {
    path.split_once("/members/").map_or(path, |(guild, _)| guild)
}

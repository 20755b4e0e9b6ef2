//! Whether the application is shown what people write (DESIGN rule 22).
//!
//! A message that shows nothing proves nothing: it may be an invitation to a game, or of a kind that is new. Discord says by
//! the application's flags whether the intent is there. Where it does not say, a run in which some message of a person shows
//! something, in whichever channel, proves that it is.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;

use super::stop::Stop;
use crate::ports::{EntryKind, HistoryPage, ReadIntents};

pub(super) const INTENT_IS_MISSING: &str = "the bot may not see what people write: turn on the Message Content Intent of the application \
     (Discord's developer portal, Bot); nothing is lost, the next run reads these messages";

/// What one run knows of it.
#[derive(Default)]
pub(super) struct Intent {
    /// What Discord says; `None` if it does not.
    flag: OnceCell<Option<bool>>,
    /// A message of a person shows something.
    something_shows: AtomicBool,
}

impl Intent {
    /// Looks at a page before anything of it is stored.
    ///
    /// # Errors
    /// [`Stop::Hidden`] if what people write is hidden: the cursor stays before the page.
    pub(super) async fn check<D: ReadIntents>(&self, discord: &D, page: &HistoryPage) -> Result<(), Stop> {
        let any = |wanted: fn(&EntryKind) -> bool| page.entries.iter().any(|entry| wanted(&entry.kind));
        if any(|kind| matches!(kind, EntryKind::Said(_))) {
            self.something_shows.store(true, Ordering::Relaxed);
        }
        if !any(|kind| matches!(kind, EntryKind::Hidden)) {
            return Ok(());
        }
        let flag = self.flag.get_or_init(async || discord.sees_content().await.ok()).await;
        if flag.unwrap_or_else(|| self.something_shows()) { Ok(()) } else { Err(Stop::Hidden) }
    }

    /// Whether some message of a person showed something in this run.
    pub(super) fn something_shows(&self) -> bool {
        self.something_shows.load(Ordering::Relaxed)
    }
}

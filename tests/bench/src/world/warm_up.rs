//! "Lambdas already started": every process has answered one request, and has its connections.

use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::try_join_all;
use jiff::civil::Date;

use super::{Guild, World};

const LIMIT: Duration = Duration::from_secs(60);

impl World {
    /// Lets `count` processes of `get_memories` and as many of `daily_summary` answer one request each.
    ///
    /// ```text
    /// get_memories 1  ──▶ daily_summary 1 ──▶ model, which waits …        ──▶ answer
    /// get_memories 2  ──▶ daily_summary 2 ──▶ model, which waits …        ──▶ answer
    ///                               until all of them have asked it ──▶ go
    /// ```
    pub async fn warm_up(&self, day: Date, count: usize) -> Result<()> {
        let guilds: Vec<Guild> = (0..count).map(|_| Guild::new(["Ann"])).collect();
        for guild in &guilds {
            guild.chat(self, day, 1).await?;
            guild.teach(self, 1, "keeps bees on a roof").await?;
        }
        let all_at_once = usize::try_from(self.cloud.model().model_calls())? + count;
        let hold = self.cloud.model().hold();
        let requests = try_join_all(guilds.iter().map(|guild| async { guild.memories(self, &guild.users(1)).await }));
        let release = async {
            let waited = tokio::time::timeout(LIMIT, self.cloud.model().wait_for_calls(all_at_once)).await;
            drop(hold);
            waited.context("not every process took a request")
        };
        tokio::try_join!(requests, release)?;
        self.cloud.lambda().wait_until_idle().await;
        Ok(())
    }
}

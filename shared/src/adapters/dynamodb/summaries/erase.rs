//! Takes one person out of the summary of a day whose messages are not kept any more (DESIGN rule 41): it cannot be made
//! again, and what it tells of others stays.
//!
//! ```text
//! people     PART, CHUNK: without them ──▶ SUMMARY without them (attempt e), LEDGER committed e ──▶ PEOPLE without them
//! reader     keeps SUMMARY of attempt b ── LEDGER committed e ──▶ reads SUMMARY
//! ```

use std::collections::BTreeSet;

use serde_dynamo::from_item;

use super::summary::SummaryItem;
use crate::{
    adapters::dynamodb::{
        attributes::{Attributes, decode_rebuildable, key_of, map, text, text_set},
        keys::{self, Key},
        table::{Query, Write, condition_held},
        tables::MemoryTable,
    },
    domain::{Day, GuildId, UserId},
    ports::StoreError,
};

impl MemoryTable {
    /// Whether a text was taken out of the summary that is there. The note of who was in one goes last, so that who died on
    /// the way finds it again.
    pub(crate) async fn take_text_out(&self, guild: GuildId, day: Day, user: UserId) -> Result<bool, StoreError> {
        let of_day = Query::of(keys::day_partition(guild, day)).only("pk, sk, people");
        let items = self.table.query(of_day, |item| Ok((key_of(&item)?, item))).await?;
        let mut taken = false;
        let mut was_in_one = false;
        for (key, item) in items {
            if key.is_chunk() {
                self.write_if_there(Write::delete(&key), user).await?;
            } else if key.generation().is_some() {
                taken |= self.write_if_there(Write::update(&key, "REMOVE texts.#user"), user).await?;
            } else if key == Key::day_people(guild, day) {
                was_in_one |= people(item).is_none_or(|people| people.contains(&user.to_string()));
            }
        }
        taken |= self.take_out_of_summary(guild, day, user).await?;
        if was_in_one {
            self.take_out_of_people(guild, day, user).await?;
        }
        Ok(taken)
    }

    /// Another attempt is noted with it: whoever keeps the summary reads it again (DESIGN rule 7).
    async fn take_out_of_summary(&self, guild: GuildId, day: Day, user: UserId) -> Result<bool, StoreError> {
        let key = Key::summary(guild, day);
        let attempt = format!("erase-{:032x}", fastrand::u128(..));
        let summary =
            Write::update(&key, "SET attempt = :attempt REMOVE texts.#user").value(":attempt", text(&attempt));
        let ledger =
            Write::update(&Key::ledger(guild, day), "SET committed = :attempt").value(":attempt", text(&attempt));
        let transaction = self.table.transaction();
        let transaction = transaction.write(&self.table, only_if_there(summary, user));
        let taken = condition_held(transaction.write(&self.table, ledger.only_if(HAS_LEDGER)).commit().await)?;
        self.take_out_of_first_users(&key, user).await?;
        Ok(taken)
    }

    /// The summary of one in parts says with whom each of them begins.
    async fn take_out_of_first_users(&self, key: &Key, user: UserId) -> Result<(), StoreError> {
        let Some(item) = self.table.get(key).await? else { return Ok(()) };
        let Some(parts) = decode_rebuildable::<SummaryItem>(key, item).and_then(|summary| summary.parts) else {
            return Ok(());
        };
        if !parts.first_users.contains(&user) {
            return Ok(());
        }
        // Whoever comes after them in the part comes after this id, too.
        let after = UserId::try_from(user.get() + 1).unwrap_or(user);
        let first: Vec<UserId> =
            parts.first_users.iter().map(|first| if *first == user { after } else { *first }).collect();
        let update = Write::update(key, "SET first_users = :first").only_if("generation = :generation");
        let update = update.value(":first", map("first_users", first)?).value(":generation", text(&parts.generation));
        condition_held(self.table.write_contended(update).await).map(drop)
    }

    /// DynamoDB has no empty sets: with the last one the item goes.
    async fn take_out_of_people(&self, guild: GuildId, day: Day, user: UserId) -> Result<(), StoreError> {
        let key = Key::day_people(guild, day);
        let alone = Write::delete(&key).only_if("people = :alone").value(":alone", text_set([user.to_string()]));
        if condition_held(self.table.write_contended(alone).await)? {
            return Ok(());
        }
        let update = Write::update(&key, "DELETE people :user").only_if("attribute_exists(people)");
        let update = update.value(":user", text_set([user.to_string()]));
        condition_held(self.table.write_contended(update).await).map(drop)
    }

    async fn write_if_there(&self, write: Write, user: UserId) -> Result<bool, StoreError> {
        condition_held(self.table.write_contended(only_if_there(write, user)).await)
    }
}

const HAS_LEDGER: &str = "attribute_exists(version)";

fn only_if_there(write: Write, user: UserId) -> Write {
    write.only_if("attribute_exists(texts.#user)").name("#user", user.to_string())
}

/// Who was in a summary; `None` where it cannot be read.
fn people(item: Attributes) -> Option<BTreeSet<String>> {
    #[derive(serde::Deserialize)]
    struct People {
        people: BTreeSet<String>,
    }
    from_item::<_, People>(item).ok().map(|item| item.people)
}

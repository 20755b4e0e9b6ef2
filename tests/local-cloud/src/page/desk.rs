//! What the page reads from: the tables, as the functions read them, and what the functions were started with.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use anyhow::Result;
use guild_memory::{
    adapters::dynamodb::{MemoryTable, MessagesTable, keys::PARTITION_KEY},
    domain::{Day, GuildId, Message},
    ports::{ReadMessages as _, StoreError},
};
use serde_json::{Value, json};

use crate::{dynamodb::Engine, template::Template};

/// A handle: clones are the same.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Shared>);

struct Shared {
    engine: Engine,
    client: reqwest::Client,
    /// Those of the template, if it has them.
    names: Option<[String; 2]>,
    /// Made when somebody looks.
    tables: OnceLock<Tables>,
    environment: Mutex<BTreeMap<String, String>>,
    /// The guilds that there were after so many writes.
    guilds: Mutex<Option<(u64, BTreeSet<GuildId>)>>,
    /// The messages of days, as they were at that version of the ledger.
    messages: Mutex<BTreeMap<(GuildId, Day), AtVersion>>,
}

/// The messages of a day, and the ledger's version when they were read.
type AtVersion = (u64, Arc<Vec<Message>>);

/// What is known about days and people, and what people wrote.
pub(super) struct Tables {
    pub(super) memory: MemoryTable,
    messages: MessagesTable,
}

impl Desk {
    /// Over the tables of that engine; nobody is asked yet.
    pub(crate) fn new(engine: Engine, client: reqwest::Client, template: &Template) -> Self {
        let environments: Vec<_> = template.functions().map(|function| template.environment(function)).collect();
        let name = |variable: &str| environments.iter().find_map(|environment| environment.get(variable).cloned());
        let names = name("MEMORY_TABLE").zip(name("MESSAGES_TABLE")).map(|(memory, messages)| [memory, messages]);
        Self(Arc::new(Shared {
            engine,
            client,
            names,
            tables: OnceLock::new(),
            environment: Mutex::default(),
            guilds: Mutex::default(),
            messages: Mutex::default(),
        }))
    }

    /// Notes what the functions are started with.
    pub(crate) fn functions_have(&self, environment: BTreeMap<String, String>) {
        *lock(&self.0.environment) = environment;
    }

    /// A variable of the functions'.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        lock(&self.0.environment).get(name).cloned()
    }

    /// The tables; none if the template has none.
    pub(super) fn tables(&self) -> Option<&Tables> {
        let [memory, messages] = self.0.names.as_ref()?;
        Some(self.0.tables.get_or_init(|| {
            let memory = MemoryTable::new(&self.0.engine.config(), memory.clone());
            Tables { messages: MessagesTable::new(&memory, messages.clone()), memory }
        }))
    }

    /// The guilds of which anything is kept. Looked for again when there were more `writes` than the last time.
    pub(super) async fn guilds(&self, writes: u64) -> Result<BTreeSet<GuildId>> {
        if let Some((_, guilds)) = lock(&self.0.guilds).as_ref().filter(|(seen, _)| *seen == writes) {
            return Ok(guilds.clone());
        }
        let guilds = self.look_for_guilds().await?;
        *lock(&self.0.guilds) = Some((writes, guilds.clone()));
        Ok(guilds)
    }

    async fn look_for_guilds(&self) -> Result<BTreeSet<GuildId>> {
        let mut guilds = BTreeSet::new();
        let Some([table, _]) = &self.0.names else { return Ok(guilds) };
        let mut scan = json!({"TableName": table, "ProjectionExpression": PARTITION_KEY, "ConsistentRead": true});
        loop {
            let page = self.0.engine.ask(&self.0.client, "Scan", &scan).await?;
            let items = page["Items"].as_array().into_iter().flatten();
            guilds.extend(items.filter_map(|item| guild_of(item[PARTITION_KEY]["S"].as_str()?)));
            match &page["LastEvaluatedKey"] {
                Value::Null => return Ok(guilds),
                last => scan["ExclusiveStartKey"] = last.clone(),
            }
        }
    }

    /// What was written on a day. Read once for each version of its ledger.
    pub(super) async fn messages(
        &self,
        guild: GuildId,
        day: Day,
        version: u64,
    ) -> Result<Arc<Vec<Message>>, StoreError> {
        let Some(tables) = self.tables() else { return Ok(Arc::default()) };
        if let Some((_, known)) = lock(&self.0.messages).get(&(guild, day)).filter(|(seen, _)| *seen == version) {
            return Ok(Arc::clone(known));
        }
        let stored = tables.messages.messages_of_day(guild, day).await?;
        let messages = Arc::new(stored.into_iter().filter_map(|stored| stored.message).collect::<Vec<_>>());
        lock(&self.0.messages).insert((guild, day), (version, Arc::clone(&messages)));
        Ok(messages)
    }
}

/// Nothing of what people wrote.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("tables", &self.0.names).finish_non_exhaustive()
    }
}

/// The guild in a partition's key, as `SCHEMA.md` has them: `G#<guild>`, and more behind it.
fn guild_of(partition: &str) -> Option<GuildId> {
    partition.strip_prefix("G#")?.split('#').next()?.parse().ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Fields that decode whatever stands in them.

use serde::{Deserialize, Deserializer};

/// A field that may be missing, null, or of another type than it was yesterday: what cannot be read is as good as missing.
pub(in crate::adapters) fn lenient<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Readable<T> {
        Yes(T),
        No(serde::de::IgnoredAny),
    }
    Ok(match Readable::deserialize(deserializer)? {
        Readable::Yes(value) => value,
        Readable::No(_) => T::default(),
    })
}

/// A list of which each entry may be unreadable by itself.
pub(in crate::adapters) fn lenient_list<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry<T> {
        Readable(T),
        Unreadable(serde::de::IgnoredAny),
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entries<T> {
        List(Vec<Entry<T>>),
        Nothing(serde::de::IgnoredAny),
    }
    let entries = match Entries::deserialize(deserializer)? {
        Entries::List(entries) => entries,
        Entries::Nothing(_) => Vec::new(),
    };
    let readable = |entry| match entry {
        Entry::Readable(value) => Some(value),
        Entry::Unreadable(_) => None,
    };
    Ok(entries.into_iter().filter_map(readable).collect())
}

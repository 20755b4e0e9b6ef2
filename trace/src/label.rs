//! What tells a span from others of its name.

use std::collections::{BTreeMap, HashSet};

use crate::trace::{NodeId, Trace};

/// What attributes are most likely about, by the last part of their names: what somebody would say first.
const FIRST: [&str; 16] = [
    "date", "day", "user_id", "user", "person", "chunk", "page", "path", "url", "query", "key", "table", "guild_id",
    "id", "name", "model",
];
/// The longest value that is a name and no text.
const LONGEST: usize = 40;

/// For each span that has others of its name beside it, the attribute in which all of them differ, or else some of them:
/// `user_id 10`. Only attributes somebody would tell them apart by are looked at, and never the text of a message.
pub(crate) fn details(trace: &Trace) -> BTreeMap<NodeId, String> {
    let mut details = BTreeMap::new();
    let parents = std::iter::once(None).chain(trace.order().iter().copied().map(Some));
    for parent in parents {
        let mut by_name: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
        for part in trace.parts(parent) {
            by_name.entry(&trace.node(*part).span.name).or_default().push(*part);
        }
        for alike in by_name.values().filter(|alike| alike.len() > 1) {
            let Some(key) = telling(trace, alike) else { continue };
            let word = last(key);
            details.extend(alike.iter().filter_map(|node| {
                let value = trace.node(*node).span.attribute(key)?;
                Some((
                    *node,
                    if word == "date" || word == "day" { value.to_owned() } else { format!("{word} {value}") },
                ))
            }));
        }
    }
    details
}

/// The attribute that tells these spans apart.
fn telling<'a>(trace: &'a Trace, alike: &[NodeId]) -> Option<&'a str> {
    let first = &trace.node(*alike.first()?).span;
    let rank = |key: &&String| {
        let word = last(key);
        let other_id = || word.to_ascii_lowercase().ends_with("id").then_some(FIRST.len());
        FIRST.iter().position(|first| *first == word).or_else(other_id)
    };
    let mut keys: Vec<&String> = first.attributes.keys().filter(|key| rank(key).is_some()).collect();
    keys.sort_by_key(|key| (rank(key), *key));
    let distinct = |key: &str| {
        let values = alike.iter().map(|node| trace.node(*node).span.attribute(key));
        let values: Option<Vec<&str>> = values.map(|value| value.filter(|value| value.len() <= LONGEST)).collect();
        values.map_or(0, |values| values.into_iter().collect::<HashSet<_>>().len())
    };
    let mut keys = keys.into_iter().map(|key| (distinct(key), key.as_str()));
    // A second try is about the same as the first.
    let all_differ = keys.clone().find(|(distinct, _)| *distinct == alike.len());
    all_differ.or_else(|| keys.find(|(distinct, _)| *distinct > 1)).map(|(_, key)| key)
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

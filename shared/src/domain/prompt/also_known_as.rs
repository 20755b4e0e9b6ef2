//! What else somebody is called.

use super::sanitize::sanitize_name;

/// Other names of somebody that a prompt tells, at the most.
const MAX_OTHER_NAMES: usize = 10;

/// The attribute with the other names of somebody called `name`, each once; empty if there is none.
pub(super) fn known_as<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> String {
    let (name, mut names) = (sanitize_name(name), Vec::<String>::new());
    for other in others.into_iter().map(sanitize_name).filter(|other| *other != name) {
        if names.len() < MAX_OTHER_NAMES && !other.is_empty() && !names.contains(&other) {
            names.push(other);
        }
    }
    if names.is_empty() { String::new() } else { format!(" also_known_as=\"{}\"", names.join(", ")) }
}

//! What people taught, as it is shown.

use std::collections::BTreeMap;

use crate::{
    contract::{KnownAlias, KnownFact, PeopleResponse},
    domain::{Alias, Fact, FactId, Person},
};

/// Facts, aliases and names.
pub(super) fn known(person: Person) -> PeopleResponse {
    PeopleResponse::Known {
        facts: known_facts(person.facts),
        aliases: known_aliases(person.aliases),
        names: person.names.into_iter().collect(),
    }
}

pub(super) fn known_facts(facts: BTreeMap<FactId, Fact>) -> Vec<KnownFact> {
    let shown = |(id, fact): (FactId, Fact)| KnownFact {
        id,
        text: fact.text,
        taught_by: fact.taught_by,
        taught_at: fact.taught_at,
    };
    facts.into_iter().map(shown).collect()
}

pub(super) fn known_aliases(aliases: BTreeMap<String, Alias>) -> Vec<KnownAlias> {
    let shown =
        |(name, alias): (String, Alias)| KnownAlias { name, taught_by: alias.taught_by, taught_at: alias.taught_at };
    aliases.into_iter().map(shown).collect()
}

//! The commands that people can type: whether those of this version are registered, and once.

use std::collections::BTreeMap;

use guild_memory::{domain::GuildId, ports::DiscordError};
use serde_json::Value;

use super::application::of_error;
use crate::commands::{
    doctor::finding::Finding,
    register::difference::{Change, changes},
};

/// What is registered, with Discord's word for why it is not known.
pub(in crate::commands::doctor) struct Registered {
    /// For every guild.
    pub(in crate::commands::doctor) everywhere: Result<Vec<Value>, DiscordError>,
    /// For single ones.
    pub(in crate::commands::doctor) in_guilds: BTreeMap<GuildId, Result<Vec<Value>, DiscordError>>,
}

/// How much of what is wanted is registered in one place.
#[derive(PartialEq, Eq)]
enum State {
    Nothing,
    Old,
    Whole,
}

/// One line.
pub(in crate::commands::doctor) fn judge(registered: &Registered, wanted: &[Value]) -> Finding {
    let what = "commands";
    let everywhere = match &registered.everywhere {
        Ok(commands) => state(commands, wanted, false),
        Err(error) => return of_error(what, error),
    };
    if everywhere != State::Whole
        && let Some(error) = registered.in_guilds.iter().find_map(|(_, commands)| commands.as_ref().err())
    {
        return of_error(what, error); // what that guild has, nobody knows
    }
    let known = registered.in_guilds.iter().filter_map(|(guild, commands)| Some((guild, commands.as_ref().ok()?)));
    let guilds: Vec<(&GuildId, State)> =
        known.map(|(guild, commands)| (guild, state(commands, wanted, true))).collect();
    let in_state = |state: State| -> Vec<String> {
        guilds.iter().filter(|(_, other)| *other == state).map(|(guild, _)| guild.to_string()).collect()
    };
    let (whole, old) = (in_state(State::Whole), in_state(State::Old));
    let register = "guild-memory commands register";
    match everywhere {
        State::Old => Finding::wrong(what, "those of every guild are of another version", register),
        _ if !old.is_empty() => {
            let found = format!("those of guild {} are of another version", old.join(", "));
            Finding::wrong(what, found, format!("{register} --guild {}", old.join(", ")))
        }
        State::Nothing if whole.is_empty() => Finding::wrong(what, "none are registered", register),
        State::Nothing if whole.len() < guilds.len() => {
            let missing = in_state(State::Nothing).join(", ");
            Finding::note(what, format!("guild {missing} has none"), format!("{register} --guild {missing}"))
        }
        State::Whole if !whole.is_empty() => Finding::note(
            what,
            format!("people of guild {} see them twice", whole.join(", ")),
            "they are registered for every guild, too: remove those of the guild, docs/discord.md",
        ),
        State::Nothing => Finding::fine(what, format!("registered in {} guilds, as of this version", whole.len())),
        State::Whole => Finding::fine(what, "registered for every guild, as of this version"),
    }
}

fn state(there: &[Value], wanted: &[Value], of_a_guild: bool) -> State {
    let changes = changes(there, wanted, of_a_guild);
    let ours = || changes.iter().filter(|change| !matches!(change, Change::LeftAlone(_)));
    if ours().all(|change| matches!(change, Change::New(_))) {
        State::Nothing
    } else if ours().all(|change| matches!(change, Change::Unchanged(_))) {
        State::Whole
    } else {
        State::Old
    }
}

#[cfg(test)]
mod tests {
    use guild_memory::discord::definitions;
    use serde_json::json;

    use super::*;
    use crate::commands::doctor::finding::Mark;

    fn mark(everywhere: Vec<Value>, in_guilds: &[Vec<Value>]) -> Mark {
        let guilds = in_guilds.iter().zip(1_u64..).map(|(one, id)| (id.try_into().unwrap(), Ok(one.clone())));
        judge(&Registered { everywhere: Ok(everywhere), in_guilds: guilds.collect() }, &definitions()).mark
    }

    #[test]
    fn commands_are_registered_once_and_as_of_this_version() {
        let all = definitions();
        let old = vec![json!({"name": all[0]["name"], "type": 1, "description": "old"})];
        let others = vec![json!({"name": "of-somebody-else", "type": 1})];
        assert_eq!(mark(all.clone(), &[vec![], others.clone()]), Mark::Fine);
        assert_eq!(mark(others.clone(), &[all.clone(), all.clone()]), Mark::Fine);
        assert_eq!(mark(vec![], &[vec![], others]), Mark::Wrong);
        assert_eq!(mark(old.clone(), &[]), Mark::Wrong);
        assert_eq!(mark(vec![], &[old]), Mark::Wrong);
        assert_eq!(mark(vec![], &[all.clone(), vec![]]), Mark::Note, "one guild has none");
        assert_eq!(mark(all.clone(), &[all]), Mark::Note, "they are there twice");
    }

    #[test]
    fn a_discord_that_does_not_say_it_is_no_fine_one() {
        let silent = DiscordError::Unavailable { reason: "503".to_owned() };
        let registered = Registered { everywhere: Err(silent.clone()), in_guilds: BTreeMap::new() };
        assert_eq!(judge(&registered, &definitions()).mark, Mark::Unknown);
        let in_guilds = || [(1_u64.try_into().unwrap(), Err(silent.clone()))].into();
        let none = Registered { everywhere: Ok(vec![]), in_guilds: in_guilds() };
        assert_eq!(judge(&none, &definitions()).mark, Mark::Unknown, "that guild may have them all");
        let all = Registered { everywhere: Ok(definitions()), in_guilds: in_guilds() };
        assert_eq!(judge(&all, &definitions()).mark, Mark::Fine, "people have them, whatever that guild has");
    }
}

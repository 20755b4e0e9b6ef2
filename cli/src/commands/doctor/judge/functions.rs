//! The functions: whether they can be invoked, which version they are, and what they would read.

use std::collections::BTreeSet;

use guild_memory::config::ConfigError;

use crate::commands::doctor::{
    deployment::{Function, Functions, OF_DISCORD},
    finding::{Finding, Trouble},
};

/// A line a function. `stack` names what was asked, for people.
pub(in crate::commands::doctor) fn judge(functions: &Functions, stack: &str) -> Vec<Finding> {
    if functions.values().all(|found| *found == Err(Trouble::Absent)) {
        let advice =
            "name the stack with --stack, set AWS_REGION and AWS_PROFILE as for its deployment, or run make deploy";
        return vec![Finding::wrong("functions", format!("there are none of {stack}"), advice)];
    }
    if let Some(Err(trouble)) = functions.values().next()
        && functions.values().all(|found| found.as_ref().err() == Some(trouble))
    {
        return vec![trouble.about("functions", "run make deploy")];
    }
    let answers = OF_DISCORD.iter().any(|function| functions.get(function).is_some_and(Result::is_ok));
    let mut findings = Vec::new();
    for (function, found) in functions {
        match found {
            Ok(found) => findings.push(of(function, found)),
            Err(Trouble::Absent) if OF_DISCORD.contains(function) && !answers => {}
            Err(trouble) => findings.push(trouble.about(function, "run make deploy")),
        }
    }
    if OF_DISCORD.iter().all(|function| functions.get(function) == Some(&Err(Trouble::Absent))) {
        let advice = "for commands set DiscordPublicKey and DiscordApplicationId, docs/discord.md";
        findings.push(Finding::note("commands", "nothing answers them: the stack has no public key", advice));
    }
    findings.extend(alike(functions));
    findings
}

fn of(function: &str, found: &Function) -> Finding {
    let Function { state, last_update, architecture, memory_mb, timeout_s, changed_at, code, .. } = found;
    if state == "Failed" {
        return Finding::wrong(function, "cannot be invoked: its state is Failed", "run make deploy again");
    }
    if last_update == "Failed" {
        let advice = "run make deploy again; the version before it is still at work";
        return Finding::wrong(function, "the last change to it failed", advice);
    }
    let mut said = format!("{}, {architecture}, {memory_mb} MB, {timeout_s} s", state.to_lowercase());
    if let Some(at) = changed_at {
        said += &format!(", changed {at}");
    }
    if let Some(code) = code {
        said += &format!(", code {}", code.chars().take(8).collect::<String>());
    }
    match (state.as_str(), last_update.as_str()) {
        ("Active" | "Inactive", "Successful") => Finding::fine(function, said),
        _ => Finding::note(function, format!("{said}; it is being changed"), "look again in a minute"),
    }
}

/// All run on the same, unless a deployment ended halfway.
fn alike(functions: &Functions) -> Option<Finding> {
    let all = || functions.values().flatten();
    let kinds: BTreeSet<(&str, &str)> = all().map(|one| (one.runtime.as_str(), one.architecture.as_str())).collect();
    let kinds: Vec<String> =
        kinds.iter().map(|(runtime, architecture)| format!("{runtime} on {architecture}")).collect();
    let advice = "run make deploy again: a deployment may have ended halfway";
    (kinds.len() > 1).then(|| Finding::note("functions", format!("of several kinds: {}", kinds.join(", ")), advice))
}

/// A line for each function that would not start with its variables. The local cloud tells no keys.
pub(in crate::commands::doctor) fn judge_variables(
    wrong: &[(&'static str, ConfigError)],
    is_local: bool,
) -> Vec<Finding> {
    let finding = |(function, error): &(&'static str, ConfigError)| {
        let what = format!("{function} variables");
        let key = error.variable.strip_suffix("_PARAMETER").filter(|_| is_local);
        match key {
            Some(key) => Finding::unknown(what, "the local cloud tells no keys", format!("set {key} here, too")),
            None => {
                Finding::wrong(what, error.to_string(), "set its parameter, docs/configuration.md, and run make deploy")
            }
        }
    };
    wrong.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::{deployment::FUNCTIONS, finding::Mark};

    fn function() -> Function {
        Function {
            state: "Active".to_owned(),
            last_update: "Successful".to_owned(),
            runtime: "provided.al2023".to_owned(),
            architecture: "arm64".to_owned(),
            memory_mb: 512,
            timeout_s: 60,
            changed_at: Some("2026-11-26T10:00:00Z".to_owned()),
            code: Some("c2hhMjU2b2Z6aXA=".to_owned()),
            ..Function::default()
        }
    }

    fn all() -> Functions {
        FUNCTIONS.map(|name| (name, Ok(function()))).into()
    }

    fn marks(functions: &Functions) -> Vec<(Mark, String)> {
        let findings = judge(functions, "guild-memory");
        let others = findings.into_iter().filter(|finding| finding.mark != Mark::Fine);
        others.map(|finding| (finding.mark, finding.what)).collect()
    }

    #[test]
    fn what_is_as_it_should_be_is_fine_and_says_its_version() {
        let findings = judge(&all(), "guild-memory");
        assert!(findings.len() == 7 && findings.iter().all(|finding| finding.mark == Mark::Fine));
        let expected = "active, arm64, 512 MB, 60 s, changed 2026-11-26T10:00:00Z, code c2hhMjU2";
        assert_eq!(findings[0].found, expected);
    }

    #[test]
    fn what_failed_or_is_not_there_is_wrong() {
        let with = |name: &'static str, found| {
            let mut functions = all();
            functions.insert(name, found);
            marks(&functions)
        };
        let wrong = |name: &str| vec![(Mark::Wrong, name.to_owned())];
        assert_eq!(with("people", Ok(Function { state: "Failed".to_owned(), ..function() })), wrong("people"));
        assert_eq!(with("people", Ok(Function { last_update: "Failed".to_owned(), ..function() })), wrong("people"));
        assert_eq!(with("people", Err(Trouble::Absent)), wrong("people"));
        assert_eq!(with("respond", Err(Trouble::Absent)), wrong("respond"), "interactions is there");
        let forbidden = Err(Trouble::Forbidden("lambda:GetFunctionConfiguration".to_owned()));
        assert_eq!(with("people", forbidden), [(Mark::Unknown, "people".to_owned())]);
        let changing = Ok(Function { last_update: "InProgress".to_owned(), ..function() });
        assert_eq!(with("people", changing), [(Mark::Note, "people".to_owned())]);
        let other = Ok(Function { architecture: "x86_64".to_owned(), ..function() });
        assert_eq!(with("people", other), [(Mark::Note, "functions".to_owned())]);
    }

    #[test]
    fn a_stack_without_commands_is_no_mistake_and_one_without_functions_is_one() {
        let mut functions = all();
        for function in OF_DISCORD {
            functions.insert(function, Err(Trouble::Absent));
        }
        assert_eq!(marks(&functions), [(Mark::Note, "commands".to_owned())]);
        let none = FUNCTIONS.map(|name| (name, Err(Trouble::Absent))).into();
        assert_eq!(marks(&none), [(Mark::Wrong, "functions".to_owned())]);
        let forbidden = || Err(Trouble::Forbidden("lambda:ListFunctions".to_owned()));
        let hidden = FUNCTIONS.map(|name| (name, forbidden())).into();
        assert_eq!(marks(&hidden), [(Mark::Unknown, "functions".to_owned())], "said once");
    }

    #[test]
    fn a_wrong_variable_is_named_and_a_key_that_is_not_told_is_not_known() {
        let error = |variable| ConfigError { variable, problem: "is missing".to_owned() };
        let wrong = [("people", error("MEMORY_TABLE")), ("respond", error("DISCORD_BOT_TOKEN_PARAMETER"))];
        let marks = |is_local| judge_variables(&wrong, is_local).iter().map(|one| one.mark).collect::<Vec<_>>();
        assert_eq!(marks(false), [Mark::Wrong, Mark::Wrong]);
        assert_eq!(marks(true), [Mark::Wrong, Mark::Unknown]);
    }
}

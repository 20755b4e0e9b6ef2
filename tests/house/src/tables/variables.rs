//! The variables of the functions.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use crate::{
    markdown::{self, code, codes},
    project::Project,
    template::{self, Function, Template},
    variables,
};

/// A row a variable: its parameter in the template, what it is there, who reads it, and what it is.
pub(crate) fn table(project: &Project) -> String {
    let mut readers = BTreeMap::<String, BTreeSet<String>>::new();
    let read = variables::of_functions(&project.workspace);
    for (function, variables) in &read {
        for variable in variables {
            readers.entry(variable.clone()).or_default().insert(function.clone());
        }
    }
    let functions = project.template.functions();
    let rows = readers.into_iter().map(|(variable, by)| {
        let given = given(&functions, &variable);
        let parameter = given.and_then(|value| parameter(value, &project.template));
        let meaning = meaning(project, &variable, parameter);
        let by = if by.len() == read.len() { "all".to_owned() } else { codes(&by) };
        vec![code(&variable), parameter.map(code).unwrap_or_default(), default(given, &project.template), by, meaning]
    });
    let rows = rows.chain(without_a_variable(&project.template, &functions));
    markdown::table(&["variable", "parameter", "default", "read by", "what it is"], rows)
}

/// A row for each parameter that no function is given.
fn without_a_variable(
    template: &Template,
    functions: &BTreeMap<String, Function>,
) -> impl Iterator<Item = Vec<String>> {
    let values = functions.values().flat_map(|function| function.variables.values());
    let given: BTreeSet<&str> = values.filter_map(|value| parameter(value, template)).collect();
    let others = template.parameters().filter(move |(name, _)| !given.contains(name));
    others.map(|(name, parameter)| {
        let default = or_none(&template.resolved(&parameter["Default"]));
        vec![
            String::new(),
            code(name),
            default,
            String::new(),
            parameter["Description"].as_str().unwrap_or_default().to_owned(),
        ]
    })
}

/// What the template gives as a variable.
fn given<'a>(functions: &'a BTreeMap<String, Function>, variable: &str) -> Option<&'a Value> {
    functions.values().find_map(|function| function.variables.get(variable))
}

/// The parameter that a value is of.
fn parameter<'a>(value: &'a Value, template: &Template) -> Option<&'a str> {
    let name = template::references(value).first().copied()?;
    template.parameter(name).map(|_| name)
}

fn default(given: Option<&Value>, template: &Template) -> String {
    let Some(value) = given else { return "not set".to_owned() };
    let is_parameter = parameter(value, template).is_some();
    if !is_parameter && !template::references(value).is_empty() {
        return "the stack's own".to_owned();
    }
    or_none(&template.resolved(value))
}

fn or_none(value: &str) -> String {
    if value.is_empty() { "none".to_owned() } else { code(value) }
}

fn meaning(project: &Project, variable: &str, parameter: Option<&str>) -> String {
    let of_parameter = parameter.and_then(|name| project.template.parameter(name)?["Description"].as_str());
    let told = of_parameter.map(str::to_owned).or_else(|| variables::description(&project.workspace, variable));
    capitalized(&told.unwrap_or_default())
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

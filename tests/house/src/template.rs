//! What `template.yaml` gives each function.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_yaml_ng::{Mapping, Value};

use crate::sources::Sources;

/// The template.
pub struct Template(Value);

/// A function in it.
#[derive(Debug, Clone, Default)]
pub struct Function {
    /// Its variables, each as the template writes its value.
    pub variables: BTreeMap<String, Value>,
    /// What it is allowed.
    pub statements: Vec<Statement>,
}

/// What a policy allows.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Such as `dynamodb:Query`.
    pub actions: BTreeSet<String>,
    /// The resources and parameters of the template that it is about.
    pub resources: Vec<String>,
    /// The only attributes that may be asked for, if not all.
    pub attributes: Vec<String>,
}

impl Template {
    /// The template of the project.
    ///
    /// # Errors
    /// When it is missing or no YAML.
    pub fn read(sources: &Sources) -> Result<Self> {
        let text = sources.get("template.yaml").context("no template.yaml")?;
        Ok(Self(serde_yaml_ng::from_str(text).context("template.yaml")?))
    }

    /// All parameters.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.0["Parameters"])
    }

    /// A parameter, if there is one of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.0["Parameters"].get(name)
    }

    /// The value as a function gets it: of a parameter its default, of a resource its name in the template.
    #[must_use]
    pub fn resolved(&self, value: &Value) -> String {
        match (references(value).first(), value) {
            (Some(name), _) => {
                self.parameter(name).map_or((*name).to_owned(), |found| self.resolved(&found["Default"]))
            }
            (None, Value::String(text)) => text.clone(),
            (None, Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// A resource, or nothing.
    #[must_use]
    pub fn resource(&self, name: &str) -> &Value {
        &self.0["Resources"][name]
    }

    /// The resources of a type such as `AWS::SQS::Queue`, by their names in the template.
    pub fn resources_of(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        resources(&self.0).filter(move |(_, resource)| resource["Type"].as_str() == Some(kind))
    }

    /// All functions, by the names of their binaries.
    #[must_use]
    pub fn functions(&self) -> BTreeMap<String, Function> {
        let functions = resources(&self.0).filter_map(|(id, resource)| {
            let name = resource["Metadata"]["BuildProperties"]["Binary"].as_str()?;
            Some((name.to_owned(), self.function(id, resource)))
        });
        functions.collect()
    }

    /// The name of the binary that a resource runs.
    #[must_use]
    pub fn binary_of(&self, resource: &str) -> Option<&str> {
        self.resource(resource)["Metadata"]["BuildProperties"]["Binary"].as_str()
    }

    fn function(&self, id: &str, resource: &Value) -> Function {
        let properties = &resource["Properties"];
        let role = format!("{id}Role");
        let others = resources(&self.0).map(|(_, other)| &other["Properties"]);
        let apart = others
            .filter(|other| references(&other["RoleName"]) == [role.as_str()])
            .map(|other| &other["PolicyDocument"]);
        let policies = properties["Policies"].as_sequence().into_iter().flatten().chain(apart);
        let statements = policies.flat_map(|policy| policy["Statement"].as_sequence().into_iter().flatten());
        let statements = statements.map(where_it_is).map(Statement::read);
        Function { variables: variables(properties), statements: statements.collect() }
    }
}

/// The template's own, and the two that AWS sets from `LoggingConfig`.
fn variables(properties: &Value) -> BTreeMap<String, Value> {
    let given = entries(&properties["Environment"]["Variables"]);
    let mut variables: BTreeMap<String, Value> = given.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    for (name, setting) in [("AWS_LAMBDA_LOG_LEVEL", "ApplicationLogLevel"), ("AWS_LAMBDA_LOG_FORMAT", "LogFormat")] {
        variables.insert(name.to_owned(), properties["LoggingConfig"][setting].clone());
    }
    variables
}

impl Statement {
    fn read(statement: &Value) -> Self {
        let actions = statement["Action"].as_sequence().into_iter().flatten().filter_map(Value::as_str);
        let attributes = &statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"];
        let attributes = attributes.as_sequence().into_iter().flatten().filter_map(Value::as_str);
        Self {
            actions: actions.map(str::to_owned).collect(),
            resources: references(&statement["Resource"]).into_iter().map(str::to_owned).collect(),
            attributes: attributes.map(str::to_owned).collect(),
        }
    }
}

/// What a value is where the condition of its `!If` holds.
fn where_it_is(value: &Value) -> &Value {
    match value {
        Value::Tagged(tagged) if tagged.tag == "If" => &tagged.value[1],
        other => other,
    }
}

fn resources(template: &Value) -> impl Iterator<Item = (&str, &Value)> {
    entries(&template["Resources"])
}

fn entries(mapping: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = mapping.as_mapping().into_iter().flat_map(Mapping::iter);
    all.filter_map(|(name, value)| Some((name.as_str()?, value)))
}

/// What `!Ref`, `!GetAtt` and `!Sub` in a value name, without the pseudo parameters of AWS.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Tagged(tagged) => match (tagged.tag.to_string().as_str(), &tagged.value) {
            ("!Ref", Value::String(name)) if !name.contains("::") => vec![name],
            ("!GetAtt", Value::String(name)) => vec![name.split('.').next().unwrap_or(name)],
            ("!Sub", Value::String(text)) => substituted(text),
            (_, inner) => references(inner),
        },
        Value::Sequence(values) => values.iter().flat_map(references).collect(),
        Value::Mapping(mapping) => mapping.values().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn substituted(text: &str) -> Vec<&str> {
    let names = text.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    names.filter(|name| !name.contains("::")).collect()
}

//! What `template.yaml` says about tables, functions and their environment, so that what runs here is what is deployed.

mod cloudformation;
mod references;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;

use cloudformation::entries;
use references::References;

/// The project's template, read.
#[derive(Clone, Debug)]
pub struct Template {
    tables: Vec<Table>,
    functions: BTreeMap<String, Function>,
}

/// A table as CloudFormation describes it; its local name is its logical id.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) properties: Value,
}

#[derive(Clone, Debug)]
struct Function {
    timeout: Duration,
    memory_mb: u64,
    has_url: bool,
    environment: BTreeMap<String, String>,
}

impl Template {
    /// The template of this project, as it was when this crate was built.
    pub fn of_the_project() -> Result<Self> {
        Self::parse(include_str!("../../../template.yaml"))
    }

    /// Reads a SAM template. Values that cannot be worked out here are errors that name the place.
    pub fn parse(text: &str) -> Result<Self> {
        let document = cloudformation::read(text)?;
        let references = References::of(&document);
        let globals = &document["Globals"]["Function"];
        let (mut tables, mut functions) = (Vec::new(), BTreeMap::new());
        for (id, resource) in entries(&document["Resources"]) {
            match resource["Type"].as_str() {
                Some("AWS::DynamoDB::Table") => {
                    tables.push(Table { name: id.clone(), properties: resource["Properties"].clone() });
                }
                Some("AWS::Serverless::Function") => {
                    let name = references::function_name(id, resource);
                    let function = Function::read(globals, &resource["Properties"], &references)
                        .with_context(|| format!("function {id} in template.yaml"))?;
                    functions.insert(name, function);
                }
                _ => {}
            }
        }
        Ok(Self { tables, functions })
    }

    /// The names of the functions, which are those of their binaries.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }

    /// The variables the template gives to a function.
    #[must_use]
    pub fn environment(&self, function: &str) -> BTreeMap<String, String> {
        self.functions.get(function).map(|function| function.environment.clone()).unwrap_or_default()
    }

    /// How long an invocation may take, if there is such a function.
    #[must_use]
    pub fn timeout(&self, function: &str) -> Option<Duration> {
        self.functions.get(function).map(|function| function.timeout)
    }

    /// How much memory a function has.
    #[must_use]
    pub fn memory_mb(&self, function: &str) -> Option<u64> {
        self.functions.get(function).map(|function| function.memory_mb)
    }

    /// The function that has a URL, if one does.
    pub(crate) fn function_with_url(&self) -> Option<&str> {
        self.functions.iter().find(|(_, function)| function.has_url).map(|(name, _)| name.as_str())
    }

    /// The names of the SSM parameters the functions read: the values of variables called `…_PARAMETER`.
    pub(crate) fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.functions
            .values()
            .flat_map(|function| &function.environment)
            .filter(|(variable, name)| variable.ends_with("_PARAMETER") && !name.is_empty())
            .map(|(_, name)| name.as_str())
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }
}

impl Function {
    fn read(globals: &Value, properties: &Value, references: &References) -> Result<Self> {
        let number =
            |key: &str, default: u64| properties[key].as_u64().or_else(|| globals[key].as_u64()).unwrap_or(default);
        let mut environment = BTreeMap::new();
        for source in [globals, properties] {
            for (variable, value) in entries(&source["Environment"]["Variables"]) {
                let value = references.resolve(value).with_context(|| format!("variable {variable}"))?;
                environment.insert(variable.clone(), value);
            }
        }
        // The defaults are those of AWS.
        Ok(Self {
            timeout: Duration::from_secs(number("Timeout", 3)),
            memory_mb: number("MemorySize", 128),
            has_url: properties["FunctionUrlConfig"].is_object(),
            environment,
        })
    }
}

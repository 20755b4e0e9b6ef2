//! What `Ref`, `Sub` and `GetAtt` mean on this machine.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::cloudformation::entries;

/// The values of everything that can be referred to.
pub(super) struct References(BTreeMap<String, String>);

impl References {
    pub(super) fn of(document: &Value) -> Self {
        let pseudo = [
            ("AWS::AccountId", "000000000000"),
            ("AWS::Partition", "aws"),
            ("AWS::Region", "us-east-1"),
            ("AWS::StackName", "local"),
            ("AWS::URLSuffix", "amazonaws.com"),
        ];
        let mut values: BTreeMap<_, _> = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (name, parameter) in entries(&document["Parameters"]) {
            values.extend(plain(&parameter["Default"]).map(|default| (name.clone(), default)));
        }
        for (id, resource) in entries(&document["Resources"]) {
            values.insert(id.clone(), function_name(id, resource));
        }
        Self(values)
    }

    /// The text a value stands for.
    pub(super) fn resolve(&self, value: &Value) -> Result<String> {
        if let Some(text) = plain(value) {
            return Ok(text);
        }
        let Some((function, argument)) =
            value.as_object().filter(|object| object.len() == 1).and_then(|o| o.iter().next())
        else {
            bail!("{value} is neither a plain value nor a reference");
        };
        match (function.as_str(), argument) {
            ("Ref", Value::String(name)) => self.value(name),
            ("Fn::Sub", Value::String(text)) => self.substitute(text),
            ("Fn::GetAtt", Value::String(path)) => self.attribute(path),
            ("Fn::GetAtt", Value::Array(path)) => {
                self.attribute(&path.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."))
            }
            _ => bail!("{function} is not understood here"),
        }
    }

    fn value(&self, name: &str) -> Result<String> {
        self.0.get(name).cloned().with_context(|| format!("{name} has no value: a parameter needs a Default here"))
    }

    fn substitute(&self, text: &str) -> Result<String> {
        let mut parts = text.split("${");
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').with_context(|| format!("an open ${{ in {text:?}"))?;
            let value = if name.contains('.') { self.attribute(name)? } else { self.value(name)? };
            result.push_str(&value);
            result.push_str(rest);
        }
        Ok(result)
    }

    fn attribute(&self, path: &str) -> Result<String> {
        match path.split_once('.') {
            Some((id, "Arn")) => Ok(format!("arn:aws:local:us-east-1:000000000000:{}", self.value(id)?)),
            _ => bail!("the attribute {path} is not known here"),
        }
    }
}

/// A function is called like its binary; everything else keeps its logical id.
pub(super) fn function_name(id: &str, resource: &Value) -> String {
    let binary = &resource["Metadata"]["BuildProperties"]["Binary"];
    binary.as_str().unwrap_or(id).to_owned()
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

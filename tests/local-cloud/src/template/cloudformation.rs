//! CloudFormation's YAML as JSON: `!Ref x` becomes `{"Ref": "x"}`, `!Sub x` `{"Fn::Sub": "x"}`, as it is defined.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

pub(super) fn read(text: &str) -> Result<Value> {
    to_json(serde_yaml_ng::from_str(text).context("template.yaml is no YAML")?)
}

/// The entries of an object; none of anything else.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn to_json(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = match tag.trim_start_matches('!') {
                "Ref" => "Ref".to_owned(),
                "Condition" => "Condition".to_owned(),
                function => format!("Fn::{function}"),
            };
            json!({ name: to_json(tagged.value)? })
        }
        Yaml::Mapping(mapping) => Value::Object(to_object(mapping)?),
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(to_json).collect::<Result<_>>()?),
        plain => serde_json::to_value(plain)?,
    })
}

fn to_object(mapping: serde_yaml_ng::Mapping) -> Result<Map<String, Value>> {
    let mut object = Map::new();
    for (key, value) in mapping {
        let Yaml::String(key) = key else { bail!("template.yaml: {key:?} is no name") };
        object.insert(key, to_json(value)?);
    }
    Ok(object)
}

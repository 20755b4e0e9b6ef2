//! What Lambda says of the functions.

use aws_config::SdkConfig;
use aws_sdk_lambda::{
    Client, operation::get_function_configuration::GetFunctionConfigurationOutput, types::Architecture,
};
use futures::future::join_all;

use super::{LIMIT, trouble, within};
use crate::commands::doctor::{
    deployment::{FUNCTIONS, Function, Functions, logical_id},
    finding::{Asked, Trouble},
};

/// The functions of a stack; without one, those of the local cloud, which have the names of their binaries.
pub(in crate::commands::doctor) async fn functions(aws: &SdkConfig, stack: Option<&str>) -> Functions {
    let client = Client::new(aws);
    let names = match stack {
        Some(_) => within(LIMIT, names(&client)).await,
        None => Ok(Vec::new()),
    };
    let asked = FUNCTIONS.map(|function| {
        let name = match (&names, stack) {
            (Err(trouble), _) => Err(trouble.clone()),
            (Ok(_), None) => Ok(function.to_owned()),
            (Ok(names), Some(stack)) => {
                let begin = format!("{stack}-{}-", logical_id(function));
                names.iter().find(|name| name.starts_with(&begin)).cloned().ok_or(Trouble::Absent)
            }
        };
        let client = &client;
        async move {
            let found = match name {
                Ok(name) => within(LIMIT, configuration(client, name)).await,
                Err(trouble) => Err(trouble),
            };
            (function, found)
        }
    });
    join_all(asked).await.into_iter().collect()
}

/// The names of all functions of the account in that region.
async fn names(client: &Client) -> Asked<Vec<String>> {
    let mut pages = client.list_functions().into_paginator().items().send();
    let mut names = Vec::new();
    while let Some(function) = pages.next().await {
        let function = function.map_err(|error| trouble(&error, "lambda:ListFunctions"))?;
        names.extend(function.function_name);
    }
    Ok(names)
}

async fn configuration(client: &Client, name: String) -> Asked<Function> {
    let asked = client.get_function_configuration().function_name(&name).send().await;
    let found = asked.map_err(|error| trouble(&error, "lambda:GetFunctionConfiguration"))?;
    Ok(function(name, found))
}

fn function(name: String, found: GetFunctionConfigurationOutput) -> Function {
    let architectures = found.architectures().iter().map(Architecture::as_str);
    Function {
        name,
        architecture: architectures.collect::<Vec<_>>().join(" "),
        state: found.state.map(|state| state.as_str().to_owned()).unwrap_or_default(),
        last_update: found.last_update_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        runtime: found.runtime.map(|runtime| runtime.as_str().to_owned()).unwrap_or_default(),
        memory_mb: found.memory_size.unwrap_or_default(),
        timeout_s: found.timeout.unwrap_or_default(),
        changed_at: found.last_modified,
        code: found.code_sha256,
        environment: found
            .environment
            .and_then(|environment| environment.variables)
            .unwrap_or_default()
            .into_iter()
            .collect(),
    }
}

/// The address of a function.
pub(in crate::commands::doctor) async fn url(aws: &SdkConfig, function: &str) -> Asked<String> {
    let client = Client::new(aws);
    let asked = async {
        let asked = client.get_function_url_config().function_name(function).send().await;
        Ok(asked.map_err(|error| trouble(&error, "lambda:GetFunctionUrlConfig"))?.function_url)
    };
    within(LIMIT, asked).await
}

//! What a deployment does with what people write, as its variables say.

use std::collections::BTreeSet;

use super::{
    ConfigError,
    models::{Provider, read_names, read_names_or_none},
    variables::Variables,
};
use crate::domain::{DataHandling, ModelReader};

/// Looks at the models by their names alone: whoever reads this asks none.
pub(super) fn data_handling(variables: &Variables<'_>) -> Result<DataHandling, ConfigError> {
    Ok(DataHandling {
        region: variables.optional("AWS_REGION"),
        retention: variables.retention()?,
        summary_retention: variables.summary_retention()?,
        readers: readers(variables)?,
        contact: variables.optional("PRIVACY_CONTACT"),
    })
}

fn readers(variables: &Variables<'_>) -> Result<BTreeSet<ModelReader>, ConfigError> {
    let (gemini, openai) = (variables.host("GEMINI_BASE_URL")?, variables.host("OPENAI_BASE_URL")?);
    let names = [read_names(variables, "SUMMARY_MODELS")?, read_names_or_none(variables, "MERGE_MODELS")?].concat();
    let reader = |provider| match provider {
        // An address of one's own may be anybody's.
        Provider::Gemini => Ok(gemini.clone().map_or(ModelReader::Gemini, ModelReader::Server)),
        Provider::Bedrock => Ok(ModelReader::Bedrock),
        Provider::OpenAi => {
            openai.clone().map(ModelReader::Server).ok_or_else(|| ConfigError::missing("OPENAI_BASE_URL"))
        }
    };
    names.iter().map(|name| reader(name.provider())).collect()
}

//! A request to `Converse`.

use aws_sdk_bedrockruntime::{
    Client,
    operation::converse::builders::ConverseFluentBuilder,
    types::{
        ContentBlock, ConversationRole, InferenceConfiguration, JsonSchemaDefinition, Message, OutputConfig,
        OutputFormat, OutputFormatStructure, OutputFormatType, SystemContentBlock,
    },
};

use crate::{
    config::{JsonForm, ModelOptions},
    domain::prompt::{AnswerFormat, Prompt},
};

pub(super) fn converse(client: &Client, model: &str, prompt: &Prompt, options: &ModelOptions) -> ConverseFluentBuilder {
    let instructions = prompt.instructions.to_owned();
    let data = ContentBlock::Text(prompt.data.clone());
    let (system, content) = if options.system {
        (Some(vec![SystemContentBlock::Text(instructions)]), vec![data])
    } else {
        (None, vec![ContentBlock::Text(instructions), data])
    };
    // It has a role and a content: building it cannot fail.
    let message = Message::builder().role(ConversationRole::User).set_content(Some(content)).build().ok();
    client
        .converse()
        .model_id(model)
        .set_system(system)
        .set_messages(message.map(|message| vec![message]))
        .set_inference_config(inference_config(options))
        .set_output_config(output_config(prompt.answer, options))
}

/// Only what was configured: some models refuse a temperature of any value.
fn inference_config(options: &ModelOptions) -> Option<InferenceConfiguration> {
    let max_tokens = options.max_output.map(|tokens| i32::try_from(tokens).unwrap_or(i32::MAX));
    let temperature = options.temperature.map(|temperature| temperature as f32);
    let is_empty = max_tokens.is_none() && temperature.is_none();
    let config = InferenceConfiguration::builder().set_max_tokens(max_tokens).set_temperature(temperature);
    (!is_empty).then(|| config.build())
}

fn output_config(answer: AnswerFormat, options: &ModelOptions) -> Option<OutputConfig> {
    let format = answer.schema().filter(|_| options.json == JsonForm::Schema).and_then(|schema| {
        let schema = JsonSchemaDefinition::builder().name("summaries").schema(schema.to_string()).build().ok()?;
        let structure = OutputFormatStructure::JsonSchema(schema);
        OutputFormat::builder().r#type(OutputFormatType::JsonSchema).structure(structure).build().ok()
    });
    let is_empty = format.is_none() && options.thinking.is_none();
    let config = OutputConfig::builder().set_text_format(format).set_effort(options.thinking.clone());
    (!is_empty).then(|| config.build())
}

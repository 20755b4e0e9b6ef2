//! An answer of `Converse`.

use aws_sdk_bedrockruntime::{
    operation::converse::ConverseOutput,
    types::{ContentBlock, ConverseOutput as Output, TokenUsage},
};

use crate::{
    adapters::model_http::{Answered, ending, known_word, unavailable, without_thoughts},
    domain::Usage,
    ports::ModelError,
};

/// What was sent is counted apart where a cache had it. Thoughts are counted with the answer.
pub(super) fn tokens(output: &ConverseOutput) -> Usage {
    let count = |tokens: i32| u64::try_from(tokens).unwrap_or_default();
    let prompt = |usage: &TokenUsage| {
        let cached = [usage.cache_read_input_tokens, usage.cache_write_input_tokens];
        count(usage.input_tokens) + cached.into_iter().flatten().map(count).sum::<u64>()
    };
    Usage {
        prompt_tokens: output.usage().map(prompt).unwrap_or_default(),
        cached_tokens: output.usage().and_then(|usage| usage.cache_read_input_tokens).map(count).unwrap_or_default(),
        output_tokens: output.usage().map(|usage| count(usage.output_tokens)).unwrap_or_default(),
        ..Usage::default()
    }
}

/// The answer's text without thoughts, or why there is none.
pub(super) fn answer(output: &ConverseOutput) -> Result<Answered, ModelError> {
    let reason = output.stop_reason().as_str();
    // Where a guardrail steps in, its own words stand in the place of the answer.
    let ending = ending(reason)?;
    let Some(Output::Message(message)) = output.output() else {
        return Err(unavailable("its answer is empty"));
    };
    let text: String = message.content().iter().filter_map(said).collect();
    match without_thoughts(&text) {
        "" => Err(unavailable(&format!("its answer has no text ({})", known_word(reason)))),
        text => Ok(Answered { text: text.to_owned(), ending }),
    }
}

/// The text of a block; what was thought on the way to it is in blocks of its own.
fn said(block: &ContentBlock) -> Option<&str> {
    match block {
        ContentBlock::Text(text) => Some(text),
        _ => None,
    }
}

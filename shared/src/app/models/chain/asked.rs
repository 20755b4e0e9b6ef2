//! One call of a model as it is logged, and as traces show it.

use tokio::time::Instant;
use tracing::{Span, field::Empty};

use crate::{
    domain::{Usage, prompt::Prompt},
    ports::{LanguageModel, ModelError, ModelResponse},
};

/// One call, which is logged whatever comes of it: every token is accounted for.
#[tracing::instrument(
    name = "generate_content",
    target = "span",
    skip_all,
    fields(
        otel.kind = "client",
        gen_ai.operation.name = "generate_content",
        gen_ai.provider.name = provider(name),
        gen_ai.request.model = name.split_once(':').map_or(name, |(_, model)| model),
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        estimated_tokens = prompt.estimated_tokens(),
        error.type = Empty,
    )
)]
pub(super) async fn ask<M: LanguageModel>(model: &M, name: &str, prompt: &Prompt, which: Try) -> ModelResponse {
    let mut line = CalledLine::begun(name, prompt, which);
    let response = model.generate(prompt).await;
    if let Err(error @ (ModelError::Refused { .. } | ModelError::NoCredit { .. })) = &response.outcome {
        // Nobody but the operator can do anything about it.
        tracing::error!(event = "model_refused", model = name, "{error}");
    }
    line.outcome = response.outcome.as_ref().map_or_else(ModelError::kind, |_| "answered");
    line.usage = response.usage;
    note_in_span(&response);
    response
}

/// Who a model is of, as OpenTelemetry calls them.
fn provider(name: &str) -> &str {
    match name.split_once(':').map_or(name, |(provider, _)| provider) {
        "gemini" => "gcp.gemini",
        "bedrock" => "aws.bedrock",
        provider => provider,
    }
}

fn note_in_span(response: &ModelResponse) {
    let span = Span::current();
    span.record("gen_ai.usage.input_tokens", response.usage.prompt_tokens);
    // What it thought is paid for as what it wrote.
    span.record("gen_ai.usage.output_tokens", response.usage.output_tokens + response.usage.thought_tokens);
    if let Err(error) = &response.outcome {
        span.record("error.type", error.kind());
    }
}

/// Whether a call is the first about something, or made because that was slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    First,
    Second,
}

/// What is logged of a call when it has ended, also of one that nobody waits for any more.
struct CalledLine<'a> {
    model: &'a str,
    which: Try,
    estimated_tokens: u64,
    begun: Instant,
    outcome: &'static str,
    usage: Usage,
}

impl<'a> CalledLine<'a> {
    fn begun(model: &'a str, prompt: &Prompt, which: Try) -> Self {
        let (estimated_tokens, begun) = (prompt.estimated_tokens(), Instant::now());
        Self { model, which, estimated_tokens, begun, outcome: "not_waited_for", usage: Usage::default() }
    }
}

impl Drop for CalledLine<'_> {
    fn drop(&mut self) {
        let Usage { prompt_tokens, cached_tokens, output_tokens, thought_tokens, .. } = self.usage;
        tracing::info!(
            event = "model_called",
            model = self.model,
            outcome = self.outcome,
            second_try = self.which == Try::Second,
            estimated_tokens = self.estimated_tokens,
            prompt_tokens,
            cached_tokens,
            output_tokens,
            thought_tokens,
            duration_ms = self.begun.elapsed().as_millis() as u64,
        );
    }
}

//! What answers behind the one address.

use std::sync::Arc;

use crate::{
    counters::Counters, discord::DiscordScript, dynamodb, lambda::Endpoint, model::ModelScript, page::Desk,
    ssm::Parameters, traces::Traces,
};

/// Everything that answers.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    pub(crate) dynamodb: Arc<dynamodb::Front>,
    pub(crate) lambda: Endpoint,
    pub(crate) model: ModelScript,
    pub(crate) discord: DiscordScript,
    pub(crate) parameters: Arc<Parameters>,
    pub(crate) traces: Traces,
    pub(crate) desk: Desk,
}

impl Services {
    pub(crate) fn counters(&self) -> Counters {
        Counters {
            model_calls: self.model.model_calls(),
            lambda_invocations: self.lambda.script.counts(),
            dynamodb_requests: self.dynamodb.script.requests(),
        }
    }
}

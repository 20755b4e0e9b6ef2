//! What answers behind the one address.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    counters::Counters,
    discord::{APPLICATION, DiscordScript, public_key},
    dynamodb,
    lambda::Endpoint,
    model::ModelScript,
    page::Desk,
    ssm::Parameters,
    traces::Traces,
};

/// Everything that answers.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    /// Where all of it is.
    pub(crate) url: Arc<str>,
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

    /// The environment of a function: what the template gives it, and addresses that lead here.
    pub(crate) fn environment(&self, function: &str) -> BTreeMap<String, String> {
        let mut environment = self.lambda.template.environment(function);
        let openai = format!("{}/v1", self.url);
        let here = [
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &*self.url),
            ("AWS_ENDPOINT_URL_DYNAMODB", &*self.url),
            ("AWS_ENDPOINT_URL_LAMBDA", &*self.url),
            ("AWS_ENDPOINT_URL_SSM", &*self.url),
            ("GEMINI_BASE_URL", &*self.url),
            ("OPENAI_BASE_URL", &openai),
            ("DISCORD_BASE_URL", &*self.url),
        ];
        environment.extend(here.map(|(name, value)| (name.to_owned(), value.to_owned())));
        // The application of the stand-in, where the template has none.
        let discord = [("DISCORD_APPLICATION_ID", APPLICATION.to_owned()), ("DISCORD_PUBLIC_KEY", public_key())];
        for (name, value) in discord {
            environment.entry(name.to_owned()).and_modify(|variable| *variable = value);
        }
        // And its guilds, for who reads them. Everybody else learns what is open from what was read: there is no schedule
        // here that reads again in time.
        let guilds = self.discord.guilds();
        if !guilds.is_empty() && function == "sync_messages" {
            environment.insert("DISCORD_GUILDS".to_owned(), guilds.join(","));
        }
        environment
    }
}

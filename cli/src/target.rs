//! Where the functions are, and whether they can be asked.

use std::error::Error;

use anyhow::{Context, Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_lambda::config::{Credentials, ProvideCredentials, SharedCredentialsProvider};
use clap::Args;

use crate::causes::causes;

/// Where the local cloud of `make watch` is, unless it was told otherwise.
pub(crate) const LOCAL: &str = "http://127.0.0.1:8000";

/// What to do when no local cloud is there.
pub(crate) const START_IT: &str = "start `make watch` first, and name its address with --local=URL if it is another";

/// The local cloud of `make watch`, or an AWS account.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The local cloud of `make watch` instead of an AWS account
    #[arg(long, value_name = "URL", num_args = 0..=1, value_parser = address, require_equals = true, default_missing_value = LOCAL)]
    local: Option<String>,
}

impl Target {
    /// The address of the local cloud, if it is that.
    pub(crate) fn local(&self) -> Option<&str> {
        self.local.as_deref()
    }

    /// An AWS account.
    pub(crate) fn aws() -> Self {
        Self { local: None }
    }

    /// What tells this target from others.
    pub(crate) fn name(&self) -> String {
        let names = ["AWS_ENDPOINT_URL_LAMBDA", "AWS_PROFILE", "AWS_REGION"];
        self.local.clone().unwrap_or_else(|| names.map(|name| variable(name).unwrap_or_default()).join(" "))
    }

    /// Where that is, for people.
    pub(crate) fn place(&self, config: &SdkConfig) -> String {
        let address = self.local.clone().or_else(|| variable("AWS_ENDPOINT_URL_LAMBDA"));
        let region = config.region().map_or("no region", Region::as_ref);
        address.unwrap_or_else(|| format!("AWS, {region}{}", of_profile()))
    }

    /// What to do when nothing answers there.
    pub(crate) fn when_nothing_answers(&self) -> &'static str {
        match self.local {
            Some(_) => START_IT,
            None => "is there a network, and are the region and AWS_ENDPOINT_URL_LAMBDA right?",
        }
    }

    /// The SDK's configuration.
    pub(crate) async fn config(&self) -> SdkConfig {
        match &self.local {
            None => aws_config::load_defaults(BehaviorVersion::latest()).await,
            Some(url) => local(url),
        }
    }

    /// Says what is missing before anybody is asked: the SDK says it only once, and in many words.
    pub(crate) async fn check(&self, config: &SdkConfig) -> Result<()> {
        let credentials = config.credentials_provider().context("the AWS SDK has no credentials provider")?;
        if let Err(error) = credentials.provide_credentials().await {
            bail!("there are no AWS credentials{}: {}", of_profile(), explained(&error).await);
        }
        if config.region().is_none() {
            bail!("no AWS region is set{}: set AWS_REGION, or `region` in the profile", of_profile());
        }
        Ok(())
    }
}

/// An address as it is written behind `--local=`.
pub(crate) fn address(text: &str) -> Result<String, &'static str> {
    let is_url = text.starts_with("http://") || text.starts_with("https://");
    is_url.then(|| text.to_owned()).ok_or("an address such as http://127.0.0.1:8000 is expected")
}

fn local(url: &str) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local-cloud");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build()
}

/// The SDK does not tell a profile that is misspelled from one that is not there on purpose.
async fn explained(error: &dyn Error) -> String {
    let profile = variable("AWS_PROFILE");
    // Where the profiles are, by the SDK's own defaults.
    let known = aws_config::profile::load(&Default::default(), &Default::default(), &Default::default(), None).await;
    match (known, profile) {
        (Err(error), _) => causes(&error),
        (Ok(known), Some(profile)) if known.get_profile(&profile).is_none() => {
            let names: Vec<&str> = known.profiles().collect();
            format!("there is no such profile; there are: {}", names.join(", "))
        }
        (Ok(_), Some(profile)) => {
            format!("{}; `aws sso login --profile {profile}` signs in if it is one of SSO", in_short(error))
        }
        (Ok(_), None) => format!("{}; set AWS_PROFILE, or sign in with `aws configure`", in_short(error)),
    }
}

/// Without all that was tried in vain, which is a page.
fn in_short(error: &dyn Error) -> String {
    let all = causes(error);
    all.split(". Attempted:").next().unwrap_or_default().trim_end().to_owned()
}

fn of_profile() -> String {
    variable("AWS_PROFILE").map(|profile| format!(", profile {profile}")).unwrap_or_default()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

//! Starts and stops everything.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Result, anyhow};
use tokio::{
    net::TcpListener,
    runtime::{Handle, Runtime},
};

use crate::{
    counters::Counters,
    discord::DiscordScript,
    dynamodb::{Engine, Front, StoreScript},
    front,
    http::{PortTaken, listen, loopback_client},
    lambda::{
        Endpoint, LambdaScript,
        url::{self, FunctionUrl},
    },
    model::{ModelScript, Rule},
    page::Desk,
    services::Services,
    ssm::{LOCAL_SECRET, Parameters},
    template::Template,
    traces::Traces,
};

/// How the local cloud starts. The default: any free port, everything in memory, no failures.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system pick one.
    pub port: u16,
    /// The port of the webhook on 127.0.0.1; 0 lets the system pick one.
    pub webhook_port: u16,
    /// The folder that keeps the tables; in memory without one.
    pub data: Option<PathBuf>,
    /// The address of cargo-lambda's emulator, if it is known already.
    pub emulator: Option<String>,
    /// Rules of the stand-in model.
    pub model_rules: Vec<Rule>,
    /// How long a model call takes that no rule fits.
    pub model_latency: Duration,
    /// How many calls the model answers at a time, others queue; all if it is left out.
    pub model_parallel: Option<usize>,
    /// SSM parameters besides those the template names.
    pub parameters: BTreeMap<String, String>,
    /// Lets reads pass that may be stale: for tools that scan, not for tests.
    pub allow_inconsistent_reads: bool,
    /// Another template than the project's.
    pub template: Option<Template>,
}

/// Everything the Lambdas talk to. It stops when it is dropped.
#[derive(Debug)]
pub struct LocalCloud {
    url: String,
    webhook_url: String,
    services: Services,
    template: Arc<Template>,
    _runtime: OwnRuntime,
}

/// A runtime that nobody else has, so that a drop ends every connection and every task; `None` only while dropping.
#[derive(Debug)]
struct OwnRuntime(Option<Runtime>);

impl LocalCloud {
    /// Starts on loopback. When it returns, every service answers.
    pub fn start(options: Options) -> Result<Self> {
        let template = Arc::new(options.template.clone().map_or_else(Template::of_the_project, Ok)?);
        let own = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4) // dynoxide works on the thread that asks
            .thread_name("local-cloud")
            .enable_all()
            .build()?;
        // Owned from here on, so that whatever fails below drops it as it has to be dropped.
        let runtime = own.handle().clone();
        let own = OwnRuntime(Some(own));
        let entered = runtime.enter();
        let (listener, url) = bind(options.port)?;
        let (webhook_listener, webhook_url) = bind(options.webhook_port)?;
        let (engine_listener, _) = bind(0)?;
        let engine = Engine::start(engine_listener, options.data.as_deref(), &template);
        let engine = wait_for(&runtime, engine)?;
        let services = services(options, &url, &template, engine)?;
        services.discord.set_endpoint(Some(&webhook_url));
        let router = front::router(services.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        if let Some(function) = template.function_with_url() {
            let url = FunctionUrl { endpoint: services.lambda.clone(), function: function.to_owned() };
            runtime.spawn(async move { axum::serve(webhook_listener, url::router(url)).await });
        }
        drop(entered);
        let cloud = Self { url, webhook_url, services, template, _runtime: own };
        cloud.functions_have(cloud.template.functions().flat_map(|name| cloud.environment(name)).collect());
        Ok(cloud)
    }

    /// The one address of all services, as `http://127.0.0.1:8000`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where Discord's webhook is, and nothing else: the address for a tunnel.
    #[must_use]
    pub fn webhook_url(&self) -> &str {
        &self.webhook_url
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &ModelScript {
        &self.services.model
    }

    /// DynamoDB.
    #[must_use]
    pub fn store(&self) -> &StoreScript {
        &self.services.dynamodb.script
    }

    /// How many items a transaction of this DynamoDB may have.
    #[must_use]
    pub fn largest_transaction(&self) -> usize {
        self.services.dynamodb.engine.largest_transaction()
    }

    /// Lambda.
    #[must_use]
    pub fn lambda(&self) -> &LambdaScript {
        &self.services.lambda.script
    }

    /// Discord.
    #[must_use]
    pub fn discord(&self) -> &DiscordScript {
        &self.services.discord
    }

    /// What functions told about where their time went.
    #[must_use]
    pub fn traces(&self) -> &Traces {
        &self.services.traces
    }

    /// What keeps the tables, past everything that counts and refuses.
    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Engine {
        &self.services.dynamodb.engine
    }

    /// Gives an SSM parameter another value.
    pub fn put_parameter(&self, name: &str, value: &str) {
        self.services.parameters.put(name, value);
    }

    /// How often an SSM parameter was asked for since the start.
    #[must_use]
    pub fn parameter_reads(&self) -> u64 {
        self.services.parameters.reads()
    }

    /// What was asked since the start.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.services.counters()
    }

    /// Lets the page know what functions are started with, all of them together.
    pub(crate) fn functions_have(&self, environment: BTreeMap<String, String>) {
        self.services.desk.functions_have(environment);
    }

    /// What the template says.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The environment of a function: what the template gives it, and addresses that lead here.
    #[must_use]
    pub fn environment(&self, function: &str) -> BTreeMap<String, String> {
        self.services.environment(function)
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // Waiting is not allowed here: the owner may be a task of another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Waits for something of that runtime. A thread of its own may wait: this one may be a worker of another runtime.
fn wait_for<T: Send>(runtime: &Handle, work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work)).join())
        .map_err(|_| anyhow!("the database could not be started"))?
}

fn bind(port: u16) -> Result<(TcpListener, String)> {
    let listener = listen(port).map_err(|error| PortTaken::or(port, error))?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

fn services(options: Options, url: &str, template: &Arc<Template>, engine: Engine) -> Result<Services> {
    let client = loopback_client()?;
    let known = template.functions().map(str::to_owned).collect();
    let mut parameters: BTreeMap<_, _> =
        template.parameter_names().map(|name| (name.to_owned(), LOCAL_SECRET.to_owned())).collect();
    parameters.extend(options.parameters);
    Ok(Services {
        desk: Desk::new(engine.clone(), client.clone(), template),
        url: url.into(),
        dynamodb: Arc::new(Front {
            script: StoreScript::default(),
            engine,
            client: client.clone(),
            allow_inconsistent_reads: options.allow_inconsistent_reads,
        }),
        lambda: Endpoint::new(LambdaScript::new(options.emulator, known), client, Arc::clone(template)),
        model: ModelScript::new(options.model_rules, options.model_latency, options.model_parallel),
        discord: DiscordScript::default(),
        parameters: Arc::new(Parameters::new(parameters)),
        traces: Traces::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_somebody_has_is_named_even_where_dropping_a_runtime_would_panic() {
        let first = LocalCloud::start(Options::default()).unwrap();
        let port = |url: &str| url.rsplit_once(':').unwrap().1.parse().unwrap();
        let (api, webhook) = (port(first.url()), port(first.webhook_url()));
        for options in
            [Options { port: api, ..Options::default() }, Options { webhook_port: webhook, ..Options::default() }]
        {
            let taken = options.port.max(options.webhook_port);
            let error = LocalCloud::start(options).unwrap_err();
            assert_eq!(error.downcast_ref(), Some(&PortTaken(taken)));
        }
    }
}

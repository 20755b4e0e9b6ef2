//! How large each function is, and how long it needs until it asks for its first invocation.

use std::{
    io::Read,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use local_cloud::{LocalCloud, Options};
use serde::Serialize;

use crate::{
    process::peak_rss_mb,
    stats::{ms, percentile},
};

/// How long a function may take to begin.
const LIMIT: Duration = Duration::from_secs(20);

/// One function as it is deployed.
#[derive(Clone, Debug, Serialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The median time from the start of the process to its first question for an invocation.
    pub init_ms: f64,
    /// The most memory it had until then.
    pub init_peak_mb: f64,
    /// The size of what is uploaded.
    pub zip_bytes: u64,
}

/// Measures every function of the template, each one `starts` times.
pub fn measure(binaries: &Path, zips: &Path, starts: usize) -> Result<Vec<Function>> {
    let cloud = LocalCloud::start(Options::default())?;
    cloud.template().functions().map(|name| function(&cloud, name, binaries, zips, starts)).collect()
}

fn function(cloud: &LocalCloud, name: &str, binaries: &Path, zips: &Path, starts: usize) -> Result<Function> {
    let started: Result<Vec<Start>> = (0..starts).map(|_| start(cloud, name, &binaries.join(name))).collect();
    let started = started.with_context(|| format!("starting {name}"))?;
    let zip = zips.join(name).join("bootstrap.zip");
    let zip_bytes = zip.metadata().with_context(|| zip.display().to_string())?.len();
    let init: Vec<f64> = started.iter().map(|start| start.init_ms).collect();
    let peak: Vec<f64> = started.iter().map(|start| start.peak_mb).collect();
    Ok(Function {
        name: name.to_owned(),
        init_ms: percentile(&init, 50.0),
        init_peak_mb: percentile(&peak, 50.0),
        zip_bytes,
    })
}

struct Start {
    init_ms: f64,
    peak_mb: f64,
}

/// Starts a function with ourselves as its Lambda runtime API, and no answer when it asks for work.
fn start(cloud: &LocalCloud, name: &str, binary: &Path) -> Result<Start> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let memory = cloud.template().memory_mb(name).unwrap_or(128);
    let mut command = Command::new(binary);
    command
        .env_clear()
        .envs(cloud.environment(name))
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let started = Instant::now();
    let process = Killed(command.spawn().with_context(|| binary.display().to_string())?);
    let connection = first_question(&listener, started + LIMIT)?;
    let start = Start { init_ms: ms(started.elapsed()), peak_mb: peak_rss_mb(process.0.id())? };
    drop(process); // before the connection, or it would complain
    drop(connection);
    Ok(start)
}

fn first_question(listener: &TcpListener, deadline: Instant) -> Result<TcpStream> {
    let mut connection = accept(listener, deadline)?;
    connection.set_nonblocking(false)?;
    connection.set_read_timeout(Some(LIMIT))?;
    let mut start = [0; 256];
    let length = connection.read(&mut start)?;
    let question = String::from_utf8_lossy(&start[..length]);
    if !question.contains("/runtime/invocation/next") {
        bail!("it asked for something else first: {question}");
    }
    Ok(connection)
}

fn accept(listener: &TcpListener, deadline: Instant) -> Result<TcpStream> {
    loop {
        match listener.accept() {
            Ok((connection, _)) => return Ok(connection),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(error.into()),
            Err(_) if Instant::now() > deadline => bail!("it did not ask for an invocation in time"),
            Err(_) => thread::sleep(Duration::from_micros(200)), // between two looks
        }
    }
}

/// A process that does not outlive this value.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

//! `cargo lambda watch`, as a developer runs it: it starts the functions when they are invoked.

mod settings;
mod trial;

use std::{
    io::{self, BufRead, BufReader, PipeReader, Write},
    os::unix::process::CommandExt,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{
    cloud::LocalCloud,
    emulator::{
        Log, Process, cargo_lambda,
        listening::{self, Server},
        workspace_root,
    },
    http::PortTaken,
};
pub use settings::Settings;
pub use trial::try_to_start;

/// How long cargo-lambda may take to answer, and to end its functions.
const START_LIMIT: Duration = Duration::from_secs(120);
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// What cargo-lambda writes when a function's process ends with an error.
const PROCESS_FAILED: &str = "command exited";
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A running `cargo lambda watch`; dropping it ends it and its functions.
#[derive(Debug)]
pub struct Watch {
    process: Process,
    url: String,
    /// From here on, what it and the functions write is of no interest.
    is_ending: Arc<AtomicBool>,
}

impl Watch {
    /// Starts it on a port (0: any free one) and tells the cloud. With `quiet` its output is kept instead of shown.
    ///
    /// # Errors
    /// [`PortTaken`] if somebody else has that port; whatever cargo-lambda says if it does not start.
    pub fn start(cloud: &LocalCloud, port: u16, settings: &Settings, quiet: bool) -> Result<Self> {
        if port != 0 {
            Self::port_is_free(port)?;
        }
        cloud.functions_have(settings.environment(cloud));
        let is_ending = Arc::new(AtomicBool::new(false));
        let command = |port| {
            let mut command = command(cloud, port, settings)?;
            Ok(if quiet {
                command.env("RUST_BACKTRACE", "0"); // what is kept is read when something fails
                (command, Some(Log::new()?))
            } else {
                show(&mut command, &is_ending)?;
                (command, None)
            })
        };
        let server = listening::start(port, START_LIMIT, command).context("cargo lambda watch did not start")?;
        let Server { process, port } = server;
        let url = format!("http://127.0.0.1:{port}");
        cloud.lambda().set_emulator(&url);
        let environment = settings.environment(cloud);
        for function in cloud.template().functions() {
            cloud.lambda().set_environment(function, environment.clone());
        }
        Ok(Self { process, url, is_ending })
    }

    /// Whether cargo-lambda could listen there, as of now. It says itself too late, and goes on.
    ///
    /// # Errors
    /// [`PortTaken`] if it could not.
    pub fn port_is_free(port: u16) -> Result<()> {
        match std::net::TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => Ok(()),
            Err(error) => Err(PortTaken::or(port, error)),
        }
    }

    /// Where it takes invocations itself.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends when a process of a function has ended with an error, most likely at its init: its callers would wait until
    /// their timeout, because cargo-lambda does not tell them. Only with `quiet`, which keeps the output.
    pub async fn until_a_function_fails(&self) {
        while !self.output().contains(PROCESS_FAILED) {
            tokio::time::sleep(LOOK_EVERY).await; // between two looks
        }
    }

    /// What it and the functions wrote, if that was kept.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.process.terminate(STOP_LIMIT);
    }
}

fn command(cloud: &LocalCloud, port: u16, settings: &Settings) -> Result<Command> {
    let environment = settings.environment(cloud);
    let mut command = Command::new(cargo_lambda()?);
    command
        // As many processes a function as a week has days, and one more.
        .args(["lambda", "watch", "--ignore-changes", "--concurrency", "8", "-A", "127.0.0.1", "-P"])
        .arg(port.to_string())
        .current_dir(workspace_root())
        // Ctrl-C is for this process: it ends the other when it wants to, and not both at once.
        .process_group(0)
        // Those of the developer's own account would be used instead of ours.
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN");
    // What is not passed on is not inherited either.
    for name in settings::known(cloud.template()) {
        command.env_remove(name);
    }
    command.envs(environment);
    Ok(command)
}

/// Shows what the command writes until it is ending: a function that is ended complains, line after line, that nobody
/// answers any more.
fn show(command: &mut Command, is_ending: &Arc<AtomicBool>) -> io::Result<()> {
    let (reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let is_ending = Arc::clone(is_ending);
    // It ends when the last process has closed its end; nobody has to wait for that.
    thread::spawn(move || copy_until(reader, &mut io::stdout(), &is_ending));
    Ok(())
}

/// Reads on when nothing is shown any more, so that no writer has to wait.
fn copy_until(reader: PipeReader, out: &mut impl Write, is_ending: &AtomicBool) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        if !is_ending.load(Ordering::Relaxed) {
            let _ = out.write_all(&line); // whoever closed our output does not want to see it
        }
        line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_shown_until_it_is_ending() {
        let shown = |is_ending: bool| {
            let (reader, mut writer) = io::pipe().unwrap();
            writer.write_all(b"one\ntwo").unwrap();
            drop(writer);
            let mut out = Vec::new();
            copy_until(reader, &mut out, &AtomicBool::new(is_ending));
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown(false), "one\ntwo");
        assert_eq!(shown(true), "");
    }

    #[test]
    fn a_port_that_somebody_has_is_not_started_on() {
        let cloud = LocalCloud::start(crate::Options::default()).unwrap();
        let somebody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = somebody.local_addr().unwrap().port();
        let error = Watch::start(&cloud, port, &Settings::default(), true).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&PortTaken(port)));
    }
}

//! Starts a server that must be told its port, and is certain that nobody else answers there.
//!
//! cargo-lambda cannot pick a port itself, and nobody can keep one for it. It also says that it serves before it does, and
//! ends without an error if it cannot:
//!
//! ```text
//!   we                           cargo-lambda              somebody else
//!   a free port: 40001
//!                                                          listens on 40001
//!   start it ──────────────────▶ 40001 is in use
//!   who is at 40001? ──────────────────────────────────────▶ answers, and must not be taken for ours
//!                                ends
//!   another port, and again
//! ```
//!
//! So it is not asked whether somebody answers, but whose the socket is: the system knows.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::process::{Log, Process};

/// Somebody else is faster rarely, and hardly ever so many times in a row.
const TRIES: usize = 8;
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// `TCP_LISTEN` of Linux, as `/proc/net/tcp` writes it.
const LISTENS: &str = "0A";

/// A server, and the port of loopback on which it listens.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) port: u16,
}

/// Starts a server on that port, or with 0 on any free one. `command` says how it is told the port.
///
/// # Errors
/// When it does not listen within `limit`: the port is in use, or whatever it says itself.
pub(crate) fn start(
    port: u16,
    limit: Duration,
    command: impl Fn(u16) -> Result<(Command, Option<Log>)>,
) -> Result<Server> {
    match port {
        0 => start_on_one_of(free_ports().take(TRIES), limit, command),
        port => start_on(port, limit, &command),
    }
}

/// On the first of these ports that nobody else has.
fn start_on_one_of(
    ports: impl Iterator<Item = Result<u16>>,
    limit: Duration,
    command: impl Fn(u16) -> Result<(Command, Option<Log>)>,
) -> Result<Server> {
    let mut last = None;
    for port in ports {
        match start_on(port?, limit, &command) {
            Ok(server) => return Ok(server),
            Err(error) => last = Some(error),
        }
    }
    Err(last.context("there was no port to try")?)
}

fn start_on(port: u16, limit: Duration, command: &impl Fn(u16) -> Result<(Command, Option<Log>)>) -> Result<Server> {
    let (command, log) = command(port)?;
    let mut process = Process::start(command, log)?;
    let Err(error) = wait_until_it_listens(&mut process, port, Instant::now() + limit) else {
        return Ok(Server { process, port });
    };
    match process.output().trim() {
        "" => Err(error),
        said => bail!("{error}. It said:\n{said}"),
    }
}

fn wait_until_it_listens(process: &mut Process, port: u16, deadline: Instant) -> Result<()> {
    while !listens(process.id(), port) {
        let ended = process.has_ended();
        if ended && is_in_use(port) {
            bail!("port {port} of 127.0.0.1 is in use");
        } else if ended {
            bail!("it has ended");
        } else if Instant::now() > deadline {
            bail!("it does not listen on port {port} of 127.0.0.1 in time");
        }
        thread::sleep(LOOK_EVERY); // between two looks, not instead of one
    }
    Ok(())
}

/// Whether that process listens on that port of loopback. Where the system does not tell, whether anybody does.
fn listens(process: u32, port: u16) -> bool {
    let process = Path::new("/proc").join(process.to_string());
    match fs::read_to_string(process.join("net/tcp")) {
        Ok(sockets) => listening_sockets(&sockets, port).any(|socket| has_open(&process, &socket)),
        Err(_) if Path::new("/proc/self").exists() => false, // it has ended
        Err(_) => TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok(),
    }
}

/// What `/proc/<process>/fd` calls the sockets that listen on a port, out of `/proc/net/tcp`.
fn listening_sockets(sockets: &str, port: u16) -> impl Iterator<Item = String> {
    let suffix = format!(":{port:04X}");
    sockets.lines().skip(1).filter_map(move |line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, address, _, state, _, _, _, _, _, inode, ..] = fields[..] else { return None };
        (address.ends_with(&suffix) && state == LISTENS).then(|| format!("socket:[{inode}]"))
    })
}

fn has_open(process: &Path, socket: &str) -> bool {
    let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_link(file.path()).ok()).any(|open| open == Path::new(socket))
}

fn is_in_use(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// Ports that nobody listens on at the moment they are asked for.
fn free_ports() -> impl Iterator<Item = Result<u16>> {
    std::iter::repeat_with(|| Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port()))
}

#[cfg(test)]
mod tests {
    use std::iter::once;

    use super::*;
    use crate::emulator::apis;

    const LIMIT: Duration = Duration::from_secs(60);

    /// Somebody who was faster, and answers.
    fn somebody_else() -> (TcpListener, u16) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    #[test]
    fn whoever_was_faster_on_a_port_is_not_taken_for_the_server() {
        let (_listener, taken) = somebody_else();
        let ports = once(Ok(taken)).chain(free_ports().take(TRIES));
        let server = start_on_one_of(ports, LIMIT, apis::command).unwrap();
        assert_ne!(server.port, taken);
        assert!(listens(server.process.id(), server.port) && !listens(std::process::id(), server.port));
    }

    #[test]
    fn a_port_that_is_asked_for_and_in_use_is_named() {
        let (_listener, taken) = somebody_else();
        let error = start(taken, LIMIT, apis::command).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("port {taken} of 127.0.0.1 is in use. It said:\n")),
            "{error:#}"
        );
    }

    #[test]
    fn a_server_that_does_not_start_says_why_itself() {
        let complains = |_| {
            let mut command = Command::new("sh");
            command.args(["-c", "echo no such luck >&2; exit 1"]);
            Ok((command, Some(Log::new()?)))
        };
        let error = start(0, LIMIT, complains).unwrap_err();
        assert_eq!(error.to_string(), "it has ended. It said:\nno such luck");
    }
}

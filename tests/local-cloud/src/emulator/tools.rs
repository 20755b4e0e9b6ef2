//! Where things are, and what a process may inherit.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// The folder with `template.yaml`.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// cargo-lambda, from `.tools/` of the workspace or else from the `PATH`.
pub fn cargo_lambda() -> Result<PathBuf> {
    let ours = workspace_root().join(".tools/bin/cargo-lambda");
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let candidates =
        std::iter::once(ours).chain(std::env::split_paths(&paths).map(|folder| folder.join("cargo-lambda")));
    let mut found = candidates.filter(|path| path.is_file());
    found.next().context("cargo-lambda is neither in .tools/bin nor on the PATH: run `make tools`")
}

/// The folder this executable was built into; tests lie one deeper.
pub(crate) fn folder_of_binaries() -> Result<PathBuf> {
    let executable = std::env::current_exe()?;
    let folder = executable.parent().context("the executable is in no folder")?;
    let is_test = folder.file_name().is_some_and(|name| name == "deps" || name == "examples");
    Ok(if is_test { folder.parent().unwrap_or(folder) } else { folder }.to_path_buf())
}

/// Leaves a function only what it cannot do without: proxies, profiles and keys of this machine are not its business.
pub(crate) fn clean_environment(command: &mut Command) {
    command.env_clear();
    for name in ["PATH", "HOME", "TMPDIR", "LANG", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// A port nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Waits until somebody listens there.
pub(crate) fn wait_for_port(port: u16, deadline: Instant, mut ended: impl FnMut() -> bool) -> Result<()> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
        if ended() {
            bail!("it has ended");
        }
        if Instant::now() > deadline {
            bail!("nobody listens on {address} in time");
        }
        thread::sleep(Duration::from_millis(5)); // between two looks, not instead of one
    }
    if ended() {
        bail!("somebody else listens on {address}");
    }
    Ok(())
}

//! Where things are, and what a process may inherit.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

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

//! `make docs`: writes the parts of the documents that are derived from the code.

use std::fs;

use anyhow::{Context, Result, bail};
use house::{Project, pages, root};

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("write") => write(),
        _ => bail!("usage: cargo run -p house -- write"),
    }
}

fn write() -> Result<()> {
    let changed = pages::out_of_date(&Project::read()?)?;
    for (path, text) in &changed {
        let path = root().join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))
            .and_then(|()| fs::write(&path, text))
            .with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    if changed.is_empty() {
        println!("everything is up to date");
    }
    Ok(())
}

//! Reads the project's pages: their commands, their links and what can be linked to. The tests beside it keep the pages true;
//! those that need running functions are in `tests/acceptance`.
//!
//! A block of shell commands says what becomes of it, behind the name of its language:
//!
//! | info string | meaning |
//! |---|---|
//! | `sh run` | a test runs it, after everything of that page that came before |
//! | `sh not run: it needs an AWS account` | no test can; its syntax, targets, packages, flags and variables are checked |
//! | `python docs/examples/memories.py` | a part of that file, word by word |

mod block;
mod links;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use block::{Block, Fate};
pub use links::Link;

/// A Markdown file.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where it is, seen from the workspace.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// The folder with the README.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every page people read: beside the README, in `docs/` and `.github/`, and beside the code. Prompts are none.
#[must_use]
pub fn pages() -> Vec<Page> {
    let root = root();
    let mut files: Vec<PathBuf> = fs::read_dir(&root).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.is_file());
    for folder in ["docs", ".github", "shared/src"] {
        collect(&root.join(folder), &mut files);
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let page = |file: &PathBuf| {
        let path = file.strip_prefix(&root).unwrap_or(file).to_path_buf();
        Some(Page { path, text: fs::read_to_string(file).ok()? })
    };
    files.iter().filter_map(page).collect()
}

/// All files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => collect(&path, files),
            path => files.push(path),
        }
    }
}

impl Page {
    /// Its name for a failing test.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether a user reads it, and not only somebody who changes the code.
    #[must_use]
    pub fn is_for_users(&self) -> bool {
        let is_page = self.path.parent() == Some(Path::new("docs")) && !self.path.ends_with("DESIGN.md");
        is_page
            || ["README.md", "CONTRIBUTING.md", "PRIVACY.md", "SECURITY.md"]
                .iter()
                .any(|name| self.path == Path::new(name))
    }
}

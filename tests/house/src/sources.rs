//! The files of the repository as text.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// Folders that hold no source of ours.
const SKIPPED: [&str; 2] = ["target", "node_modules"];
/// What is read: code, the manifests, the template, and the documents.
const EXTENSIONS: [&str; 5] = ["rs", "toml", "yaml", "md", "svg"];

/// The text of each file, by its path from the root of the repository.
#[derive(Debug, Clone, Default)]
pub struct Sources(BTreeMap<PathBuf, String>);

impl Sources {
    /// Reads the repository that this crate is part of.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of_the_project() -> Result<Self> {
        Self::read(&root())
    }

    /// Reads all files under `root`; hidden folders and `target` are left out.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(root: &Path) -> Result<Self> {
        let mut sources = Self::default();
        sources.collect(root, root)?;
        Ok(sources)
    }

    /// The text of a file, if there is one.
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&str> {
        self.0.get(path.as_ref()).map(String::as_str)
    }

    /// All files under a folder, in the order of their paths.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a Path, &'a str)> {
        self.0.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(path, text)| (&**path, &**text))
    }

    fn collect(&mut self, root: &Path, folder: &Path) -> Result<()> {
        for entry in fs::read_dir(folder).with_context(|| format!("folder {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_symlink() || name.starts_with('.') || SKIPPED.contains(&&*name) {
                continue;
            }
            if path.is_dir() {
                self.collect(root, &path)?;
            } else if path.extension().is_some_and(|kind| EXTENSIONS.iter().any(|extension| kind == *extension)) {
                let text = fs::read_to_string(&path).with_context(|| format!("file {}", path.display()))?;
                self.0.insert(path.strip_prefix(root)?.to_owned(), text);
            }
        }
        Ok(())
    }
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_owned()
}

/// A small repository, for tests.
impl<const N: usize> From<[(&str, &str); N]> for Sources {
    fn from(files: [(&str, &str); N]) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.into(), text.to_owned())).collect())
    }
}

//! What is gone after use: folders and files that nobody else has, whoever else runs and whatever was left behind.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
};

/// A new and empty folder in the system's place for such; dropping it removes it and all that is in it.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Makes one.
    ///
    /// # Errors
    /// When the system's folder for temporary files cannot be written to.
    pub fn new() -> io::Result<Self> {
        let (path, ()) = first_new(|path| fs::create_dir(path))?;
        Ok(Self(path))
    }

    /// Writes a program into it: a script whose first line says who reads it.
    ///
    /// Another process writes it. What this one has open for writing, and be it in a child that another thread has just
    /// forked, cannot be executed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn script(&self, name: &str, script: &str) -> io::Result<PathBuf> {
        let (source, path) = (self.0.join(format!("{name}.source")), self.0.join(name));
        fs::write(&source, script)?;
        let installed = Command::new("install").args(["-m", "755"]).args([&source, &path]).status()?;
        if installed.success() { Ok(path) } else { Err(io::Error::other("a script cannot be installed")) }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system, which cleans this place up.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A file to read and to append to. It has no name, and is there as long as somebody holds it open.
pub(crate) fn unnamed_file() -> io::Result<File> {
    let new = |path: &Path| OpenOptions::new().create_new(true).read(true).append(true).open(path);
    let (path, file) = first_new(new)?;
    fs::remove_file(path)?;
    Ok(file)
}

/// Makes something under the first name that is not taken: a process that was killed leaves its things behind, and its id is
/// given to another one.
fn first_new<T>(make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("guild-memory-{}-{number}", std::process::id()));
        match make(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (path, made)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_left_behind_is_not_taken_for_ones_own() {
        let left_behind = AtomicU64::new(3);
        let make = |_: &Path| match left_behind.fetch_sub(1, Ordering::Relaxed) {
            0 => Ok(()),
            _ => Err(io::Error::from(ErrorKind::AlreadyExists)),
        };
        let (path, ()) = first_new(make).unwrap();
        assert!(path.starts_with(std::env::temp_dir()));
        let refused = first_new(|_| Err::<(), _>(io::Error::from(ErrorKind::PermissionDenied)));
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_script_can_be_run_at_once_whatever_else_is_started() {
        let run = || {
            let folder = Folder::new().unwrap();
            let script = folder.script("script", "#!/bin/sh\nexit 0\n").unwrap();
            assert!(Command::new(script).status().unwrap().success());
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| (0..10).for_each(|_| run())))));
    }

    #[test]
    fn a_folder_is_gone_when_it_is_dropped() {
        let folder = Folder::new().unwrap();
        fs::write(folder.path().join("file"), "something").unwrap();
        let path = folder.path().to_path_buf();
        assert_ne!(Folder::new().unwrap().path(), path);
        drop(folder);
        assert!(!path.exists());
    }
}

//! Where an import stopped, kept between two runs.

use std::{
    fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use guild_memory::domain::hash;

use super::{item::Place, pieces::Piece};

/// The file that remembers how far one import of one file came. It is a help, not a need: what is sent twice is unchanged,
/// so that nothing is lost where it cannot be kept, or where what is read will not be there again.
pub(super) struct Checkpoint(Option<PathBuf>);

impl Checkpoint {
    /// Of a file as it is now, imported with those `settings`.
    pub(super) fn of(piece: &Piece, settings: &str) -> Self {
        Self(piece.file().and_then(|file| path(file, &piece.name, settings)))
    }

    /// Where to go on, if an earlier run was stopped.
    pub(super) fn place(&self) -> Option<Place> {
        serde_json::from_slice(&fs::read(self.0.as_ref()?).ok()?).ok()
    }

    /// Remembers that everything before `place` is stored.
    pub(super) fn keep(&self, place: Place) {
        let write = || {
            let path = self.0.as_ref()?;
            fs::create_dir_all(path.parent()?).ok()?;
            let next = path.with_extension("next");
            fs::write(&next, serde_json::to_vec(&place).ok()?).ok()?;
            fs::rename(next, path).ok()
        };
        write();
    }

    /// Forgets it.
    pub(super) fn forget(&self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path); // there may be none
        }
    }
}

fn path(file: &Path, name: &str, settings: &str) -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = variable("XDG_STATE_HOME").or_else(|| Some(variable("HOME")?.join(".local/state")))?;
    // In an archive, the piece's own name tells it from the others.
    let inside = name.strip_prefix(&*file.to_string_lossy()).unwrap_or_default();
    let file = fs::canonicalize(file).ok()?;
    let metadata = fs::metadata(&file).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos().to_string();
    let parts = [&*file.to_string_lossy(), inside, &metadata.len().to_string(), &changed, settings];
    Some(state.join("guild-memory/import").join(hash::of(parts)).with_extension("json"))
}

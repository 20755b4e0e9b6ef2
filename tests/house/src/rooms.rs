//! The rooms of the library: what is in `shared/src/domain` is in the room `domain`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
};

use crate::{graph::FileGraph, modules::Workspace};

/// Where the rooms are.
pub const LIBRARY: &str = "shared/src";

/// What each room may name beside itself. An adapter is given what was configured for it, as `config` read it. An adapter sends
/// what `telemetry` recorded; beside it nothing but a function's `main.rs` may name that, and nothing of the library
/// `testing`, which may name all.
pub const ALLOWED: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("contract", &["domain"]),
    ("ports", &["domain", "contract"]),
    ("phrases", &["domain", "contract"]),
    ("discord", &["domain"]),
    ("app", &["domain", "contract", "ports", "phrases"]),
    ("config", &["domain", "discord"]),
    ("telemetry", &["domain"]),
    ("adapters", &["domain", "contract", "ports", "discord", "config", "telemetry"]),
    ("testing", &["domain", "contract", "ports", "phrases", "discord", "app", "config", "adapters"]),
];

/// What `lib.rs` of a function may name of the library: `handle` sees no adapter, and reads no configuration.
pub const ALLOWED_IN_HANDLE: [&str; 5] = ["domain", "contract", "ports", "discord", "app"];

/// An arrow from one room to another, and the arrows of files that make it.
pub type RoomArrows = BTreeMap<(String, String), Vec<Arrow>>;

/// An arrow between two files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// Who names.
    pub from: PathBuf,
    /// What is named there.
    pub names: BTreeSet<String>,
    /// Where that is defined.
    pub to: PathBuf,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        write!(f, "{} -> {}: {}", self.from.display(), self.to.display(), names.join(", "))
    }
}

/// The room of a file: a folder of the library, or `main.rs` and `lib.rs` of the functions.
#[must_use]
pub fn room_of(file: &Path) -> Option<String> {
    if let Ok(inside) = file.strip_prefix(LIBRARY) {
        let mut parts = inside.iter().map(|part| part.to_string_lossy());
        let room = parts.next().filter(|_| parts.next().is_some())?;
        return Some(room.into_owned());
    }
    let is_function = file.starts_with("functions") && (file.ends_with("main.rs") || file.ends_with("lib.rs"));
    is_function.then(|| file.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// The rooms that there are, the outermost first; rooms that [`ALLOWED`] does not name come at the end.
#[must_use]
pub fn present(workspace: &Workspace) -> Vec<String> {
    let mut rooms: Vec<String> = workspace.under(LIBRARY).filter_map(|module| room_of(&module.file)).collect();
    let place = |room: &String| ALLOWED.iter().rev().position(|(name, _)| name == room).unwrap_or(ALLOWED.len());
    rooms.sort_by_key(place);
    rooms.dedup();
    rooms
}

/// All arrows between rooms.
#[must_use]
pub fn arrows(graph: &FileGraph) -> RoomArrows {
    let mut rooms = RoomArrows::new();
    for (from, to, names) in graph.arrows() {
        if let (Some(from_room), Some(to_room)) = (room_of(from), room_of(to))
            && from_room != to_room
        {
            let arrow = Arrow { from: from.to_owned(), names: names.clone(), to: to.to_owned() };
            rooms.entry((from_room, to_room)).or_default().push(arrow);
        }
    }
    rooms
}

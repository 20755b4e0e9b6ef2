//! The tables of the documents.

mod crates;
mod events;
mod functions;
mod rooms;
mod variables;

use crate::project::Project;

/// The table of that name, in Markdown.
#[must_use]
pub(crate) fn named(name: &str, project: &Project) -> Option<String> {
    match name {
        "rooms" => Some(rooms::table(project)),
        "folders" => Some(rooms::folders(project)),
        "crates" => Some(crates::table(project)),
        "functions" => Some(functions::table(project)),
        "events" => Some(events::table(project)),
        "variables" => Some(variables::table(project)),
        _ => None,
    }
}

/// What the documentation of a room says first.
#[must_use]
pub(crate) fn described(project: &Project, room: &str) -> String {
    rooms::described(project, room)
}

//! Where each event of the logs is written.

use crate::{
    events,
    markdown::{self, code, codes},
    project::Project,
};

/// A row an event: its levels, its fields, and the files that write it.
pub(crate) fn table(project: &Project) -> String {
    let rows = events::of(&project.workspace).into_iter().map(|(name, event)| {
        let levels = Vec::from_iter(event.levels).join(", ");
        let files = event.files.iter().map(|file| file.display().to_string());
        vec![code(&name), levels, codes(&event.fields), codes(files)]
    });
    markdown::table(&["event", "level", "fields", "written in"], rows)
}

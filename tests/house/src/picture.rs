//! The picture of the library: a band a room with its files in it, and beside the bands who names whom.

mod arrows;
mod bands;
mod boxes;

use crate::{
    project::Project,
    rooms::{self, RoomArrows},
    svg::{Letters, Svg},
    tables,
};

use bands::Band;

const WIDTH: f64 = 1160.0;
const MARGIN: f64 = 16.0;
const GAP: f64 = 14.0;
const HINT: Letters = Letters { size: 12.0, colour: "#57606a", is_bold: false };
const FUNCTIONS: [(&str, &str); 2] = [
    ("main.rs", "Of each function: wiring, and the only place that knows both sides, who asks and who brings it."),
    ("lib.rs", "Of each function: handle decodes an event, calls a use case, logs, answers."),
];

/// The picture, as SVG.
#[must_use]
pub(crate) fn of(project: &Project) -> String {
    let arrows: RoomArrows = rooms::arrows(&project.graph);
    let mut svg = Svg::new(WIDTH);
    let mut y = MARGIN;
    let mut bands: Vec<Band> = Vec::new();
    for (room, description, files) in rooms_of(project) {
        let leaving = arrows.keys().filter(|(from, to)| *from == room && to != "testing").count();
        let band = bands::draw(&mut svg, y, &room, &description, &files, leaving);
        y = band.bottom + GAP;
        bands.push(band);
    }
    arrows::draw(&mut svg, &bands, &arrows);
    let hint = "An arrow ends at the room that is named; a dot is a room that names it. Tests, and the fakes for them in testing/, may name everything.";
    svg.text((MARGIN, y + 6.0), HINT, hint);
    svg.finish(y + 20.0)
}

/// The name, the description and the files of each band: both files of the functions, then the rooms, outermost first.
fn rooms_of(project: &Project) -> Vec<(String, String, Vec<String>)> {
    let files = |room: &str| -> Vec<String> {
        let inside = project.workspace.files().into_iter().filter(|file| rooms::room_of(file).as_deref() == Some(room));
        inside
            .filter_map(|file| {
                Some(file.strip_prefix(rooms::LIBRARY).ok()?.strip_prefix(room).ok()?.display().to_string())
            })
            .collect()
    };
    let functions: Vec<String> = project.template.functions().into_keys().map(|name| format!("{name}.rs")).collect();
    let of_functions = FUNCTIONS.map(|(room, text)| (room.to_owned(), text.to_owned(), functions.clone()));
    let rooms = rooms::present(&project.workspace).into_iter().filter(|room| room != "testing");
    let rooms = rooms.map(|room| (room.clone(), tables::described(project, &room), files(&room)));
    of_functions.into_iter().chain(rooms).collect()
}

//! Who names whom: each room that is named has a line of its own, on which a dot stands for each room that names it.

use super::bands::{Band, FIRST_LEAVES, NEXT_LEAVES, RIGHT};
use crate::{rooms::RoomArrows, svg::Svg};

const FIRST_LINE: f64 = RIGHT + 34.0;
const NEXT_LINE: f64 = 26.0;
/// Where an arrow enters a band, from its top.
const ENTERS: f64 = 16.0;
const COLOURS: [&str; 9] =
    ["#0969da", "#bc4c00", "#1a7f37", "#8250df", "#cf222e", "#9a6700", "#0e7c86", "#bf3989", "#57606a"];

/// Draws all arrows between `bands`.
pub(super) fn draw(svg: &mut Svg, bands: &[Band], arrows: &RoomArrows) {
    let named = bands.iter().filter(|band| arrows.keys().any(|(_, to)| *to == band.room));
    for (line, to) in named.enumerate() {
        let x = FIRST_LINE + NEXT_LINE * line as f64;
        let colour = COLOURS[line % COLOURS.len()];
        let mut ends = vec![to.top + ENTERS];
        for from in bands {
            if let Some(y) = leaves(from, to, bands, arrows) {
                svg.line(&[(RIGHT, y), (x, y)], colour, &title(from, to, arrows));
                svg.dot((x, y), colour);
                ends.push(y);
            }
        }
        let (first, last) = ends.iter().fold((f64::MAX, f64::MIN), |(low, high), y| (low.min(*y), high.max(*y)));
        svg.line(&[(x, first), (x, last)], colour, &to.room);
        svg.line(&[(x, to.top + ENTERS), (RIGHT, to.top + ENTERS)], colour, &to.room);
        svg.head((RIGHT, to.top + ENTERS), colour);
    }
}

/// Where the arrow from one band to another begins, if there is one: each has a place of its own on its band's side.
fn leaves(from: &Band, to: &Band, bands: &[Band], arrows: &RoomArrows) -> Option<f64> {
    let has = |to: &Band| arrows.contains_key(&(from.room.clone(), to.room.clone()));
    let place = bands.iter().filter(|other| has(other)).position(|other| other.room == to.room)?;
    Some(from.top + FIRST_LEAVES + NEXT_LEAVES * place as f64)
}

fn title(from: &Band, to: &Band, arrows: &RoomArrows) -> String {
    let files = arrows.get(&(from.room.clone(), to.room.clone())).map_or(0, Vec::len);
    format!("{} names {}: arrows of files: {files}", from.room, to.room)
}

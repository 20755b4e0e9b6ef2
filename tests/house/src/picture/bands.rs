//! The band of a room: its name, what it is, and its files.

use std::{collections::BTreeMap, path::Path};

use super::boxes::{Boxes, SEPARATOR};
use crate::svg::{Letters, Svg};

const LEFT: f64 = 16.0;
/// Where bands end and arrows begin.
pub(super) const RIGHT: f64 = 880.0;
const PADDING: f64 = 12.0;
/// Where the first arrow leaves a band, and how far it is to the next.
pub(super) const FIRST_LEAVES: f64 = 30.0;
pub(super) const NEXT_LEAVES: f64 = 11.0;
const TITLE: Letters = Letters { size: 16.0, colour: "#1f2328", is_bold: true };
const SENTENCE: Letters = Letters { size: 12.5, colour: "#57606a", is_bold: false };
const FILE: Letters = Letters { size: 11.5, colour: "#3d444d", is_bold: false };
const SENTENCE_LEFT: f64 = LEFT + 150.0;
const LINE: f64 = 15.0;

/// Where a room was drawn.
#[derive(Debug)]
pub(super) struct Band {
    pub(super) room: String,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Draws a band from `top` on, high enough for its files and for the arrows that leave it.
pub(super) fn draw(svg: &mut Svg, top: f64, room: &str, text: &str, files: &[String], leaving: usize) -> Band {
    let (alone, folders) = sorted(files);
    let boxes = Boxes::new(&folders, inner_width());
    let sentence = SENTENCE.wrapped(&text.replace('`', ""), RIGHT - PADDING - SENTENCE_LEFT);
    let alone = if alone.is_empty() { Vec::new() } else { FILE.wrapped(&alone.join(SEPARATOR), inner_width()) };
    let first_file = top + 29.0 + LINE * sentence.len() as f64;
    let boxes_top =
        first_file - 8.0 + LINE * alone.len().saturating_sub(1) as f64 + if alone.is_empty() { 0.0 } else { 14.0 };
    let by_arrows = top + FIRST_LEAVES + NEXT_LEAVES * leaving as f64;
    let bottom = (boxes_top + boxes.height()).max(by_arrows) + PADDING - 6.0;
    svg.rectangle((LEFT, top), (RIGHT - LEFT, bottom - top), "#f6f8fa", "#8c959f");
    svg.text((LEFT + PADDING, top + 25.0), TITLE, &titled(room));
    lines(svg, (SENTENCE_LEFT, top + 24.0), SENTENCE, &sentence);
    lines(svg, (LEFT + PADDING, first_file), FILE, &alone);
    boxes.draw(svg, (LEFT + PADDING, boxes_top));
    Band { room: room.to_owned(), top, bottom }
}

fn titled(room: &str) -> String {
    if room.ends_with(".rs") { room.to_owned() } else { format!("{room}/") }
}

/// The files that stand alone, and the folders with theirs. The file that speaks for a folder is the folder's box.
fn sorted(files: &[String]) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let mut folders = BTreeMap::<String, Vec<String>>::new();
    for (folder, inside) in files.iter().filter_map(|file| file.split_once('/')) {
        folders.entry(folder.to_owned()).or_default().extend(name(inside));
    }
    let files = files.iter().filter(|file| !file.contains('/'));
    let alone = files.filter_map(|file| name(file)).filter(|name| !folders.contains_key(name));
    (alone.collect(), folders)
}

/// A file without its ending; `mod.rs` is its folder.
fn name(file: &str) -> Option<String> {
    let path = Path::new(file);
    let name = if path.ends_with("mod.rs") { path.parent()?.to_owned() } else { path.with_extension("") };
    Some(name.display().to_string()).filter(|name| !name.is_empty())
}

fn lines(svg: &mut Svg, (x, y): (f64, f64), letters: Letters, lines: &[String]) {
    for (number, line) in lines.iter().enumerate() {
        svg.text((x, y + LINE * number as f64), letters, line);
    }
}

fn inner_width() -> f64 {
    RIGHT - LEFT - 2.0 * PADDING
}

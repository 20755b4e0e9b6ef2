//! The band of a room: its name, what it is, and its files.

use std::{collections::BTreeMap, path::Path};

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
const FOLDER: Letters = Letters { size: 12.0, colour: "#1f2328", is_bold: true };
const FILE: Letters = Letters { size: 11.5, colour: "#3d444d", is_bold: false };
const BOXES_IN_A_ROW: usize = 4;
const BOX_GAP: f64 = 8.0;
const LINE: f64 = 15.0;
/// The dot stays with the name before it.
const SEPARATOR: &str = "\u{a0}· ";

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
    let sentence = SENTENCE.wrapped(&text.replace('`', ""), RIGHT - LEFT - 170.0);
    let alone = if alone.is_empty() { Vec::new() } else { FILE.wrapped(&alone.join(SEPARATOR), inner_width()) };
    let mut y = top + 24.0 + LINE * (sentence.len().saturating_sub(1)) as f64;
    let (first_line, first_row) =
        (y + 20.0, y + 20.0 + LINE * alone.len() as f64 - if alone.is_empty() { 8.0 } else { 6.0 });
    y = if alone.is_empty() { y } else { y + 6.0 + LINE * alone.len() as f64 };
    let boxes = boxes(&folders);
    let rows: f64 = boxes.chunks(BOXES_IN_A_ROW).map(|row| row_height(row) + BOX_GAP).sum();
    let by_arrows = top + FIRST_LEAVES + NEXT_LEAVES * leaving as f64;
    let bottom = (if boxes.is_empty() { y } else { first_row + rows - BOX_GAP }).max(by_arrows) + PADDING;
    svg.rectangle((LEFT, top), (RIGHT - LEFT, bottom - top), "#f6f8fa", "#8c959f");
    svg.text((LEFT + PADDING, top + 25.0), TITLE, &format!("{room}{}", if room.ends_with(".rs") { "" } else { "/" }));
    lines(svg, (LEFT + 150.0, top + 24.0), SENTENCE, &sentence);
    lines(svg, (LEFT + PADDING, first_line), FILE, &alone);
    draw_boxes(svg, first_row, &boxes);
    Band { room: room.to_owned(), top, bottom }
}

/// The files that stand alone, and the folders with theirs. The file that speaks for a folder is its name.
fn sorted(files: &[String]) -> (Vec<String>, BTreeMap<String, Vec<String>>) {
    let (mut alone, mut folders) = (Vec::new(), BTreeMap::<String, Vec<String>>::new());
    for file in files {
        if let Some((folder, inside)) = file.split_once('/') {
            folders.entry(folder.to_owned()).or_default().extend(name(inside));
        }
    }
    for file in files.iter().filter(|file| !file.contains('/')) {
        alone.extend(name(file).filter(|name| !folders.contains_key(name)));
    }
    (alone, folders)
}

/// A file without its ending; `mod.rs` is its folder.
fn name(file: &str) -> Option<String> {
    let path = Path::new(file);
    let name = if path.ends_with("mod.rs") { path.parent()?.to_owned() } else { path.with_extension("") };
    Some(name.display().to_string()).filter(|name| !name.is_empty())
}

/// The lines of each folder's box.
fn boxes(folders: &BTreeMap<String, Vec<String>>) -> Vec<(String, Vec<String>)> {
    let lines = |files: &Vec<String>| FILE.wrapped(&files.join(SEPARATOR), box_width() - 16.0);
    folders.iter().map(|(folder, files)| (format!("{folder}/"), lines(files))).collect()
}

fn draw_boxes(svg: &mut Svg, mut y: f64, boxes: &[(String, Vec<String>)]) {
    for row in boxes.chunks(BOXES_IN_A_ROW) {
        let mut x = LEFT + PADDING;
        for (folder, files) in row {
            svg.rectangle((x, y), (box_width(), row_height(row)), "#ffffff", "#d1d9e0");
            svg.text((x + 8.0, y + 17.0), FOLDER, folder);
            lines(svg, (x + 8.0, y + 33.0), FILE, files);
            x += box_width() + BOX_GAP;
        }
        y += row_height(row) + BOX_GAP;
    }
}

fn lines(svg: &mut Svg, (x, y): (f64, f64), letters: Letters, lines: &[String]) {
    for (number, line) in lines.iter().enumerate() {
        svg.text((x, y + LINE * number as f64), letters, line);
    }
}

fn row_height(row: &[(String, Vec<String>)]) -> f64 {
    27.0 + LINE * row.iter().map(|(_, files)| files.len()).max().unwrap_or_default() as f64
}

fn inner_width() -> f64 {
    RIGHT - LEFT - 2.0 * PADDING
}

fn box_width() -> f64 {
    (inner_width() - BOX_GAP * (BOXES_IN_A_ROW - 1) as f64) / BOXES_IN_A_ROW as f64
}

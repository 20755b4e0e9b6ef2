//! The boxes of a room's folders, in rows.

use std::collections::BTreeMap;

use crate::svg::{Letters, Svg};

const FOLDER: Letters = Letters { size: 12.0, colour: "#1f2328", is_bold: true };
const FILE: Letters = Letters { size: 11.5, colour: "#3d444d", is_bold: false };
/// How many boxes of the smallest width fit into a row.
const COLUMNS: usize = 4;
/// A box with more lines becomes wider.
const MOST_LINES: usize = 4;
const GAP: f64 = 8.0;
const LINE: f64 = 15.0;
/// The dot stays with the name before it.
pub(super) const SEPARATOR: &str = "\u{a0}· ";

/// The boxes of some folders, in rows that are as wide as their room.
#[derive(Debug)]
pub(super) struct Boxes {
    rows: Vec<Vec<Folder>>,
    width: f64,
}

#[derive(Debug)]
struct Folder {
    name: String,
    columns: usize,
    lines: Vec<String>,
}

impl Boxes {
    /// Boxes for folders, each with the paths of its files.
    pub(super) fn new(folders: &BTreeMap<String, Vec<String>>, width: f64) -> Self {
        let mut boxes = Self { rows: Vec::new(), width };
        for (name, files) in folders {
            let folder = boxes.folder(name, files);
            let room = boxes.rows.last().map(|row| row.iter().map(|other| other.columns).sum::<usize>());
            match boxes.rows.last_mut() {
                Some(row) if room.unwrap_or_default() + folder.columns <= COLUMNS => row.push(folder),
                _ => boxes.rows.push(vec![folder]),
            }
        }
        boxes
    }

    pub(super) fn height(&self) -> f64 {
        self.rows.iter().map(|row| row_height(row) + GAP).sum::<f64>()
    }

    pub(super) fn draw(&self, svg: &mut Svg, (left, top): (f64, f64)) {
        let mut y = top;
        for row in &self.rows {
            let mut x = left;
            for folder in row {
                let width = self.width_of(folder.columns);
                svg.rectangle((x, y), (width, row_height(row)), "#ffffff", "#d1d9e0");
                svg.text((x + 8.0, y + 17.0), FOLDER, &format!("{}/", folder.name));
                for (number, line) in folder.lines.iter().enumerate() {
                    svg.text((x + 8.0, y + 33.0 + LINE * number as f64), FILE, line);
                }
                x += width + GAP;
            }
            y += row_height(row) + GAP;
        }
    }

    /// A box that is as wide as its files need.
    fn folder(&self, name: &str, files: &[String]) -> Folder {
        let lines = |columns| lines(files, self.width_of(columns) - 16.0);
        let columns = [1, 2].into_iter().find(|columns| lines(*columns).len() <= MOST_LINES).unwrap_or(COLUMNS);
        Folder { name: name.to_owned(), columns, lines: lines(columns) }
    }

    fn width_of(&self, columns: usize) -> f64 {
        let column = (self.width - GAP * (COLUMNS - 1) as f64) / COLUMNS as f64;
        column * columns as f64 + GAP * (columns - 1) as f64
    }
}

/// The files of a folder, and those of each folder inside of it on lines of their own.
fn lines(files: &[String], width: f64) -> Vec<String> {
    let mut alone = Vec::new();
    let mut inner = BTreeMap::<&str, Vec<&str>>::new();
    for file in files {
        match file.split_once('/') {
            Some((folder, file)) => inner.entry(folder).or_default().push(file),
            None => alone.push(file.as_str()),
        }
    }
    alone.retain(|file| !inner.contains_key(file));
    let inner = inner.iter().map(|(folder, files)| format!("{folder}/ {}", files.join(SEPARATOR)));
    let alone = Some(alone.join(SEPARATOR)).filter(|alone| !alone.is_empty());
    alone.into_iter().chain(inner).flat_map(|line| FILE.wrapped(&line, width)).collect()
}

fn row_height(row: &[Folder]) -> f64 {
    27.0 + LINE * row.iter().map(|folder| folder.lines.len()).max().unwrap_or_default() as f64
}

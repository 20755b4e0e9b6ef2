//! Files that name each other in a circle, and how to end it.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    path::{Path, PathBuf},
};

use crate::graph::FileGraph;

/// How many names of an arrow a sentence has room for.
const NAMES_TOLD: usize = 6;

/// A circle, and its arrow with the fewest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle {
    /// The files, the first of them again at the end.
    pub files: Vec<PathBuf>,
    /// The arrow to cut: from, to.
    pub cut: (PathBuf, PathBuf),
    /// What makes that arrow.
    pub names: BTreeSet<String>,
}

/// All arrows that have to be cut until there is no circle left, each with the shortest circle it is part of.
#[must_use]
pub fn find(graph: &FileGraph) -> Vec<Circle> {
    let mut graph = graph.clone();
    let mut circles = Vec::new();
    while let Some(circle) = shortest(&graph) {
        graph.cut(&circle.cut.0, &circle.cut.1);
        circles.push(circle);
    }
    circles
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        let mut names: Vec<&str> = self.names.iter().take(NAMES_TOLD).map(String::as_str).collect();
        if self.names.len() > NAMES_TOLD {
            names.push("…");
        }
        writeln!(f, "{}", path.join("\n  -> "))?;
        write!(f, "  cut {} -> {}: {}", self.cut.0.display(), self.cut.1.display(), names.join(", "))
    }
}

fn shortest(graph: &FileGraph) -> Option<Circle> {
    let starts: BTreeSet<&Path> = graph.arrows().map(|(from, _, _)| from).collect();
    let files = starts.into_iter().filter_map(|start| way_back(graph, start)).min_by_key(Vec::len)?;
    let arrows = files.windows(2).filter_map(|pair| {
        let (_, names) = graph.from(&pair[0]).find(|(to, _)| *to == pair[1])?;
        Some(((pair[0].clone(), pair[1].clone()), names.clone()))
    });
    let (cut, names) = arrows.min_by_key(|(_, names)| names.len())?;
    Some(Circle { files, cut, names })
}

/// The shortest way from a file to itself.
fn way_back(graph: &FileGraph, start: &Path) -> Option<Vec<PathBuf>> {
    let mut came_from: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(file) = next.pop_front() {
        for (to, _) in graph.from(file) {
            if to == start {
                return Some(way(&came_from, start, file));
            }
            if !came_from.contains_key(to) {
                came_from.insert(to, file);
                next.push_back(to);
            }
        }
    }
    None
}

/// The files from `start` to `last`, and `start` again.
fn way(came_from: &BTreeMap<&Path, &Path>, start: &Path, last: &Path) -> Vec<PathBuf> {
    let mut way = vec![start, last];
    while let Some(before) = way.last().filter(|file| **file != start).and_then(|file| came_from.get(file)) {
        way.push(before);
    }
    way.reverse();
    way.into_iter().map(Path::to_owned).collect()
}

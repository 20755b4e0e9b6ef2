//! Links between pages.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use docs::{Page, pages, root};

/// The file a link of a page leads to, seen from the workspace.
fn target(page: &Page, link: &str) -> PathBuf {
    let mut target = page.path.parent().unwrap_or(Path::new("")).to_path_buf();
    for component in Path::new(link).components() {
        match component {
            Component::ParentDir => drop(target.pop()),
            Component::Normal(name) => target.push(name),
            _ => {}
        }
    }
    target
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let anchors: BTreeMap<_, _> = pages.iter().map(|page| (page.path.clone(), page.anchors())).collect();
    let mut broken = Vec::new();
    for page in &pages {
        for link in page.links() {
            let file = if link.path.is_empty() { page.path.clone() } else { target(page, &link.path) };
            let is_there = root().join(&file).exists();
            let has_heading =
                link.anchor.is_empty() || anchors.get(&file).is_some_and(|all| all.contains(&link.anchor));
            if !is_there || !has_heading {
                broken.push(format!("{}: {}#{}", page.name(), link.path, link.anchor));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[test]
fn every_page_is_found_from_the_readme_and_leads_back() {
    let pages: BTreeMap<PathBuf, Page> = pages().into_iter().map(|page| (page.path.clone(), page)).collect();
    let mut found = BTreeSet::from([PathBuf::from("README.md")]);
    let mut next: Vec<PathBuf> = found.iter().cloned().collect();
    while let Some(path) = next.pop() {
        let Some(page) = pages.get(&path) else { continue };
        // Whoever opens a folder sees what is in it.
        let linked = page.links().into_iter().map(|link| target(page, &link.path));
        let linked = linked.flat_map(|to| pages.keys().filter(move |path| **path == to || path.parent() == Some(&to)));
        next.extend(linked.filter(|path| found.insert((*path).clone())).cloned());
    }
    let lost: Vec<_> = pages.keys().filter(|path| !found.contains(*path) && !path.starts_with(".github")).collect();
    assert_eq!(lost, Vec::<&PathBuf>::new());

    let leads_back = |page: &&Page| page.links().iter().any(|link| target(page, &link.path) == Path::new("README.md"));
    let user_pages = pages.values().filter(|page| page.is_for_users() && page.path.starts_with("docs"));
    let dead_ends: Vec<String> = user_pages.filter(|page| !leads_back(page)).map(Page::name).collect();
    assert_eq!(dead_ends, Vec::<String>::new());
}

#[test]
fn the_readme_is_short() {
    let lines = pages().iter().find(|page| page.path == Path::new("README.md")).unwrap().text.lines().count();
    assert!(lines <= 150, "{lines} lines: a newcomer reads the first screen, and the rest has pages of its own");
}

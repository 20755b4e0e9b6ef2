//! What the tests ask of the repository, found out once for all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::LazyLock,
};

use house::{
    FileGraph, Project, Sources, Template,
    events::{self, Event},
    literals, pages,
    ports::{self, Ports},
    purity::{self, outside_names},
    rooms, variables,
};

pub(crate) struct Facts {
    pub(crate) sources: Sources,
    pub(crate) template: Template,
    pub(crate) graph: FileGraph,
    pub(crate) methods: FileGraph,
    pub(crate) rooms: Vec<String>,
    pub(crate) events: BTreeMap<String, Event>,
    pub(crate) ports: BTreeMap<String, Ports>,
    pub(crate) variables: BTreeMap<String, BTreeSet<String>>,
    /// The strings of the library and the functions.
    pub(crate) texts: Vec<(PathBuf, String)>,
    /// What the rooms that must be pure name of the outside.
    pub(crate) outside_of_pure: NamesInFiles,
    /// The files of these rooms that wait.
    pub(crate) async_in_pure: BTreeSet<PathBuf>,
    /// What `app` names of the outside.
    pub(crate) outside_of_app: NamesInFiles,
    pub(crate) out_of_date: BTreeMap<PathBuf, String>,
}

/// Files, each with a name in it.
type NamesInFiles = BTreeSet<(PathBuf, String)>;

/// The rooms of plain values.
const PURE: [&str; 4] = ["domain", "contract", "phrases", "discord"];

pub(crate) static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let project = Project::read().unwrap();
    let code = &project.workspace;
    let folder = |room: &str| format!("{}/{room}", rooms::LIBRARY);
    let pure = PURE.map(folder);
    let texts = [rooms::LIBRARY, "functions"].into_iter().flat_map(|folder| literals::under(code, folder));
    Facts {
        methods: FileGraph::of_methods(code),
        rooms: rooms::present(code),
        events: events::of(code),
        ports: ports::of_functions(code),
        variables: variables::of_functions(code),
        texts: texts.map(|(path, text)| (path.to_owned(), text)).collect(),
        outside_of_pure: pure.iter().flat_map(|folder| outside_names(code, folder, &["tracing"])).collect(),
        async_in_pure: pure.iter().flat_map(|folder| purity::async_files(code, folder)).collect(),
        outside_of_app: outside_names(code, &folder("app"), &[]),
        out_of_date: pages::out_of_date(&project).unwrap(),
        sources: project.sources,
        template: project.template,
        graph: project.graph,
    }
});

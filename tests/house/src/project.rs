//! All that is known about the repository.

use anyhow::Result;

use crate::{graph::FileGraph, modules::Workspace, sources::Sources, template::Template};

/// The repository, read once.
pub struct Project {
    /// All files.
    pub sources: Sources,
    /// Their modules.
    pub workspace: Workspace,
    /// Who names whom.
    pub graph: FileGraph,
    /// What is deployed.
    pub template: Template,
}

impl Project {
    /// Reads the repository that this crate is part of.
    ///
    /// # Errors
    /// When a file cannot be read, or not understood.
    pub fn read() -> Result<Self> {
        Self::of(Sources::of_the_project()?)
    }

    /// Reads a repository.
    ///
    /// # Errors
    /// When a file is not understood.
    pub fn of(sources: Sources) -> Result<Self> {
        let workspace = Workspace::read(&sources)?;
        let graph = FileGraph::of(&workspace);
        let template = Template::read(&sources)?;
        Ok(Self { sources, workspace, graph, template })
    }
}

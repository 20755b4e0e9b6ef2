//! The parts of documents that are written by a program: between `<!-- generated: name -->` and `<!-- end -->`.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result};

use crate::{picture, project::Project, tables};

/// The picture of the library's rooms.
pub const PICTURE: &str = "docs/architecture/modules.svg";
const BEGIN: &str = "<!-- generated: ";
const BEGIN_ENDS: &str = " -->\n";
const END: &str = "<!-- end -->";

/// The files that are not as they have to be, and how they have to be.
///
/// # Errors
/// When a document asks for a part that does not exist, or does not say where it ends.
pub fn out_of_date(project: &Project) -> Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::from([(PathBuf::from(PICTURE), picture::of(project))]);
    for (path, text) in project.sources.under("").filter(|(path, _)| path.extension().is_some_and(|kind| kind == "md"))
    {
        let filled = fill(text, &|name| tables::named(name, project));
        files.insert(path.to_owned(), filled.with_context(|| path.display().to_string())?);
    }
    files.retain(|path, text| project.sources.get(path) != Some(text));
    Ok(files)
}

/// The text of a document with its parts as `part` gives them.
pub(crate) fn fill(text: &str, part: &dyn Fn(&str) -> Option<String>) -> Result<String> {
    let Some((before, rest)) = text.split_once(BEGIN) else { return Ok(text.to_owned()) };
    let (name, rest) = rest.split_once(BEGIN_ENDS).context("a generated part has no name")?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the part {name} does not end"))?;
    let written = part(name).with_context(|| format!("there is no part called {name}"))?;
    let after = fill(after, part)?;
    Ok(format!("{before}{BEGIN}{name}{BEGIN_ENDS}\n{}\n\n{END}{after}", written.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String> {
        fill(text, &|name| (name == "table").then(|| "| new |\n".to_owned()))
    }

    #[test]
    fn a_part_is_replaced_and_all_else_stays() {
        let text = "a\n<!-- generated: table -->\n| old |\n<!-- end -->\nb <!-- generated: table -->\n<!-- end -->";
        let table = "<!-- generated: table -->\n\n| new |\n\n<!-- end -->";
        assert_eq!(filled(text).unwrap(), format!("a\n{table}\nb {table}"));
        assert_eq!(filled(&filled(text).unwrap()).unwrap(), filled(text).unwrap(), "written twice it is the same");
        assert_eq!(filled("no part").unwrap(), "no part");
    }

    #[test]
    fn a_part_that_does_not_exist_or_end_is_an_error() {
        assert!(filled("<!-- generated: poem -->\n<!-- end -->").unwrap_err().to_string().contains("poem"));
        assert!(filled("<!-- generated: table -->\n").unwrap_err().to_string().contains("does not end"));
    }
}

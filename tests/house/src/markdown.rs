//! Tables in Markdown.

/// A table with these heads.
pub(crate) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = format!("|{}", "---|".repeat(heads.len()));
    let rows = rows.into_iter().map(|cells| line(&cells));
    [line(&heads), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// Words as code, with commas between them.
pub(crate) fn codes<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|word| code(word.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A word as code.
pub(crate) fn code(word: &str) -> String {
    format!("`{word}`")
}

fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | ")).replace("|  |", "| |")
}

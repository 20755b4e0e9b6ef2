//! Tables that are readable in a terminal and on a page.

use std::fmt;

/// A table in Markdown.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new<const N: usize>(columns: [&str; N]) -> Self {
        Self { rows: vec![columns.map(str::to_owned).to_vec()] }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(2)
    }
}

/// The first column is text, the others are figures.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if column == 0 { write!(f, "| {cell:<width$} |")? } else { write!(f, " {cell:>width$} |")? }
            }
            writeln!(f)?;
            if n == 0 {
                self.rule(f)?;
            }
        }
        Ok(())
    }
}

impl Table {
    fn rule(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for column in 0..self.rows[0].len() {
            let dashes = "-".repeat(self.width(column) - 1);
            if column == 0 { write!(f, "| {dashes}- |")? } else { write!(f, " {dashes}: |")? }
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(["what", "s"]);
        table.row(["a longer one".into(), "12.5".into()]);
        table.row(["é".into(), "×".into()]);
        let expected = "\
| what         |    s |
| ------------ | ---: |
| a longer one | 12.5 |
| é            |    × |
";
        assert_eq!(table.to_string(), expected);
    }
}

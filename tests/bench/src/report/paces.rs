//! What models of different pace make of the same requests.

use super::{Results, Table};

impl Results {
    pub(super) fn pace_table(&self) -> Table {
        let columns = [
            "model, what",
            "request",
            "s",
            "requests",
            "model calls",
            "longest call s",
            "prompt tokens",
            "answer tokens",
        ];
        let mut table = Table::new(columns);
        for row in &self.paces {
            let wall = format!("{:.2}", row.wall_s);
            table.row([
                format!("{}, {}", row.model, row.what),
                row.state.to_owned(),
                if row.complete { wall } else { format!("not all there after {wall}") },
                row.requests.to_string(),
                row.cost.calls.to_string(),
                format!("{:.1}", row.cost.longest_s),
                row.cost.prompt_tokens.to_string(),
                row.cost.answer_tokens.to_string(),
            ]);
        }
        table
    }
}

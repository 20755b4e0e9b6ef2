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

    pub(super) fn slow_calls_table(&self) -> Table {
        let mut table = Table::new(["one call in 20 takes 20 times as long", "questions", "calls", "p50", "p99"]);
        for row in &self.slow_calls {
            table.row([
                if row.hedged { "`hedge=on`" } else { "as usual" }.to_owned(),
                row.questions.to_string(),
                row.calls.to_string(),
                format!("{:.1} ×", row.p50),
                format!("{:.1} ×", row.p99),
            ]);
        }
        table
    }
}

//! Every measurement as a table.

use std::fmt;

use local_cloud::Counters;

use super::{Results, Table, promises::promise_table};
use crate::{
    experiments::{replay::Order, warm::Warm},
    report::Machine,
};

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { architecture, processors } = self.machine;
        writeln!(f, "Scale {}, {processors} processors ({architecture}).\n", self.scale)?;
        let sections = [
            ("Promised", promise_table(self.promises())),
            ("Must reach: nobody waits", promise_table(self.must_reach())),
            ("Cold, one request", self.replay_table()),
            ("Cold, many at once", self.caller_table()),
            ("Models of different pace", self.pace_table()),
            ("A second try of slow calls", self.slow_calls_table()),
            ("Warm", warm_table(&self.warm)),
            ("Warm, with spans exported", self.exported_table()),
            ("While all models cool down, with work for them", warm_table(&self.cooling)),
            ("Large days in one process of daily_summary", self.big_day_table()),
            ("A hundred people in guilds of different sizes", self.large_guild_table()),
            ("Discord's webhook, first answers", self.webhook_table()),
            ("Functions", self.function_table()),
        ];
        for (title, table) in sections {
            writeln!(f, "### {title}\n\n{table}")?;
        }
        Ok(())
    }
}

impl Results {
    fn replay_table(&self) -> Table {
        let columns =
            ["trace", "order", "s", "critical path s", "ratio", "faster", "model calls", "invocations", "DynamoDB"];
        let mut table = Table::new(columns);
        for replay in &self.replays {
            let slower = self.replays.iter().find(|other| other.trace == replay.trace && other.order != replay.order);
            let (order, faster) = match (replay.order, slower) {
                (Order::Concurrent, Some(slower)) => ("concurrent", format!("{:.1} ×", slower.wall_s / replay.wall_s)),
                (Order::Concurrent, None) => ("concurrent", String::new()),
                (Order::Sequential, _) => ("sequential", String::new()),
            };
            let [calls, invocations, dynamodb] = counts(&replay.cost);
            table.row([
                format!("`{}`", replay.trace),
                order.to_owned(),
                format!("{:.2}", replay.wall_s),
                format!("{:.2}", replay.critical_path_s),
                format!("{:.3}", replay.ratio()),
                faster,
                calls,
                invocations,
                dynamodb,
            ]);
        }
        table
    }

    fn caller_table(&self) -> Table {
        let mut table = Table::new([
            "callers",
            "first s",
            "last s",
            "critical path s",
            "model calls",
            "of one",
            "invocations",
            "DynamoDB",
        ]);
        let callers = &self.callers;
        let [calls, invocations, dynamodb] = counts(&callers.cost);
        table.row([
            callers.callers.to_string(),
            format!("{:.2}", callers.first_s),
            format!("{:.2}", callers.last_s),
            format!("{:.2}", callers.critical_path_s),
            calls,
            callers.model_calls_of_one.to_string(),
            invocations,
            dynamodb,
        ]);
        table
    }

    fn exported_table(&self) -> Table {
        let columns = ["spans", "people", "requests", "p50 ms", "p99 ms", "back to back, p50 ms", "processor ms"];
        let mut table = Table::new(columns);
        for row in &self.exported {
            table.row([
                if row.exports { "exported" } else { "none" }.to_owned(),
                row.people.to_string(),
                row.requests.to_string(),
                format!("{:.2}", row.p50_ms),
                format!("{:.2}", row.p99_ms),
                format!("{:.2}", row.back_to_back_p50_ms),
                format!("{:.2}", row.cpu_ms),
            ]);
        }
        table
    }

    fn big_day_table(&self) -> Table {
        let columns = [
            "messages",
            "builds",
            "wall ms",
            "model ms",
            "store ms",
            "neither ms",
            "processor ms",
            "peak MB",
            "model calls",
        ];
        let mut table = Table::new(columns);
        for day in &self.big_days {
            table.row([
                day.messages.to_string(),
                day.builds.len().to_string(),
                format!("{:.0}", day.median(|build| build.wall_ms)),
                format!("{:.0}", day.median(|build| build.model_ms)),
                format!("{:.0}", day.median(|build| build.store_ms)),
                format!("{:.0}", day.outside_ms()),
                format!("{:.0}", day.cpu_ms()),
                format!("{:.1}", day.peak_mb),
                format!("{:.0}", day.median(|build| build.model_calls as f64)),
            ]);
        }
        table
    }

    fn large_guild_table(&self) -> Table {
        let columns = [
            "people a day",
            "request",
            "ms without model",
            "read units",
            "DynamoDB",
            "peak MB",
            "merges",
            "tries per commit",
        ];
        let mut table = Table::new(columns);
        for guild in &self.large_guilds {
            for (request, asked, tries) in
                [("cold", &guild.cold, format!("{:.2}", guild.tries_per_commit)), ("warm", &guild.warm, String::new())]
            {
                table.row([
                    guild.authors.to_string(),
                    request.to_owned(),
                    format!("{:.0}", asked.without_model_ms),
                    format!("{:.0}", asked.read_units),
                    format!("{:.0}", asked.dynamodb_requests),
                    format!("{:.1}", asked.peak_mb),
                    format!("{:.0}", asked.model_calls),
                    tries,
                ]);
            }
        }
        table
    }

    fn webhook_table(&self) -> Table {
        let mut table = Table::new(["what", "first ms", "requests after it", "p50 ms", "p99 ms"]);
        for kind in &self.webhook {
            table.row([
                kind.what.to_owned(),
                format!("{:.0}", kind.first_ms),
                kind.requests.to_string(),
                format!("{:.1}", kind.p50_ms),
                format!("{:.1}", kind.p99_ms),
            ]);
        }
        table
    }

    fn function_table(&self) -> Table {
        let mut table = Table::new(["function", "init ms", "peak MB then", "zip MB"]);
        for function in &self.functions {
            table.row([
                format!("`{}`", function.name),
                format!("{:.0}", function.init_ms),
                format!("{:.1}", function.init_peak_mb),
                format!("{:.2}", function.zip_bytes as f64 / 1e6),
            ]);
        }
        table
    }
}

fn warm_table(rows: &[Warm]) -> Table {
    let columns = [
        "people",
        "requests",
        "p50 ms",
        "p99 ms",
        "store ms",
        "processor ms",
        "DynamoDB",
        "model calls",
        "invocations",
    ];
    let mut table = Table::new(columns);
    for warm in rows {
        let people = warm.people.to_string();
        table.row([
            if warm.people == 0 { format!("{people}: the stand-in for Lambda alone") } else { people },
            warm.requests.to_string(),
            format!("{:.1}", warm.p50_ms),
            format!("{:.1}", warm.p99_ms),
            format!("{:.1}", warm.store_ms),
            format!("{:.1}", warm.cpu_ms),
            format!("{:.0}", warm.dynamodb_requests),
            warm.model_calls.to_string(),
            warm.invocations.to_string(),
        ]);
    }
    table
}

/// Model calls, invocations and DynamoDB requests.
fn counts(cost: &Counters) -> [String; 3] {
    let dynamodb: u64 = cost.dynamodb_requests.values().sum();
    [cost.model_calls, cost.invocations(), dynamodb].map(|count| count.to_string())
}

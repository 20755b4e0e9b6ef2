//! How the demo ends: where the time of its first request went, what that cost, and the same as a picture.

use std::{
    fs,
    io::IsTerminal,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use guild_memory_cost::Bill;
use guild_memory_trace::{Analysis, Terminal, Trace, picture, read, waterfall};
use jiff::Timestamp;
use local_cloud::{Counters, Traces, workspace_root};

/// Where the picture is put, seen from the workspace.
const PICTURE: &str = ".local-cloud/demo.svg";
/// How long the stand-in takes for an answer here: with no time at all there would be nothing to see.
pub(super) const STAND_IN_TAKES: Duration = Duration::from_millis(400);
/// As wide as what the demo prints.
const WIDTH: usize = 100;
/// As many rows as one can look at.
const ROWS: usize = 40;

/// A request of the demo's, from its trace.
pub(super) struct Waterfall(Analysis);

impl Waterfall {
    /// The first request that began after that moment; none if no function has told of it.
    pub(super) fn of_the_first_after(asked: Timestamp, traces: &Traces) -> Option<Self> {
        let asked = u64::try_from(asked.as_nanosecond()).ok()?;
        let requests = traces.requests(usize::MAX);
        let first = requests.iter().filter(|request| request.began >= asked).min_by_key(|request| request.began)?;
        let spans = read(first.otlp.to_string().as_bytes()).spans;
        Trace::all(spans).pop().map(|trace| Self(Analysis::of(trace)))
    }

    /// Prints it, and draws it into a file.
    pub(super) fn show(&self, cost: &Counters, bill: &Bill, stand_in: bool) -> Result<()> {
        print!("\n{}{}\n", self.told(cost, std::io::stdout().is_terminal()), in_money(bill));
        if stand_in {
            println!(
                "The stand-in takes {STAND_IN_TAKES:?} for an answer; a real model takes seconds, and writes more."
            );
        }
        let path = self.draw(&workspace_root().join(PICTURE))?;
        println!("The same as a picture: {}", path.display());
        Ok(())
    }

    fn told(&self, cost: &Counters, has_colours: bool) -> String {
        let terminal = Terminal { width: WIDTH, has_colours, rows: ROWS };
        let drawn = waterfall(&self.0, terminal);
        format!(
            "Where the time of the first question went: a row is a piece of work, from left to right as time passed.\n\n\
             {drawn}\n{}\n",
            self.taken(cost)
        )
    }

    /// What the request took: calls, tokens, and invocations besides its own.
    fn taken(&self, cost: &Counters) -> String {
        let (calls, (asked, answered)) = (self.0.model.calls.len(), self.0.model.tokens);
        let tokens =
            if asked + answered == 0 { String::new() } else { format!(", {asked} tokens in and {answered} out") };
        let calls = if calls == 1 { "1 model call".to_owned() } else { format!("{calls} model calls") };
        format!("It took {calls}{tokens}, and {} invocations besides its own.", cost.invocations())
    }

    fn draw(&self, path: &Path) -> Result<PathBuf> {
        let place = || format!("the picture {}", path.display());
        path.parent().map_or(Ok(()), fs::create_dir_all).with_context(place)?;
        fs::write(path, picture(&self.0)).with_context(place)?;
        Ok(path.to_path_buf())
    }
}

/// The same in money.
fn in_money(bill: &Bill) -> String {
    let (prices, models) = (&bill.prices, bill.models());
    let priceless: Vec<&str> = models.iter().filter(|(_, of)| of.price.is_none()).map(|(model, _)| *model).collect();
    let without = if priceless.is_empty() { String::new() } else { format!(", without {}", priceless.join(", ")) };
    let (currency, model) = (&prices.currency, bill.of_models());
    let aws = bill.total() - model;
    let names: Vec<&str> = models.keys().copied().collect();
    let names = if names.is_empty() { "models".to_owned() } else { names.join(", ") };
    format!(
        "In AWS that would cost about {:.4} {currency} at the list prices of {}{without}: {model:.4} for {names}, and {aws:.4} \
         for DynamoDB and Lambda.",
        bill.total(),
        prices.date,
    )
}

#[cfg(test)]
mod tests {
    use guild_memory_cost::bill;
    use local_cloud::{Folder, LocalCloud, Options};
    use serde_json::json;

    use super::*;

    const BEGAN: u64 = 1_790_000_000;

    /// A request that took that many seconds, and asked a model for all but one of them.
    async fn tell(cloud: &LocalCloud, trace: &str, began: u64, took: u64) {
        let span = |id: &str, parent: &str, name: &str, from: u64, to: u64| {
            let at = |second: u64| (second * 1_000_000_000).to_string();
            let tokens = |kind: &str, count: u64| json!({"key": format!("gen_ai.usage.{kind}_tokens"), "value": {"intValue": count.to_string()}});
            json!({"traceId": trace, "spanId": id, "parentSpanId": parent, "name": name, "startTimeUnixNano": at(from),
                "endTimeUnixNano": at(to), "attributes": [tokens("input", 900), tokens("output", 80)]})
        };
        let spans = [
            span("2", "1", "generate_content", began + 1, began + took),
            span("1", "", "get_memories", began, began + took),
        ];
        for span in spans {
            let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]});
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let sent = client.post(format!("{}/otlp/v1/traces", cloud.url())).json(&request).send().await.unwrap();
            assert_eq!(sent.status(), 200);
        }
    }

    #[tokio::test]
    async fn the_cold_request_is_drawn_with_what_it_cost_and_as_a_picture() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        for (trace, began, took) in [("aa", BEGAN, 2), ("bb", BEGAN + 10, 5), ("cc", BEGAN + 20, 1)] {
            tell(&cloud, trace, began, took).await;
        }
        let asked = Timestamp::from_second(i64::try_from(BEGAN).unwrap() + 5).unwrap();
        let waterfall = Waterfall::of_the_first_after(asked, cloud.traces()).unwrap();
        let cost = Counters { lambda_invocations: [("daily_summary".to_owned(), 7)].into(), ..Counters::default() };
        let told = waterfall.told(&cost, false);
        assert!(told.contains("get_memories  bb") && told.contains("5.0 s, 2 spans"), "{told}");
        assert!(told.contains("It took 1 model call, 900 tokens in and 80 out, and 7 invocations"), "{told}");
        assert!(told.lines().all(|line| line.chars().count() <= 110) && !told.contains('\u{1b}'), "{told}");

        let folder = Folder::new().unwrap();
        let path = waterfall.draw(&folder.path().join("new/demo.svg")).unwrap();
        assert!(fs::read_to_string(path).unwrap().starts_with("<svg "));
    }

    #[test]
    fn what_it_cost_is_said_in_money_and_what_has_no_price_is_named() {
        let line = |model: &str| {
            json!({"timestamp": "2026-11-27T10:00:00Z", "event": "invocation_metered", "function": "get_memories",
                "duration_ms": 1_000, "memory_mb": 512, "read_units": 1_000, "guilds": ["1"],
                "models": {model: {"model_calls": 1, "prompt_tokens": 10_000, "output_tokens": 1_000}}})
            .to_string()
        };
        let told = in_money(&bill([line("gemini:gemini-3.8-flash?thinking=low").as_str()], None).unwrap());
        // 10,000 tokens at 0.75 and 1,000 at 3.75 a million are 0.01125; 1,000 units at 0.125 a million, half a GB-second.
        assert!(told.contains("about 0.0114 USD") && told.contains("0.0112 for gemini:gemini-3.8-flash"), "{told}");
        assert!(told.contains("0.0001 for DynamoDB and Lambda"), "{told}");
        let told = in_money(&bill([line("openai:own").as_str()], None).unwrap());
        assert!(told.contains("about 0.0001 USD") && told.contains("without openai:own"), "{told}");
    }

    #[test]
    fn where_no_function_tells_there_is_nothing_to_show() {
        let cloud = LocalCloud::start(Options::default()).unwrap();
        assert!(Waterfall::of_the_first_after(Timestamp::UNIX_EPOCH, cloud.traces()).is_none());
    }
}

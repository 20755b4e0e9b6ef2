//! A trace again, with a model that takes as long as then: in the order of then, or all at once.

use std::time::Instant;

use anyhow::Result;
use futures::future::BoxFuture;
use local_cloud::{Counters, Invocation, ModelCall, Rule, Task, Timing};
use serde::Serialize;
use serde_json::Value;

use crate::{
    traces::{Trace, scaled},
    window::Window,
    world::{Guild, World},
};

/// What a part of a day takes at least, in seconds; of the rest of that day's time it takes its share, by messages.
const LEAST_S: f64 = 1.0;

/// Who writes besides the people that are asked for.
const BYSTANDERS: [&str; 5] = ["Fay", "Gus", "Hal", "Ida", "Jon"];

/// In which order a request is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Day after day, then person after person.
    Sequential,
    /// One request to `get_memories` for everybody.
    Concurrent,
}

/// A trace, replayed.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    /// The trace's name.
    pub trace: &'static str,
    /// How it was replayed.
    pub order: Order,
    /// How long it took.
    pub wall_s: f64,
    /// The slowest day and the slowest merge, at this scale.
    pub critical_path_s: f64,
    /// What was asked meanwhile.
    pub cost: Counters,
    /// Everything that took time, in the order it began.
    pub spans: Vec<Span>,
}

/// Something that took time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Span {
    /// What it was.
    pub what: What,
    /// Seconds since the replay began.
    pub from_s: f64,
    /// Seconds since the replay began.
    pub to_s: f64,
}

/// What can take time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An invocation of `get_memories`.
    Request,
    /// An invocation of `daily_summary`, by the trace's label of the day.
    Day(String),
    /// The model call of a day.
    Summary(String),
    /// The model call that merges a person's memory.
    Merge(String),
}

impl Replay {
    /// How many times the critical path it took.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.wall_s / self.critical_path_s
    }
}

/// Replays a trace in a guild of its own.
pub async fn replay(world: &World, window: Window, trace: &Trace, order: Order, scale: f64) -> Result<Replay> {
    let guild = prepare(world, window, trace, scale).await?;
    let users = guild.users(trace.merges.len());
    let action: BoxFuture<'_, Result<()>> = match order {
        Order::Sequential => Box::pin(one_after_the_other(world, window, trace, &guild, &users)),
        Order::Concurrent => Box::pin(async { guild.memories(world, &users).await.map(drop) }),
    };
    let measured = world.measured(action).await?;
    Ok(Replay {
        trace: trace.name,
        order,
        wall_s: measured.wall.as_secs_f64(),
        critical_path_s: trace.critical_path() * scale,
        cost: measured.cost,
        spans: Recording { trace, window, started: measured.started }.spans(world),
    })
}

/// A guild with the trace's messages and people, and a model that takes the trace's time.
pub(super) async fn prepare(world: &World, window: Window, trace: &Trace, scale: f64) -> Result<Guild> {
    let guild = guild_of(world, window, trace).await?;
    world.cloud.model().set(rules(window, trace, scale));
    Ok(guild)
}

/// A guild with the trace's messages and people.
pub(super) async fn guild_of(world: &World, window: Window, trace: &Trace) -> Result<Guild> {
    let guild = Guild::new(trace.merges.iter().map(|merge| merge.person).chain(BYSTANDERS));
    for (n, day) in trace.days.iter().enumerate() {
        guild.chat(world, window.day(n), day.messages).await?;
    }
    guild.teach(world, trace.merges.len(), "keeps bees on a roof").await?;
    Ok(guild)
}

fn rules(window: Window, trace: &Trace, scale: f64) -> Vec<Rule> {
    let latency_ms = |seconds| scaled(seconds, scale).as_millis() as u64;
    let days = trace.days.iter().enumerate().map(|(n, day)| Rule {
        task: Some(Task::DailySummary),
        date: Some(window.day(n).to_string()),
        timing: Some(Timing::PartOf {
            messages: day.messages.into(),
            whole_ms: latency_ms(day.seconds),
            least_ms: latency_ms(LEAST_S),
        }),
        ..Rule::default()
    });
    let merges = trace.merges.iter().map(|merge| Rule {
        task: Some(Task::Merge),
        person: Some(merge.person.to_owned()),
        latency_ms: latency_ms(merge.seconds),
        ..Rule::default()
    });
    days.chain(merges).collect()
}

async fn one_after_the_other(
    world: &World,
    window: Window,
    trace: &Trace,
    guild: &Guild,
    users: &[String],
) -> Result<()> {
    for day in window.days().take(trace.days.len()) {
        guild.summary(world, day, false).await?;
    }
    for user in users {
        guild.memories(world, std::slice::from_ref(user)).await?;
    }
    Ok(())
}

/// What the cloud noted since a replay began.
struct Recording<'a> {
    trace: &'a Trace,
    window: Window,
    started: Instant,
}

impl Recording<'_> {
    fn spans(&self, world: &World) -> Vec<Span> {
        let invocations = world.cloud.lambda().invocations();
        let calls = world.cloud.model().calls();
        let invocations = invocations.iter().filter_map(|invocation| self.invocation(invocation));
        let mut spans: Vec<Span> = invocations.chain(calls.iter().filter_map(|call| self.call(call))).collect();
        spans.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
        spans
    }

    fn invocation(&self, invocation: &Invocation) -> Option<Span> {
        let what = match invocation.function.as_str() {
            "get_memories" => What::Request,
            "daily_summary" => {
                let answer: Value = serde_json::from_str(invocation.answer.as_deref()?).ok()?;
                What::Day(self.label(answer["date"].as_str()?)?)
            }
            _ => return None,
        };
        self.span(what, invocation.started, invocation.ended)
    }

    fn call(&self, call: &ModelCall) -> Option<Span> {
        let what = match call.task? {
            Task::DailySummary => What::Summary(self.label(call.date.as_deref()?)?),
            Task::Merge => What::Merge(call.person.clone()?),
        };
        self.span(what, call.started, call.ended)
    }

    fn span(&self, what: What, from: Instant, to: Option<Instant>) -> Option<Span> {
        let since = |at: Instant| at.checked_duration_since(self.started).map(|since| since.as_secs_f64());
        Some(Span { what, from_s: since(from)?, to_s: since(to?)? })
    }

    fn label(&self, date: &str) -> Option<String> {
        let mut days = self.window.days().zip(self.trace.days);
        days.find(|(day, _)| day.to_string() == date).map(|(_, day)| day.label.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::DAYS;

    fn window() -> Window {
        Window::at("2026-03-02T14:00:00Z".parse().unwrap())
    }

    #[test]
    fn the_model_takes_as_long_as_the_trace_says_at_the_scale() {
        let rules = rules(window(), &DAYS, 0.1);
        let of_date = |date: &str| rules.iter().find(|rule| rule.date.as_deref() == Some(date)).unwrap().timing;
        let whole = |messages, whole_ms| Some(Timing::PartOf { messages, whole_ms, least_ms: 100 });
        assert_eq!((of_date("2026-03-01"), of_date("2026-02-27")), (whole(200, 1_050), whole(532, 1_240)));
        let of_person = |name: &str| rules.iter().find(|rule| rule.person.as_deref() == Some(name)).unwrap().latency_ms;
        assert_eq!(of_person("Ben"), 570);
    }

    #[test]
    fn dates_get_the_labels_of_the_trace() {
        let recording = Recording { trace: &DAYS, window: window(), started: Instant::now() };
        assert_eq!(recording.label("2026-02-27").as_deref(), Some("07-03"));
        assert_eq!(recording.label("2026-02-20"), None);
    }
}

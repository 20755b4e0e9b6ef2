//! The picture: where the time of a request goes, one after the other and all at once.
//!
//! ```text
//! days, one after the other: 56.2 s
//! days, all at once: 18.2 s, 3.1 times faster
//!   today      ▐██████████▌
//!   07-04      ▐████████▌            all in the same scale
//! ```

mod spans;

use guild_memory_trace::{Analysis, Panel, Trace as Tree, comparison};

use crate::{
    experiments::replay::{Order, Replay},
    traces::Trace,
};

/// Draws both orders of each trace.
#[must_use]
pub fn draw(traces: &[&Trace], replays: &[Replay], scale: f64) -> String {
    let drawn: Vec<(String, Analysis)> = traces.iter().flat_map(|trace| orders(trace, replays, scale)).collect();
    let panels: Vec<Panel<'_>> = drawn.iter().map(|(heading, analysis)| Panel { heading, analysis }).collect();
    let unit = if scale == 1.0 { "measured".to_owned() } else { format!("measured at {scale} of real time") };
    comparison("Where the time of a cold request goes", &unit, &panels)
}

/// A trace in both orders, each with its heading; nothing if it was not replayed in both.
fn orders(trace: &Trace, replays: &[Replay], scale: f64) -> Vec<(String, Analysis)> {
    let of = |order| replays.iter().find(|replay| replay.trace == trace.name && replay.order == order);
    let (Some(sequential), Some(concurrent)) = (of(Order::Sequential), of(Order::Concurrent)) else {
        return Vec::new();
    };
    // One decimal in real seconds, and as many more as the scale is smaller.
    let decimals = if scale < 1.0 { 2 } else { 1 };
    let faster = sequential.wall_s / concurrent.wall_s;
    let headings = [
        format!("{}, one after the other: {:.decimals$} s", trace.name, sequential.wall_s),
        format!("{}, all at once: {:.decimals$} s, {faster:.1} times faster", trace.name, concurrent.wall_s),
    ];
    let analyses = [sequential, concurrent].map(|replay| Tree::all(spans::of(replay)).into_iter().map(Analysis::of));
    headings.into_iter().zip(analyses.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        experiments::replay::{Span, What},
        traces::MEMORIES,
    };
    use local_cloud::Counters;

    fn replay(order: Order, wall_s: f64, merges_at: [f64; 2]) -> Replay {
        let span = |what, from_s, to_s| Span { what, from_s, to_s };
        let spans = vec![
            span(What::Request, 0.0, wall_s),
            span(What::Day("today".into()), 0.01, 10.6),
            span(What::Summary("today".into()), 0.02, 10.5),
            span(What::Merge("Cem".into()), merges_at[0], merges_at[0] + 6.0),
            span(What::Merge("Dua".into()), merges_at[1], merges_at[1] + 3.9),
        ];
        Replay { trace: "memories", order, wall_s, critical_path_s: 16.5, cost: Counters::default(), spans }
    }

    #[test]
    fn both_orders_are_drawn_with_their_time_and_what_could_have_overlapped() {
        let replays = [replay(Order::Sequential, 20.6, [10.7, 16.7]), replay(Order::Concurrent, 16.7, [10.7, 10.7])];
        let picture = draw(&[&MEMORIES], &replays, 1.0);
        for part in ["one after the other: 20.6 s", "all at once: 16.7 s", "Sequential:", "Concurrent:", "person Cem"] {
            assert!(picture.contains(part), "{part}: {picture}");
        }
    }

    #[test]
    fn a_trace_that_was_not_replayed_is_left_out() {
        assert!(!draw(&[&MEMORIES], &[], 1.0).contains("today"));
    }
}

//! The picture: where the time of a request goes, one after the other and all at once.
//!
//! ```text
//!                 one after the other, 56.2 s                    all at once, 18.2 s
//! get_memories                          ▐████▌▐█████▌            ▐██████████████████▌
//! today           ▐██████████▌                                   ▐██████████▌
//! 07-04                       ▐████████▌                         ▐████████▌
//! …               0    10    20    30    40    50                0    10    20        the same scale
//! ```

mod chart;
mod layout;
mod legend;
mod svg;

use crate::{
    experiments::replay::{Order, Replay},
    traces::Trace,
};
use chart::Chart;
use layout::Layout;
use svg::Svg;

/// Draws both orders of each trace.
#[must_use]
pub fn draw(traces: &[&Trace], replays: &[Replay], scale: f64) -> String {
    let charts: Vec<Chart<'_>> = traces.iter().filter_map(|trace| chart(trace, replays, scale)).collect();
    let longest = |seconds: fn(&Chart<'_>) -> f64| charts.iter().map(seconds).fold(0.0, f64::max);
    let layout = Layout::of(longest(|chart| chart.sequential.wall_s), longest(|chart| chart.concurrent.wall_s));
    let height = Layout::HEADER + charts.iter().map(Chart::height).sum::<f64>();
    let mut svg = Svg::new(layout.width(), height);
    legend::draw(&mut svg, &layout, scale);
    let mut top = Layout::HEADER;
    for chart in &charts {
        chart.draw(&mut svg, &layout, top);
        top += chart.height();
    }
    svg.finish()
}

fn chart<'a>(trace: &'a Trace, replays: &'a [Replay], scale: f64) -> Option<Chart<'a>> {
    let of = |order| replays.iter().find(|replay| replay.trace == trace.name && replay.order == order);
    Some(Chart { trace, sequential: of(Order::Sequential)?, concurrent: of(Order::Concurrent)?, scale })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        experiments::replay::{Span, What},
        traces::MEMORIES,
    };
    use local_cloud::Counters;

    fn replay(order: Order, wall_s: f64) -> Replay {
        let span = |what, from_s, to_s| Span { what, from_s, to_s };
        let spans = vec![
            span(What::Request, 0.0, wall_s),
            span(What::Day("today".into()), 0.01, 10.6),
            span(What::Summary("today".into()), 0.02, 10.5),
            span(What::Merge("Cem".into()), 10.7, 16.6),
        ];
        Replay { trace: "memories", order, wall_s, critical_path_s: 16.5, cost: Counters::default(), spans }
    }

    #[test]
    fn both_orders_are_drawn_with_their_time() {
        let replays = [replay(Order::Sequential, 36.6), replay(Order::Concurrent, 16.7)];
        let picture = draw(&[&MEMORIES], &replays, 1.0);
        assert!(picture.contains("36.6 s") && picture.contains("16.7 s"), "{picture}");
        assert!(picture.contains("Cem") && picture.contains("critical path"));
    }

    #[test]
    fn a_trace_that_was_not_replayed_is_left_out() {
        assert!(!draw(&[&MEMORIES], &[], 1.0).contains("today"));
    }
}

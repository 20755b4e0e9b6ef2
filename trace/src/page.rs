//! The waterfall as a page.

use crate::{
    analysis::Analysis,
    colours::FONT,
    html::escaped,
    picture::picture,
    rows::{Row, Rows},
    units::{cut, duration},
};

/// So many spans are in the table at the most.
const ROWS: usize = 2_000;
const STYLE: &str = "\
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 1110px; padding: 0 1rem; background: light-dark(#ffffff, #0f1216); color: light-dark(#1f2933, #e6eaee); }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.85rem; margin-top: 1.5rem; }
th, td { text-align: left; padding: 0.25rem 0.6rem; border-bottom: 1px solid light-dark(#e3e8ed, #2a3138); }
td.time, th.time { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.name { overflow-wrap: anywhere; }
.quiet { color: light-dark(#5b6673, #9aa5b1); }
";

/// A page with the picture and a table of its spans. It needs nothing else, loads nothing and runs nothing.
#[must_use]
pub fn page(analysis: &Analysis) -> String {
    let title = escaped(&format!("{}: where {} went", analysis.name(), duration(analysis.trace.length())));
    let rows = Rows::one_by_one(analysis, ROWS);
    let table: String = rows.rows.iter().map(|row| table_row(analysis, row)).collect();
    let hidden: usize = rows.hidden + rows.rows.iter().map(|row| row.hidden).sum::<usize>();
    let hidden =
        if hidden > 0 { format!("<p class=\"quiet\">{hidden} shorter spans have no row.</p>") } else { String::new() };
    let id = escaped(analysis.trace.id.as_str());
    let picture = picture(analysis);
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font-family: {FONT}; }}
{STYLE}</style>
</head>
<body>
{picture}
<table>
<thead><tr><th>span</th><th>service</th><th class="time">began at</th><th class="time">took</th><th class="time">own work</th><th class="time">on the critical path</th><th></th></tr></thead>
<tbody>
{table}</tbody>
</table>
{hidden}<p class="quiet">Trace {id}.</p>
</body>
</html>
"#
    )
}

fn table_row(analysis: &Analysis, row: &Row) -> String {
    let node = analysis.trace.node(row.node);
    let indent = row.depth.min(30);
    let model = row.is_model.then_some("model");
    let notes: Vec<&str> = model.into_iter().chain(row.notes.iter().copied()).collect();
    let times = [
        duration(node.start),
        duration(node.duration()),
        duration(analysis.self_time(row.node)),
        duration(analysis.critical_time(row.node)),
    ];
    let times: String = times.iter().map(|time| format!("<td class=\"time\">{time}</td>")).collect();
    format!(
        "<tr><td class=\"name\" style=\"padding-left: {indent}em\">{}</td><td>{}</td>{times}<td>{}</td></tr>\n",
        escaped(&cut(&row.label(), 120)),
        escaped(&node.span.service),
        escaped(&notes.join(", "))
    )
}

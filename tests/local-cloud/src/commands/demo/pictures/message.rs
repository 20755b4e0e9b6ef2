//! A message, drawn as Discord's dark theme shows it: one SVG without anything from outside.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;
use local_cloud::DiscordReply;

use super::{
    markup::{Kind, Line, Look, Reader, Run},
    wrap::{width, wrap},
};

const WIDTH: f64 = 760.0;
/// Where texts begin, beside the avatar, and where they end.
const LEFT: f64 = 76.0;
const RIGHT: f64 = WIDTH - 28.0;
/// The base line of the command, and of the name.
const COMMAND: f64 = 34.0;
const NAME: f64 = 62.0;
/// From one base line to the next.
const LEADING: f64 = 21.0;
const SMALL_LEADING: f64 = 18.0;
const BLANK: f64 = 9.0;
/// What bullets and quotes are moved to the right.
const INDENT: f64 = 16.0;
/// A paragraph that is longer is folded: a picture shows what an answer is like, and does not tell all of it.
const MOST_LINES: usize = 7;
/// Font sizes; those of the style sheet.
const TEXT: f64 = 15.0;
const SMALL: f64 = 12.5;

const STYLE: &str = "\
text { font-family: 'gg sans', 'Noto Sans', 'Helvetica Neue', Helvetica, Arial, sans-serif; font-size: 15px; fill: #dbdee1; }
.name { font-weight: 600; font-size: 15.5px; fill: #f2f3f5; }
.asker { font-weight: 600; font-size: 13px; fill: #e9b872; }
.quiet, .small { fill: #949ba4; font-size: 12.5px; }
.command { fill: #00a8fc; font-size: 13px; }
.used { fill: #b5bac1; font-size: 13px; }
.app { fill: #ffffff; font-size: 10.5px; font-weight: 600; }
.initial { fill: #ffffff; font-size: 9px; font-weight: 600; }
.bold { font-weight: 700; fill: #f2f3f5; }
.mention { font-weight: 500; fill: #c9cdfb; }
";

/// An answer of the application to somebody's command.
pub(super) struct Message<'a> {
    pub(super) asker: &'a str,
    /// As it was typed.
    pub(super) command: &'a str,
    pub(super) reply: &'a DiscordReply,
    pub(super) at: Timestamp,
    /// Names by id.
    pub(super) names: &'a BTreeMap<String, String>,
}

impl Message<'_> {
    /// The whole file.
    pub(super) fn draw(&self) -> String {
        let mut canvas = Canvas { elements: String::new(), y: NAME + 24.0 };
        self.command_line(&mut canvas);
        self.name_line(&mut canvas);
        for line in (Reader { names: self.names, now: self.at }).read(self.reply.text().trim()) {
            canvas.line(&line);
        }
        if self.reply.private {
            canvas.text(LEFT, canvas.y + 3.0, "quiet", "Only you can see this");
            canvas.y += SMALL_LEADING + 3.0;
        }
        let title = format!("{} used {} in Discord, and what the application answered", self.asker, self.command);
        canvas.finish(&title, self.reply.private)
    }

    fn command_line(&self, canvas: &mut Canvas) {
        canvas.add(r##"<path d="M40 46 V38 Q40 30 48 30 H68" fill="none" stroke="#4e5058" stroke-width="2"/>"##);
        canvas.add(r##"<circle cx="84" cy="30" r="8" fill="#b4632d"/>"##);
        let initial: String = self.asker.chars().take(1).collect();
        canvas.middle(84.0, 33.2, "initial", &initial);
        let used = [("asker", self.asker), ("used", " used "), ("command", self.command)];
        canvas.spans(98.0, COMMAND, "used", &used);
    }

    fn name_line(&self, canvas: &mut Canvas) {
        // Two sheets of paper: what was said, and what is known.
        canvas.add(r##"<circle cx="40" cy="68" r="20" fill="#5865f2"/>"##);
        canvas.add(r##"<rect x="31" y="58" width="14" height="17" rx="3" fill="#aab2f9"/>"##);
        canvas.add(r##"<rect x="35" y="62" width="14" height="17" rx="3" fill="#ffffff"/>"##);
        canvas.add(r##"<path d="M38.5 67 h7 M38.5 70.5 h7 M38.5 74 h4" stroke="#5865f2" stroke-width="1.6"/>"##);
        canvas.text(LEFT, NAME, "name", "guild-memory");
        let badge = LEFT + 1.02 * 15.5 * width("guild-memory") + 2.0;
        canvas.add(&format!(r##"<rect x="{badge:.1}" y="49" width="31" height="16" rx="4" fill="#5865f2"/>"##));
        canvas.middle(badge + 15.5, 60.8, "app", "APP");
        let time = self.at.strftime("Today at %H:%M").to_string();
        canvas.text(badge + 40.0, NAME, "quiet", &time);
    }
}

/// What is drawn so far, and the base line of the next text.
struct Canvas {
    elements: String,
    y: f64,
}

impl Canvas {
    fn line(&mut self, line: &Line) {
        if line.runs.is_empty() {
            self.y += BLANK;
            return;
        }
        let (size, leading) = if line.kind == Kind::Small { (SMALL, SMALL_LEADING) } else { (TEXT, LEADING) };
        let indent = if matches!(line.kind, Kind::Bullet | Kind::Quote) { INDENT } else { 0.0 };
        let top = self.y;
        let lines = wrap(&line.runs, (RIGHT - LEFT - indent) / size);
        for runs in lines.iter().take(MOST_LINES) {
            self.runs(LEFT + indent, line.kind, runs);
            self.y += leading;
        }
        if let Some(folded) = lines.len().checked_sub(MOST_LINES).filter(|folded| *folded > 0) {
            self.text(LEFT + indent, self.y, "quiet", &format!("[… {folded} more lines]"));
            self.y += SMALL_LEADING;
        }
        self.mark(line.kind, top);
    }

    /// What stands before a line.
    fn mark(&mut self, kind: Kind, top: f64) {
        match kind {
            Kind::Bullet => self.add(&format!(r##"<circle cx="82" cy="{:.1}" r="2.6" fill="#dbdee1"/>"##, top - 5.0)),
            Kind::Quote => {
                let height = self.y - top;
                let (x, y) = (LEFT, top - 15.0);
                self.add(&format!(
                    r##"<rect x="{x:.1}" y="{y:.1}" width="4" height="{height:.1}" rx="2" fill="#4e5058"/>"##
                ));
            }
            Kind::Plain | Kind::Small => {}
        }
    }

    fn runs(&mut self, x: f64, kind: Kind, runs: &[Run]) {
        let class = if kind == Kind::Small { "small" } else { "said" };
        let look = |run: &Run| match run.look {
            Look::Plain => class,
            Look::Bold => "bold",
            Look::Mention => "mention",
        };
        let spans: Vec<(&str, &str)> = runs.iter().map(|run| (look(run), run.text.as_str())).collect();
        self.spans(x, self.y, class, &spans);
    }

    fn spans(&mut self, x: f64, y: f64, class: &str, spans: &[(&str, &str)]) {
        let span = |(look, text): &(&str, &str)| format!(r#"<tspan class="{look}">{}</tspan>"#, escape(text));
        let spans: String = spans.iter().map(span).collect();
        self.add(&format!(r#"<text x="{x:.1}" y="{y:.1}" class="{class}" xml:space="preserve">{spans}</text>"#));
    }

    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.add(&format!(r#"<text x="{x:.1}" y="{y:.1}" class="{class}">{}</text>"#, escape(text)));
    }

    fn middle(&mut self, x: f64, y: f64, class: &str, text: &str) {
        self.add(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle" class="{class}">{}</text>"#,
            escape(text)
        ));
    }

    fn add(&mut self, element: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.elements, "{element}");
    }

    /// The file; what only one person sees has another background, and a line at its left.
    fn finish(self, title: &str, private: bool) -> String {
        let height = self.y + 4.0;
        let title = escape(title);
        let private = if private {
            format!(
                r##"<rect x="6" y="10" width="{:.0}" height="{:.0}" rx="4" fill="#36394a"/>
<rect x="6" y="10" width="3" height="{:.0}" fill="#5865f2"/>
"##,
                WIDTH - 12.0,
                height - 20.0,
                height - 20.0
            )
        } else {
            String::new()
        };
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" width="{WIDTH:.0}" height="{height:.0}" role="img">
<title>{title}</title>
<style>
{STYLE}</style>
<rect width="{WIDTH:.0}" height="{height:.0}" rx="8" fill="#313338"/>
{private}{}</svg>
"##,
            self.elements
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;

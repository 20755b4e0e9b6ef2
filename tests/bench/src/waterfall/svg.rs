//! As much of SVG as the picture needs.

use std::fmt::Write as _;

/// Fonts that are there already, wherever the picture is looked at.
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";

/// A picture that is being drawn.
#[derive(Debug)]
pub(super) struct Svg {
    elements: String,
    width: f64,
    height: f64,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

impl Svg {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { elements: String::new(), width, height }
    }

    /// A rectangle with attributes of its own, such as `fill="#fff"`.
    pub(super) fn rect(&mut self, [x, y, width, height]: [f64; 4], attributes: &str) {
        self.add(format_args!(r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" {attributes}/>"#));
    }

    /// A line with attributes of its own.
    pub(super) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], attributes: &str) {
        self.add(format_args!(r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" {attributes}/>"#));
    }

    /// A text of a class of the style sheet.
    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let (anchor, text) = (anchor.name(), escape(text));
        self.add(format_args!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#));
    }

    /// The whole file.
    pub(super) fn finish(self) -> String {
        let Self { elements, width, height } = self;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img">
<title>Where the time of a cold request goes: one after the other, and all at once</title>
<style>
text {{ font-family: {FONT}; font-size: 12px; fill: #1f2933; }}
.title {{ font-size: 15px; font-weight: 600; }}
.head {{ font-weight: 600; }}
.quiet {{ fill: #5b6673; font-size: 11px; }}
.inside {{ fill: #ffffff; font-size: 11px; font-weight: 600; }}
.beside {{ font-size: 11px; }}
.critical {{ fill: #b4380b; font-size: 11px; font-weight: 600; }}
</style>
<rect width="{width:.0}" height="{height:.0}" rx="10" fill="#fbfcfd" stroke="#d5dbe1"/>
{elements}</svg>
"##
        )
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.elements, "{element}");
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_markup() {
        let mut svg = Svg::new(10.0, 10.0);
        svg.text((1.0, 2.0), Anchor::End, "head", r#"<b a="1">&"#);
        let file = svg.finish();
        let expected = r#"<text x="1.0" y="2.0" text-anchor="end" class="head">&lt;b a=&quot;1&quot;&gt;&amp;</text>"#;
        assert!(file.contains(expected), "{file}");
    }
}

//! As much of SVG as a picture needs.

use std::fmt::Write as _;

use crate::{
    colours::{DARK, FONT, PICTURE},
    html::escaped,
    units::columns,
};

/// About how wide a letter is, as a part of its height. Wide letters count twice.
const LETTER: f64 = 0.58;

/// A picture that is being drawn; lengths are pixels.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    elements: String,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// About how wide a text is.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    columns(text) as f64 * size * LETTER
}

/// How many letters have room in `width`.
pub(crate) fn letters(width: f64, size: f64) -> usize {
    (width / (size * LETTER)).max(0.0) as usize
}

impl Svg {
    pub(crate) fn rect(&mut self, [x, y, width, height]: [f64; 4], radius: f64, class: &str) {
        self.add(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="{radius}" class="{class}"/>"#
        ));
    }

    pub(crate) fn line(&mut self, [x1, y1, x2, y2]: [f64; 4], class: &str) {
        self.add(format_args!(r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#));
    }

    /// A bracket that is open to the left, from `top` to `bottom`.
    pub(crate) fn bracket(&mut self, x: f64, [top, bottom]: [f64; 2], class: &str) {
        let left = x - 6.0;
        self.add(format_args!(r#"<path d="M{left:.1} {top:.1}H{x:.1}V{bottom:.1}H{left:.1}" class="{class}"/>"#));
    }

    /// A text whose letters stand on `y`.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.add(format_args!(r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#));
    }

    /// What `draw` draws, with a text that shows when one points at it.
    pub(crate) fn titled(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        self.add(format_args!("<g><title>{}</title>", escaped(title)));
        draw(self);
        self.add(format_args!("</g>"));
    }

    /// The whole file, with what it shows for whoever cannot see it.
    pub(crate) fn finish(self, (width, height): (f64, f64), title: &str, description: &str) -> String {
        let (title, description, elements) = (escaped(title), escaped(description), self.elements);
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0} {height:.0}" width="{width:.0}" height="{height:.0}" role="img" aria-labelledby="trace-title trace-description" font-family="{FONT}">
<title id="trace-title">{title}</title>
<desc id="trace-description">{description}</desc>
<style>
{PICTURE}@media (prefers-color-scheme: dark) {{
{DARK}}}
</style>
{elements}</svg>
"#
        )
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.elements, "{element}");
    }
}

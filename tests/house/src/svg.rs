//! As much of SVG as the picture needs.

use std::fmt::Write as _;

/// Fonts that are there already, wherever the picture is looked at.
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";
/// About how wide a letter is, as a part of its height.
const LETTER: f64 = 0.56;

/// A picture that is being drawn; lengths are pixels.
#[derive(Debug)]
pub(crate) struct Svg {
    elements: String,
    width: f64,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letters {
    pub(crate) size: f64,
    pub(crate) colour: &'static str,
    pub(crate) is_bold: bool,
}

impl Letters {
    /// The lines that `text` needs in `width`, cut between words.
    pub(crate) fn wrapped(self, text: &str, width: f64) -> Vec<String> {
        let most = (width / (self.size * LETTER)) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }
}

impl Svg {
    pub(crate) fn new(width: f64) -> Self {
        Self { elements: String::new(), width }
    }

    /// A text whose letters stand on `y`.
    pub(crate) fn text(&mut self, (x, y): (f64, f64), letters: Letters, text: &str) {
        let Letters { size, colour, is_bold } = letters;
        let weight = if is_bold { " font-weight=\"600\"" } else { "" };
        let text = escaped(text);
        self.add(&format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{colour}\"{weight}>{text}</text>"));
    }

    pub(crate) fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str, stroke: &str) {
        self.add(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"6\" fill=\"{fill}\" stroke=\"{stroke}\"/>"
        ));
    }

    /// A line through these points, with a title that shows when one points at it.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], colour: &str, title: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.add(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"><title>{}</title></polyline>",
            points.join(" "),
            escaped(title)
        ));
    }

    pub(crate) fn dot(&mut self, (x, y): (f64, f64), colour: &str) {
        self.add(&format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"3.2\" fill=\"{colour}\"/>"));
    }

    /// The head of an arrow that comes from the right.
    pub(crate) fn head(&mut self, (x, y): (f64, f64), colour: &str) {
        let (back, up, down) = (x + 9.0, y - 4.5, y + 4.5);
        self.add(&format!("<path d=\"M{x} {y}L{back} {up}L{back} {down}Z\" fill=\"{colour}\"/>"));
    }

    /// The picture, `height` high.
    pub(crate) fn finish(self, height: f64) -> String {
        let Self { elements, width } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             font-family=\"{FONT}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{elements}</svg>\n"
        )
    }

    fn add(&mut self, element: &str) {
        let _ = writeln!(self.elements, "{element}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

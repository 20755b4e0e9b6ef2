//! The style sheet of pictures and pages: each colour once for light and once for dark.

/// Fonts that are there already, wherever it is looked at.
pub(crate) const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif";

/// The rules of the picture. Shapes have a class for what they are, texts for how they stand out.
pub(crate) const PICTURE: &str = "\
.paper { fill: #fbfcfd; stroke: #d5dbe1; }
.grid { stroke: #e3e8ed; stroke-width: 1; }
.stripe { fill: #f1f4f7; }
.work { fill: #c6d0dc; }
.model { fill: #2f6fce; }
.path { fill: #d9480f; }
.could { fill: none; stroke: #8a6d1a; stroke-width: 1.2; stroke-dasharray: 3 2; }
.bracket { fill: none; stroke: #8a6d1a; stroke-width: 1.4; }
text { fill: #1f2933; font-size: 12px; }
.title { font-size: 15px; font-weight: 600; }
.head { font-weight: 600; }
.quiet { fill: #5b6673; font-size: 11px; }
.saved { fill: #7a5d0c; font-size: 11px; font-weight: 600; }
.beside { font-size: 11px; }
.on-work { font-size: 11px; }
.on-model { fill: #ffffff; font-size: 11px; font-weight: 600; }
";

/// What is different in the dark.
pub(crate) const DARK: &str = "\
.paper { fill: #15191e; stroke: #323a43; }
.grid { stroke: #2a3138; }
.stripe { fill: #1b2026; }
.work { fill: #4a5663; }
.path { fill: #ff7f45; }
.could { stroke: #d8b24a; }
.bracket { stroke: #d8b24a; }
text { fill: #e6eaee; }
.quiet { fill: #9aa5b1; }
.saved { fill: #e3c063; }
.on-model { fill: #ffffff; }
";

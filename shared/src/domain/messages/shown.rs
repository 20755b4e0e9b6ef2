//! What a message shows besides its own words, as text that says what it is: the words of somebody else, above all, are not
//! taken for the author's.

/// Characters of one part that are kept.
const MAX_PART_CHARS: usize = 1_000;

/// A part of a message.
#[derive(Clone, PartialEq, Eq)]
pub enum ShownPart {
    /// What somebody else wrote, passed on.
    Forwarded(String),
    /// A question with answers to choose from.
    Poll {
        /// The question.
        question: String,
        /// The answers.
        answers: Vec<String>,
    },
    /// A card, such as the preview of a page.
    Embed(String),
    /// Texts and labels of buttons and the like.
    Components(String),
}

impl ShownPart {
    /// A forwarded message; `None` if it shows nothing.
    pub fn forwarded(texts: impl IntoIterator<Item = String>) -> Option<Self> {
        joined(texts, " ").map(Self::Forwarded)
    }

    /// A card; `None` if it shows no text.
    pub fn embed(texts: impl IntoIterator<Item = String>) -> Option<Self> {
        joined(texts, ": ").map(Self::Embed)
    }

    /// Components; `None` if there is no text in them.
    pub fn components(texts: impl IntoIterator<Item = String>) -> Option<Self> {
        joined(texts, "; ").map(Self::Components)
    }

    /// Marked as what it is; empty if there is nothing to read.
    fn text(self) -> Option<String> {
        let (kind, text) = match self {
            Self::Forwarded(text) => ("forwarded", text),
            Self::Poll { question, answers } => ("poll", joined([question].into_iter().chain(answers), "; ")?),
            Self::Embed(text) => ("embed", text),
            Self::Components(text) => ("components", text),
        };
        let text: String = text.chars().take(MAX_PART_CHARS).collect();
        Some(format!("[{kind}: {text}]"))
    }
}

/// The words of a message and its other parts, cut to `limit` characters.
pub fn with_parts(content: &str, parts: impl IntoIterator<Item = ShownPart>, limit: usize) -> String {
    let parts = parts.into_iter().filter_map(ShownPart::text);
    let own = (!content.is_empty()).then(|| content.to_owned());
    own.into_iter().chain(parts).collect::<Vec<_>>().join(" ").chars().take(limit).collect()
}

fn joined(texts: impl IntoIterator<Item = String>, separator: &str) -> Option<String> {
    let texts: Vec<String> =
        texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join(separator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_marked_and_cut() {
        let poll =
            ShownPart::Poll { question: "Lunch?".into(), answers: vec!["Soup".into(), " ".into(), "Cake".into()] };
        let parts =
            [ShownPart::forwarded(["The anchor is gone".to_owned()]), Some(poll), ShownPart::embed([" ".to_owned()])];
        let text = with_parts("look", parts.into_iter().flatten(), 1_000);
        assert_eq!(text, "look [forwarded: The anchor is gone] [poll: Lunch?; Soup; Cake]");
        let long = ShownPart::forwarded(["x".repeat(5_000)]);
        assert_eq!(with_parts("", long.clone(), 5_000).chars().count(), "[forwarded: ]".len() + MAX_PART_CHARS);
        assert_eq!(with_parts("hello", long, 7), "hello [");
    }
}

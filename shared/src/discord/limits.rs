//! What fits into a message of Discord's, and how a text is made to.

/// Discord's limits. It counts characters; what is counted here are UTF-16 units, which are never fewer.
pub(super) const CONTENT: usize = 2_000;
pub(super) const DESCRIPTION: usize = 4_096;
/// Of all embeds of a message together.
pub(super) const EMBEDS: usize = 6_000;
pub(super) const CHOICES: usize = 25;
pub(super) const CHOICE: usize = 100;
/// Of the title of a form, and of the label of a line in it.
pub(super) const HEADING: usize = 45;
/// How much can be typed into such a line. Discord has room for more, and nothing that is asked for is that long.
pub(super) const TYPED: usize = 100;

/// The text in pieces that fit into an embed each, cut between lines where there are any.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while length(rest) > DESCRIPTION {
        let (piece, after) = head(rest, DESCRIPTION);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// As many lines as fit, and the rest. A first line that is too long by itself is cut.
pub(super) fn head(text: &str, limit: usize) -> (&str, &str) {
    if length(text) <= limit {
        return (text, "");
    }
    let most = fitting(text, limit);
    let end = text[..most].rfind('\n').filter(|end| *end > 0).unwrap_or(most);
    (&text[..end], text[end..].trim_start_matches('\n'))
}

/// The text, cut with an ellipsis if it is too long.
pub(super) fn cut(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    format!("{}…", &text[..fitting(text, limit - 1)])
}

/// How many bytes of the text fit into that many units.
fn fitting(text: &str, limit: usize) -> usize {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > limit
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// The length of a text as Discord may count it, in UTF-16 units.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

//! Takes thoughts out of an answer: models that think aloud do so in the text, where the server does not take it out. What is
//! left is the answer; where there is none, nothing.

/// Tags that models think in.
const TAGS: [(&str, &str); 5] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
];
/// What ends an answer that was passed on with its marks.
const ENDS: [&str; 6] = ["<|end|>", "<|return|>", "<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<turn|>"];

/// The answer in a text that may begin with thoughts.
pub(in crate::adapters) fn without_thoughts(text: &str) -> &str {
    without_end(in_channels(after_tags(text)))
}

/// Behind the last thought; a chat template may have opened it in the prompt, so that only its end is there.
fn after_tags(text: &str) -> &str {
    let Some((open, close)) =
        TAGS.iter().find(|(open, close)| text.trim_start().starts_with(open) || text.contains(close))
    else {
        return text;
    };
    match text.rsplit_once(close) {
        Some((_, answer)) => answer,
        None if text.trim_start().starts_with(open) => "",
        None => text,
    }
}

/// The final one of gpt-oss's channels (harmony), with marks or without, or of Gemma 4's.
fn in_channels(text: &str) -> &str {
    const FINAL: &str = "<|channel|>final<|message|>";
    const BARE_FINAL: &str = "assistantfinal";
    if text.contains("<|channel|>") {
        return text.rsplit_once(FINAL).map_or("", |(_, answer)| answer);
    }
    // Gemma 4: `<|channel>thought … <channel|>answer`.
    if text.contains("<|channel>") || text.contains("<channel|>") {
        return text.rsplit_once("<channel|>").map_or("", |(_, answer)| answer);
    }
    if thinks_without_marks(text) {
        return text.rsplit_once(BARE_FINAL).map_or("", |(_, answer)| answer);
    }
    text
}

/// `analysisWe need to …`: the mark's word is there, and the mark is not.
fn thinks_without_marks(text: &str) -> bool {
    let after = text.trim_start().strip_prefix("analysis");
    after.is_some_and(|after| after.starts_with(char::is_uppercase) || after.contains("assistantfinal"))
}

fn without_end(text: &str) -> &str {
    let end = ENDS.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    text[..end].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_model_thinks_is_no_answer() {
        for (text, answer) in [
            ("Ann sailed.", "Ann sailed."),
            ("<think>\nhm\n</think>\nAnn sailed.", "Ann sailed."),
            ("hm, who sailed?\n</think>\n\nAnn sailed.", "Ann sailed."),
            ("<think>a</think><think>b</think>Ann sailed.", "Ann sailed."),
            ("<think>hm", ""),
            ("[THINK]hm[/THINK]Ann sailed.", "Ann sailed."),
            ("analysisWho sailed?assistantfinalAnn sailed.", "Ann sailed."),
            ("analysisWho sailed?", ""),
            ("analysis of the day: Ann sailed.", "analysis of the day: Ann sailed."),
            (
                "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Ann sailed.<|return|>",
                "Ann sailed.",
            ),
            ("<|channel|>analysis<|message|>hm<|end|>", ""),
            ("<|channel>thought\nhm<channel|>Ann sailed.<turn|>", "Ann sailed."),
            ("<|channel>thought\nhm", ""),
            ("She said <think> is a tag.", "She said <think> is a tag."),
        ] {
            assert_eq!(without_thoughts(text), answer, "{text}");
        }
    }
}

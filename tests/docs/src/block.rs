//! Fenced blocks of code.

use crate::Page;

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The page, and the line of the fence.
    pub place: String,
    /// What stands behind the fence: the language, and what is to be done with it.
    pub info: String,
    /// What is in it, without the indentation of the fence.
    pub code: String,
}

/// What becomes of a block of shell commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test runs it.
    Run,
    /// No test can, for that reason.
    NotRun(String),
    /// Nobody said.
    Unknown,
}

impl Page {
    /// All fenced blocks.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(usize, Block)> = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            let indent = line.len() - line.trim_start().len();
            let fence = line.trim_start().strip_prefix("```");
            match (fence, open.take()) {
                (Some(info), None) => {
                    let place = format!("{}:{number}", self.name());
                    open = Some((indent, Block { place, info: info.trim().to_owned(), code: String::new() }));
                }
                (Some(_), Some((_, block))) => blocks.push(block),
                (None, Some((indent, mut block))) => {
                    block.code.push_str(line.get(indent..).unwrap_or_default());
                    block.code.push('\n');
                    open = Some((indent, block));
                }
                (None, None) => {}
            }
        }
        blocks
    }

    /// The blocks of shell commands.
    #[must_use]
    pub fn commands(&self) -> Vec<Block> {
        self.blocks()
            .into_iter()
            .filter(|block| ["sh", "bash", "shell", "console"].contains(&block.language()))
            .collect()
    }

    /// The text without its blocks.
    #[must_use]
    pub fn prose(&self) -> String {
        let mut inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.trim_start().starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose.push_str(line);
                prose.push('\n');
            }
        }
        prose
    }
}

impl Block {
    /// The first word of the info string.
    #[must_use]
    pub fn language(&self) -> &str {
        self.info.split(' ').next().unwrap_or_default()
    }

    /// What becomes of it.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match self.info.strip_prefix("sh ") {
            Some("run") => Fate::Run,
            Some(other) => match other.strip_prefix("not run:").map(str::trim) {
                Some(reason) if !reason.is_empty() => Fate::NotRun(reason.to_owned()),
                _ => Fate::Unknown,
            },
            None => Fate::Unknown,
        }
    }

    /// Its commands, a line each, without comments and with continued lines joined.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let joined = self.code.replace("\\\n", " ");
        let lines = joined.lines().map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page { path: "docs/a.md".into(), text: text.to_owned() }
    }

    #[test]
    fn a_block_is_read_without_the_indentation_of_its_fence() {
        let page = page("one\n\n  ```sh run\n  a\n    b\n  ```\ntwo\n");
        let expected = Block { place: "docs/a.md:3".into(), info: "sh run".into(), code: "a\n  b\n".into() };
        assert_eq!(page.blocks(), [expected]);
        assert_eq!(page.prose(), "one\n\ntwo\n");
    }

    #[test]
    fn a_block_says_what_becomes_of_it() {
        let fate = |info: &str| Block { place: String::new(), info: info.into(), code: String::new() }.fate();
        assert_eq!(fate("sh run"), Fate::Run);
        assert_eq!(fate("sh not run: it needs a key"), Fate::NotRun("it needs a key".into()));
        assert_eq!([fate("sh"), fate("sh not run:"), fate("bash")], [Fate::Unknown, Fate::Unknown, Fate::Unknown]);
    }

    #[test]
    fn continued_lines_are_one_and_comments_none() {
        let block = Block { place: String::new(), info: "sh".into(), code: "# x\na \\\n  b   # c\n\nd\n".into() };
        assert_eq!(block.lines(), ["a    b", "d"]);
    }
}

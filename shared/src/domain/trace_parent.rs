//! Which span another one is a part of, across processes: a `traceparent` of the
//! [W3C](https://www.w3.org/TR/trace-context/).

use std::{fmt, num::NonZero, str::FromStr};

/// A span that somebody else began, and whether it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    /// The trace it belongs to.
    pub trace: NonZero<u128>,
    /// The span itself.
    pub span: NonZero<u64>,
    /// Whether it is recorded, and what belongs to it is to be.
    pub sampled: bool,
}

/// It is none. What was sent is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent (such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01)")]
pub struct NoTraceParent;

impl FromStr for TraceParent {
    type Err = NoTraceParent;

    /// A later version may say more after the flags; this one may not.
    fn from_str(text: &str) -> Result<Self, NoTraceParent> {
        let mut parts = text.splitn(5, '-');
        let mut part = |digits| parts.next().filter(|part| is_hex(part, digits)).ok_or(NoTraceParent);
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        if version == "ff" || (version == "00" && parts.next().is_some()) {
            return Err(NoTraceParent);
        }
        let trace = u128::from_str_radix(trace, 16).ok().and_then(NonZero::new).ok_or(NoTraceParent)?;
        let span = u64::from_str_radix(span, 16).ok().and_then(NonZero::new).ok_or(NoTraceParent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| NoTraceParent)?;
        Ok(Self { trace, span, sampled: flags & 1 == 1 })
    }
}

/// Lower-case digits, and exactly so many.
fn is_hex(part: &str, digits: usize) -> bool {
    part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.sampled))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn rule_50_what_is_read_is_written_again() {
        let parent: TraceParent = SAMPLED.parse().unwrap();
        assert_eq!((parent.to_string().as_str(), parent.sampled), (SAMPLED, true));
        let unsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        assert!(!unsampled.parse::<TraceParent>().unwrap().sampled);
        let later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03-what-comes";
        assert_eq!(later.parse(), Ok(parent));
    }

    #[test]
    fn rule_50_what_is_none_is_refused() {
        let broken = [
            "",
            "00",
            "hush",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ];
        for text in broken {
            assert_eq!(text.parse::<TraceParent>(), Err(NoTraceParent), "{text}");
        }
    }

    proptest! {
        #[test]
        fn rule_50_no_text_panics(text in ".{0,80}") {
            let _ = text.parse::<TraceParent>();
        }
    }
}

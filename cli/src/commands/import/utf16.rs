//! UTF-16 as UTF-8.

use std::io::{self, Read};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// Reads UTF-16 and gives UTF-8; half a character becomes `U+FFFD`.
pub(super) struct Utf16<R> {
    input: R,
    is_big_endian: bool,
    /// Bytes whose other half is not read yet.
    pending: Vec<u8>,
    decoded: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(input: R, is_big_endian: bool) -> Self {
        Self { input, is_big_endian, pending: Vec::new(), decoded: Vec::new(), given: 0 }
    }

    /// Decodes what comes next; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let read = (&mut self.input).take(CHUNK as u64).read_to_end(&mut self.pending)?;
        let mut units: Vec<u16> = self.pending.chunks_exact(2).map(|unit| self.unit([unit[0], unit[1]])).collect();
        // The second half of the last character may come with the next bytes.
        if read > 0 && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            units.pop();
        }
        let rest = if read > 0 { self.pending.split_off(2 * units.len()) } else { Vec::new() };
        let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        (self.pending, self.decoded, self.given) = (rest, text.into_bytes(), 0);
        Ok(read > 0)
    }

    fn unit(&self, bytes: [u8; 2]) -> u16 {
        if self.is_big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() {
            if !self.fill()? && self.decoded.is_empty() {
                return Ok(0);
            }
        }
        let left = &self.decoded[self.given..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as pipes do.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(bytes: &[u8], is_big_endian: bool, at_once: usize) -> String {
        let mut text = String::new();
        Utf16::new(Trickle(bytes, at_once), is_big_endian).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn every_character_comes_out_whole_whatever_is_read_at_once() {
        let text = format!("{}é💡{}💡", "x".repeat(CHUNK / 2 - 2), "y".repeat(100));
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for at_once in [1, 2, 3, 7, CHUNK] {
            assert!(read(&big, true, at_once) == text && read(&little, false, at_once) == text, "{at_once}");
        }
    }

    #[test]
    fn half_a_character_is_replaced() {
        let units = [0x61, 0xd83d, 0x62, 0xd83d];
        let bytes: Vec<u8> = units.into_iter().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&bytes, true, 3), "a\u{fffd}b\u{fffd}");
    }
}

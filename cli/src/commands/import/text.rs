//! The text in a file, however it is packed and encoded: gzip, UTF-8 with or without a byte-order mark, UTF-16.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;

use super::{pieces::Piece, utf16::Utf16};

const GZIP: &[u8] = &[0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Text in UTF-8, without a byte-order mark. Positions are those in it, not in the file.
pub(super) struct Text {
    piece: Piece,
    reader: Box<dyn Read>,
    form: Form,
}

/// What had to be taken off.
#[derive(Debug, Clone, Copy, Default)]
struct Form {
    is_gzip: bool,
    is_utf16: bool,
    has_mark: bool,
}

impl Text {
    pub(super) fn open(piece: &Piece) -> io::Result<Self> {
        let (reader, form) = unpacked(piece.raw()?)?;
        Ok(Self { piece: piece.clone(), reader, form })
    }

    /// What of it is unlike most files, for people.
    pub(super) fn peculiarity(&self) -> Option<String> {
        let Form { is_gzip, is_utf16, has_mark } = self.form;
        let said =
            [(is_gzip, "is packed with gzip"), (is_utf16, "is in UTF-16"), (has_mark, "begins with a byte-order mark")];
        let said: Vec<&str> = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words).collect();
        (!said.is_empty()).then(|| said.join(", "))
    }

    /// How many bytes there will be, if that is known before they are read.
    pub(super) fn size(&self) -> Option<u64> {
        let Form { is_gzip, is_utf16, has_mark } = self.form;
        let mark = if has_mark { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        let size = self.piece.size().ok().filter(|_| !is_gzip && !is_utf16)?;
        Some(size.saturating_sub(mark))
    }

    fn go_to(&mut self, position: u64) -> io::Result<()> {
        let mark = if self.form.has_mark { BYTE_ORDER_MARK.len() as u64 } else { 0 };
        if !self.form.is_gzip
            && !self.form.is_utf16
            && let Some(reader) = self.piece.raw_from(mark + position)?
        {
            self.reader = reader;
            return Ok(());
        }
        self.reader = unpacked(self.piece.raw()?)?.0;
        io::copy(&mut self.reader.by_ref().take(position), &mut io::sink()).map(drop)
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.reader.read(buffer) {
            // What was packed was cut off: its text ends where it ends, and whoever reads it sees that.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            read => read,
        }
    }
}

/// To a position from the beginning, and to no other: the end is not known.
impl Seek for Text {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Start(position) = to else { return Err(io::ErrorKind::Unsupported.into()) };
        self.go_to(position)?;
        Ok(position)
    }
}

fn unpacked(raw: Box<dyn Read>) -> io::Result<(Box<dyn Read>, Form)> {
    let (beginning, raw) = peek(raw)?;
    if !beginning.starts_with(GZIP) {
        return decoded(&beginning, raw);
    }
    let (beginning, unpacked) = peek(Box::new(MultiGzDecoder::new(raw)))?;
    let (text, form) = decoded(&beginning, unpacked)?;
    Ok((text, Form { is_gzip: true, ..form }))
}

/// By its byte-order mark; and without one by where the zeros are: JSON begins with a character of ASCII.
fn decoded(beginning: &[u8], raw: Box<dyn Read>) -> io::Result<(Box<dyn Read>, Form)> {
    let (is_utf16, is_big_endian, mark) = match beginning {
        [0xff, 0xfe, ..] => (true, false, 2),
        [0xfe, 0xff, ..] => (true, true, 2),
        [first, 0, ..] if *first > 0 => (true, false, 0),
        [0, second, ..] if *second > 0 => (true, true, 0),
        _ if beginning.starts_with(BYTE_ORDER_MARK) => (false, false, BYTE_ORDER_MARK.len()),
        _ => (false, false, 0),
    };
    let form = Form { is_gzip: false, is_utf16, has_mark: mark > 0 };
    let mut raw = raw;
    raw.read_exact(&mut vec![0; mark])?;
    Ok(if is_utf16 { (Box::new(Utf16::new(raw, is_big_endian)), form) } else { (raw, form) })
}

/// The first bytes, and a reader that gives them again.
fn peek(mut raw: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut beginning = Vec::new();
    raw.by_ref().take(4).read_to_end(&mut beginning)?;
    Ok((beginning.clone(), Box::new(Cursor::new(beginning).chain(raw))))
}

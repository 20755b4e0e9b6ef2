//! OTLP in JSON (<https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>), as many programs write it.
//!
//! | who | what is different |
//! |---|---|
//! | the collector's file exporter | a request a line; lines of logs and metrics between them |
//! | other exporters and downloads | one object over many lines |
//! | Tempo | `batches` or `trace` around it, ids in base64, kinds as names |
//! | Jaeger | `result` around it |
//! | older versions | `instrumentationLibrarySpans` |
//! | programs that write protobuf's own names | `resource_spans`, `start_time_unix_nano` |

mod documents;
mod envelope;
mod ids;
mod reading;
mod spans;
mod values;

pub use reading::{Problem, Reading};

use documents::Document;

/// Reads a file: JSON lines, or one object over many lines. What cannot be read takes nothing else with it.
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    if let Some(what) = not_json(bytes) {
        reading.problems.push(Problem { line: 1, what: what.to_owned() });
        return reading;
    }
    let text = String::from_utf8_lossy(bytes);
    for document in documents::of(&text) {
        match document {
            Document::Json(line, value) => envelope::read(&value, line, &mut reading),
            Document::Broken(line, error) => {
                let what =
                    format!("this is no JSON: {error}. Was the file cut off, or is something else written to it?");
                reading.problems.push(Problem { line, what });
            }
        }
    }
    reading
}

/// What files are that a collector can write, too.
fn not_json(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, ..] => Some("this is packed with gzip: unpack it first (gunzip -c FILE | guild-memory trace -)"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [_, _, _, _, 0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Some("this is packed with zstd: set no `compression` in the collector's file exporter, or unpack it first")
        }
        _ if bytes.contains(&0) => {
            Some("this is no text: set `format: json` in the collector's file exporter, which can write protobuf, too")
        }
        _ if bytes.iter().all(u8::is_ascii_whitespace) => {
            Some("there is nothing in it: has the program ended its spans and flushed its exporter?")
        }
        _ => None,
    }
}

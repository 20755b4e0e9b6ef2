//! What there is to read: files, what is in folders and zip archives, and standard input.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    rc::Rc,
};

use anyhow::{Context, Result, bail};
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

/// Endings of what is looked for in folders and archives. A file that is named is read whatever its name.
const ENDINGS: [&str; 3] = [".json", ".jsonl", ".ndjson"];
/// Where DiscordChatExporter puts what was attached to an export (`--media`).
const MEDIA: &str = "_Files";
/// What every zip archive with something in it begins with.
const ARCHIVE: &[u8] = b"PK\x03\x04";

/// Something with messages in it.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// For people.
    pub(super) name: String,
    stored: Stored,
}

#[derive(Debug, Clone)]
enum Stored {
    File(PathBuf),
    Entry {
        archive: PathBuf,
        start: u64,
        bytes: u64,
        is_deflated: bool,
        size: u64,
    },
    /// Standard input, in a file that has no name: it has to be read more than once.
    Input(Rc<File>),
}

impl Piece {
    /// Its bytes as they are stored, from the beginning.
    pub(super) fn raw(&self) -> io::Result<Box<dyn Read>> {
        match &self.stored {
            Stored::File(path) => Ok(Box::new(File::open(path)?)),
            Stored::Input(file) => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
            Stored::Entry { archive, start, bytes, is_deflated, .. } => {
                let mut file = File::open(archive)?;
                file.seek(SeekFrom::Start(*start))?;
                let packed = file.take(*bytes);
                Ok(if *is_deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) })
            }
        }
    }

    /// Its bytes from a position on, where that needs no reading of all before.
    pub(super) fn raw_from(&self, position: u64) -> io::Result<Option<Box<dyn Read>>> {
        let mut file = match &self.stored {
            Stored::File(path) => File::open(path)?,
            Stored::Input(file) => file.try_clone()?,
            Stored::Entry { .. } => return Ok(None),
        };
        file.seek(SeekFrom::Start(position))?;
        Ok(Some(Box::new(file)))
    }

    /// How many bytes [`Self::raw`] gives.
    pub(super) fn size(&self) -> io::Result<u64> {
        match &self.stored {
            Stored::File(path) => Ok(fs::metadata(path)?.len()),
            Stored::Entry { size, .. } => Ok(*size),
            Stored::Input(file) => Ok(file.metadata()?.len()),
        }
    }

    /// The file it is in, if that will be there for another run.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.stored {
            Stored::File(path) | Stored::Entry { archive: path, .. } => Some(path),
            Stored::Input(_) => None,
        }
    }
}

/// What is to be read where `path` says, each piece once: `-` is standard input.
pub(super) fn pieces(path: &Path) -> Result<Vec<Piece>> {
    if path.as_os_str() == "-" {
        return Ok(vec![standard_input()?]);
    }
    let kind = fs::metadata(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    if !kind.is_dir() {
        return file(path.to_owned());
    }
    let found = in_folder(path)?;
    if found.is_empty() {
        bail!("in the folder {} is no export: what is looked for ends with {}", path.display(), endings());
    }
    let pieces: Result<Vec<Vec<Piece>>> = found.into_iter().map(file).collect();
    Ok(pieces?.into_iter().flatten().collect())
}

fn standard_input() -> Result<Piece> {
    let mut kept = tempfile::tempfile().context("standard input cannot be kept in a temporary file")?;
    let size = io::copy(&mut io::stdin().lock(), &mut kept).context("standard input cannot be kept to be read")?;
    if size == 0 {
        bail!("nothing came over standard input");
    }
    Ok(Piece { name: "standard input".to_owned(), stored: Stored::Input(Rc::new(kept)) })
}

fn file(path: PathBuf) -> Result<Vec<Piece>> {
    let name = path.display().to_string();
    let mut beginning = Vec::new();
    let open = || File::open(&path).with_context(|| format!("{name} cannot be opened"));
    let length = ARCHIVE.len() as u64;
    open()?.take(length).read_to_end(&mut beginning).with_context(|| format!("{name} cannot be read"))?;
    match beginning.as_slice() {
        b"" if path.is_file() => bail!("{name} is empty"),
        ARCHIVE => entries(&path, open()?),
        _ => Ok(vec![Piece { name, stored: Stored::File(path) }]),
    }
}

/// The exports in an archive.
fn entries(path: &Path, file: File) -> Result<Vec<Piece>> {
    let name = path.display();
    let mut archive = ZipArchive::new(file).with_context(|| format!("{name} is no zip archive that can be read"))?;
    let mut found = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).with_context(|| format!("{name} cannot be read"))?;
        let inside = entry.name().to_owned();
        if !entry.is_file() || !is_export(&inside) {
            continue;
        }
        let is_deflated = entry.compression() == CompressionMethod::DEFLATE;
        if entry.encrypted() || (!is_deflated && entry.compression() != CompressionMethod::Stored) {
            bail!("{inside} in {name} is encrypted, or packed as few programs do: unpack the archive first");
        }
        let archive = path.to_owned();
        let (start, bytes, size) = (entry.data_start(), entry.compressed_size(), entry.size());
        let stored = Stored::Entry { archive, start, bytes, is_deflated, size };
        found.push(Piece { name: format!("{name}/{inside}"), stored });
    }
    if found.is_empty() {
        bail!("in the archive {name} is no export: what is looked for ends with {}", endings());
    }
    Ok(found)
}

/// Everything in a folder, and in the folders in it, that looks like an export or an archive; in the order of the names.
fn in_folder(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let unreadable = || format!("the folder {} cannot be read", folder.display());
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() && !name.ends_with(MEDIA) {
            found.extend(in_folder(&path)?);
        } else if path.is_file() && (is_export(&name) || name.to_lowercase().ends_with(".zip")) {
            found.insert(path);
        }
    }
    Ok(found)
}

fn is_export(path: &str) -> bool {
    let path = path.to_lowercase();
    let name = path.strip_suffix(".gz").unwrap_or(&path);
    let is_hidden = |part: &str| part.starts_with('.') || part.ends_with(&MEDIA.to_lowercase()) || part == "__macosx";
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !path.split('/').any(is_hidden)
}

fn endings() -> String {
    format!("{}, each also with .gz", ENDINGS.join(", "))
}

//! Forms of files with records, compressed or not, and how each is opened.

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use plumb_base::World;

use crate::block::{self, Blocks};
use crate::{Columns, Reading, json, parquet, table};

/// Bytes of the beginning of a file that tell its columns, as they lie there and uncompressed.
const HEAD: usize = 64 << 10;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Lines of cells, after a line of names.
    Table,
    /// Objects, in a list or one after the other.
    Json,
    /// Parquet.
    Parquet,
}

/// The form of a file by how its name ends; compression is told by the bytes.
pub fn form(path: &str) -> Option<Form> {
    let name = path.to_ascii_lowercase();
    let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end));
    let name = plain.unwrap_or(&name);
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "csv" | "tsv" => Some(Form::Table),
        "json" | "jsonl" | "ndjson" => Some(Form::Json),
        "parquet" if plain.is_none() => Some(Form::Parquet),
        _ => None,
    }
}

/// Reads every row of a file.
pub(super) fn read(world: &dyn World, form: Form, reading: &mut Reading<'_>) {
    let path = &reading.file.path;
    match form {
        Form::Parquet => match world.stream(path) {
            Ok(stream) => parquet::rows(stream, reading),
            Err(error) => reading.breaks_off(&error),
        },
        Form::Table | Form::Json => match text(world, path) {
            Ok(bytes) if form == Form::Table => table::rows(bytes, reading),
            Ok(bytes) => json::rows(bytes, reading),
            Err(error) => reading.breaks_off(&error),
        },
    }
}

/// The columns of a file, from its beginning.
pub(super) fn columns(world: &dyn World, path: &str, form: Form) -> Option<Columns> {
    if form == Form::Parquet {
        return parquet::columns(world.stream(path).ok()?);
    }
    let head = start(world, path, HEAD)?;
    match form {
        Form::Table => table::columns(&head),
        _ => json::columns(&head),
    }
}

/// The first bytes of a text, uncompressed.
pub(super) fn start(world: &dyn World, path: &str, most: usize) -> Option<Vec<u8>> {
    let start = world.head(path, most).ok()?;
    let mut head = Vec::new();
    // A head that is compressed breaks off, and has told what is looked for before.
    let mut plain = plain(BufReader::new(io::Cursor::new(start))).ok()?.take(most as u64);
    plain.read_to_end(&mut head).unwrap_or_default();
    Some(head)
}

/// The bytes of a text, uncompressed.
pub(super) fn text(world: &dyn World, path: &str) -> io::Result<Box<dyn BufRead>> {
    let stream = world.stream(path).map_err(io::Error::other)?;
    plain(BufReader::with_capacity(1 << 16, stream))
}

fn plain<R: Read + 'static>(mut bytes: BufReader<R>) -> io::Result<Box<dyn BufRead>> {
    let start = bytes.fill_buf()?;
    if start.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(bytes))));
    }
    if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let plain = zstd::stream::read::Decoder::with_buffer(bytes)?;
        return Ok(Box::new(BufReader::with_capacity(1 << 16, plain)));
    }
    if let Some(form) = block::Form::of(start) {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, Blocks::new(bytes, form))));
    }
    Ok(Box::new(bytes))
}

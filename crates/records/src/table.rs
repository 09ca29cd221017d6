//! Rows of CSV and TSV files.

use std::io::BufRead;

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::{Cell, Columns, Reading, Row};

/// The columns that the first line of a file names.
pub(super) fn columns(head: &[u8]) -> Option<Columns> {
    let end = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len());
    let mut reader = reader(&head[..end], separator(&head[..end]));
    let mut header = ByteRecord::new();
    reader.read_byte_record(&mut header).ok().filter(|read| *read)?;
    (header.len() > 1).then(|| of(&header))
}

/// Reads every row.
pub(super) fn rows(mut bytes: Box<dyn BufRead>, reading: &mut Reading<'_>) {
    let separator = match bytes.fill_buf() {
        Ok(start) => {
            let end = start.iter().position(|byte| *byte == b'\n').unwrap_or(start.len());
            separator(&start[..end])
        }
        Err(error) => return reading.breaks_off(&error),
    };
    let mut reader = reader(bytes, separator);
    let mut record = ByteRecord::new();
    match reader.read_byte_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return reading.breaks_off(&error),
    }
    let (columns, width) = (of(&record), record.len());
    let mut cells: Vec<Option<Cell>> = Vec::with_capacity(width);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return reading.breaks_off(&error),
        }
        let line = record.position().and_then(|at| u32::try_from(at.line()).ok());
        if record.len() != width {
            let why = format!("{} cells where the header has {width}", record.len());
            reading.fault(why, line);
            continue;
        }
        cells.clear();
        let cell = |bytes: &[u8]| Some(Cell::Text(String::from_utf8_lossy(bytes).into_owned()));
        cells.extend(record.iter().map(cell));
        reading.row(&Row { columns: &columns, cells: &cells }, line);
    }
}

fn reader<R: std::io::Read>(bytes: R, separator: u8) -> Reader<R> {
    ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(bytes)
}

/// What stands between cells: the sign of which the first line has most.
fn separator(line: &[u8]) -> u8 {
    let cells = |sign: &u8| line.split(|byte| byte == sign).count();
    b"|;\t,".iter().copied().max_by_key(cells).unwrap_or(b',')
}

/// Columns of a header; a byte order mark is no part of it.
fn of(header: &ByteRecord) -> Columns {
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    Columns::of(names.iter().map(|name| name.trim_start_matches('\u{feff}').trim_matches('"')))
}

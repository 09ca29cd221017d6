//! Rows of CSV and TSV files.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::{Cell, Columns, Reading, Row};

/// Bytes of a record that are read in search of the end of a quote: no text of a query is as long.
const LONGEST: usize = 16 << 20;

/// The columns that the first line of a file names.
pub(super) fn columns(head: &[u8]) -> Option<Columns> {
    let end = head.iter().position(|byte| *byte == b'\n').unwrap_or(head.len());
    let mut records = Records::new(io::Cursor::new(&head[..end]), separator(&head[..end]));
    let Ok(Next::Record(_)) = records.next() else { return None };
    (records.cells().count() > 1).then(|| of(&records))
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
    let mut records = Records::new(bytes, separator);
    match records.next() {
        Ok(Next::Record(_)) => {}
        Ok(Next::Unclosed(line)) => return reading.fault(UNCLOSED.to_owned(), Some(line)),
        Ok(Next::End) => return,
        Err(error) => return reading.breaks_off(&error),
    }
    let (columns, width) = (of(&records), records.cells().count());
    let mut cells: Vec<Option<Cell>> = Vec::with_capacity(width);
    loop {
        let line = match records.next() {
            Ok(Next::Record(line)) => line,
            Ok(Next::Unclosed(line)) => {
                reading.fault(UNCLOSED.to_owned(), Some(line));
                continue;
            }
            Ok(Next::End) => return,
            Err(error) => return reading.breaks_off(&error),
        };
        cells.clear();
        let cell = |bytes: &[u8]| Some(Cell::Text(String::from_utf8_lossy(bytes).into_owned()));
        cells.extend(records.cells().map(cell));
        if cells.len() != width {
            let why = format!("{} cells where the header has {width}", cells.len());
            reading.fault(why, Some(line));
            continue;
        }
        reading.row(&Row::new(&columns, &cells), Some(line));
    }
}

const UNCLOSED: &str = "a quote that does not end where a cell does";

/// What stands next in a file.
enum Next {
    /// A record, and its first line.
    Record(u32),
    /// A line with a quote that swallows lines, and never ends or ends within a cell.
    Unclosed(u32),
    End,
}

/// Records of a text, each of a line or, by quotes, of several.
struct Records<R> {
    bytes: R,
    separator: u8,
    core: Reader,
    /// Lines that were read; what stands before `at` is done.
    lines: Vec<u8>,
    at: usize,
    /// The line in which `at` stands.
    line: u32,
    text: Vec<u8>,
    /// Where cells end in the text, and how many there are.
    ends: Vec<usize>,
    count: usize,
}

impl<R: BufRead> Records<R> {
    fn new(bytes: R, separator: u8) -> Self {
        let core = ReaderBuilder::new().delimiter(separator).build();
        let (text, ends) = (vec![0; 1 << 10], vec![0; 1 << 6]);
        Self { bytes, separator, core, lines: Vec::new(), at: 0, line: 1, text, ends, count: 0 }
    }

    /// Reads the next record. What a quote swallowed is read again, from the line after it.
    fn next(&mut self) -> io::Result<Next> {
        if self.at > self.lines.len() / 2 {
            self.lines.drain(..self.at);
            self.at = 0;
        }
        let start = self.at;
        let is_whole = self.record(start)?;
        let read = &self.lines[start..self.at];
        let Some(skipped) = read.iter().position(|byte| !is_end(*byte)) else {
            return Ok(Next::End);
        };
        let first = self.line + breaks(&read[..skipped]);
        let body = read[skipped..].trim_ascii_end();
        let end = body.iter().position(|byte| *byte == b'\n');
        if let Some(end) = end.or((!is_whole).then_some(body.len()))
            && !(is_whole && ends_with_cells(body, self.separator))
        {
            let rest = start + skipped + end + 1;
            (self.at, self.line) = (rest.min(self.lines.len()), first + 1);
            return Ok(Next::Unclosed(first));
        }
        self.line += breaks(read);
        Ok(Next::Record(first))
    }

    /// Reads to the end of a record; whether it has one.
    fn record(&mut self, start: usize) -> io::Result<bool> {
        self.core.reset();
        let mut written = 0;
        self.count = 0;
        loop {
            if self.at == self.lines.len() && (self.at - start > LONGEST || !self.more()?) {
                return Ok(false);
            }
            let (text, ends) = (&mut self.text[written..], &mut self.ends[self.count..]);
            let (result, read, wrote, ended) =
                self.core.read_record(&self.lines[self.at..], text, ends);
            self.at += read;
            written += wrote;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// Reads one more line, and ends it if the file does not.
    fn more(&mut self) -> io::Result<bool> {
        let read = self.bytes.read_until(b'\n', &mut self.lines)?;
        if read > 0 && self.lines.last() != Some(&b'\n') {
            self.lines.push(b'\n');
        }
        Ok(read > 0)
    }

    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = self.ends[..self.count].iter();
        starts.zip(ends).map(|(start, end)| &self.text[start..*end])
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn breaks(bytes: &[u8]) -> u32 {
    let count = bytes.split(|byte| *byte == b'\n').count() - 1;
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether each quote ends where its cell does: else it began in another line than it was meant to.
fn ends_with_cells(record: &[u8], separator: u8) -> bool {
    let mut bytes = record.iter().copied().peekable();
    let (mut is_quoted, mut begins) = (false, true);
    while let Some(byte) = bytes.next() {
        if !is_quoted {
            is_quoted = begins && byte == b'"';
            begins = byte == separator;
        } else if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
            is_quoted = false;
            if bytes.peek().is_some_and(|next| *next != separator && !is_end(*next)) {
                return false;
            }
        }
    }
    true
}

/// What stands between cells: the sign of which the first line has most.
fn separator(line: &[u8]) -> u8 {
    let cells = |sign: &u8| line.split(|byte| byte == sign).count();
    b"|;\t,".iter().copied().max_by_key(cells).unwrap_or(b',')
}

/// Columns of a header; a byte order mark is no part of it.
fn of<R: BufRead>(header: &Records<R>) -> Columns {
    let names: Vec<String> =
        header.cells().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    Columns::of(names.iter().map(|name| name.trim_start_matches('\u{feff}').trim_matches('"')))
}

//! Event logs of Spark: lines of JSON, one event each, whole or still being written, in one file or rolled over many.

mod asker;
mod event;
mod gather;
mod plan;
mod times;

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use plumb_base::record::usage::{RecordFile, UsageRecord};
use plumb_base::{Problem, World};

use self::gather::{Gathered, Taken};
use crate::{Reading, Rows, file};

const NO_EVENT: &str = "no event of Spark";

/// Longest line that is read: a plan of thousands of nodes is far shorter.
const LONGEST: u64 = 64 << 20;

/// Bytes of the beginning of a file that tell whether it is a log, as they lie there.
const HEAD: usize = 256;

/// The same of a file that is compressed: in blocks, of which the first must be whole.
const BLOCK: usize = 64 << 10;

/// How the first event of a log begins, without spaces.
const STARTS: &[&str] = &[
    "{\"Event\":\"SparkListener",
    "{\"Event\":\"DBCEventLoggingListener",
    "{\"Event\":\"org.apache.spark.",
];

/// Endings that say how a log is compressed.
const COMPRESSED: &[&str] = &[".zstd", ".zst", ".gz", ".lz4", ".snappy"];

/// Other endings of a log.
const ENDINGS: &[&str] = &[".inprogress", ".compact", ".json", ".jsonl", ".log", ".txt"];

/// Whether a file may be an event log, by its name: such logs are called after their application.
pub fn may_be_events(path: &str) -> bool {
    !stem(name(path)).contains('.')
}

/// Whether a file is an event log, by its beginning.
pub fn is_events(world: &dyn World, path: &str) -> bool {
    let is_compressed = COMPRESSED.iter().any(|end| path.ends_with(end));
    let most = if is_compressed { BLOCK } else { HEAD };
    let start = file::start(world, path, most).unwrap_or_default();
    let text = String::from_utf8_lossy(&start[..start.len().min(HEAD)]);
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    STARTS.iter().any(|start| text.starts_with(start))
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A name without what says how the file is written.
fn stem(name: &str) -> &str {
    let mut endings = COMPRESSED.iter().chain(ENDINGS);
    let shorter = endings.find_map(|end| name.strip_suffix(end));
    shorter.map_or(name, stem)
}

/// What files of one application have in common; a file of its own has its path.
fn log(path: &str) -> &str {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    folder.filter(|_| part(name(path)).is_some()).unwrap_or(path)
}

/// Which part of a rolled log a file is; what is written now has no date, and is the last.
fn part(name: &str) -> Option<(u64, &str)> {
    let stem = stem(name);
    if let Some(rest) = stem.strip_prefix("events_") {
        return rest.split('_').next()?.parse().ok().map(|number| (number, ""));
    }
    let date = stem.strip_prefix("eventlog")?;
    match date.strip_prefix('-') {
        Some(date) if date.starts_with(|it: char| it.is_ascii_digit()) => Some((0, date)),
        None if date.is_empty() => Some((1, "")),
        _ => None,
    }
}

/// Reads event logs; parts of one are read in the order in which they were written.
pub(super) fn read(
    world: &dyn World,
    files: &[RecordFile],
    problems: &mut Vec<Problem>,
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Vec<Rows> {
    let mut logs: BTreeMap<&str, Vec<&RecordFile>> = BTreeMap::new();
    for file in files {
        logs.entry(log(&file.path)).or_default().push(file);
    }
    let each = logs.into_iter();
    each.flat_map(|(log, parts)| application(world, log, parts, problems, give)).collect()
}

fn application(
    world: &dyn World,
    log: &str,
    mut parts: Vec<&RecordFile>,
    problems: &mut Vec<Problem>,
    give: &mut dyn FnMut(UsageRecord, &str),
) -> Vec<Rows> {
    parts.sort_by(|one, two| {
        (part(name(&one.path)), &one.path).cmp(&(part(name(&two.path)), &two.path))
    });
    // What was compacted holds what is left of all parts before it.
    let compacted = parts.iter().rposition(|file| name(&file.path).contains(".compact"));
    let parts = parts.split_off(compacted.unwrap_or(0));
    let stem = stem(name(log));
    let mut gathered = Gathered::new(stem);
    let mut counts = Vec::new();
    for file in parts {
        let mut reading = Reading::new(file, give);
        match file::text(world, &file.path) {
            Ok(bytes) => lines(bytes, &mut reading, &mut gathered, stem),
            Err(error) => reading.breaks_off(&error),
        }
        problems.append(&mut reading.problems());
        let (read, bad) = (reading.read, reading.bad);
        counts.push(Rows {
            path: file.path.clone(),
            kind: file.kind,
            read,
            bad,
            older: 0,
            gone: false,
        });
    }
    finish(gathered, log, give);
    counts
}

fn finish(gathered: Gathered, log: &str, give: &mut dyn FnMut(UsageRecord, &str)) {
    if let Some(app) = gathered.close() {
        give(UsageRecord::Application(Box::new(app)), log);
    }
}

fn lines(
    mut bytes: Box<dyn BufRead>,
    reading: &mut Reading<'_>,
    gathered: &mut Gathered,
    stem: &str,
) {
    let (mut line, mut number) = (Vec::new(), 0);
    let mut cut: Option<u32> = None;
    loop {
        line.clear();
        number += 1;
        match next(&mut bytes, &mut line) {
            // Whoever reads the log of an application that runs comes into the middle of a line.
            Ok(0) if cut.is_some() => return reading.breaks_off(&"the last line is not whole"),
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => return reading.breaks_off(&error),
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        if let Some(line) = cut.take() {
            reading.fault(NO_EVENT.to_owned(), Some(line));
        }
        let mut taken = gathered.line(text);
        if matches!(taken, Taken::Next) {
            let whole = std::mem::replace(gathered, Gathered::new(stem));
            finish(whole, &reading.file.path, reading.give);
            taken = gathered.line(text);
        }
        match taken {
            Taken::Yes | Taken::Next => reading.read += 1,
            Taken::Cut => cut = Some(number),
            Taken::No => reading.fault(NO_EVENT.to_owned(), Some(number)),
        }
    }
}

/// Reads a line; one that is too long is cut, and the rest of it is passed over.
fn next(bytes: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let read = bytes.take(LONGEST).read_until(b'\n', line)?;
    if read as u64 == LONGEST && line.last() != Some(&b'\n') {
        bytes.skip_until(b'\n')?;
        line.push(b'\n');
    }
    Ok(read)
}

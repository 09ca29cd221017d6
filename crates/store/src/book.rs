//! The book of a store: which files were read, which segments hold their rows, and what each told, in a database.

use std::path::Path;
use std::time::Duration;

use plumb_base::record::usage::RecordFile;
use plumb_base::{Digest, Hasher, Problem};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use crate::StoreError;
use crate::shelf::{Cell, Shelf};

/// Version of the layout; another one is not touched.
const VERSION: i64 = 4;

/// Tells our database from those of others.
const OURS: i64 = 0x706c_6d62;

const LAYOUT: &str = "
create table files (
    id integer primary key,
    digest blob not null unique,
    kind text not null,
    platform text not null,
    given integer not null default 0,
    whole integer not null default 0,
    read integer not null default 0,
    bad integer not null default 0,
    problems text not null default '[]'
) strict;
create table paths (
    path text not null,
    file integer not null references files,
    generation integer not null,
    primary key (path, file)
) strict;
create index paths_of_file on paths (file);
create table segments (
    id integer primary key,
    file integer not null references files,
    day integer not null,
    name text not null unique,
    rows integer not null,
    size integer not null,
    digest blob not null
) strict;
create index segments_of_file on segments (file);
create index segments_of_day on segments (day);
create table cells (
    segment integer not null references segments,
    starts integer not null,
    ends integer not null,
    whose integer not null,
    digest blob not null,
    rows integer not null
) strict;
create index cells_of_segment on cells (segment);
";

/// The database of a store.
pub(crate) struct Book {
    connection: Connection,
}

/// A file that was read, whole or in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileNote {
    pub(crate) id: i64,
    pub(crate) digest: Digest,
    pub(crate) path: String,
    pub(crate) shelf: Shelf,
    /// How many files were read before it at the same path.
    pub(crate) generation: i64,
    /// How many of its rows are kept.
    pub(crate) given: usize,
    pub(crate) whole: bool,
    pub(crate) read: usize,
    pub(crate) bad: usize,
    pub(crate) problems: Vec<Problem>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentNote {
    pub(crate) file: i64,
    pub(crate) day: i64,
    /// Its path below the folder of facts.
    pub(crate) name: String,
    pub(crate) rows: usize,
    pub(crate) size: usize,
    pub(crate) digest: Digest,
}

/// What a segment tells of a cell: a sum of the digests of its rows.
pub(crate) type Told = (Cell, Digest, usize);

/// What becomes of a file when the reader is through with it.
pub(crate) struct End<'a> {
    pub(crate) read: usize,
    pub(crate) bad: usize,
    pub(crate) problems: &'a [Problem],
}

impl Book {
    /// Opens a database, and makes it where it is not there.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(30))?;
        let number = |connection: &Connection, name: &str| {
            connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0))
        };
        let ours = |connection: &Connection| -> Result<bool, StoreError> {
            let (id, version) =
                (number(connection, "application_id")?, number(connection, "user_version")?);
            let shown = || path.to_string_lossy().into_owned();
            match (id, version) {
                (OURS, VERSION) => Ok(true),
                (OURS, version) if version > VERSION => {
                    Err(StoreError::Newer { path: shown(), found: version, known: VERSION })
                }
                (OURS, version) => {
                    Err(StoreError::Older { path: shown(), found: version, known: VERSION })
                }
                (0, 0) => Ok(false),
                _ => Err(StoreError::NotOurs(shown())),
            }
        };
        if !ours(&connection)? {
            connection.pragma_update(None, "journal_mode", "wal")?;
            let begin = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have been faster.
            if !ours(&begin)? {
                begin.execute_batch(LAYOUT)?;
                begin.pragma_update(None, "application_id", OURS)?;
                begin.pragma_update(None, "user_version", VERSION)?;
            }
            begin.commit()?;
        }
        // What is said to be kept is on the disk.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Self { connection })
    }

    /// Every file, in an order that does not depend on when it was read.
    pub(crate) fn files(&self) -> Result<Vec<FileNote>, StoreError> {
        let mut all = self.connection.prepare(
            "select f.id, f.digest, p.path, f.kind, f.platform, p.generation, f.given, f.whole, \
             f.read, f.bad, f.problems from files f join paths p on p.file = f.id \
             where p.path = (select min(path) from paths where file = f.id)",
        )?;
        let rows = all.query_map([], file)?;
        let mut files = rows.collect::<rusqlite::Result<Vec<FileNote>>>()?;
        files.sort_by(|one, two| {
            let key = |it: &FileNote| (it.shelf, it.generation, it.digest);
            one.path.cmp(&two.path).then_with(|| key(one).cmp(&key(two)))
        });
        files.sort_by_key(|it| it.shelf.kind);
        Ok(files)
    }

    /// Every segment of a shelf, by name.
    pub(crate) fn segments(&self, shelf: Shelf) -> Result<Vec<SegmentNote>, StoreError> {
        let (kind, platform) = shelf.words();
        let mut all = self.connection.prepare_cached(
            "select s.file, s.day, s.name, s.rows, s.size, s.digest from segments s \
             join files f on f.id = s.file where f.kind = ?1 and f.platform = ?2 order by s.name",
        )?;
        let rows = all.query_map([kind, platform], segment)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The segments of a day.
    pub(crate) fn segments_of_day(
        &self,
        shelf: Shelf,
        day: i64,
    ) -> Result<Vec<SegmentNote>, StoreError> {
        let (kind, platform) = shelf.words();
        let mut all = self.connection.prepare_cached(
            "select s.file, s.day, s.name, s.rows, s.size, s.digest from segments s \
             join files f on f.id = s.file \
             where s.day = ?1 and f.kind = ?2 and f.platform = ?3 order by s.name",
        )?;
        let rows = all.query_map(params![day, kind, platform], segment)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Names of all segments.
    pub(crate) fn names(&self) -> Result<Vec<String>, StoreError> {
        let mut all = self.connection.prepare("select name from segments order by name")?;
        let rows = all.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What each file of a shelf told of which cell, a row for each segment.
    pub(crate) fn told(&self, shelf: Shelf) -> Result<Vec<(i64, Told)>, StoreError> {
        let (kind, platform) = shelf.words();
        let mut all = self.connection.prepare_cached(
            "select s.file, c.starts, c.ends, c.whose, c.digest, c.rows from cells c \
             join segments s on s.id = c.segment join files f on f.id = s.file \
             where f.kind = ?1 and f.platform = ?2",
        )?;
        let rows = all.query_map([kind, platform], |row| {
            let cell = Cell { start: row.get(1)?, end: row.get(2)?, of: row.get(3)? };
            Ok((row.get(0)?, (cell, digest(row, 4)?, count(row.get(5)?))))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Notes that a file begins to be read; its number, and how many of its rows are kept already.
    pub(crate) fn begin(
        &mut self,
        digest: Digest,
        file: &RecordFile,
    ) -> Result<(i64, usize), StoreError> {
        let (kind, platform) = Shelf::of(file).words();
        let all = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        all.execute(
            "insert or ignore into files (digest, kind, platform) values (?1, ?2, ?3)",
            params![blob(digest), kind, platform],
        )?;
        let begun: (i64, usize) = all.query_row(
            "select id, given from files where digest = ?1",
            [blob(digest)],
            |row| Ok((row.get(0)?, count(row.get(1)?))),
        )?;
        see(&all, begun.0, &file.path)?;
        all.commit()?;
        Ok(begun)
    }

    /// Whether a file was read to its end; then it is also known by the path at which it lies now.
    pub(crate) fn knows(&self, digest: Digest, path: &str) -> Result<bool, StoreError> {
        let mut one =
            self.connection.prepare_cached("select id, whole from files where digest = ?1")?;
        let known: Option<(i64, bool)> =
            one.query_row([blob(digest)], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((file, true)) = known else { return Ok(false) };
        see(&self.connection, file, path)?;
        Ok(true)
    }

    /// Adds segments of a file, how many of its rows are kept now, and whether that is its end: all or nothing.
    pub(crate) fn add(
        &mut self,
        (file, given): (i64, usize),
        segments: &[(SegmentNote, Vec<Told>)],
        end: Option<&End<'_>>,
    ) -> Result<(), StoreError> {
        let all = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (note, told) in segments {
            all.prepare_cached(
                "insert into segments (file, day, name, rows, size, digest) values (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![file, note.day, note.name, whole(note.rows), whole(note.size), blob(note.digest)])?;
            let segment = all.last_insert_rowid();
            let mut add =
                all.prepare_cached("insert into cells values (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for (cell, digest, rows) in told {
                let Cell { start, end, of } = *cell;
                add.execute(params![segment, start, end, of, blob(*digest), whole(*rows)])?;
            }
        }
        all.execute("update files set given = ?2 where id = ?1", params![file, whole(given)])?;
        if let Some(end) = end {
            let problems = serde_json::to_string(end.problems).unwrap_or_default();
            all.execute(
                "update files set whole = 1, read = ?2, bad = ?3, problems = ?4 where id = ?1",
                params![file, whole(end.read), whole(end.bad), problems],
            )?;
        }
        all.commit()?;
        Ok(())
    }

    /// What tells what is kept from anything else that may be.
    pub(crate) fn mark(&self) -> Result<Digest, StoreError> {
        let mut files = self.files()?;
        files.sort_by_key(|file| file.digest);
        let mut mark = Hasher::new("store");
        for file in files {
            let (given, whole) = (file.given as u64, u64::from(file.whole));
            mark.digest(file.digest).text(&file.path).number(given).number(whole);
        }
        Ok(mark.finish())
    }
}

/// Notes where a file lies. The path that is shown is the first by name, so that it is the same whichever came first.
fn see(connection: &Connection, file: i64, path: &str) -> Result<(), StoreError> {
    let mut known =
        connection.prepare_cached("select 1 from paths where path = ?1 and file = ?2")?;
    if !known.exists(params![path, file])? {
        connection.execute(
            "insert into paths (path, file, generation) values \
             (?1, ?2, (select count(*) from paths where path = ?1))",
            params![path, file],
        )?;
    }
    Ok(())
}

fn file(row: &Row<'_>) -> rusqlite::Result<FileNote> {
    let (kind, platform, problems): (String, String, String) =
        (row.get(3)?, row.get(4)?, row.get(10)?);
    let unknown = || {
        let why = StoreError::Damaged(format!("`{kind}` of `{platform}` is no kind of rows"));
        rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(why))
    };
    Ok(FileNote {
        id: row.get(0)?,
        digest: digest(row, 1)?,
        path: row.get(2)?,
        shelf: Shelf::named(&kind, &platform).ok_or_else(unknown)?,
        generation: row.get(5)?,
        given: count(row.get(6)?),
        whole: row.get(7)?,
        read: count(row.get(8)?),
        bad: count(row.get(9)?),
        problems: serde_json::from_str(&problems).unwrap_or_default(),
    })
}

fn segment(row: &Row<'_>) -> rusqlite::Result<SegmentNote> {
    Ok(SegmentNote {
        file: row.get(0)?,
        day: row.get(1)?,
        name: row.get(2)?,
        rows: count(row.get(3)?),
        size: count(row.get(4)?),
        digest: digest(row, 5)?,
    })
}

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    row.get(column).map(|bytes| Digest(u128::from_be_bytes(bytes)))
}

fn blob(digest: Digest) -> [u8; 16] {
    digest.0.to_be_bytes()
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

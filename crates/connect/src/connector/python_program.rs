//! Python programs that hand SQL to a platform, or work on its tables.

use plumb_base::record::Found;

use super::notebook;
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "python_program", page: include_str!("python_program.md"), find };

/// Programs longer than this are data.
const LONGEST: u64 = 2 << 20;

/// Words without which a program does neither.
const MARKS: &[&str] = &[
    ".sql(",
    ".execute",
    ".query(",
    "pandas",
    "polars",
    "pyspark",
    "read_gbq(",
    "read_sql",
    "snowpark",
    "spark",
];

/// What a model of dbt in Python says.
pub(super) const MODEL: &str = "def model(dbt";

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let python = path::extension(&file.path).eq_ignore_ascii_case("py");
        if !python || file.size > LONGEST {
            continue;
        }
        // A program that is looked into for a word is not read.
        let most = usize::try_from(LONGEST).unwrap_or(usize::MAX);
        let bytes = walk.world.head(&file.path, most).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let marked = MARKS.iter().any(|mark| text.contains(mark));
        if marked && !text.contains(MODEL) && notebook::sign(&text).is_none() {
            found.programs.extend(walk.read(&file.path, &mut found.problems));
        }
    }
}

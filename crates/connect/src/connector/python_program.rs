//! Python programs that hand SQL to a platform, or work on its tables.

use plumb_base::record::{Found, NotCovered};

use super::notebook;
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "python_program", page: include_str!("python_program.md"), find };

/// Programs longer than this are mostly data, and not read.
const LONGEST: u64 = 2 << 20;
const LONG: &str = "Python programs of more than 2 MiB";

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
        if !python {
            continue;
        }
        // A program that is looked into for a word is not read.
        let most = usize::try_from(LONGEST).unwrap_or(usize::MAX);
        let bytes = walk.world.head(&file.path, most).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let marked = MARKS.iter().any(|mark| text.contains(mark));
        if !marked || text.contains(MODEL) || notebook::sign(&text).is_some() {
            continue;
        }
        if file.size > LONGEST {
            let paths = vec![file.path.clone()];
            found.not_covered.push(NotCovered { kind: LONG.to_owned(), paths });
        } else {
            found.programs.extend(walk.read(&file.path, &mut found.problems));
        }
    }
}

#[cfg(test)]
mod tests {
    use plumb_base::MemoryWorld;

    use super::*;

    #[test]
    fn a_program_that_is_too_long_is_named() {
        let long = format!("spark.sql('select 1')\n{}", "#".repeat(2 << 20));
        let found = crate::discover(&MemoryWorld::new([("long.py", long)]));
        assert!(found.programs.is_empty());
        let named = found.not_covered.iter().map(|it| (it.kind.as_str(), it.paths.as_slice()));
        assert_eq!(named.collect::<Vec<_>>(), [(LONG, ["long.py".to_owned()].as_slice())]);
    }
}

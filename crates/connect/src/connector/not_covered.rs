//! Kinds of files that carry meaning which plumb does not read yet.

use plumb_base::record::{Found, NotCovered};

use super::{notebook, python_program::MODEL};
use crate::{Connector, Walk};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "not_covered", page: include_str!("not_covered.md"), find };

/// Scripts longer than this are data; nobody looks for a marker in them.
const LONGEST_SCRIPT: u64 = 2 << 20;

/// A kind: how the path ends, and what the text must hold (nothing: the path is enough).
struct Kind {
    name: &'static str,
    ends: &'static [&'static str],
    holds: &'static [&'static str],
}

/// The first that fits counts.
const KINDS: &[Kind] = &[
    Kind { name: "dashboards", ends: &[".pbix", ".pbit", ".twb", ".twbx"], holds: &[] },
    Kind { name: "saved queries", ends: &[".dbquery.ipynb"], holds: &[] },
    Kind { name: "LookML files", ends: &[".lkml", ".lookml"], holds: &[] },
    Kind { name: "notebook archives", ends: &[".dbc"], holds: &[] },
    Kind { name: "R Markdown and Quarto documents", ends: &[".rmd", ".qmd"], holds: &[] },
    Kind { name: "Python models", ends: &[".py"], holds: &[MODEL] },
    Kind { name: "Scala programs with Spark", ends: &[".scala"], holds: &["org.apache.spark"] },
];

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let lower = file.path.to_ascii_lowercase();
        let ends = |kind: &&Kind| kind.ends.iter().any(|end| lower.ends_with(end));
        let mut kinds = KINDS.iter().filter(ends).peekable();
        let Some(first) = kinds.peek() else { continue };
        let kind = if first.holds.is_empty() {
            Some(*first)
        } else if file.size > LONGEST_SCRIPT {
            None
        } else {
            // A script that cannot be read is not known to be any of these: nothing to say. One that is looked into
            // for a word is not read.
            let most = usize::try_from(LONGEST_SCRIPT).unwrap_or(usize::MAX);
            let bytes = walk.world.head(&file.path, most).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            if notebook::sign(&text).is_some() {
                continue;
            }
            kinds.find(|kind| kind.holds.iter().any(|mark| text.contains(mark)))
        };
        if let Some(kind) = kind {
            let paths = vec![file.path.clone()];
            found.not_covered.push(NotCovered { kind: kind.name.to_owned(), paths });
        }
    }
}

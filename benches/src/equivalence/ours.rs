//! Pairs of our own: queries under `benches/pairs`, by kind and group, and what is claimed of each two.

use std::{collections::BTreeSet, fs, path::Path};

use plumb_ir::Arena;
use plumb_syntax::sql::Dialect;
use serde_json::{Value, json};

use super::{
    Pair,
    text::{Tables, whole},
};
use crate::Fault;

/// Where they lie.
pub(crate) const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pairs");

/// What one query is to the first of its group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    Equal,
    Different,
    /// Which rows it gives is left to the engine.
    Open,
}

struct Query {
    name: String,
    label: Label,
    sql: String,
}

/// Queries about one thing in one dialect; the first is what the others are compared with.
struct Group {
    name: String,
    dialect: &'static Dialect,
    queries: Vec<Query>,
}

/// Every pair, one JSON object each: `id`, `kind`, `dialect`, `expected`, `sql1` and `sql2`.
pub(crate) fn rows(folder: &Path) -> Result<Vec<Value>, Fault> {
    let mut rows = Vec::new();
    let mut files: Vec<_> = fs::read_dir(folder)?.flatten().map(|file| file.path()).collect();
    files.sort();
    for path in files {
        let kind = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if path.extension().is_none_or(|it| it != "sql") || kind == "tables" {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let groups = groups(&text).map_err(|why| format!("{}: {why}", path.display()))?;
        for group in &groups {
            pairs(kind, group, &mut rows);
        }
    }
    Ok(rows)
}

/// Prints every pair, one JSON object a line.
pub(crate) fn print() -> Result<(), Fault> {
    for row in rows(Path::new(FOLDER))? {
        println!("{row}");
    }
    Ok(())
}

/// Each equal query with each that comes after it.
fn pairs(kind: &str, group: &Group, rows: &mut Vec<Value>) {
    for (at, one) in group.queries.iter().enumerate() {
        for two in &group.queries[at + 1..] {
            let expected = match (one.label, two.label) {
                (Label::Equal, Label::Equal) => "equal",
                (Label::Equal, Label::Different) | (Label::Different, Label::Equal) => "different",
                (Label::Equal, Label::Open) | (Label::Open, Label::Equal) => "open",
                // Both miss the first, perhaps in the same way.
                (Label::Different | Label::Open, Label::Different | Label::Open) => continue,
            };
            rows.push(json!({
                "id": format!("{kind}/{}/{}~{}", group.name, one.name, two.name),
                "kind": kind,
                "dialect": group.dialect.name,
                "expected": expected,
                "sql1": one.sql,
                "sql2": two.sql,
            }));
        }
    }
}

/// The groups of one file.
fn groups(text: &str) -> Result<Vec<Group>, String> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let query = |name: &str, label| {
            let name = name.split(':').next().unwrap_or_default().trim().to_owned();
            Query { name, label, sql: String::new() }
        };
        if let Some(head) = line.strip_prefix("--- ") {
            let (name, dialect) =
                head.split_once(' ').ok_or_else(|| format!("{}: no dialect", at + 1))?;
            let dialect =
                Dialect::named(dialect).ok_or_else(|| format!("{}: no such dialect", at + 1))?;
            let queries = vec![query("base", Label::Equal)];
            groups.push(Group { name: name.to_owned(), dialect, queries });
            continue;
        }
        let label = match line.get(..4) {
            Some("--= ") => Some(Label::Equal),
            Some("--! ") => Some(Label::Different),
            Some("--? ") => Some(Label::Open),
            _ => None,
        };
        // What stands before the first group speaks of the whole file.
        let Some(group) = groups.last_mut() else { continue };
        if let Some(label) = label {
            group.queries.push(query(&line[4..], label));
        } else if let Some(last) = group.queries.last_mut() {
            last.sql.push_str(line);
            last.sql.push('\n');
        }
    }
    let mut seen = BTreeSet::new();
    for group in &mut groups {
        for query in &mut group.queries {
            query.sql = query.sql.trim().to_owned();
            if query.sql.is_empty() || !seen.insert((group.name.clone(), query.name.clone())) {
                return Err(format!("`{}/{}` is empty or there twice", group.name, query.name));
            }
        }
    }
    Ok(groups)
}

/// Reads both queries of a row; each has to have a known meaning from end to end.
pub(crate) fn pair(arena: &mut Arena, row: &Value, folder: &Path) -> Result<Pair, String> {
    let dialect = row["dialect"].as_str().and_then(Dialect::named).ok_or("no such dialect")?;
    let text = fs::read_to_string(folder.join("tables.sql")).map_err(|it| it.to_string())?;
    let tables = Tables::declared(&text, dialect);
    let mut side = |key: &str| {
        let text = row[key].as_str().ok_or_else(|| format!("no `{key}`"))?;
        whole(arena, text, &tables)
    };
    let (left, right) = (side("sql1")?, side("sql2")?);
    Ok(Pair { left, right, facts: tables.facts })
}

#[cfg(test)]
mod tests {
    use plumb_eval::{Effort, Outcome, Side, refute};

    use super::*;
    use plumb_prove::constraints;

    use crate::equivalence::decide::decide;

    /// Whether a short search finds rows on which two plans differ.
    fn differ(arena: &Arena, pair: &Pair, width: usize) -> bool {
        let outputs: Vec<u32> = (0..).take(width).collect();
        let side = |rel| Side { rel, outputs: &outputs };
        let effort = Effort { databases: 16, ..Effort::default() };
        let (left, right) = (side(pair.left), side(pair.right));
        matches!(
            refute(arena, left, right, &constraints(&pair.facts), effort),
            Outcome::Different(_)
        )
    }

    #[test]
    fn every_pair_is_read_no_unequal_one_is_said_to_be_equal_and_no_equal_one_differs() {
        let folder = Path::new(FOLDER);
        let rows = rows(folder).expect("the pairs are readable");
        let mut faults = Vec::new();
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for row in &rows {
            let (id, expected) = (&row["id"], row["expected"].as_str().unwrap_or_default());
            *counts.entry(expected).or_default() += 1;
            let mut arena = Arena::new();
            let pair = match pair(&mut arena, row, folder) {
                Ok(pair) => pair,
                Err(why) => {
                    faults.push(format!("{id}: not read: {why}"));
                    continue;
                }
            };
            let decision = decide(&mut arena, &pair, plumb_prove::Effort::default());
            if expected != "equal" && decision.equal {
                faults.push(format!("{id}: said to be equal"));
            }
            if expected == "equal" && differ(&arena, &pair, decision.width) {
                faults.push(format!("{id}: differs"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(rows.len() >= 500, "{counts:?}");
        assert!(counts["different"] * 10 >= rows.len() * 4, "{counts:?}");
    }

    #[test]
    fn a_group_gives_its_pairs() {
        let text = "-- Head.\n\n--- a duckdb\nselect 1\n--= b: why\nselect 1\n\n--! c\nselect 2\n--? d\nselect 3\n";
        let mut rows = Vec::new();
        for group in groups(text).expect("it is well-formed") {
            pairs("k", &group, &mut rows);
        }
        let told: Vec<String> =
            rows.iter().map(|row| format!("{} {}", row["id"], row["expected"])).collect();
        assert_eq!(
            told,
            [
                r#""k/a/base~b" "equal""#,
                r#""k/a/base~c" "different""#,
                r#""k/a/base~d" "open""#,
                r#""k/a/b~c" "different""#,
                r#""k/a/b~d" "open""#,
            ]
        );
        assert!(groups("--- a duckdb\nselect 1\n--= base\nselect 1").is_err());
        assert!(groups("--- a nothing\nselect 1").is_err());
    }
}

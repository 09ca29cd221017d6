//! Tests and constraints of an entry of a properties file.

use plumb_base::record::dbt::{Constraint, Test, TestSeverity};
use serde_json::{Map, Value};

use super::properties::place;
use crate::yaml::{Shape, Tree};

/// Keys of a test entry that are arguments of any test, not its name.
const NOT_A_TEST: &[&str] =
    &["arguments", "config", "description", "enabled", "meta", "name", "severity", "tags", "where"];

/// Keys beside those that say how a test is run, not what it tests.
const HOW: &[&str] = &[
    "test_name",
    "error_if",
    "fail_calc",
    "limit",
    "store_failures",
    "store_failures_as",
    "warn_if",
];

/// Tests of an entry, as `tests` or as `data_tests`.
pub(super) fn tests(entry: &Tree, path: &str) -> Vec<Test> {
    let lists = ["tests", "data_tests"].into_iter().filter_map(|key| entry.get(key));
    lists.flat_map(Tree::items).filter_map(|item| test(item, path)).collect()
}

/// A test: its name written alone, as the key of its arguments, or as `test_name`.
///
/// A test that is switched off is none. One that looks at some rows only keeps the condition: a column that is
/// unique where something holds is not unique.
fn test(entry: &Tree, path: &str) -> Option<Test> {
    let place = Some(place(entry, path));
    if let Shape::Text(name) = &entry.shape {
        return Some(Test { name: name.clone(), place, ..Test::default() });
    }
    let named = entry.text_of("test_name");
    let mut keys = entry.entries().iter().map(|(key, _)| key);
    let name = named.or_else(|| keys.find(|key| !NOT_A_TEST.contains(&key.as_str())).cloned())?;
    let inner = entry.get(&name);
    let says = |key: &str| {
        let beside = [Some(entry), inner].into_iter().flatten();
        let config = beside.clone().filter_map(|tree| tree.get("config"));
        config.chain(beside).find_map(|tree| tree.text_of(key))
    };
    if says("enabled").as_deref() == Some("false") {
        return None;
    }
    let mut arguments = Map::new();
    for tree in [Some(entry).filter(|_| inner.is_none()), inner].into_iter().flatten() {
        let plain = tree
            .entries()
            .iter()
            .filter(|(key, _)| !NOT_A_TEST.contains(&key.as_str()) && !HOW.contains(&key.as_str()));
        arguments.extend(plain.map(|(key, value)| (key.clone(), value.json())));
        arguments.extend(tree.get("arguments").map(Tree::object).unwrap_or_default());
    }
    let warns = says("severity").is_some_and(|word| word.eq_ignore_ascii_case("warn"));
    let lenient = warns || says("error_if").is_some_and(|word| !is_any(&word));
    let severity = if lenient { TestSeverity::Lenient } else { TestSeverity::Error };
    Some(Test { name, arguments, rows: says("where"), severity, place })
}

/// Whether one row that fails is enough.
fn is_any(condition: &str) -> bool {
    let plain: String = condition.chars().filter(|letter| !letter.is_whitespace()).collect();
    matches!(plain.as_str(), "!=0" | ">0" | ">=1" | "<>0")
}

/// Constraints of an entry; `column` is the one that it describes.
pub(super) fn constraints(entry: &Tree, column: Option<&str>, path: &str) -> Vec<Constraint> {
    let items = entry.get("constraints").map(Tree::items).unwrap_or_default();
    items.iter().filter_map(|item| constraint(item, column, path)).collect()
}

fn constraint(entry: &Tree, column: Option<&str>, path: &str) -> Option<Constraint> {
    let listed = entry.get("columns").map(Tree::texts).unwrap_or_default();
    let own = column.map(|name| vec![name.to_owned()]);
    Some(Constraint {
        kind: entry.text_of("type")?,
        columns: own.unwrap_or(listed),
        expression: entry.text_of("expression"),
        to: entry.text_of("to"),
        to_columns: entry.get("to_columns").map(Tree::texts).unwrap_or_default(),
        place: Some(place(entry, path)),
    })
}

/// What the project file says of all tests below a folder: whether they run, and whether they may fail.
pub(super) fn by_default(tests: &mut Vec<Test>, config: &Map<String, Value>) {
    if config.get("enabled") == Some(&Value::Bool(false)) {
        tests.clear();
    }
    let text = |key: &str| config.get(key).and_then(Value::as_str);
    let warns = text("severity").is_some_and(|word| word.eq_ignore_ascii_case("warn"));
    if warns || text("error_if").is_some_and(|word| !is_any(word)) {
        for test in tests {
            test.severity = TestSeverity::Lenient;
        }
    }
}

//! Which assets a setting speaks of: `match = "schema:marts"`, or a table whose keys must all hold.

use globset::Glob;
use plumb_base::record::Match;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, distance};

/// What may be asked of an asset.
const KINDS: &[&str] = &["path", "asset", "schema", "tag", "dbt_group", "warehouse"];

/// Reads one match; what is wrong with it is told, and `None` is given.
pub(super) fn one(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<Match> {
    let mut found = Match::default();
    match value.get_ref() {
        DeValue::String(text) => {
            let (kind, pattern) = parted(text);
            let typo = |known: &&&str| *known != &kind && distance(kind, known) <= 2;
            if !KINDS.contains(&kind) && KINDS.iter().any(|known| typo(&known)) {
                let nearest = KINDS.iter().find(typo).copied().unwrap_or_default();
                reader.bad(
                    value,
                    format!("`{kind}:` is nothing plumb knows; the nearest is `{nearest}:`"),
                );
                return None;
            }
            let (kind, pattern) =
                if KINDS.contains(&kind) { (kind, pattern) } else { ("asset", text.as_ref()) };
            put(reader, value, (kind, pattern), &mut found)?;
        }
        DeValue::Table(table) => {
            reader.unknown_of(table, "match", KINDS);
            for (key, value) in table {
                // What is not understood would have to hold, too: the rest alone would match too much.
                if !KINDS.contains(&key.get_ref().as_ref()) {
                    return None;
                }
                let text = reader.text(value, key.get_ref())?;
                put(reader, value, (key.get_ref(), &text), &mut found)?;
            }
        }
        _ => {
            reader.bad(value, "a match is a text or a table".to_owned());
            return None;
        }
    }
    (found != Match::default()).then_some(found)
}

/// Reads a section that lists matches by name: layers, environments.
pub(super) fn named(
    reader: &mut Reader<'_>,
    root: &DeTable<'_>,
    section: &str,
) -> Vec<(String, Match)> {
    let Some(value) = root.get(section) else { return Vec::new() };
    let DeValue::Table(table) = value.get_ref() else {
        reader.bad(value, format!("`{section}` is written as `[{section}]`"));
        return Vec::new();
    };
    // A table knows no order of its own; the file has one.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(name, _)| name.span().start);
    let mut all = Vec::new();
    for (name, value) in entries {
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        for item in items {
            all.extend(one(reader, item).map(|found| (name.get_ref().to_string(), found)));
        }
    }
    all
}

/// The kind before the colon and the pattern after it; without a colon, a path has a slash.
fn parted(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some(parts) => parts,
        None if text.contains('/') => ("path", text),
        None => ("asset", text),
    }
}

fn put(
    reader: &mut Reader<'_>,
    value: &Spanned<DeValue<'_>>,
    (kind, pattern): (&str, &str),
    found: &mut Match,
) -> Option<()> {
    let pattern = pattern.trim().trim_start_matches("./");
    if pattern.is_empty() || Glob::new(pattern).is_err() {
        reader.bad(value, format!("`{pattern}` is no pattern"));
        return None;
    }
    let place = match kind {
        "path" => &mut found.path,
        "schema" => &mut found.schema,
        "tag" => &mut found.tag,
        "dbt_group" => &mut found.group,
        "warehouse" => &mut found.warehouse,
        _ => &mut found.asset,
    };
    *place = Some(pattern.to_owned());
    Some(())
}

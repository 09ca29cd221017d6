//! What `plumb.toml` says, as far as reading goes; other keys are known by name only.

use plumb_base::record::Settings;
use plumb_base::{Problem, Severity, Source, World};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::{path, text};

/// The page: documentation, examples and tests.
pub(crate) const PAGE: &str = include_str!("settings.md");

const FILE: &str = "plumb.toml";

/// Keys of a section.
enum Keys {
    /// Any key: names of people's own things, or of platforms.
    Any,
    /// These and no others.
    These(&'static [&'static str]),
}

/// Every section there is. What is not read here is read by whoever needs it.
const SECTIONS: &[(&str, Keys)] = &[
    ("allow", Keys::These(&["rule", "asset", "because", "by", "until"])),
    ("connections", Keys::Any),
    ("dialect", Keys::These(&["path", "name"])),
    ("digest", Keys::These(&["weekly", "monthly", "timezone"])),
    ("drift", Keys::These(&["band", "days", "min_usd"])),
    ("limits", Keys::These(&["max_usd_per_run", "history", "statistics_max_age", "open_fix_prs"])),
    ("metrics", Keys::Any),
    ("owners", Keys::These(&["match", "owner", "team", "slack"])),
    ("prices", Keys::Any),
    ("read", Keys::These(&["exclude", "dialect"])),
    ("review", Keys::These(&["level", "comment", "min_usd", "min_pct", "fail_on", "large_table"])),
    ("watch", Keys::These(&["drift", "deputy", "review"])),
];

/// Reads the settings of a world; what is malformed is a problem, and its default counts.
pub(crate) fn read(world: &dyn World, problems: &mut Vec<Problem>) -> Settings {
    let Some(source) = text::read_if_there(world, FILE, problems) else {
        return Settings::default();
    };
    let mut settings = Settings { path: Some(FILE.to_owned()), ..Settings::default() };
    let mut reader = Reader { source: &source, problems };
    match DeTable::parse(&source.text) {
        Ok(table) => {
            reader.unknown_keys(table.get_ref());
            reader.fill(table.get_ref(), &mut settings);
        }
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let first = error.message().lines().next().unwrap_or_default();
            let message = format!("not TOML: {first}; defaults are taken");
            reader.problem(at, Severity::Failed, "toml-syntax", message);
        }
    }
    settings
}

struct Reader<'a> {
    source: &'a Source,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn fill(&mut self, root: &DeTable<'_>, settings: &mut Settings) {
        settings.drift_watcher = self.text_at(root, "watch", "drift");
        let everywhere = self.text_at(root, "read", "dialect");
        settings.dialects.extend(everywhere.map(|name| (String::new(), name)));
        if let Some(value) = value_at(root, "read", "exclude") {
            for item in listed(value) {
                settings
                    .exclude
                    .extend(self.text(item, "exclude").and_then(|path| self.folder(&path)));
            }
        }
        for entry in root.get("dialect").map(listed).unwrap_or_default() {
            let DeValue::Table(table) = entry.get_ref() else { continue };
            let path = table.get("path").and_then(|value| self.text(value, "path"));
            let name = table.get("name").and_then(|value| self.text(value, "name"));
            if let (Some(path), Some(name)) = (path.and_then(|path| self.folder(&path)), name) {
                settings.dialects.push((path, name));
                continue;
            }
            let message = "`[[dialect]]` needs a `path` below this folder and a `name`".to_owned();
            self.problem(entry.span().start, Severity::Partly, "bad-value", message);
        }
        settings.dialects.sort();
        settings.exclude.sort();
        settings.exclude.dedup();
    }

    /// A folder as a prefix: with a slash at its end, so that it never fits a namesake.
    fn folder(&self, written: &str) -> Option<String> {
        let path = path::join(path::parent(&self.source.path), written)?;
        let is_file = matches!(
            path::extension(&path),
            "sql" | "py" | "ipynb" | "scala" | "r" | "R" | "yml" | "yaml"
        );
        Some(if path.is_empty() || is_file { path } else { path + "/" })
    }

    fn text_at(&mut self, root: &DeTable<'_>, section: &str, key: &str) -> Option<String> {
        let value = value_at(root, section, key)?;
        self.text(value, key)
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.to_string());
        }
        let message = format!("`{key}` is not a text");
        self.problem(value.span().start, Severity::Partly, "bad-value", message);
        None
    }

    fn unknown_keys(&mut self, root: &DeTable<'_>) {
        let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        for (section, value) in root {
            let Some((name, keys)) = SECTIONS.iter().find(|(name, _)| *name == section.get_ref())
            else {
                self.unknown(section.span().start, section.get_ref(), &names);
                continue;
            };
            let Keys::These(known) = keys else { continue };
            for table in tables(value) {
                for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
                    let full: Vec<String> =
                        known.iter().map(|key| format!("{name}.{key}")).collect();
                    let full: Vec<&str> = full.iter().map(String::as_str).collect();
                    self.unknown(key.span().start, &format!("{name}.{}", key.get_ref()), &full);
                }
            }
        }
    }

    fn unknown(&mut self, at: usize, key: &str, known: &[&str]) {
        let nearest = known.iter().min_by_key(|known| distance(key, known)).copied();
        let nearest = nearest.unwrap_or_default();
        let message = format!("`{key}` is no key plumb knows; the nearest is `{nearest}`");
        self.problem(at, Severity::Note, "unknown-key", message);
    }

    fn problem(&mut self, byte: usize, severity: Severity, reason: &str, message: String) {
        let at = text::position(&self.source.text, byte);
        self.problems.push(text::at(&self.source.path, at, severity, reason, message));
    }
}

fn value_at<'t, 'i>(
    root: &'t DeTable<'i>,
    section: &str,
    key: &str,
) -> Option<&'t Spanned<DeValue<'i>>> {
    match root.get(section)?.get_ref() {
        DeValue::Table(table) => table.get(key),
        _ => None,
    }
}

/// Items of a list; a single value counts as one.
fn listed<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Vec<&'t Spanned<DeValue<'i>>> {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    }
}

/// The table a section is, or the tables of `[[section]]`.
fn tables<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Vec<&'t DeTable<'i>> {
    let inner = |items: &'t DeArray<'i>| {
        let table = |item: &'t Spanned<DeValue<'i>>| match item.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => None,
        };
        items.iter().filter_map(table).collect()
    };
    match value.get_ref() {
        DeValue::Table(table) => vec![table],
        DeValue::Array(items) => inner(items),
        _ => Vec::new(),
    }
}

/// Letters to insert, remove or replace to make one text of the other (Levenshtein 1966).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

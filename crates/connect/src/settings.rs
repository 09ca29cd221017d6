//! What `plumb.toml` says of the files: which to read, what they are, whose. Other keys are known by name only.

mod matches;
mod places;
mod prices;
mod reader;
mod sql;

use plumb_base::record::{OwnerSetting, Settings};
use plumb_base::{Problem, Severity, Source, World};
use reader::{Folder, Keys, Reader, value_at};
use toml::de::{DeTable, DeValue};

use crate::{path, text};

/// The page: documentation, examples and tests.
pub(crate) const PAGE: &str = include_str!("settings.md");

const FILE: &str = "plumb.toml";

/// Every section there is. What is not read here is read by whoever needs it.
const SECTIONS: &[(&str, Keys)] = &[
    ("allow", Keys::These(&["rule", "asset", "because", "by", "until"])),
    ("connections", Keys::Any),
    ("dialect", Keys::These(&["path", "name"])),
    ("digest", Keys::These(&["weekly", "monthly", "timezone"])),
    ("drift", Keys::These(&["band", "days", "min_usd"])),
    ("environments", Keys::Any),
    ("layers", Keys::Any),
    ("limits", Keys::These(&["max_usd_per_run", "history", "statistics_max_age", "open_fix_prs"])),
    ("metrics", Keys::Any),
    ("owners", Keys::These(&["match", "owner", "team", "slack"])),
    ("prices", Keys::These(&["snowflake_credit", "databricks_dbu", "currency"])),
    ("read", Keys::These(&["exclude", "include", "dialect"])),
    ("records", Keys::These(&["from"])),
    ("review", Keys::These(&["level", "comment", "min_usd", "min_pct", "fail_on", "large_table"])),
    ("sql", Keys::These(&["path", "dialect", "catalog", "schema", "role", "layer"])),
    ("watch", Keys::These(&["drift", "deputy", "review"])),
];

/// Reads the settings of a world; what is malformed is a problem, and its default counts.
///
/// The file is looked for in the root, then in the folders above it up to the top of the repository.
pub(crate) fn read(world: &dyn World, problems: &mut Vec<Problem>) -> Settings {
    let Some((source, below)) = nearest(world, problems) else {
        return Settings::default();
    };
    let path = Some(source.path.clone());
    let mut settings = Settings { path, below: below.clone(), ..Settings::default() };
    let mut reader = Reader { source: &source, below: &below, problems };
    match DeTable::parse(&source.text) {
        Ok(table) => {
            reader.unknown_keys(table.get_ref(), SECTIONS);
            fill(&mut reader, table.get_ref(), &mut settings);
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

/// The nearest file of settings, and the path of the root below its folder.
fn nearest(world: &dyn World, problems: &mut Vec<Problem>) -> Option<(Source, String)> {
    let root = world.below_top();
    let folders = std::iter::once(root.as_str()).chain(path::ancestors(&root));
    for folder in folders {
        let file = path::join(folder, FILE)?;
        let Ok(bytes) = world.read_from_top(&file) else { continue };
        let shown = path::from_below(&file, &root);
        let below = path::under(&root, folder).unwrap_or_default();
        // A folder is not below itself.
        let below = if root == folder { "" } else { below };
        return Some((text::decoded(&shown, bytes, problems), below.to_owned()));
    }
    // One that is there and will not be read is told.
    text::read_if_there(world, FILE, problems).map(|source| (source, String::new()))
}

fn fill(reader: &mut Reader<'_>, root: &DeTable<'_>, settings: &mut Settings) {
    settings.drift_watcher = reader.text_at(root, "watch", "drift");
    let everywhere = reader.text_at(root, "read", "dialect");
    settings.dialects.extend(everywhere.map(|name| (String::new(), name)));
    settings.exclude = folders(reader, root, "exclude");
    settings.include = folders(reader, root, "include");
    for table in reader.tables(root, "dialect") {
        let path = reader.text_of(table, "path");
        let name = reader.text_of(table, "name");
        match (path.map(|path| reader.folder(&path)), name) {
            (Some(Folder::Below(prefix)), Some(name)) => settings.dialects.push((prefix, name)),
            (Some(Folder::Beside), Some(_)) => {}
            _ => reader.needs(table, "`[[dialect]]` needs a `path` below this folder and a `name`"),
        }
    }
    for table in reader.tables(root, "owners") {
        let what = table.get("match").and_then(|value| matches::one(reader, value));
        let [owner, team, slack] = ["owner", "team", "slack"].map(|key| reader.text_of(table, key));
        let Some(what) = what.filter(|_| owner.is_some() || team.is_some()) else {
            reader.needs(table, "`[[owners]]` needs a `match` and an `owner` or a `team`");
            continue;
        };
        let line = reader.line(table);
        settings.owners.push(OwnerSetting { what, owner, team, slack, line });
    }
    settings.layers = matches::named(reader, root, "layers");
    settings.environments = matches::named(reader, root, "environments");
    sql::fill(reader, root, settings);
    settings.prices = prices::read(reader, root);
    settings.places = places::read(reader, root);
    settings.dialects.sort();
    settings.exclude.sort();
    settings.exclude.dedup();
}

/// Folders that `[read]` lists.
fn folders(reader: &mut Reader<'_>, root: &DeTable<'_>, key: &str) -> Vec<String> {
    let Some(value) = value_at(root, "read", key) else { return Vec::new() };
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut folders = Vec::new();
    for item in items {
        let Some(written) = reader.text(item, key) else { continue };
        match reader.folder(&written) {
            Folder::Below(folder) => folders.push(folder),
            Folder::Beside => {}
            Folder::Outside => {
                let message = format!("`{written}` is no path below the folder of this file");
                reader.problem(item.span().start, Severity::Partly, "bad-value", message);
            }
        }
    }
    folders
}

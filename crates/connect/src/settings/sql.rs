//! `[[sql]]`: what the plain SQL below a folder is.

use plumb_base::record::{Match, Role, Settings, SqlFolder};
use toml::de::DeTable;

use super::reader::{Folder, Reader, nearest};

/// What files of SQL may be for.
const ROLES: &[(&str, Option<Role>)] = &[
    ("scripts", Some(Role::Scripts)),
    ("models", Some(Role::Models)),
    ("queries", Some(Role::Queries)),
    ("ddl", Some(Role::Ddl)),
    ("ignore", None),
];

pub(super) fn fill(reader: &mut Reader<'_>, root: &DeTable<'_>, settings: &mut Settings) {
    for table in reader.tables(root, "sql") {
        let [path, dialect, catalog, schema, role, layer] =
            ["path", "dialect", "catalog", "schema", "role", "layer"]
                .map(|key| reader.text_of(table, key));
        let written = path.unwrap_or_default();
        let prefix = match reader.folder(&written) {
            Folder::Below(prefix) => prefix,
            Folder::Beside => continue,
            Folder::Outside => {
                let what = "`path` of `[[sql]]` is no path below the folder of this file";
                reader.needs(table, what);
                continue;
            }
        };
        let role = match &role {
            Some(name) => self::role(reader, table, name),
            None => Some(Role::Scripts),
        };
        let Some(role) = role else {
            settings.exclude.push(prefix);
            continue;
        };
        settings.dialects.extend(dialect.map(|name| (prefix.clone(), name)));
        let here = written.trim_start_matches("./").trim_end_matches('/');
        let path = if here.is_empty() { "**".to_owned() } else { globset::escape(here) };
        let below = Match { path: Some(path), ..Match::default() };
        settings.layers.extend(layer.map(|name| (name, below)));
        settings.sql.push(SqlFolder { prefix, catalog, schema, role });
    }
    // The longest prefix says most.
    settings.sql.sort_by_key(|folder| (usize::MAX - folder.prefix.len(), folder.prefix.clone()));
}

/// The role of a name; `None` leaves the files out.
fn role(reader: &mut Reader<'_>, table: &DeTable<'_>, name: &str) -> Option<Role> {
    if let Some((_, role)) = ROLES.iter().find(|(known, _)| *known == name) {
        return *role;
    }
    let names: Vec<&str> = ROLES.iter().map(|(name, _)| *name).collect();
    let nearest = nearest(name, &names).unwrap_or_default();
    reader.needs(table, &format!("`{name}` is no role plumb knows; the nearest is `{nearest}`"));
    Some(Role::Scripts)
}

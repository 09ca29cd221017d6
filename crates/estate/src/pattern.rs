//! Which assets and paths a pattern means.

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use plumb_base::{TableName, record::Match};

use crate::{Asset, AssetKind};

/// Patterns of paths as files of code owners write them, each with its number.
pub(crate) struct CodePaths {
    set: GlobSet,
    /// Number of the pattern that each glob of the set came from.
    of: Vec<usize>,
}

impl CodePaths {
    /// Reads patterns; what is none matches nothing.
    pub(crate) fn new<'a>(patterns: impl Iterator<Item = &'a str>) -> Self {
        let (mut set, mut of) = (GlobSetBuilder::new(), Vec::new());
        for (number, pattern) in patterns.enumerate() {
            for glob in code_globs(pattern) {
                if let Some(glob) = path_glob(&glob) {
                    set.add(glob);
                    of.push(number);
                }
            }
        }
        let set = set.build().unwrap_or_else(|_| GlobSet::empty());
        Self { set, of }
    }

    /// Numbers of the patterns that match a path, ascending.
    pub(crate) fn matches(&self, path: &str) -> Vec<usize> {
        let mut numbers: Vec<usize> =
            self.set.matches(path).iter().map(|at| self.of[*at]).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// A pattern of code owners as globs of paths below the top.
///
/// As in an ignore file, a pattern with a slash before its end starts at the top, and others match at any
/// depth; a folder holds all below it. Unlike there, `docs/*` holds only the files that lie in `docs` itself,
/// and brackets are letters like any others.
fn code_globs(pattern: &str) -> Vec<String> {
    let letters = pattern.chars();
    let escaped: String = letters
        .flat_map(|letter| {
            let special = matches!(letter, '[' | ']' | '{' | '}');
            special.then_some('\\').into_iter().chain([letter])
        })
        .collect();
    let (inner, is_folder) = match escaped.strip_suffix('/') {
        Some(inner) => (inner, true),
        None => (escaped.as_str(), false),
    };
    let top = inner.strip_prefix('/').unwrap_or(inner);
    let anywhere = !inner.contains('/');
    let start = if anywhere { "**/" } else { "" };
    let last = top.rsplit('/').next().unwrap_or_default();
    match (is_folder, last) {
        (true, "") => vec!["**".to_owned()],
        (true, _) => vec![format!("{start}{top}/**")],
        (false, "*") => vec![format!("{start}{top}")],
        (false, _) => vec![format!("{start}{top}"), format!("{start}{top}/**")],
    }
}

/// Which assets a setting speaks of.
pub(crate) struct Selector {
    /// Path of the root below the folder of the settings.
    below: String,
    path: Option<[GlobMatcher; 2]>,
    asset: Option<GlobMatcher>,
    schema: Option<GlobMatcher>,
    tag: Option<GlobMatcher>,
    group: Option<String>,
    /// Whether some pattern is none: then nothing matches.
    broken: bool,
}

impl Selector {
    pub(crate) fn new(what: &Match, below: &str) -> Self {
        // What speaks of warehouses speaks of no asset.
        let mut broken = *what == Match::default() || what.warehouse.is_some();
        let mut name = |pattern: &Option<String>| {
            let glob = pattern.as_ref().map(|pattern| name_glob(pattern));
            broken |= glob.as_ref().is_some_and(Option::is_none);
            glob.flatten()
        };
        let (asset, schema, tag) = (name(&what.asset), name(&what.schema), name(&what.tag));
        let path = what.path.as_ref().map(|pattern| {
            let own = pattern.trim_matches('/');
            let globs = [own.to_owned(), format!("{own}/**")].map(|glob| path_glob(&glob));
            let [Some(own), Some(all)] = globs else { return None };
            Some([own.compile_matcher(), all.compile_matcher()])
        });
        broken |= path.as_ref().is_some_and(Option::is_none);
        let group = what.group.clone();
        Self { below: below.to_owned(), path: path.flatten(), asset, schema, tag, group, broken }
    }

    pub(crate) fn matches(&self, asset: &Asset) -> bool {
        let path = |globs: &[GlobMatcher; 2]| {
            let Some(place) = &asset.place else { return false };
            let full = below(&self.below, &place.path);
            globs.iter().any(|glob| glob.is_match(&full))
        };
        let schema = |glob: &GlobMatcher| {
            let name = relation(asset);
            let parts: Vec<&str> =
                name.iter().flat_map(|name| &name.0).map(plumb_base::Name::as_str).collect();
            match parts.as_slice() {
                [.., catalog, schema, _] => {
                    glob.is_match(schema) || glob.is_match(format!("{catalog}.{schema}"))
                }
                [schema, _] => glob.is_match(schema),
                _ => false,
            }
        };
        let named = |glob: &GlobMatcher| glob.is_match(&asset.key) || glob.is_match(&asset.name);
        let tagged = |glob: &GlobMatcher| asset.tags.iter().any(|tag| glob.is_match(tag));
        !self.broken
            && self.path.as_ref().is_none_or(path)
            && self.asset.as_ref().is_none_or(named)
            && self.schema.as_ref().is_none_or(schema)
            && self.tag.as_ref().is_none_or(tagged)
            && self.group.as_ref().is_none_or(|group| asset.group.as_ref() == Some(group))
    }
}

/// The name of the table that an asset is or writes.
pub(crate) fn relation(asset: &Asset) -> Option<TableName> {
    let name = match asset.kind {
        AssetKind::Write => Some(&asset.name),
        kind => kind.is_relation().then_some(&asset.key),
    };
    name.map(|name| TableName::parse(name))
}

/// A path below the root as it is seen from further up.
pub(crate) fn below(folder: &str, path: &str) -> String {
    if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") }
}

fn path_glob(pattern: &str) -> Option<Glob> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build().ok()
}

pub(crate) fn name_glob(pattern: &str) -> Option<GlobMatcher> {
    let glob = GlobBuilder::new(pattern).case_insensitive(true).build().ok()?;
    Some(glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_owners_match_as_documented() {
        let matches = |pattern: &str, path: &str| {
            !CodePaths::new(std::iter::once(pattern)).matches(path).is_empty()
        };
        for (pattern, yes, no) in [
            ("*", &["a.sql", "x/y/a.sql"][..], &[][..]),
            ("*.sql", &["a.sql", "x/y/a.sql"], &["a.py", "a.sqlx"]),
            (
                "/build/logs/",
                &["build/logs/a", "build/logs/x/y"],
                &["x/build/logs/a", "build/logs"],
            ),
            ("docs/*", &["docs/a.md"], &["docs/x/a.md", "x/docs/a.md"]),
            ("apps/", &["apps/a", "x/apps/y/a"], &["apps"]),
            ("/docs", &["docs", "docs/x/y"], &["x/docs", "docs2"]),
            ("**/logs", &["logs/a", "x/logs/a", "x/y/logs"], &["x/logs2"]),
            ("a/**/b", &["a/b", "a/x/b", "a/x/y/b/c"], &["x/a/b", "a/bc"]),
            ("models/fct_?.sql", &["models/fct_1.sql"], &["models/fct_12.sql", "models/fct_/.sql"]),
            ("docs/my\\ notes/", &["docs/my notes/a"], &["docs/my/a"]),
            ("[ab].sql", &["[ab].sql", "x/[ab].sql"], &["a.sql"]),
            ("{a,b}.sql", &["{a,b}.sql"], &["a.sql"]),
            ("/", &["a", "x/y"], &[]),
            ("\\#scratch", &["#scratch", "x/#scratch/a"], &["scratch"]),
        ] {
            for path in yes {
                assert!(matches(pattern, path), "{pattern} {path}");
            }
            for path in no {
                assert!(!matches(pattern, path), "{pattern} {path}");
            }
        }
        assert!(!matches("a\\", "a"), "what is no pattern matches nothing");
    }
}

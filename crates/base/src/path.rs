//! Paths below a root, as text with `/`.

/// Joins a path as a person wrote it to a folder; `None` when that leaves the root or is absolute.
pub fn join(folder: &str, written: &str) -> Option<String> {
    let written = written.trim().replace('\\', "/");
    if written.starts_with('/') || written.starts_with('~') || written.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The folder that holds a path; `""` is the root.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The last part of a path without its last extension.
pub fn stem(path: &str) -> &str {
    let name = name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// The last extension of a path, as written; `""` when it has none.
pub fn extension(path: &str) -> &str {
    name(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a path has one of some extensions, in any case.
pub fn is_one_of(path: &str, extensions: &[&str]) -> bool {
    extensions.iter().any(|known| extension(path).eq_ignore_ascii_case(known))
}

/// What remains of a path below a folder; `None` when it is not below it.
pub fn under<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// What remains of a path below the deepest of some folders that holds it.
pub fn under_any<'a>(path: &'a str, folders: &[String]) -> Option<&'a str> {
    folders.iter().filter_map(|folder| under(path, folder)).min_by_key(|rest| rest.len())
}

/// Folders that hold a path, innermost first; the root is the last.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let mut folder = Some(path);
    std::iter::from_fn(move || {
        folder = folder.filter(|folder| !folder.is_empty()).map(parent);
        folder
    })
}

/// A path below the top of a repository as it is seen from a folder below that top.
pub fn from_below(path: &str, folder: &str) -> String {
    let holds = |above: &&str| under(path, above).is_some();
    let shared = std::iter::once(folder).chain(ancestors(folder)).find(holds).unwrap_or_default();
    let steps = if shared == folder { None } else { under(folder, shared) };
    let steps = steps.map_or(0, |rest| rest.split('/').count());
    "../".repeat(steps) + under(path, shared).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_root() {
        assert_eq!(join("a/b", "./c/").as_deref(), Some("a/b/c"));
        assert_eq!(join("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        assert_eq!(join("a", "../.."), None);
        assert_eq!(join("a", "/etc"), None);
        assert_eq!(join("a", "C:\\x"), None);
    }

    #[test]
    fn paths_are_seen_from_below() {
        assert_eq!(from_below("CODEOWNERS", ""), "CODEOWNERS");
        assert_eq!(from_below("CODEOWNERS", "a/b"), "../../CODEOWNERS");
        assert_eq!(from_below("a/plumb.toml", "a/b"), "../plumb.toml");
        assert_eq!(from_below("a/b/plumb.toml", "a/b"), "plumb.toml");
    }

    #[test]
    fn ancestors_end_at_the_root() {
        assert_eq!(ancestors("a/b/c.sql").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(ancestors("c.sql").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn a_folder_does_not_hold_its_namesakes() {
        assert_eq!(under("models_old/a.sql", "models"), None);
        assert_eq!(under("models/a.sql", "models"), Some("a.sql"));
        assert_eq!((stem("a/b.v2.sql"), extension("a/b.v2.sql")), ("b.v2", "sql"));
    }
}

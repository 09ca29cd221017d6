//! Paths below the root, as text with `/`.

use globset::GlobBuilder;

use crate::Walk;

pub(crate) use plumb_base::path::*;

/// Files that a pattern means which a person wrote in a folder; none where the pattern is no pattern.
pub(crate) fn matching(walk: &Walk<'_>, folder: &str, pattern: &str) -> Vec<String> {
    let Some(pattern) = join(&globset::escape(folder), pattern) else { return Vec::new() };
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
    let Ok(glob) = glob.map(|glob| glob.compile_matcher()) else { return Vec::new() };
    let paths = walk.files().iter().map(|file| &file.path);
    paths.filter(|path| glob.is_match(path)).cloned().collect()
}

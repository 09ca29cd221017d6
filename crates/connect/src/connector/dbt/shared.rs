//! Properties files that several projects read: each is parsed once.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Problem, Source};

use super::{Scope, declared};
use crate::yaml::{self, Tree};
use crate::{Walk, together};

/// A properties file as it was parsed.
pub(super) struct Parsed {
    /// None where it could not be read.
    pub(super) source: Option<Source>,
    pub(super) documents: Vec<Tree>,
    pub(super) problems: Vec<Problem>,
}

/// Those that are read more than once, by path.
pub(super) struct Shared(BTreeMap<String, Parsed>);

impl Parsed {
    pub(super) fn read(walk: &Walk<'_>, path: &str) -> Self {
        let mut problems = Vec::new();
        let source = walk.read(path, &mut problems);
        let documents = source.iter().flat_map(|it| yaml::parse(it, &mut problems)).collect();
        Self { source, documents, problems }
    }
}

impl Shared {
    pub(super) fn of<'a>(walk: &Walk<'_>, scopes: impl Iterator<Item = &'a Scope<'a>>) -> Self {
        let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for (path, _) in scopes.flat_map(declared::files) {
            if !once.insert(path) {
                twice.insert(path);
            }
        }
        let paths: Vec<&str> = twice.into_iter().collect();
        let parsed = together::each(&paths, |path| Parsed::read(walk, path));
        Self(paths.into_iter().map(str::to_owned).zip(parsed).collect())
    }

    pub(super) fn get(&self, path: &str) -> Option<&Parsed> {
        self.0.get(path)
    }
}

//! What a file of code owners says of a path.

use plumb_base::{
    Owner,
    record::{CodeOwners, OwnerRule},
};

use crate::pattern::{self, CodePaths};

/// A file of code owners, ready to be asked.
pub(super) struct Code<'a> {
    file: &'a CodeOwners,
    paths: CodePaths,
}

impl<'a> Code<'a> {
    pub(super) fn new(file: &'a CodeOwners) -> Self {
        let patterns = file.rules.iter().map(|rule| rule.pattern.as_str());
        Self { file, paths: CodePaths::new(patterns) }
    }

    /// Owners of a path below the root: of each section those of its last rule that matches, in the order in which
    /// the sections begin.
    pub(super) fn owners(&self, path: &str) -> Vec<Owner> {
        let full = pattern::below(&self.file.below, path);
        let rules = self.paths.matches(&full).into_iter().map(|at| &self.file.rules[at]);
        let mut sections: Vec<(&Option<String>, Vec<&OwnerRule>)> = Vec::new();
        for rule in rules {
            match sections.iter_mut().find(|(section, _)| **section == rule.section) {
                Some((_, known)) => known.push(rule),
                None => sections.push((&rule.section, vec![rule])),
            }
        }
        let kept = sections.iter().filter(|(_, rules)| rules.iter().all(|rule| !rule.excludes));
        let last = kept.filter_map(|(_, rules)| rules.last());
        let owner = |rule: &OwnerRule, name: &String| Owner {
            name: name.clone(),
            source: format!("{}:{}", self.file.path, rule.line),
        };
        last.flat_map(|rule| rule.owners.iter().map(|name| owner(rule, name))).collect()
    }
}

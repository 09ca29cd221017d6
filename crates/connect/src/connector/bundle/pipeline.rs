//! Pipelines of a bundle: where they write, and which files declare their tables.

use plumb_base::record::bundle::Pipeline;

use super::Scope;
use super::layers::Node;
use crate::path;

/// Extensions of files that declare tables.
const CODE: &[&str] = &["sql", "py", "ipynb", "scala", "r", "R"];

pub(super) fn pipeline(scope: &mut Scope<'_>, key: &str, node: &Node<'_>) -> Pipeline {
    let (mut files, mut elsewhere) = (Vec::new(), Vec::new());
    for library in node.get("libraries").items() {
        for (sort, part) in [("notebook", "path"), ("file", "path")] {
            let written = library.get(sort).get(part);
            if written.is_empty() {
                continue;
            }
            match scope.file(&written, sort) {
                Some(path) => files.push(path),
                None => elsewhere.extend(scope.values.text(&written)),
            }
        }
        let glob = library.get("glob").get("include");
        if !glob.is_empty() {
            let matched = scope.files_of(&glob);
            if matched.is_empty() {
                elsewhere.extend(scope.values.text(&glob));
            }
            files.extend(matched);
        }
    }
    files.sort();
    files.dedup();
    let schema = node.get("schema");
    let schema = if schema.is_empty() { node.get("target") } else { schema };
    let modes = ["serverless", "continuous", "development"];
    Pipeline {
        key: key.to_owned(),
        name: scope.values.text(&node.get("name")).unwrap_or_else(|| key.to_owned()),
        place: node.weakest().map(|(export, tree)| export.place(tree)),
        catalog: scope.values.needed(&node.get("catalog")),
        schema: scope.values.needed(&schema),
        files,
        configuration: scope.values.given(&node.get("configuration")),
        elsewhere,
        modes: modes.into_iter().filter(|mode| node.get(mode).is_true()).collect(),
        tags: scope.tags(node),
        owners: scope.owners(node),
    }
}

impl Scope<'_> {
    /// Files of code that a pattern means: beside the file that says so, else from the root of the bundle.
    fn files_of(&self, written: &Node<'_>) -> Vec<String> {
        let Some((export, _)) = written.strongest() else { return Vec::new() };
        let Some(pattern) = self.values.needed(written) else { return Vec::new() };
        let code = |path: &String| CODE.contains(&path::extension(path));
        let beside = [path::parent(export.path()), self.folder];
        let matched = beside.into_iter().map(|folder| {
            // A folder means all that is in it.
            let inside = format!("{}/**", pattern.trim_end_matches('/'));
            let patterns = [pattern.as_str(), inside.as_str()];
            let files = patterns.into_iter().flat_map(|it| path::matching(self.walk, folder, it));
            let mut files: Vec<String> = files.filter(code).collect();
            files.sort();
            files.dedup();
            files
        });
        matched.into_iter().find(|files| !files.is_empty()).unwrap_or_default()
    }

    /// The folder that a value means, where there is anything in it.
    pub(super) fn folder_of(&self, written: &Node<'_>) -> Option<String> {
        let (export, _) = written.strongest()?;
        let text = self.values.needed(written)?;
        let folders = [path::parent(export.path()), self.folder].into_iter();
        let mut folders = folders.filter_map(|folder| path::join(folder, &text));
        let inside = |folder: &String| {
            self.walk.files().iter().any(|file| path::under(&file.path, folder).is_some())
        };
        folders.find(inside)
    }
}

//! Databricks bundles: `databricks.yml`, the files it includes, and its production target.

mod job;
mod layers;
mod pipeline;
mod target;
mod values;

use std::collections::BTreeSet;

use plumb_base::record::bundle::{Board, Bundle};
use plumb_base::record::dashboard::{Body, Dataset, Tool};
use plumb_base::record::{Found, NotCovered};
use plumb_base::{Owner, Problem, Severity};

use self::layers::Node;
use self::target::Target;
use self::values::Values;
use crate::export::{self, Export};
use crate::{Connector, Walk, path, text};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "bundle", page: include_str!("bundle.md"), find };

/// What makes a folder a bundle.
const ROOTS: &[&str] = &["databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml"];

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        if ROOTS.contains(&path::name(&file.path)) {
            let fits = |text: &str| text.lines().any(|line| line.starts_with("bundle:"));
            let root = Export::yaml(walk, &file.path, fits, &mut found.problems);
            if !root.is_empty() {
                let files = included(walk, root, &mut found.problems);
                read(walk, &file.path, &files, found);
            }
        }
    }
}

/// The files of a bundle: its root, then what that includes.
fn included(walk: &Walk<'_>, root: Vec<Export>, problems: &mut Vec<Problem>) -> Vec<Export> {
    let mut files = root;
    let (folder, own) = (path::parent(files[0].path()).to_owned(), files[0].path().to_owned());
    let includes: Vec<String> = files
        .iter()
        .filter_map(|file| file.tree.get("include"))
        .flat_map(crate::yaml::Tree::texts)
        .collect();
    let mut seen = BTreeSet::from([own]);
    for pattern in includes {
        for path in path::matching(walk, &folder, &pattern) {
            let yaml = matches!(path::extension(&path), "yml" | "yaml" | "json");
            if yaml && seen.insert(path.clone()) {
                files.extend(Export::yaml(walk, &path, |_| true, problems));
            }
        }
    }
    files
}

/// What the parts of a bundle are read with.
struct Scope<'a> {
    walk: &'a Walk<'a>,
    /// Folder of the bundle.
    folder: &'a str,
    values: Values<'a>,
    /// The bundle itself: its permissions and its tags are those of all it deploys.
    all: Node<'a>,
    problems: Vec<Problem>,
}

fn read(walk: &Walk<'_>, path: &str, files: &[Export], found: &mut Found) {
    let folder = path::parent(path);
    let all = Node::new(files.iter().map(|file| (file, &file.tree)).collect());
    let target = Target::choose(&all);
    let all = target.over(&all);
    let name = all.get("bundle").text_of("name");
    let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
        let own = path::name(folder);
        if own.is_empty() { "bundle".to_owned() } else { own.to_owned() }
    });
    if !all.get("python").is_empty() || !all.get("experimental").get("python").is_empty() {
        let kind = "bundles with resources in Python".to_owned();
        found.not_covered.push(NotCovered { kind, paths: vec![path.to_owned()] });
    }
    let values = Values::new(all.clone(), &name, target.name.as_deref());
    let resources = all.get("resources");
    let mut scope = Scope { walk, folder, values, all, problems: Vec::new() };
    let mut bundle = Bundle {
        path: path.to_owned(),
        name,
        targets: target.all.clone(),
        target: target.name.clone(),
        chosen: target.why,
        ..Bundle::default()
    };
    bundle.jobs = each(&resources.get("jobs"), |key, node| job::job(&mut scope, key, node));
    bundle.pipelines =
        each(&resources.get("pipelines"), |key, node| pipeline::pipeline(&mut scope, key, node));
    for sort in ["dashboards", "alerts"] {
        bundle.boards.extend(each(&resources.get(sort), |key, node| scope.board(key, node)));
    }
    for key in resources.get("alerts").keys() {
        let alert = scope.alert(&key, &resources.get("alerts").get(&key));
        let board = bundle.boards.iter_mut().find(|it| it.key == key && it.path.is_none());
        if let (Some(alert), Some(board)) = (&alert, board) {
            board.path = Some(alert.key.clone());
        }
        found.datasets.extend(alert);
    }
    bundle.unknown = scope.values.unknown();
    found.problems.append(&mut scope.problems);
    found.bundles.push(bundle);
}

fn each<T>(nodes: &Node<'_>, mut make: impl FnMut(&str, &Node<'_>) -> T) -> Vec<T> {
    let made = |key: &String| make(key, &nodes.get(key));
    nodes.keys().iter().map(made).collect()
}

impl Scope<'_> {
    fn board(&mut self, key: &str, node: &Node<'_>) -> Board {
        let file = node.get("file_path");
        Board {
            key: key.to_owned(),
            name: self.values.text(&node.get("display_name")),
            path: self.file(&file, "file"),
            catalog: self.values.needed(&node.get("dataset_catalog")),
            schema: self.values.needed(&node.get("dataset_schema")),
            owners: self.owners(node),
        }
    }

    /// An alert whose query stands in the bundle itself.
    fn alert(&self, key: &str, node: &Node<'_>) -> Option<Dataset> {
        let (export, tree) = node.get("query_text").strongest()?;
        let body = export.sql(Some(tree), "");
        (body != Body::Missing).then(|| Dataset {
            tool: Tool::DatabricksSql,
            key: format!("{}#{key}", export.path()),
            title: self.values.text(&node.get("display_name")).unwrap_or_else(|| key.to_owned()),
            sort: "alert",
            description: self.values.text(&node.get("custom_summary")).unwrap_or_default(),
            source: std::sync::Arc::clone(&export.source),
            place: export.place(tree),
            body,
            parameters: Vec::new(),
            measures: Vec::new(),
            engine: Some("databricks".to_owned()),
            catalog: None,
            schema: None,
            owners: self.owners(node),
            tags: Vec::new(),
        })
    }

    /// Who owns or manages a resource, whom a tag calls so, whose rights it has, who is told of it: in that order, and
    /// of each first what the resource says, then what the bundle says of all.
    fn owners(&self, node: &Node<'_>) -> Vec<Owner> {
        let mut owners = Vec::new();
        let named = |it: &Node<'_>| {
            ["user_name", "group_name", "service_principal_name"]
                .into_iter()
                .find_map(|key| self.values.known(&it.get(key)))
        };
        for level in ["IS_OWNER", "CAN_MANAGE"] {
            for node in [node, &self.all] {
                for permission in node.get("permissions").items() {
                    if permission.text_of("level").as_deref() == Some(level) {
                        export::own(&mut owners, named(&permission), &format!("bundle {level}"));
                    }
                }
            }
        }
        let tags = node.get("tags");
        for key in tags.keys().iter().filter(|key| Owner::is_key(key)) {
            export::own(
                &mut owners,
                self.values.known(&tags.get(key)),
                &format!("bundle tag {key}"),
            );
        }
        let run_as = node.get("run_as");
        let run_as = if run_as.is_empty() { self.all.get("run_as") } else { run_as };
        export::own(&mut owners, named(&run_as), "bundle run_as");
        let mails = node.get("email_notifications");
        let told = mails.keys().into_iter().flat_map(|kind| mails.get(&kind).items());
        let notices = node.get("notifications").items();
        let notices = notices.iter().flat_map(|notice| notice.get("email_recipients").items());
        for (address, source) in told
            .map(|it| (it, "bundle email_notifications"))
            .chain(notices.map(|it| (it, "bundle notifications")))
        {
            export::own(&mut owners, self.values.known(&address), source);
        }
        owners
    }

    /// Tags of a resource, then those of the bundle that it does not have: `key=value`, or the key alone.
    fn tags(&self, node: &Node<'_>) -> Vec<String> {
        let tags = self.all.get("presets").get("tags").under(&node.get("tags"));
        let tag = |key: String| match self.values.text(&tags.get(&key)) {
            Some(value) if !value.is_empty() => format!("{key}={value}"),
            _ => key,
        };
        tags.keys().into_iter().map(tag).collect()
    }

    /// The file that a value means: beside the file that says so, else from the root of the bundle.
    fn file(&mut self, written: &Node<'_>, what: &str) -> Option<String> {
        let folder =
            written.strongest().map(|(export, _)| path::parent(export.path()).to_owned())?;
        let text = self.values.needed(written)?;
        let found = [folder.as_str(), self.folder]
            .into_iter()
            .filter_map(|folder| path::join(folder, &text))
            .find_map(|path| self.exists(&path));
        if found.is_none() && path::join("x", &text).is_some() {
            let message = format!("{what} `{text}` is not in this folder");
            self.note(written, "missing-file", message);
        }
        found
    }

    /// The file of a path, whose extension notebooks leave out.
    fn exists(&self, path: &str) -> Option<String> {
        const ENDS: &[&str] = &["", ".py", ".sql", ".ipynb", ".scala", ".r", ".R"];
        ENDS.iter().map(|end| format!("{path}{end}")).find(|path| self.walk.has(path))
    }

    fn note(&mut self, node: &Node<'_>, reason: &str, message: String) {
        if let Some((export, tree)) = node.strongest() {
            let at = (tree.line, tree.column);
            self.problems.push(text::at(export.path(), at, Severity::Note, reason, message));
        }
    }
}

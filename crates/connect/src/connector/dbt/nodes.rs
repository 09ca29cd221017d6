//! Nodes of a project: one for each file that builds something, and for each snapshot in a file.

use plumb_base::record::dbt::{Kind, Node};
use plumb_base::{Problem, Source};
use serde_json::{Map, Value};

use super::declared::{Declaration, Declared};
use super::{ProjectFile, Scope, config_tree, properties};
use crate::path;

/// Nodes of a project or package, in no promised order.
///
/// `stronger` is the project file of the root where the scope is a package: it may configure the package.
pub(super) fn of(
    scope: &Scope<'_>,
    stronger: Option<&ProjectFile>,
    declared: &Declared,
    problems: &mut Vec<Problem>,
) -> Vec<Node> {
    let mut maker = Maker { scope, stronger, declared, nodes: Vec::new() };
    for entry in &scope.files {
        maker.file(&entry.path, problems);
    }
    maker.snapshots_without_sql();
    maker.nodes
}

struct Maker<'a> {
    scope: &'a Scope<'a>,
    stronger: Option<&'a ProjectFile>,
    declared: &'a Declared,
    nodes: Vec<Node>,
}

impl Maker<'_> {
    fn file(&mut self, at: &str, problems: &mut Vec<Problem>) {
        let file = &self.scope.file;
        let (kind, below) = match path::extension(at) {
            "sql" => {
                let snapshot =
                    path::under_any(at, &file.snapshots).map(|below| (Kind::Snapshot, below));
                let model = path::under_any(at, &file.models).map(|below| (Kind::Model, below));
                let analysis =
                    path::under_any(at, &file.analyses).map(|below| (Kind::Analysis, below));
                // Folders may lie in one another: the deepest one says what a file is.
                let kinds = [snapshot, model, analysis].into_iter().flatten();
                let Some(found) = kinds.min_by_key(|(_, below)| below.len()) else { return };
                found
            }
            "py" => match path::under_any(at, &file.models) {
                Some(below) => (Kind::PythonModel, below),
                None => return,
            },
            "csv" => match path::under_any(at, &file.seeds) {
                Some(below) => (Kind::Seed, below),
                None => return,
            },
            _ => return,
        };
        let Some(source) = self.scope.walk.read(at, problems) else { return };
        match kind {
            Kind::Snapshot => {
                for name in snapshot_names(&source.text) {
                    self.push(&name, kind, below, source.clone());
                }
            }
            Kind::Seed => {
                let header = source.text.lines().next().unwrap_or_default();
                self.push(path::stem(at), kind, below, Source::new(at, header));
            }
            Kind::Model | Kind::PythonModel | Kind::Analysis => {
                self.push(path::stem(at), kind, below, source);
            }
        }
    }

    /// Since dbt 1.9 a snapshot can be YAML alone; dbt then writes the template that is written here.
    fn snapshots_without_sql(&mut self) {
        for ((kind, name), declaration) in &self.declared.nodes {
            let (Kind::Snapshot, Some(relation)) = (kind, &declaration.relation) else { continue };
            if self.nodes.iter().any(|node| node.kind == Kind::Snapshot && node.name == *name) {
                continue;
            }
            let at = declaration.properties.place.as_ref().map_or("", |place| place.path.as_str());
            let below = path::under_any(at, &self.scope.file.snapshots).unwrap_or(at);
            let template = format!("select * from {{{{ {relation} }}}}");
            self.push(name, Kind::Snapshot, below, Source::new(at, template));
        }
    }

    fn push(&mut self, name: &str, kind: Kind, below: &str, source: Source) {
        let declared_as = if kind == Kind::PythonModel { Kind::Model } else { kind };
        let declaration = self.declared.nodes.get(&(declared_as, name.to_owned())).cloned();
        let Declaration { mut properties, config: declared, .. } = declaration.unwrap_or_default();
        let config = self.project_config(name, kind, below);
        let mut both = config.clone();
        config_tree::lay_over(&declared, &mut both);
        let text = |key: &str| both.get(key).and_then(Value::as_str).map(str::to_owned);
        properties.contract |= properties::contract(&both);
        properties.group = properties.group.or_else(|| text("group"));
        properties.access = properties.access.or_else(|| text("access"));
        self.nodes.push(Node {
            package: self.scope.file.name.clone(),
            name: name.to_owned(),
            kind,
            source,
            config,
            declared,
            properties,
            compiled: None,
            relation: None,
            catalog: None,
        });
    }

    fn project_config(&self, name: &str, kind: Kind, below: &str) -> Map<String, Value> {
        let mut way = vec![self.scope.file.name.as_str()];
        way.extend(path::parent(below).split('/').filter(|part| !part.is_empty()));
        if kind == Kind::Snapshot && path::stem(below) != name {
            way.push(path::stem(below));
        }
        way.push(name);
        let mut config = Map::new();
        for file in std::iter::once(&self.scope.file).chain(self.stronger) {
            let tree = match kind {
                Kind::Model | Kind::PythonModel => &file.configs.models,
                Kind::Seed => &file.configs.seeds,
                Kind::Snapshot => &file.configs.snapshots,
                Kind::Analysis => &file.configs.analyses,
            };
            config_tree::lay(tree, &way, &mut config);
        }
        config
    }
}

/// Names of `{% snapshot name %}` blocks, in order.
fn snapshot_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for tag in text.split("{%").skip(1) {
        let tag = tag.trim_start_matches(['-', '+']).trim_start();
        let Some(rest) = tag.strip_prefix("snapshot") else { continue };
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect();
        if rest.starts_with(char::is_whitespace) && !name.is_empty() {
            names.push(name);
        }
    }
    names
}

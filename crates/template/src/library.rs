//! The templates of one project: its nodes and the macros they can call, each parsed once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use plumb_base::record::TableInfo;
use plumb_base::record::dbt::{Kind, Node, Package, Project, SourceTable};
use plumb_base::{Problem, Severity, Source};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

use super::columns::{Columns, Exported};
use super::config::overlay;
use super::graph;
use super::lower::{SyntaxError, parse};
use super::memo::Memo;
use super::prepare::macros_alone;
use super::promised::{self, Promised};
use super::relation::{self, Relation};
use super::render::{Rendered, Variant};
use super::run::{Run, Stage};
use super::settle;
use super::survey::{Survey, survey};
use super::template::{Macro, Stmt, Template};

/// The templates of one dbt project, parsed once: its macros, its packages, and what `ref` and `source` mean.
pub struct Library<'a> {
    pub(super) project: &'a Project,
    pub(super) variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    packages: BTreeMap<&'a str, Macros>,
    nodes: BTreeMap<&'a str, Vec<usize>>,
    sources: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    sheets: Vec<OnceLock<Sheet>>,
    tables: Vec<OnceLock<Relation>>,
    /// Tests on nodes, with their ids.
    pub(super) tests: OnceLock<Vec<(Promised, String)>>,
    /// Ids of nodes, tests and sources.
    ids: OnceLock<Vec<Arc<str>>>,
    /// All columns of relations of which they are known, by name.
    pub(super) columns: OnceLock<BTreeMap<String, Columns>>,
    /// What nodes of the project make in the warehouse, by name: a table or a view.
    pub(super) made: OnceLock<BTreeMap<String, &'static str>>,
    /// Tables of the warehouse that somebody exported.
    pub(super) exported: Exported<'a>,
    /// Templates that stand in YAML, none where one does not parse.
    asides: RwLock<FxHashMap<String, Option<Arc<Template>>>>,
    /// Calls of macros that give the same in every node.
    pub(super) memo: Memo,
    problems: Vec<Problem>,
}

type Macros = FxHashMap<Arc<str>, Arc<Macro>>;

/// One node's template, and what it says without being run.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) template: Result<Template, SyntaxError>,
    pub(super) survey: Survey,
    /// Its configuration: of the folders, of properties files, and of the template itself.
    pub(super) config: Map<String, Json>,
    pub(super) relation: Relation,
}

/// Macros of dbt and of packages that every project has, in our own words.
static EMBEDDED: LazyLock<BTreeMap<&'static str, Macros>> = LazyLock::new(|| {
    let texts = [
        ("dbt", include_str!("packages/dbt.jinja")),
        ("dbt_utils", include_str!("packages/dbt_utils.jinja")),
        ("dbt_date", include_str!("packages/dbt_date.jinja")),
        ("fivetran_utils", include_str!("packages/fivetran_utils.jinja")),
    ];
    let read = |(name, text)| (name, parse(text, None).map(macros_of).unwrap_or_default());
    texts.into_iter().map(read).collect()
});

/// Macros that ask the warehouse: there is none, so ours are used even if the package is installed. Sorted.
const INTROSPECTIVE: [&str; 14] = [
    "date_spine",
    "fill_staging_columns",
    "get_column_values",
    "get_filtered_columns_in_relation",
    "get_query_results_as_dict",
    "get_relations_by_pattern",
    "get_relations_by_prefix",
    "get_relations_by_prefix_and_union",
    "get_single_value",
    "get_tables_by_pattern_sql",
    "get_tables_by_prefix_sql",
    "star",
    "union_relations",
    "unpivot",
];

impl std::fmt::Debug for Library<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("project", &self.project.name).finish_non_exhaustive()
    }
}

impl<'a> Library<'a> {
    /// Reads the macros of a project; `variable` answers `env_var()`.
    pub fn new(
        project: &'a Project,
        variable: &'a (dyn Fn(&str) -> Option<String> + Sync),
    ) -> Self {
        let mut problems = Vec::new();
        let packages = project
            .packages
            .iter()
            .map(|package| (package.name.as_str(), macros_of_package(package, &mut problems)));
        let packages = packages.collect();
        let mut nodes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, node) in project.nodes.iter().enumerate() {
            nodes.entry(node.name.as_str()).or_default().push(at);
        }
        let mut sources: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (at, table) in project.sources.iter().enumerate() {
            sources.entry((&table.source, &table.name)).or_default().push(at);
        }
        let sheets = project.nodes.iter().map(|_| OnceLock::new()).collect();
        let tables = project.sources.iter().map(|_| OnceLock::new()).collect();
        let (columns, tests) = (OnceLock::new(), OnceLock::new());
        Self {
            project,
            variable,
            packages,
            nodes,
            sources,
            sheets,
            tables,
            tests,
            ids: OnceLock::new(),
            columns,
            made: OnceLock::new(),
            exported: Exported::default(),
            asides: RwLock::default(),
            memo: Memo::default(),
            problems,
        }
    }

    /// Lets tables of the warehouse answer what templates ask of it: which columns they have, and that they are there.
    #[must_use]
    pub fn with_tables(mut self, tables: &'a [TableInfo]) -> Self {
        self.exported = Exported::of(tables);
        self
    }

    /// Problems in macro files: a macro file that does not parse loses only itself.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Renders one node. It never fails: what cannot be known becomes a hole, what is wrong a problem.
    pub fn render(&self, node: &Node, variant: Variant) -> Rendered {
        self.render_other(node, variant, BTreeSet::new())
    }

    /// Renders another world of a node: holes of these keys decide otherwise than is likely, of their rows is none.
    pub fn render_other(&self, node: &Node, variant: Variant, keys: BTreeSet<String>) -> Rendered {
        let own;
        let sheet = if let Some(at) = self.index_of(node) {
            self.sheet(at)
        } else {
            own = self.read(node);
            &own
        };
        let mut run = Run::new(self, node, sheet, Stage::Compile);
        run.otherwise = keys;
        run.finish(variant)
    }

    /// The path of a node's file below the folder of its package.
    pub(super) fn path_in_package<'n>(&self, node: &'n Node) -> &'n str {
        let package = self.project.packages.iter().find(|package| package.name == node.package);
        let folder = package.map_or("", |package| package.folder.as_str());
        let path = node.source.path.as_str();
        path.strip_prefix(folder).map_or(path, |rest| rest.trim_start_matches('/'))
    }

    /// Every test on a node of the project, with its id.
    pub(super) fn tests(&self) -> &[(Promised, String)] {
        self.tests.get_or_init(|| {
            let all = promised::all(&self.project.nodes);
            all.into_iter().map(|test| (test, test.id(self))).collect()
        })
    }

    /// What dbt calls the nodes, then the tests, then the sources.
    pub(super) fn ids(&self) -> &[Arc<str>] {
        self.ids.get_or_init(|| {
            let nodes = self.project.nodes.iter().map(graph::unique_id);
            let tests = self.tests().iter().map(|(_, id)| id.clone());
            let sources = self.project.sources.iter().map(graph::source_id);
            nodes.chain(tests).chain(sources).map(Arc::from).collect()
        })
    }

    /// The configuration of a node: of its folders, of properties files, and of the file itself.
    pub fn config_of(&self, node: &Node) -> Map<String, Json> {
        match self.index_of(node) {
            Some(at) => self.sheet(at).config.clone(),
            None => self.read(node).config,
        }
    }

    /// The relation that a node is built as, in the text that `ref` renders to.
    pub fn relation_of(&self, node: &Node) -> String {
        match self.index_of(node) {
            Some(at) => self.sheet(at).relation.render(),
            None => self.read(node).relation.render(),
        }
    }

    fn index_of(&self, node: &Node) -> Option<usize> {
        let named = self.nodes.get(node.name.as_str())?;
        named.iter().copied().find(|at| {
            let known = &self.project.nodes[*at];
            std::ptr::eq(known, node)
                || (known.package == node.package
                    && known.source == node.source
                    && known.config == node.config
                    && known.declared == node.declared
                    && known.relation == node.relation)
        })
    }

    /// What one node of the project says.
    pub(super) fn sheet(&self, at: usize) -> &Sheet {
        self.sheets[at].get_or_init(|| self.read(&self.project.nodes[at]))
    }

    /// The table that a source table is, in the text that `source` renders to.
    pub fn relation_of_source(&self, table: &SourceTable) -> String {
        let named = self.sources.get(&(table.source.as_str(), table.name.as_str()));
        let same = |at: &&usize| std::ptr::eq(&raw const self.project.sources[**at], table);
        match named.and_then(|named| named.iter().find(same)) {
            Some(at) => self.table(*at).render(),
            None => self.read_table(table).render(),
        }
    }

    /// The table that a source table of the project is.
    pub(super) fn table(&self, at: usize) -> &Relation {
        self.tables[at].get_or_init(|| self.read_table(&self.project.sources[at]))
    }

    fn read_table(&self, table: &SourceTable) -> Relation {
        let relation = relation::of_source(self.project, table);
        if relation.has_template() { settle::relation(self, table, relation) } else { relation }
    }

    /// Reads a node as dbt does: the template once for its configuration, then its name.
    fn read(&self, node: &Node) -> Sheet {
        let template = match node.kind {
            Kind::Seed | Kind::PythonModel => Ok(Template::default()),
            Kind::Snapshot => parse(&node.source.text, Some(&node.name)),
            Kind::Model | Kind::Analysis => parse(&node.source.text, None),
        };
        let survey = template.as_ref().map(survey).unwrap_or_default();
        let mut sheet = Sheet { template, survey, ..Sheet::default() };
        sheet.config = settle::config(self, node, &sheet);
        let mut whole = sheet.config.clone();
        overlay(&mut whole, &sheet.survey.config);
        sheet.relation = relation::of_node(self.project, node, &whole);
        sheet.config = Run::new(self, node, &sheet, Stage::Parse).configured();
        sheet.relation = Run::new(self, node, &sheet, Stage::Name).named();
        sheet
    }

    /// The node that a `ref` means, seen from a package.
    pub(super) fn find_node(
        &self,
        from: &str,
        package: Option<&str>,
        name: &str,
        version: Option<&str>,
    ) -> Option<usize> {
        let versioned = version.map(|version| format!("{name}_v{version}"));
        let found = versioned.and_then(|name| self.find_named(from, package, &name));
        found.or_else(|| self.find_named(from, package, name)).or_else(|| {
            let prefix = format!("{name}_v");
            let later = self.nodes.range(prefix.as_str()..);
            let numbers = later
                .map_while(|(known, _)| known.strip_prefix(prefix.as_str()))
                .filter_map(|digits| digits.parse::<u32>().ok());
            let newest = numbers.max().filter(|_| version.is_none())?;
            self.find_named(from, package, &format!("{prefix}{newest}"))
        })
    }

    fn find_named(&self, from: &str, package: Option<&str>, name: &str) -> Option<usize> {
        let named: Vec<usize> = self
            .nodes
            .get(name)?
            .iter()
            .copied()
            .filter(|at| self.project.nodes[*at].kind != Kind::Analysis)
            .collect();
        let of = |package: &str| {
            named.iter().copied().find(|at| self.project.nodes[*at].package == package)
        };
        match package {
            Some(package) => of(package),
            None => of(from).or_else(|| of(&self.project.name)).or(named.first().copied()),
        }
    }

    /// The table that a `source` means, seen from a package.
    pub(super) fn find_source(&self, from: &str, source: &str, table: &str) -> Option<usize> {
        let named = self.sources.get(&(source, table))?;
        let of = |package: &str| {
            named.iter().copied().find(|at| self.project.sources[*at].package == package)
        };
        of(from).or_else(|| of(&self.project.name)).or(named.first().copied())
    }

    /// A text that stands outside of templates; folders say the same of many nodes.
    pub(super) fn aside(&self, text: &str) -> Option<Arc<Template>> {
        let known = self.asides.read().ok()?.get(text).cloned();
        if let Some(known) = known {
            return known;
        }
        let template = parse(text, None).ok().map(Arc::new);
        self.asides.write().ok()?.insert(text.to_owned(), template.clone());
        template
    }

    /// A macro of one package.
    pub(super) fn find_macro(&self, package: &str, name: &str) -> Option<Arc<Macro>> {
        let ours = || EMBEDDED.get(package).and_then(|macros| macros.get(name)).cloned();
        let theirs = || self.packages.get(package).and_then(|macros| macros.get(name)).cloned();
        if package != self.project.name && INTROSPECTIVE.binary_search(&name).is_ok() {
            return ours().or_else(theirs);
        }
        theirs().or_else(ours)
    }

    /// Whether there is a package of this name.
    pub(super) fn has_package(&self, name: &str) -> bool {
        self.packages.contains_key(name) || EMBEDDED.contains_key(name)
    }

    /// Packages whose macros a dispatch searches, in order.
    pub(super) fn dispatch_order(&self, namespace: Option<&str>, from: &str) -> Vec<String> {
        let root = self.project.name.clone();
        let Some(namespace) = namespace else {
            return vec![from.to_owned(), root, "dbt".to_owned()];
        };
        let configured = self.project.dispatch.iter().find(|(name, _)| name == namespace);
        let mut order = match configured {
            Some((_, order)) => order.clone(),
            None => vec![root],
        };
        if !order.iter().any(|package| package == namespace) {
            order.push(namespace.to_owned());
        }
        order
    }

    /// Prefixes of macros written for the adapter, closest first.
    pub(super) fn prefixes(&self) -> Vec<&str> {
        let adapter = self.project.target.adapter.as_deref();
        let parent = match adapter {
            Some("redshift" | "materialize" | "risingwave" | "greenplum" | "alloydb") => {
                Some("postgres")
            }
            Some("databricks") => Some("spark"),
            Some("fabric" | "synapse") => Some("sqlserver"),
            Some("motherduck") => Some("duckdb"),
            Some("starburst") => Some("trino"),
            _ => None,
        };
        adapter.into_iter().chain(parent).chain(["default"]).collect()
    }
}

fn macros_of_package(package: &Package, problems: &mut Vec<Problem>) -> Macros {
    let mut macros = Macros::default();
    for source in &package.macros {
        match parse(&source.text, None) {
            Ok(template) => macros.extend(macros_of(template)),
            Err(whole) => macros.extend(macros_alone_of(source, &whole, problems)),
        }
    }
    macros
}

/// The macros of a file that does not parse as a whole: one that is wrong loses only itself.
fn macros_alone_of(source: &Source, whole: &SyntaxError, problems: &mut Vec<Problem>) -> Macros {
    let mut macros = Macros::default();
    let before = problems.len();
    let alone = macros_alone(&source.text);
    for text in &alone {
        match parse(text, None) {
            Ok(template) => macros.extend(macros_of(template)),
            Err(error) => problems.push(problem(source, &error)),
        }
    }
    if alone.is_empty() && problems.len() == before {
        problems.push(problem(source, whole));
    }
    macros
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            template: Ok(Template::default()),
            survey: Survey::default(),
            config: Map::new(),
            relation: Relation::default(),
        }
    }
}

/// What a template that does not parse is reported as.
pub(super) fn problem(source: &Source, error: &SyntaxError) -> Problem {
    Problem {
        place: source.place(error.span),
        severity: Severity::Failed,
        reason: "template-syntax".to_owned(),
        message: error.message.clone(),
    }
}

fn macros_of(template: Template) -> Macros {
    let macros = template.body.into_iter().filter_map(|stmt| match stmt {
        Stmt::Macro(definition) => Some((Arc::clone(&definition.name), definition)),
        _ => None,
    });
    macros.collect()
}

//! dbt projects as assets.

use std::sync::Arc;

use plumb_base::{
    Coverage, Lines, Place, Problem, Severity,
    answer::{NotCovered, Using},
    record::{Found, dbt},
};
use plumb_ir::{Field, KnownColumn, Schema, Type};
use plumb_resolve::Hole;
use plumb_syntax::sql::{self, Dialect, tree::StatementKind};
use plumb_template::{HoleKind, Library, Rendered, Variant};
use rayon::prelude::*;
use serde_json::{Map, Value};

use crate::{
    asset::{Asset, AssetColumn, AssetKind},
    names::{relation, short},
    owners,
    read::{Draft, Gathered, Made, Options, Statement, Text, blank, dialect_of, judged},
};

pub(crate) fn project(
    project: &dbt::Project,
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
    gathered: &mut Gathered,
) {
    let texts = project.nodes.iter().map(|node| node.source.text.as_str());
    let adapter = project.target.adapter.as_deref().map(|name| (name, "profile"));
    let file = project_file(project);
    let (dialect, how) = dialect_of(&file, found, options, adapter, texts, &mut gathered.problems);
    // Templates ask for the adapter and the target; production is what counts.
    let mut known = project.clone();
    known.target.adapter.get_or_insert_with(|| dialect.name.to_owned());
    known.target.name.get_or_insert_with(|| "prod".to_owned());
    let library = Library::new(&known, variable);
    gathered.problems.extend(library.problems().iter().cloned());
    let wanted: Vec<&dbt::Node> =
        known.nodes.iter().filter(|node| node.kind != dbt::Kind::Analysis).collect();
    let built: Vec<Built> = wanted.par_iter().map(|node| build(node, &library, dialect)).collect();
    let namespace =
        if project.folder.is_empty() { project.name.clone() } else { project.folder.clone() };
    sources(&known, dialect, &namespace, gathered);
    let (mut models, mut disabled) = (0, 0);
    for (node, built) in wanted.iter().zip(built) {
        if built.config.get("enabled") == Some(&Value::Bool(false)) {
            disabled += 1;
            continue;
        }
        models += usize::from(node.kind == dbt::Kind::Model);
        add(node, built, (&known, &library, dialect), &namespace, gathered);
    }
    let analyses = known.nodes.iter().filter(|node| node.kind == dbt::Kind::Analysis);
    uncovered("dbt analyses", analyses.map(|node| node.source.path.clone()).collect(), gathered);
    let python: Vec<String> = wanted
        .iter()
        .filter(|node| node.kind == dbt::Kind::PythonModel)
        .map(|node| node.source.path.clone())
        .collect();
    uncovered("Python models", python, gathered);
    exposures(&known, &namespace, gathered);
    let compiled = project.manifest.as_ref().map(|path| format!(", compiled code of {path}"));
    let off = if disabled > 0 { format!(", {disabled} disabled") } else { String::new() };
    gathered.using.push(Using {
        what: "dbt".to_owned(),
        path: file,
        detail: format!("{models} models{off}, {how}{}", compiled.unwrap_or_default()),
    });
}

fn project_file(project: &dbt::Project) -> String {
    if project.folder.is_empty() {
        "dbt_project.yml".to_owned()
    } else {
        format!("{}/dbt_project.yml", project.folder)
    }
}

fn uncovered(kind: &str, paths: Vec<String>, gathered: &mut Gathered) {
    if !paths.is_empty() {
        let (kind, count) = (kind.to_owned(), paths.len());
        let examples = paths.into_iter().take(3).collect();
        gathered.not_covered.push(NotCovered { kind, count, examples });
    }
}

/// A node after rendering and parsing.
struct Built {
    config: Map<String, Value>,
    statement: Option<Statement>,
    coverage: Option<Coverage>,
    problems: Vec<Problem>,
    worlds: Vec<String>,
}

impl Built {
    fn without(
        config: Map<String, Value>,
        coverage: Option<Coverage>,
        problems: Vec<Problem>,
    ) -> Self {
        Self { config, statement: None, coverage, problems, worlds: Vec::new() }
    }
}

fn build(node: &dbt::Node, library: &Library<'_>, dialect: &'static Dialect) -> Built {
    if let dbt::Kind::Seed | dbt::Kind::PythonModel | dbt::Kind::Analysis = node.kind {
        let coverage = (node.kind == dbt::Kind::PythonModel).then_some(Coverage::Opaque);
        return Built::without(node.config.clone(), coverage, Vec::new());
    }
    let rendered = library.render(node, Variant::FullRefresh);
    let failed = rendered.problems.iter().any(|problem| problem.severity == Severity::Failed);
    let (config, mut problems) = (rendered.config.clone(), rendered.problems.clone());
    if failed && node.compiled.is_none() {
        return Built::without(config, Some(Coverage::Failed), problems);
    }
    // A macro that is missing is a problem of its own already.
    for hole in rendered.holes.iter().filter(|hole| hole.kind != HoleKind::Macro) {
        problems.push(Problem {
            place: node.source.place(hole.span),
            severity: Severity::Partly,
            reason: format!("template-{}", kind(hole.kind)),
            message: hole.reason.clone(),
        });
    }
    if node.compiled.is_some() {
        // dbt knew what we could not.
        problems.clear();
    }
    let decides =
        |hole: &&plumb_template::Hole| hole.kind != HoleKind::Value && node.compiled.is_none();
    let mut worlds: Vec<String> =
        rendered.holes.iter().filter(decides).map(|hole| hole.key.clone()).collect();
    worlds.sort();
    worlds.dedup();
    let statement = statement(node, rendered, dialect);
    let (coverage, trouble) = judged(&statement.text, statement.at);
    problems.extend(trouble);
    let partly = problems.iter().any(|problem| problem.severity == Severity::Partly);
    let coverage = if coverage == Coverage::Read && partly { Coverage::Partly } else { coverage };
    Built { config, statement: Some(statement), coverage: Some(coverage), problems, worlds }
}

fn kind(kind: HoleKind) -> &'static str {
    match kind {
        HoleKind::Value => "value",
        HoleKind::Rows => "rows",
        HoleKind::Branch => "branch",
        HoleKind::Macro => "macro",
    }
}

fn statement(node: &dbt::Node, rendered: Rendered, dialect: &'static Dialect) -> Statement {
    let holes = rendered
        .holes
        .iter()
        .map(|hole| Hole { kind: kind(hole.kind).to_owned(), key: hole.key.clone() });
    let holes: Arc<[Hole]> = holes.collect();
    let (sql, made): (Arc<str>, Made) = match &node.compiled {
        Some(compiled) => (compiled.as_str().into(), Made::Compiled),
        None => (rendered.text.into(), Made::Mapped(rendered.map)),
    };
    let parsed = sql::parse(&sql, dialect);
    let queries = |kind: &StatementKind| matches!(kind, StatementKind::Query(_));
    // A model is its last query; what stands before it sets things up.
    let at = parsed.statements.iter().rposition(|it| queries(&it.kind)).unwrap_or(0);
    let (path, file) = (node.source.path.clone(), node.source.text.as_str().into());
    let lines = Arc::new(Lines::new(&node.source.text));
    let text = Text { path, file, lines, sql, made, parsed, dialect, holes };
    Statement { text: Arc::new(text), at, session: Arc::default() }
}

fn add(
    node: &dbt::Node,
    built: Built,
    (project, library, dialect): (&dbt::Project, &Library<'_>, &'static Dialect),
    namespace: &str,
    gathered: &mut Gathered,
) {
    let name = relation(&library.relation_of(node), dialect);
    let file = (node.source.path.clone(), node.name.clone());
    if let Some(key) = gathered.built.get(&file) {
        let key = key.clone();
        gathered.names.add(namespace, name, &key);
        return;
    }
    if let Some(other) = gathered.names.exactly(namespace, &name)
        && gathered.built.values().any(|key| key == other)
    {
        let message = format!("another model is built as `{name}`: both are taken for one table");
        gathered.problems.push(Problem {
            place: Place::file(node.source.path.clone()),
            severity: Severity::Partly,
            reason: "one-name-twice".to_owned(),
            message,
        });
    }
    let kind = match node.kind {
        dbt::Kind::Model | dbt::Kind::Analysis => AssetKind::Model,
        dbt::Kind::PythonModel => AssetKind::PythonModel,
        dbt::Kind::Snapshot => AssetKind::Snapshot,
        dbt::Kind::Seed => AssetKind::Seed,
    };
    let properties = &node.properties;
    let text = |key: &str| built.config.get(key).and_then(Value::as_str).map(str::to_owned);
    let column_tests: usize = properties.columns.iter().map(|column| column.tests.len()).sum();
    let mut asset = Asset {
        place: Some(Place::file(node.source.path.clone())),
        materialized: text("materialized")
            .or_else(|| (kind == AssetKind::Model).then(|| "view".to_owned())),
        description: properties.description.clone(),
        dialect: Some(dialect.name),
        columns: described(properties, dialect),
        owners: owners::of_node(project, properties, &built.config),
        tests: properties.tests.len() + column_tests,
        public: text("access").or_else(|| properties.access.clone()).as_deref() == Some("public"),
        tags: tags(&built.config),
        coverage: built.coverage,
        problems: built.problems,
        ..blank(&short(&name), &node.name, kind, namespace)
    };
    let longer = format!("{}:{name}", project.name);
    let schema = declared(node, dialect);
    if node.kind == dbt::Kind::Seed {
        asset.open = false;
    }
    let draft = Draft { asset, statement: built.statement, worlds: built.worlds };
    let key = gathered.add(draft, &longer);
    gathered.built.insert(file, key.clone());
    if let Some(columns) = schema {
        let open = node.kind != dbt::Kind::Seed;
        gathered.names.schemas.insert(key.clone(), Schema { table: key.clone(), columns, open });
    }
    gathered.names.add(namespace, name, &key);
}

/// What properties say of columns; how a plan addresses them is not known yet.
fn described(properties: &dbt::Properties, dialect: &Dialect) -> Vec<AssetColumn> {
    let columns = properties.columns.iter().filter(|column| !column.description.is_empty());
    columns
        .map(|column| AssetColumn {
            name: Some(dialect.column_name(&column.name, false)),
            field: Field::At(0),
            description: column.description.clone(),
        })
        .collect()
}

/// Columns that are declared: a seed's header, or what properties list.
fn declared(node: &dbt::Node, dialect: &Dialect) -> Option<Vec<KnownColumn>> {
    let column = |name: &str| KnownColumn {
        name: dialect.column_name(name, false),
        data_type: Type::Unknown,
    };
    if node.kind == dbt::Kind::Seed {
        let header =
            node.source.text.lines().next().unwrap_or_default().trim_start_matches('\u{feff}');
        return Some(header.split(',').map(|name| column(name.trim().trim_matches('"'))).collect());
    }
    let listed: Vec<KnownColumn> =
        node.properties.columns.iter().map(|it| column(&it.name)).collect();
    (!listed.is_empty()).then_some(listed)
}

fn tags(config: &Map<String, Value>) -> Vec<String> {
    match config.get("tags") {
        Some(Value::Array(tags)) => {
            tags.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(tag)) => vec![tag.clone()],
        _ => Vec::new(),
    }
}

fn sources(
    project: &dbt::Project,
    dialect: &'static Dialect,
    namespace: &str,
    gathered: &mut Gathered,
) {
    for table in &project.sources {
        let database = table.database.clone().or_else(|| project.target.database.clone());
        let parts = database.iter().chain([&table.schema, &table.identifier]);
        let quoted: Vec<String> = parts.map(|part| part.replace('.', "·")).collect();
        let mut name = relation(&quoted.join("."), dialect);
        for part in &mut name.0 {
            part.0 = part.0.replace('·', ".");
        }
        let key = source_key(&name, gathered);
        let columns: Vec<KnownColumn> = table
            .properties
            .columns
            .iter()
            .map(|it| KnownColumn {
                name: dialect.column_name(&it.name, false),
                data_type: Type::Unknown,
            })
            .collect();
        gathered.names.add(namespace, name, &key);
        let known = gathered.names.schemas.entry(key.clone()).or_default();
        known.table.clone_from(&key);
        known.open = true;
        known.columns.extend(columns);
        if gathered.drafts.contains_key(&key) {
            continue;
        }
        let asset = Asset {
            place: table.properties.place.clone(),
            description: table.properties.description.clone(),
            columns: described(&table.properties, dialect),
            owners: owners::of_node(project, &table.properties, &Map::new()),
            ..blank(&key, &format!("{}.{}", table.source, table.name), AssetKind::Source, namespace)
        };
        gathered.add(Draft::new(asset, None), &key);
    }
}

/// The key of a table that is read: one for each full name, short where that is free.
fn source_key(name: &plumb_base::TableName, gathered: &mut Gathered) -> String {
    if let Some(key) = gathered.tables.get(name) {
        return key.clone();
    }
    let short = short(name);
    let taken =
        gathered.tables.values().any(|key| *key == short) || gathered.drafts.contains_key(&short);
    let key = if taken { name.to_string() } else { short };
    gathered.tables.insert(name.clone(), key.clone());
    key
}

fn exposures(project: &dbt::Project, namespace: &str, gathered: &mut Gathered) {
    for exposure in &project.exposures {
        let mut asset = blank(
            &format!("exposure:{}", exposure.name),
            &exposure.name,
            AssetKind::Exposure,
            namespace,
        );
        asset.place.clone_from(&exposure.place);
        asset.open = false;
        asset.owners.extend(exposure.owner.iter().map(|name| plumb_base::Owner {
            name: name.clone(),
            source: "dbt exposure".to_owned(),
        }));
        let key = gathered
            .add(Draft::new(asset, None), &format!("exposure:{namespace}.{}", exposure.name));
        for entry in &exposure.depends_on {
            let texts: Vec<&str> = entry.split(['\'', '"']).skip(1).step_by(2).collect();
            let wanted = match (entry.trim_start().starts_with("source"), texts.as_slice()) {
                (true, [source, table, ..]) => project
                    .sources
                    .iter()
                    .find(|it| it.source == *source && it.name == *table)
                    .map(|it| format!("{}.{}", it.schema, it.identifier)),
                (false, [.., name]) => Some((*name).to_owned()),
                _ => None,
            };
            if let Some(wanted) = wanted {
                gathered.exposed.push((key.clone(), namespace.to_owned(), wanted));
            }
        }
    }
}

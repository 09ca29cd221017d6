//! A node rendered and parsed, in both worlds where it has two.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plumb_base::{Coverage, Lines, Problem, Severity, record::dbt};
use plumb_resolve::Hole;
use plumb_syntax::sql::{self, Dialect};
use plumb_template::{HoleKind, Library, Rendered, Variant};
use serde_json::{Map, Value};

use crate::{
    guess::unknown,
    kept::Kept,
    outline::{Outline, Trees, last_query},
    read::{Bit, Made, Text},
    statement::{Statement, judged},
};

/// A node after rendering and parsing.
#[derive(Default)]
pub(super) struct Built {
    pub(super) config: Map<String, Value>,
    pub(super) statement: Option<Statement>,
    pub(super) coverage: Option<Coverage>,
    pub(super) problems: Vec<Problem>,
    pub(super) worlds: Vec<String>,
    pub(super) others: Vec<Statement>,
    /// Positions of the nodes that its text refers to.
    pub(super) refs: Vec<usize>,
    pub(super) incremental: Option<Bit>,
}

pub(super) fn build(
    node: &dbt::Node,
    library: &Library<'_>,
    dialect: &'static Dialect,
    kept: Option<&Kept>,
) -> Built {
    let config = library.config_of(node);
    let whole = matches!(node.kind, dbt::Kind::Model | dbt::Kind::Snapshot);
    // Tables, relationships and metrics in clauses of their own are no query.
    let semantic = config.get("materialized").is_some_and(|it| it == "semantic_view");
    if !whole || semantic || is_off(&config) {
        let opaque = semantic || node.kind == dbt::Kind::PythonModel;
        let coverage = opaque.then_some(Coverage::Opaque);
        return Built { config, coverage, ..Built::default() };
    }
    let file = File::of(node);
    let rendered = library.render(node, Variant::FullRefresh);
    let materialized = config.get("materialized").and_then(Value::as_str);
    let is_incremental = materialized == Some("incremental");
    let metrics = materialized == Some("metric_view");
    let reading = Reading { dialect, metrics, kept };
    let two_worlds = rendered.incremental && is_incremental;
    let refs = rendered.refs.iter().filter_map(|found| found.resolved).collect();
    let failed = has_failed(&rendered);
    // Of two worlds dbt compiled the one that its last run met: that is what a run adds.
    let compiled = node.compiled.as_deref().filter(|_| !two_worlds || failed);
    let whole = world(&file, rendered, compiled, reading);
    let incremental = two_worlds.then(|| {
        let rendered = library.render(node, Variant::Incremental);
        let added = world(&file, rendered, node.compiled.as_deref(), reading);
        let known = |problem: &Problem| whole.problems.contains(problem);
        let problems = added.problems.into_iter().filter(|it| !known(it)).collect();
        let (statement, worlds, coverage) = (added.statement, added.worlds, added.coverage);
        Bit { statement, worlds, coverage, problems }
    });
    let others = others(&file, library, &whole, reading);
    Built {
        config,
        statement: whole.statement,
        coverage: Some(whole.coverage),
        problems: whole.problems,
        worlds: whole.worlds,
        others,
        refs,
        incremental,
    }
}

/// Whether a node is switched off: dbt does not look at it.
pub(super) fn is_off(config: &Map<String, Value>) -> bool {
    config.get("enabled") == Some(&Value::Bool(false))
}

/// The file of a node, which all its renderings have in common.
struct File<'a> {
    node: &'a dbt::Node,
    text: Arc<str>,
    lines: Arc<Lines>,
}

impl<'a> File<'a> {
    fn of(node: &'a dbt::Node) -> Self {
        let text = node.source.text.as_str();
        Self { node, text: text.into(), lines: Arc::new(Lines::new(text)) }
    }
}

/// How the code of a node is read, once it is rendered.
#[derive(Clone, Copy)]
struct Reading<'a> {
    dialect: &'static Dialect,
    /// Whether it declares a view of metrics.
    metrics: bool,
    kept: Option<&'a Kept>,
}

/// One rendering of a node.
struct World {
    statement: Option<Statement>,
    coverage: Coverage,
    problems: Vec<Problem>,
    worlds: Vec<String>,
}

/// `compiled` is the code that dbt made of it, where that is of this world.
fn world(
    file: &File<'_>,
    rendered: Rendered,
    compiled: Option<&str>,
    reading: Reading<'_>,
) -> World {
    let failed = has_failed(&rendered);
    let mut problems = rendered.problems.clone();
    if failed && compiled.is_none() {
        let (statement, worlds) = (None, Vec::new());
        return World { statement, coverage: Coverage::Failed, problems, worlds };
    }
    // A macro that is missing is a problem of its own already.
    for hole in rendered.open().filter(|hole| hole.kind != HoleKind::Macro) {
        problems.push(Problem {
            place: file.lines.place(&file.node.source.path, &file.text, hole.span),
            severity: Severity::Partly,
            reason: format!("template-{}", hole.kind.word()),
            message: unknown(hole),
        });
    }
    if compiled.is_some() {
        // dbt knew what we could not.
        problems.clear();
    }
    let mut worlds: Vec<String> = deciding(&rendered).filter(|_| compiled.is_none()).collect();
    worlds.sort();
    worlds.dedup();
    let statement = statement(file, rendered, compiled, reading);
    let (coverage, trouble) = judged(&statement.text, statement.at);
    problems.extend(trouble);
    problems.sort();
    problems.dedup();
    let partly = problems.iter().any(|problem| problem.severity == Severity::Partly);
    let coverage = if coverage == Coverage::Read && partly { Coverage::Partly } else { coverage };
    World { statement: Some(statement), coverage, problems, worlds }
}

fn has_failed(rendered: &Rendered) -> bool {
    rendered.problems.iter().any(|problem| problem.severity == Severity::Failed)
}

/// Keys of what decides which text it is.
fn deciding(rendered: &Rendered) -> impl Iterator<Item = String> {
    let decides = rendered.holes.iter().filter(|hole| hole.kind != HoleKind::Value);
    decides.map(|hole| hole.key.clone())
}

/// Things that decide of one node, for which other worlds are looked at.
const DECIDING: usize = 256;

/// Its statement in other worlds: one in which everything decides otherwise, and for any two things one in which only
/// one of them does. Where all of these have the same columns, so has every world: what depends on one thing alone
/// would differ in the first, what depends on two in the others. Not where a run names its columns.
fn others(
    file: &File<'_>,
    library: &Library<'_>,
    whole: &World,
    reading: Reading<'_>,
) -> Vec<Statement> {
    if whole.statement.as_ref().is_some_and(Statement::is_named_by_run) {
        return Vec::new();
    }
    let mut keys: BTreeSet<String> = whole.worlds.iter().cloned().collect();
    // Where something decides otherwise, other things may have to be decided.
    for _ in 0..3 {
        if keys.is_empty() || keys.len() > DECIDING {
            break;
        }
        let render = |chosen| library.render_other(file.node, Variant::FullRefresh, chosen);
        let rendered: Vec<Rendered> = choices(&keys).map(render).collect();
        if rendered.iter().any(has_failed) {
            break;
        }
        let known = keys.len();
        keys.extend(rendered.iter().flat_map(deciding));
        if keys.len() == known {
            let mut texts = BTreeMap::new();
            for rendered in rendered {
                texts.entry(rendered.text.clone()).or_insert(rendered);
            }
            let whole = whole.statement.as_ref();
            let read = |(text, rendered): (String, Rendered)| match whole {
                Some(whole) if is_same(whole, &text, &rendered) => whole.clone(),
                _ => statement(file, rendered, None, reading),
            };
            return texts.into_iter().map(read).collect();
        }
    }
    Vec::new()
}

/// Whether a world reads as a statement does.
fn is_same(statement: &Statement, text: &str, rendered: &Rendered) -> bool {
    let keys = statement.text.holes.iter().map(|hole| &hole.key);
    *statement.text.sql == *text && keys.eq(rendered.holes.iter().map(|hole| &hole.key))
}

/// Some of the keys at a time: by each bit of their numbers, and all of them.
fn choices(keys: &BTreeSet<String>) -> impl Iterator<Item = BTreeSet<String>> {
    let bits = usize::BITS - (keys.len() - 1).leading_zeros();
    let with_bit = move |bit: u32| {
        let keys = keys.iter().enumerate();
        keys.filter(move |(at, _)| at >> bit & 1 == 1).map(|(_, key)| key.clone()).collect()
    };
    (0..bits).map(with_bit).chain([keys.clone()])
}

fn statement(
    file: &File<'_>,
    rendered: Rendered,
    compiled: Option<&str>,
    reading: Reading<'_>,
) -> Statement {
    let holes = rendered
        .holes
        .iter()
        .map(|hole| Hole { kind: hole.kind.word().to_owned(), key: hole.key.clone() });
    let holes: Arc<[Hole]> = holes.collect();
    let (sql, made): (Arc<str>, Made) = match compiled {
        Some(compiled) => (compiled.into(), Made::Compiled),
        None => (rendered.text.into(), Made::Mapped(rendered.map)),
    };
    let Reading { dialect, metrics, kept } = reading;
    let (trees, outline) = if metrics {
        (Trees::of(sql::metric_view(&sql, dialect)), None)
    } else {
        Outline::read(&sql, dialect, kept)
    };
    // A model is its last query; what stands before it sets things up.
    let at = outline.as_ref().map(|outline| outline.at);
    let at = at.unwrap_or_else(|| last_query(trees.get(&sql, dialect)));
    let path = file.node.source.path.clone();
    let (file, lines) = (Arc::clone(&file.text), Arc::clone(&file.lines));
    let text = Text { path, file, lines, sql, made, trees, outline, dialect, holes, written: None };
    Statement { text: Arc::new(text), at, session: Arc::default() }
}

//! SQL that is in no file of the platform, bound as if it were: names mean what they mean here.

mod template;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plumb_base::{Coverage, Name, Place, Problem, Severity, Source, TableName};
use plumb_canon::{Canonicalizer, Model, Subplan, obstacles, subplans};
use plumb_ir::{
    Arena, Catalog, Field, From, Literal, Node, Out, Rel, RelId, Scalar, Schema, Symbol, Tree,
};
use plumb_resolve::{Around, is_function, resolve};
use plumb_syntax::sql::{Dialect, tree::StatementKind};

use crate::{
    Estate, Plan,
    forms::model,
    names::{Names, called},
    read::Text,
    session::Session,
    statement::Statement,
    written::Written,
};

/// What it takes to bind one more statement, once everything is read.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) names: Names,
    /// Plans that may be put in place of a name, by position of the asset.
    pub(crate) models: BTreeMap<usize, RelId>,
}

/// A text that was asked about.
#[derive(Debug)]
pub struct Question {
    /// The dialect it was read in.
    pub dialect: &'static str,
    /// Its queries, in order; a query that builds a table is one, too.
    pub queries: Vec<Asked>,
    /// What could not be read of it.
    pub problems: Vec<Problem>,
}

/// A query that was asked about.
#[derive(Debug)]
pub struct Asked {
    /// Where it stands.
    pub place: Place,
    /// Names of its columns, in order, as far as they have some.
    pub columns: Vec<Option<Name>>,
    /// Whether it has more columns than are listed.
    pub open: bool,
    /// Keys of assets it names, sorted.
    pub reads: Vec<String>,
    /// As it is written.
    pub written: Written,
    /// What it computes; parts are those of both normal forms.
    pub plan: Plan,
    /// Tables that nobody here builds, reads or declares, as they are written.
    pub unknown: Vec<String>,
    /// Whether all of it has a known meaning.
    pub coverage: Coverage,
}

impl Estate {
    /// Binds a text as if it stood here. Without a dialect it is read in the one that most of the code is in.
    pub fn ask(&mut self, source: &Source, dialect: Option<&str>) -> Question {
        let dialect = self.dialect_of(source, dialect);
        let (sql, missing) = template::without(&source.text);
        let mut question =
            Question { dialect: dialect.name, queries: Vec::new(), problems: Vec::new() };
        if let Some((span, what)) = missing {
            let message = format!("{what} is known only inside a dbt project: save the file there");
            question.problems.push(problem(
                source.place(span),
                Severity::Failed,
                "template",
                message,
            ));
            return question;
        }
        let text = Arc::new(Text::of_file(&Source::new(source.path.as_str(), sql), dialect));
        let origin = text.origin();
        question.problems.extend(text.parsed().problems.iter().map(|trouble| {
            problem(
                origin.place(trouble.span),
                trouble.severity,
                trouble.reason,
                trouble.message.clone(),
            )
        }));
        let mut session = Session::default();
        for (at, statement) in text.parsed().statements.iter().enumerate() {
            match &statement.kind {
                StatementKind::Use { level, name } => session.uses(*level, name),
                StatementKind::Query(_) | StatementKind::Write { .. } => {
                    let session = Arc::new(session.clone());
                    let statement = Statement { text: Arc::clone(&text), at, session };
                    question.queries.extend(self.bind(&statement, &mut question.problems));
                }
                StatementKind::Function(function) => {
                    let span = statement.span.start as usize..statement.span.end as usize;
                    let said = text.sql.get(span).unwrap_or_default();
                    session.makes(dialect, said, function);
                }
                StatementKind::Declare { .. }
                | StatementKind::Alter { .. }
                | StatementKind::DropIndex { .. }
                | StatementKind::Drop { .. }
                | StatementKind::Variables { .. }
                | StatementKind::Other { .. }
                | StatementKind::Opaque { .. } => {}
            }
        }
        question
    }

    /// The dialect that was said, else the one of most assets, else the one it looks like.
    fn dialect_of(&self, source: &Source, said: Option<&str>) -> &'static Dialect {
        if let Some(dialect) = said.and_then(Dialect::named) {
            return dialect;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for dialect in self.assets.iter().filter_map(|asset| asset.dialect) {
            *counts.entry(dialect).or_default() += 1;
        }
        let most =
            counts.into_iter().max_by_key(|(name, count)| (*count, std::cmp::Reverse(*name)));
        most.and_then(|(name, _)| Dialect::named(name))
            .unwrap_or_else(|| Dialect::detect([source.text.as_str()]).0)
    }

    fn bind(&mut self, statement: &Statement, problems: &mut Vec<Problem>) -> Option<Asked> {
        let origin = statement.text.origin();
        let place = origin.place(statement.span());
        let lookup = Lookup {
            names: &self.memory.names,
            session: &statement.session,
            unknown: RefCell::default(),
            unclear: RefCell::default(),
        };
        let owner = format!("{} (asked {})", statement.text.path, statement.at);
        let around = Around {
            catalog: &lookup,
            dialect: statement.text.dialect,
            holes: &statement.text.holes,
            functions: &|name, args| {
                let (all, dialect) = (&self.memory.names.functions, statement.text.dialect);
                statement.session.function(all, &called(name), args, dialect)
            },
            owner: &owner,
        };
        let resolved = resolve(statement.query()?, &mut self.arena, &around);
        problems.extend(resolved.problems.iter().map(|trouble| {
            problem(
                origin.place(trouble.span),
                trouble.severity,
                trouble.reason,
                trouble.message.clone(),
            )
        }));
        for (name, keys) in lookup.unclear.take() {
            let message = format!("`{name}` may be any of {}", keys.join(", "));
            problems.push(problem(place.clone(), Severity::Partly, "unclear-table", message));
        }
        let unknown = lookup.unknown.take().into_iter().collect();
        let arena = &mut self.arena;
        let mut canonicalizer = Canonicalizer::new();
        let local = canonicalizer.canonical(arena, resolved.rel);
        let read = resolved.reads.iter().filter_map(|read| self.index.get(&read.table));
        let read = read.filter_map(|at| Some((*at, *self.memory.models.get(at)?)));
        let models: BTreeMap<Symbol, Model> =
            read.map(|(at, rel)| model(arena, &self.assets[at], rel)).collect();
        let expanded = canonicalizer.expanded(arena, resolved.rel, &models);
        let expanded = expanded.map_or_else(|| local.clone(), |(expanded, _)| expanded);
        let parts = parts(arena, local.rel, expanded.rel, &mut canonicalizer);
        let obstacles = obstacles(arena, expanded.rel);
        let reads: BTreeSet<String> = resolved.reads.into_iter().map(|read| read.table).collect();
        let fields = resolved.columns.iter().map(|column| column.field).collect();
        Some(Asked {
            written: Written { rel: resolved.rel, fields, reads: reads.clone() },
            place,
            columns: resolved.columns.into_iter().map(|column| column.name).collect(),
            open: resolved.open,
            reads: reads.into_iter().filter(|key| self.index.contains_key(key)).collect(),
            plan: Plan { local, expanded, obstacles, worlds: Vec::new(), parts },
            unknown,
            coverage: resolved.coverage,
        })
    }

    /// Some columns of an asset alone, in normal form; `None` where it does not have all of them.
    pub fn narrowed(&mut self, at: usize, columns: &[Name]) -> Option<RelId> {
        let asset = &self.assets[at];
        let plan = asset.plan.as_ref().filter(|_| !asset.open)?;
        let place = |wanted: &Name| {
            let known = asset.columns.iter().position(|it| it.name.as_ref() == Some(wanted))?;
            plan.expanded.columns.get(known).copied()
        };
        let places: Vec<u32> = columns.iter().map(place).collect::<Option<_>>()?;
        let rel = plan.expanded.rel;
        let arena = &mut self.arena;
        let out =
            places.into_iter().map(|at| Out::Column(arena.column(0, Field::At(at)))).collect();
        let from =
            From { inputs: vec![rel], tree: Tree::Inner(vec![Tree::Input(0)]), filter: Vec::new() };
        let from = arena.from(from);
        let narrow = arena.rel(Rel::Project { from, out });
        Some(Canonicalizer::new().canonical(arena, narrow).rel)
    }

    /// Tables that a plan reads, wherever in it.
    pub fn tables(&self, rel: RelId) -> BTreeSet<String> {
        self.named(rel).0
    }

    /// Tables that a plan reads, and texts that are written out in it.
    pub fn named(&self, rel: RelId) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut found, mut texts) = (BTreeSet::new(), BTreeSet::new());
        self.arena.within(rel, &mut |node| match node {
            Node::Rel(Rel::Scan { table }) => {
                found.insert(self.arena.name(*table));
            }
            Node::Scalar(Scalar::Literal(Literal::Text(text))) => {
                texts.insert(text.as_str());
            }
            Node::Rel(_) | Node::Scalar(_) => {}
        });
        let owned = |all: BTreeSet<&str>| all.into_iter().map(str::to_owned).collect();
        (owned(found), owned(texts))
    }
}

fn problem(place: Place, severity: Severity, reason: &str, message: String) -> Problem {
    Problem { place, severity, reason: reason.to_owned(), message }
}

/// Parts of both normal forms, each once.
fn parts(
    arena: &mut Arena,
    local: RelId,
    expanded: RelId,
    canonicalizer: &mut Canonicalizer,
) -> Vec<Subplan> {
    let mut parts = subplans(arena, local, canonicalizer);
    let known: BTreeSet<_> = parts.iter().map(|part| part.digest).collect();
    if expanded != local {
        let more = subplans(arena, expanded, canonicalizer).into_iter();
        parts.extend(more.filter(|part| !known.contains(&part.digest)));
    }
    parts
}

/// Names as somebody means them who says nowhere in which project: any asset that is the only one of its name.
struct Lookup<'a> {
    names: &'a Names,
    session: &'a Session,
    unknown: RefCell<BTreeSet<String>>,
    unclear: RefCell<BTreeMap<String, Vec<String>>>,
}

impl Catalog for Lookup<'_> {
    fn table(&self, name: &TableName) -> Option<Schema> {
        let full = self.session.qualified(name);
        let keys = self.names.anywhere(&full);
        if keys.is_empty() && is_function(name) {
            return None;
        }
        let mut each = keys.iter();
        match (each.next(), each.next()) {
            (Some(key), None) => return Some(self.names.schema(key)),
            (None, _) => {
                self.unknown.borrow_mut().insert(name.to_string());
            }
            (Some(_), Some(_)) => {
                let keys = keys.into_iter().map(str::to_owned).collect();
                self.unclear.borrow_mut().insert(name.to_string(), keys);
            }
        }
        Some(Schema { table: full.to_string(), columns: Vec::new(), open: true })
    }
}

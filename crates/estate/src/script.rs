//! Scripts as assets: statements in order, each in the light of those before it.

use std::{collections::BTreeSet, sync::Arc};

use plumb_base::{Coverage, Name, Place, Problem, Severity, Span, TableName, record::Role};
use plumb_ir::{KnownColumn, Schema, Type};
use plumb_python::IntoKind;
use plumb_resolve::data_type;
use plumb_syntax::sql::{
    Dialect,
    tree::{Function, Ident, StatementKind, TypeName, WriteMode},
};

use crate::{
    asset::{Asset, AssetKind},
    constraints::Said,
    names::spelled,
    notebooks::Frame,
    read::{self, Draft, Gathered, Text, blank},
    session::Session,
    statement::{Statement, judged},
};

/// What the identifier of a hole begins with.
pub(crate) const HOLE: &str = "__plumb_hole_";

/// What scripts without a project are called.
pub(crate) const LOOSE: &str = "";

/// One session of statements: a file of SQL, a notebook, the queries of a dashboard.
pub(crate) struct Script<'a> {
    /// Path or key: what has no name of its own is named after it.
    name: &'a str,
    /// Key of the asset whose part its statements are.
    part_of: Option<&'a str>,
    session: Arc<Session>,
    role: Role,
    queries: usize,
    /// Whether what it says of the columns of tables is all there is to say.
    declares: bool,
    /// What people call what it does next.
    title: String,
}

impl<'a> Script<'a> {
    /// A script that nothing has run before.
    pub(crate) fn new(name: &'a str, part_of: Option<&'a str>, session: Session) -> Self {
        let session = Arc::new(session.of_script(part_of.unwrap_or(name)));
        let title = String::new();
        Self { name, part_of, session, role: Role::Scripts, queries: 0, declares: true, title }
    }

    /// The same, where it is known what its statements are for.
    pub(crate) fn with_role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    /// Says what people call what follows.
    pub(crate) fn titled(&mut self, title: Option<&str>) {
        title.unwrap_or_default().clone_into(&mut self.title);
    }

    /// Takes over what another script left behind that runs here.
    pub(crate) fn join(&mut self, session: &Session) {
        Arc::make_mut(&mut self.session).join(session);
    }

    /// What the next statement sees.
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Adds statements that run when somebody says so: what they `USE` is not used by what follows.
    pub(crate) fn add_aside(&mut self, text: &Arc<Text>, gathered: &mut Gathered) -> Vec<String> {
        let before = Arc::clone(&self.session);
        let queries = self.add(text, gathered);
        Arc::make_mut(&mut self.session).looks_where(&before);
        queries
    }

    /// Adds the statements of a text, which follow those added before; gives the keys of its bare queries.
    pub(crate) fn add(&mut self, text: &Arc<Text>, gathered: &mut Gathered) -> Vec<String> {
        let mut queries = Vec::new();
        let statements = &text.parsed().statements;
        let is_query = |kind: &StatementKind| matches!(kind, StatementKind::Query(_));
        let last = statements.iter().rposition(|statement| is_query(&statement.kind));
        let model = last.filter(|_| self.role == Role::Models);
        for (at, statement) in statements.iter().enumerate() {
            let place = text.origin().place(statement.span);
            match &statement.kind {
                StatementKind::Query(_) if model == Some(at) => {
                    self.model(text, at, place, gathered);
                }
                StatementKind::Query(_) => queries.push(self.query(text, at, place, gathered)),
                StatementKind::Write { .. } if self.role == Role::Queries => {
                    queries.push(self.query(text, at, place, gathered));
                }
                StatementKind::Write {
                    target, mode: WriteMode::View | WriteMode::Replace, ..
                } if self.role == Role::Ddl => {
                    self.declare(&spelled(&target.name, &text.holes), None, place, gathered);
                }
                StatementKind::Write { target, mode, temporary, .. } => {
                    let name = &spelled(&target.name, &text.holes);
                    let made = Made { name, mode: *mode, temporary: *temporary };
                    self.write(text, at, place, &made, gathered);
                }
                StatementKind::Declare { target, columns, constraints } if self.declares => {
                    let columns = known(columns, text.dialect);
                    let name = spelled(&target.name, &text.holes);
                    self.said(text, &name, |said| {
                        gathered.constraints.declare(said, constraints);
                    });
                    self.declare(&name, Some(columns), place, gathered);
                }
                StatementKind::Alter { target, change } => {
                    let name = spelled(&target.name, &text.holes);
                    self.said(text, &name, |said| {
                        gathered.constraints.change(said, change);
                    });
                    let name = self.session.qualified(&name).to_string();
                    let schema = gathered.names.schemas.get_mut(&name).filter(|_| change.columns);
                    if let Some(schema) = schema {
                        schema.open = true;
                    }
                }
                StatementKind::DropIndex { name } => gathered.constraints.drop_index(name),
                StatementKind::Drop { targets } => {
                    for target in targets {
                        let name = spelled(&target.name, &text.holes);
                        if self.session.temporary(&name).is_none() {
                            gathered.dropped.push((self.session.qualified(&name), place.clone()));
                        }
                    }
                }
                StatementKind::Function(function) => {
                    self.function(text, statement.span, function, gathered);
                }
                StatementKind::Use { level, name } => {
                    let name = spelled(name, &text.holes);
                    Arc::make_mut(&mut self.session).uses(*level, &name);
                }
                StatementKind::Variables { names } => {
                    Arc::make_mut(&mut self.session).declares(names);
                }
                StatementKind::Opaque { .. } => gathered.coverage.add(Coverage::Opaque),
                StatementKind::Declare { .. } | StatementKind::Other { .. } => {}
            }
        }
        failures(text, gathered);
        queries
    }

    /// Adds the statements of a dataset; gives the key of the last query, which is what it shows.
    ///
    /// A dataset is an asset even where no query of it could be read. What it makes sure to exist before it
    /// reads it may have more columns than it says.
    pub(crate) fn add_dataset(&mut self, text: &Arc<Text>, gathered: &mut Gathered) -> String {
        self.declares = false;
        let before = gathered.coverage;
        if let Some(last) = self.add(text, gathered).pop() {
            return last;
        }
        // The asset stands for one of the statements that were counted.
        let coverage = if gathered.coverage.failed > before.failed {
            gathered.coverage.failed -= 1;
            Some(Coverage::Failed)
        } else if gathered.coverage.opaque > before.opaque {
            gathered.coverage.opaque -= 1;
            Some(Coverage::Opaque)
        } else {
            None
        };
        let place = text.origin().place(Span::default());
        let asset = Asset { coverage, ..self.asset(text, self.name, AssetKind::Query, place) };
        gathered.add(Draft::new(asset, None), self.name)
    }

    fn query(
        &mut self,
        text: &Arc<Text>,
        at: usize,
        place: Place,
        gathered: &mut Gathered,
    ) -> String {
        self.queries += 1;
        // The name of the whole is not free for one of its parts.
        let name = match self.queries {
            1 if self.part_of != Some(self.name) => self.name.to_owned(),
            number => format!("{}#{number}", self.name),
        };
        let asset = self.made(text, at, &name, AssetKind::Query, place);
        gathered.add(self.draft(asset, text, at), &name)
    }

    fn write(
        &mut self,
        text: &Arc<Text>,
        at: usize,
        place: Place,
        made: &Made<'_>,
        gathered: &mut Gathered,
    ) {
        let kind = kind_of(made.mode);
        self.store(made, &place.clone(), gathered, |script, name| {
            let asset = script.made(text, at, name, kind, place);
            script.draft(asset, text, at)
        });
    }

    /// Rows of a data frame, which are not followed, go somewhere.
    pub(crate) fn keep(&mut self, frame: &Frame, gathered: &mut Gathered) {
        let (mode, temporary) = match frame.kind {
            IntoKind::TemporaryView => (WriteMode::View, true),
            IntoKind::View => (WriteMode::View, false),
            IntoKind::Table => (WriteMode::Replace, false),
            IntoKind::Append | IntoKind::Overwrite => (WriteMode::Append, false),
        };
        let made = Made { name: &frame.name, mode, temporary };
        self.store(&made, &frame.place, gathered, |script, name| {
            let place = Some(frame.place.clone());
            let part_of = script.part_of.map(str::to_owned);
            let asset = blank(name, &script.shown(name), kind_of(mode), LOOSE);
            Draft::new(Asset { place, part_of, open: true, ..asset }, None)
        });
    }

    /// Puts down what makes a table or changes it, by the name that it has here.
    fn store(
        &mut self,
        made: &Made<'_>,
        place: &Place,
        gathered: &mut Gathered,
        draft: impl FnOnce(&Self, &str) -> Draft,
    ) {
        let kind = kind_of(made.mode);
        // A temporary table is another one in each session.
        let known = self.session.temporary(made.name).map(str::to_owned);
        let temporary = made.temporary || known.is_some();
        let full = self.session.qualified(made.name);
        let table =
            if temporary { format!("{}#{}", self.name, made.name) } else { full.to_string() };
        let longer = format!("{table} ({}:{})", place.path, place.start.line);
        let defines = kind != AssetKind::Write;
        let mut draft = draft(self, if defines { &table } else { &longer });
        draft.asset.name = self.shown(&table);
        draft.asset.materialized = Some(match (temporary, kind) {
            (true, AssetKind::View | AssetKind::Table) => format!("temporary {}", kind.word()),
            _ => word(made.mode).to_owned(),
        });
        let key = gathered.add(draft, &longer);
        match (temporary, defines) {
            (true, true) => {
                Arc::make_mut(&mut self.session).remember(made.name.clone(), &key);
            }
            (true, false) => {
                gathered.changed.entry(known.unwrap_or(table)).or_default().push(key);
            }
            (false, true) if key == table => gathered.names.add(LOOSE, full, &key),
            (false, _) => gathered.written.push((full, key)),
        }
    }

    /// A table that is declared here; without columns, it is only known to be there.
    fn declare(
        &self,
        name: &TableName,
        columns: Option<Vec<KnownColumn>>,
        place: Place,
        gathered: &mut Gathered,
    ) {
        let name = self.session.qualified(name);
        let key = name.to_string();
        let open = columns.is_none();
        let mut schema = Schema { table: key.clone(), columns: columns.unwrap_or_default(), open };
        if let Some(before) = gathered.names.schemas.get(&key) {
            schema = either(before, schema);
        }
        gathered.names.schemas.insert(key.clone(), schema);
        if !gathered.drafts.contains_key(&key) {
            let asset =
                Asset { place: Some(place), open, ..blank(&key, &key, AssetKind::Source, LOOSE) };
            gathered.add(Draft::new(asset, None), &key);
        }
        gathered.names.add(LOOSE, name, &key);
    }

    /// Hands on who speaks of the rows of a table, and where.
    fn said(&self, text: &Text, table: &TableName, hear: impl FnOnce(&Said<'_>)) {
        let key_of =
            |name: &TableName| self.session.qualified(&spelled(name, &text.holes)).to_string();
        let table = self.session.qualified(table).to_string();
        let place = |span| text.origin().place(span);
        hear(&Said { table: &table, dialect: text.dialect, place: &place, key_of: &key_of });
    }

    /// A function that is made here; one whose text is not all known is only a name.
    fn function(&mut self, text: &Text, span: Span, function: &Function, gathered: &mut Gathered) {
        let said = text.sql.get(span.start as usize..span.end as usize).unwrap_or_default();
        let mut function = function.clone();
        function.body = function.body.filter(|_| !said.contains(HOLE));
        if function.temporary {
            Arc::make_mut(&mut self.session).makes(text.dialect, said, &function);
        } else {
            let name = self.session.qualified(&spelled(&function.name, &text.holes));
            gathered.names.functions.add(name, text.dialect, said, &function);
        }
    }

    /// A query whose file says which table it builds.
    fn model(&self, text: &Arc<Text>, at: usize, place: Place, gathered: &mut Gathered) {
        let file = text.path.rsplit('/').next().unwrap_or_default();
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let name = self.session.qualified(&TableName(vec![text.dialect.table_part(stem, false)]));
        let key = name.to_string();
        let mut asset = self.made(text, at, &key, AssetKind::Model, place);
        stem.clone_into(&mut asset.name);
        asset.materialized = None;
        let longer = format!("{key} ({})", text.path);
        let key = gathered.add(self.draft(asset, text, at), &longer);
        gathered.names.add(LOOSE, name, &key);
    }

    fn draft(&self, asset: Asset, text: &Arc<Text>, at: usize) -> Draft {
        let worlds = text.guesses().0.to_vec();
        Draft { worlds, ..Draft::new(asset, Some(self.statement(text, at))) }
    }

    fn statement(&self, text: &Arc<Text>, at: usize) -> Statement {
        Statement { text: Arc::clone(text), at, session: Arc::clone(&self.session) }
    }

    /// The asset that a statement makes, or is.
    fn made(&self, text: &Text, at: usize, name: &str, kind: AssetKind, place: Place) -> Asset {
        let problems = unknown(text, at);
        let sure = problems.is_empty() && text.guesses().0.is_empty();
        let coverage = if sure { Coverage::Read } else { Coverage::Partly };
        let asset = self.asset(text, name, kind, place);
        Asset { coverage: Some(coverage), problems, ..asset }
    }

    fn asset(&self, text: &Text, name: &str, kind: AssetKind, place: Place) -> Asset {
        Asset {
            place: Some(place),
            materialized: Some(kind.word().to_owned()),
            dialect: Some(text.dialect.name),
            part_of: self.part_of.map(str::to_owned),
            description: self.title.clone(),
            ..blank(name, &self.shown(name), kind, LOOSE)
        }
    }

    /// A name as people say it: without folders, and without a schema that only a run knows.
    fn shown(&self, name: &str) -> String {
        if self.part_of == Some(self.name)
            && let Some(part) = name.strip_prefix(self.name)
        {
            let file = self.name.rsplit_once('/').map_or(self.name, |(_, file)| file);
            let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            return format!("{stem}{part}");
        }
        let mut shown = name;
        while let Some((_, rest)) = shown.strip_prefix('{').and_then(|it| it.split_once("}.")) {
            shown = rest;
        }
        shown.to_owned()
    }
}

/// What is known of a table that is declared twice: the columns that it has either way.
fn either(one: &Schema, other: Schema) -> Schema {
    let names = |schema: &Schema| -> BTreeSet<Name> {
        schema.columns.iter().map(|it| it.name.clone()).collect()
    };
    let (before, now) = (names(one), names(&other));
    let of = |name: &Name| one.columns.iter().find(|it| it.name == *name);
    let both = other.columns.into_iter().filter(|it| before.contains(&it.name));
    let agreed = both.map(|it| match of(&it.name) {
        Some(known) if known.data_type != it.data_type => {
            KnownColumn { data_type: Type::Unknown, ..it }
        }
        _ => it,
    });
    let open = one.open || other.open || before != now;
    Schema { table: other.table, columns: agreed.collect(), open }
}

/// What a statement writes to, and how.
struct Made<'a> {
    name: &'a TableName,
    mode: WriteMode,
    temporary: bool,
}

fn kind_of(mode: WriteMode) -> AssetKind {
    match mode {
        WriteMode::View => AssetKind::View,
        WriteMode::Replace => AssetKind::Table,
        WriteMode::Append | WriteMode::Merge | WriteMode::Update | WriteMode::Delete => {
            AssetKind::Write
        }
    }
}

fn word(mode: WriteMode) -> &'static str {
    match mode {
        WriteMode::View => "view",
        WriteMode::Replace => "table",
        WriteMode::Append => "insert",
        WriteMode::Merge => "merge",
        WriteMode::Update => "update",
        WriteMode::Delete => "delete",
    }
}

/// Values that a statement leaves open; those that each run is given are no problem.
fn unknown(text: &Text, at: usize) -> Vec<Problem> {
    // A template says by itself what it does not know.
    let told = text.holes.is_empty() || matches!(text.made, read::Made::Guessed(_));
    let Some(statement) = text.parsed().statements.get(at).filter(|_| !told) else {
        return Vec::new();
    };
    let (start, end) = (statement.span.start as usize, statement.span.end as usize);
    let said = text.sql.get(start..end).unwrap_or_default();
    let origin = text.origin();
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for (found, mark) in said.match_indices(HOLE) {
        let digits = said[found + mark.len()..].split("__").next().unwrap_or_default();
        let hole = digits.parse().ok().and_then(|index: usize| text.holes.get(index));
        let Some(hole) = hole.filter(|hole| hole.kind != "parameter") else { continue };
        if seen.insert(&hole.key) {
            let at = start + found;
            problems.push(Problem {
                place: origin.place(Span::new(at, at + mark.len())),
                severity: Severity::Partly,
                reason: "python-value".to_owned(),
                message: format!("`{}` is known to a run only", own(text, &hole.key)),
            });
        }
    }
    problems
}

/// The key of a hole without the file that it belongs to.
fn own<'k>(text: &Text, key: &'k str) -> &'k str {
    key.strip_prefix(&text.path).and_then(|rest| rest.strip_prefix(':')).unwrap_or(key)
}

/// Statements that could not be parsed: each is counted, and has a place.
fn failures(text: &Text, gathered: &mut Gathered) {
    let (_, problems): (_, Vec<Problem>) = judged(text, 0);
    gathered.problems.extend(text.guesses().1.iter().cloned());
    for problem in problems.into_iter().filter(|it| it.reason != "no-statement") {
        if problem.severity == Severity::Failed && problem.reason != "statement-not-read" {
            gathered.coverage.add(Coverage::Failed);
        }
        gathered.problems.push(problem);
    }
}

/// Columns as a statement declares them.
fn known(columns: &[(Ident, TypeName)], dialect: &Dialect) -> Vec<KnownColumn> {
    let column = |(name, spelled): &(Ident, TypeName)| KnownColumn {
        name: name.name.clone(),
        data_type: data_type(spelled, dialect.name),
    };
    columns.iter().map(column).collect()
}

//! Reading: found files become assets, assets get plans.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use plumb_base::{
    Coverage, Lines, MappedText, Place, Problem, Source, SourceMap, TableName, Tally,
    answer::{NotCovered, Using},
    record::Found,
};
use plumb_ir::Arena;
use plumb_resolve::Hole;
use plumb_syntax::sql::{self, Dialect, Parsed};
use plumb_template::is_template;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::{
    Asset, Estate,
    asset::{AssetKind, Detail},
    bundles,
    constraints::Constraints,
    dashboards, dbt, export, files,
    given::Given,
    guess::Guessed,
    kept::Kept,
    kinds,
    metric::Metric,
    names::Names,
    notebooks,
    outline::{Outline, Trees},
    owners,
    places::Origin,
    plans,
    promises::Promises,
    script::LOOSE,
    statement::Statement,
};

/// What may be said instead of found, and what is wanted.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Dialect of everything.
    pub dialect: Option<String>,
    /// How far plans are taken.
    pub depth: Depth,
}

/// How far plans are taken; each depth costs about as much as what comes before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// As they are written: enough for lineage and for what could not be read.
    Written,
    /// To their normal forms: enough to compare them.
    #[default]
    Normal,
}

/// An asset before its statement is bound.
pub(crate) struct Draft {
    pub(crate) asset: Asset,
    pub(crate) statement: Option<Statement>,
    /// What decided, unknown here, which text its template gives; its text is one of several.
    pub(crate) worlds: Vec<String>,
    /// What its text is in other worlds, enough of them to tell whether they all have the same columns; none where
    /// they are not known.
    pub(crate) others: Vec<Statement>,
    /// What a run adds, where the asset is built bit by bit.
    pub(crate) incremental: Option<Bit>,
}

/// The other world of an incremental model, before it is bound.
pub(crate) struct Bit {
    pub(crate) statement: Option<Statement>,
    pub(crate) worlds: Vec<String>,
    pub(crate) coverage: Coverage,
    pub(crate) problems: Vec<Problem>,
}

impl Draft {
    pub(crate) fn new(asset: Asset, statement: Option<Statement>) -> Self {
        let (worlds, others) = (Vec::new(), Vec::new());
        Self { asset, statement, worlds, others, incremental: None }
    }

    /// Says which asset a name means in its statements, whatever others call so.
    pub(crate) fn calls(&mut self, name: &TableName, key: &str) {
        let added = self.incremental.as_mut().and_then(|bit| bit.statement.as_mut());
        for statement in self.statement.iter_mut().chain(&mut self.others).chain(added) {
            Arc::make_mut(&mut statement.session).remember(name.clone(), key);
        }
    }

    /// The statement that gives all of it.
    pub(crate) fn whole(&self) -> Option<&Statement> {
        self.statement.as_ref()
    }

    /// The statement that gives what a run adds.
    pub(crate) fn added(&self) -> Option<&Statement> {
        self.incremental.as_ref()?.statement.as_ref()
    }

    /// Both.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.whole().into_iter().chain(self.added())
    }
}

/// A text that was parsed.
pub(crate) struct Text {
    /// Path of the file it stands in.
    pub(crate) path: String,
    /// The text of the file.
    pub(crate) file: Arc<str>,
    /// Its lines; one file may hold thousands of statements.
    pub(crate) lines: Arc<Lines>,
    /// The text that was parsed.
    pub(crate) sql: Arc<str>,
    pub(crate) made: Made,
    pub(crate) trees: Trees,
    /// What is known of the one query that is wanted of it.
    pub(crate) outline: Option<Outline>,
    pub(crate) dialect: &'static Dialect,
    pub(crate) holes: Arc<[Hole]>,
    /// What people wrote, before values were left open, where the file keeps it in JSON.
    pub(crate) written: Option<Arc<MappedText>>,
}

/// How the parsed text came from the file.
pub(crate) enum Made {
    /// It is the file.
    Itself,
    /// It was made from it here: rendered, or cut out.
    Mapped(SourceMap),
    /// dbt rendered it.
    Compiled,
    /// It was rendered here, though what renders it is not known.
    Guessed(Box<Guessed>),
}

/// Whether a file is JSON, in which code does not read as it does elsewhere.
pub(crate) fn is_json(path: &str) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    ["json", "ipynb"].iter().any(|json| end.eq_ignore_ascii_case(json))
}

impl Text {
    /// A file that holds nothing but SQL.
    pub(crate) fn of_file(source: &Source, dialect: &'static Dialect) -> Self {
        if is_template(&source.text)
            && let Some(text) = Self::of_template(source, dialect)
        {
            return text;
        }
        let text: Arc<str> = source.text.as_str().into();
        Self {
            path: source.path.clone(),
            file: Arc::clone(&text),
            lines: Arc::new(Lines::new(&source.text)),
            trees: Trees::of(sql::parse(&source.text, dialect)),
            outline: None,
            sql: text,
            made: Made::Itself,
            dialect,
            holes: Arc::default(),
            written: None,
        }
    }

    /// The text of a file that is run with values.
    pub(crate) fn of_given(source: &Source, dialect: &'static Dialect, given: &Given) -> Self {
        let MappedText { text, map } = given.put_in(MappedText::taken(&source.text, 0));
        if text == source.text {
            return Self::of_file(source, dialect);
        }
        Self {
            path: source.path.clone(),
            file: source.text.as_str().into(),
            lines: Arc::new(Lines::new(&source.text)),
            trees: Trees::of(sql::parse(&text, dialect)),
            outline: None,
            sql: text.into(),
            made: Made::Mapped(map),
            dialect,
            holes: Arc::default(),
            written: None,
        }
    }

    /// Its trees.
    pub(crate) fn parsed(&self) -> &Parsed {
        self.trees.get(&self.sql, self.dialect)
    }

    /// What decided, unknown here, which text it is, and what is wrong with that.
    pub(crate) fn guesses(&self) -> (&[String], &[Problem]) {
        match &self.made {
            Made::Guessed(guessed) => (&guessed.worlds, &guessed.problems),
            Made::Itself | Made::Mapped(_) | Made::Compiled => (&[], &[]),
        }
    }

    pub(crate) fn origin(&self) -> Origin<'_> {
        match &self.made {
            Made::Itself => Origin::file(&self.path, &self.file, &self.lines),
            Made::Mapped(map) => Origin::mapped(&self.path, &self.file, &self.lines, map),
            Made::Guessed(guessed) => {
                Origin::mapped(&self.path, &self.file, &self.lines, &guessed.map)
            }
            Made::Compiled => Origin::compiled(&self.path, &self.file, &self.lines, &self.sql),
        }
    }
}

/// What reading gathers on its way.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) drafts: BTreeMap<String, Draft>,
    pub(crate) names: Names,
    /// Statements that write to a table beside the one that defines it: name of the table, key of the statement.
    pub(crate) written: Vec<(TableName, String)>,
    /// The same by the key of the table, once it is known which one a name means.
    pub(crate) changed: BTreeMap<String, Vec<String>>,
    /// Tables that statements drop, and where.
    pub(crate) dropped: Vec<(TableName, Place)>,
    /// Keys of what is built, by file and name: a package may be a project beside those that install it.
    pub(crate) built: BTreeMap<(String, String), String>,
    /// Keys of tables that are read and not built, by full name.
    pub(crate) tables: BTreeMap<TableName, String>,
    /// Those keys.
    pub(crate) table_keys: BTreeSet<String>,
    /// What an exposure reads: its key, and the key of the other.
    pub(crate) exposed: Vec<(String, String)>,
    /// What reads what without a statement that says so, by key.
    pub(crate) uses: Vec<(String, String)>,
    /// What reads a table as it is, without a statement: its key, the full name of the table.
    pub(crate) tables_used: Vec<(String, TableName)>,
    /// What starts what, by key.
    pub(crate) runs: Vec<(String, String)>,
    /// Keys of assets that share their name with another: neither is put in place of it.
    pub(crate) contested: BTreeSet<String>,
    /// What tables are declared to keep of their rows.
    pub(crate) constraints: Constraints,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) coverage: Tally,
    pub(crate) not_covered: Vec<NotCovered>,
    pub(crate) using: Vec<Using>,
}

impl Gathered {
    /// Adds an asset under its key, or under a longer one if that is taken; gives the key.
    pub(crate) fn add(&mut self, mut draft: Draft, longer: &str) -> String {
        let declared = |known: &Draft| {
            let only = known.statement.is_none() && known.asset.project == LOOSE;
            only && known.asset.kind == AssetKind::Source && draft.asset.project == LOOSE
        };
        let taken = self.drafts.get(&draft.asset.key).is_some_and(|known| !declared(known));
        if taken {
            longer.clone_into(&mut draft.asset.key);
            let mut count = 2;
            while self.drafts.contains_key(&draft.asset.key) {
                draft.asset.key = format!("{longer}#{count}");
                count += 1;
            }
        }
        let key = draft.asset.key.clone();
        self.drafts.insert(key.clone(), draft);
        key
    }
}

/// Bytes of stack of a thread that reads: statements and plans nest as deep as `syntax` lets them.
const STACK: usize = 256 << 20;

/// Threads that have it, wherever plumb runs.
static POOL: LazyLock<Option<ThreadPool>> =
    LazyLock::new(|| ThreadPoolBuilder::new().stack_size(STACK).build().ok());

/// Understands what was found. Never fails: what is not understood is counted and listed.
pub fn read(
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
) -> Estate {
    side_by_side(|| understood(found, variable, options, None))
}

/// The same where runs keep their work: what was made before of the same is not made again.
pub fn read_again(
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
    kept: &Kept,
) -> Estate {
    side_by_side(|| understood(found, variable, options, Some(kept)))
}

/// Runs something where what it does side by side has threads whose stacks are as deep as plans may be.
pub fn side_by_side<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    // Whoever set up threads of their own has decided how many.
    match POOL.as_ref().filter(|_| rayon::current_thread_index().is_none()) {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

fn understood(
    found: &Found,
    variable: &(dyn Fn(&str) -> Option<String> + Sync),
    options: &Options,
    kept: Option<&Kept>,
) -> Estate {
    let mut gathered = Gathered { problems: found.problems.clone(), ..Gathered::default() };
    if let Some(path) = &found.settings.path {
        gathered.using.push(Using {
            what: "plumb.toml".to_owned(),
            path: path.clone(),
            detail: String::new(),
        });
    }
    dbt::projects(found, variable, (options, kept), &mut gathered);
    files::sql(found, options, &mut gathered);
    dashboards::dashboards(found, options, &mut gathered);
    notebooks::add(found, options, &mut gathered);
    bundles::bundles(found, &mut gathered);
    for kind in &found.not_covered {
        gathered.not_covered.push(NotCovered {
            kind: kind.kind.clone(),
            count: kind.paths.len(),
            examples: kind.paths.iter().take(3).cloned().collect(),
        });
    }
    let told = export::read(found, options, &mut gathered);
    owners::used(found, &mut gathered.using);
    let mut arena = Arena::new();
    let mut estate = plans::bind(gathered, told, (options.depth, kept), &mut arena);
    estate.arena = arena;
    owners::assign(found, &mut estate.assets);
    kinds::assign(found, &mut estate.assets);
    estate.drift_watcher.clone_from(&found.settings.drift_watcher);
    let assets = estate.assets.iter_mut().flat_map(|asset| &mut asset.problems);
    assets.chain(&mut estate.problems).for_each(shorten);
    estate.problems.sort();
    estate.problems.dedup();
    estate
        .not_covered
        .sort_by(|one, two| two.count.cmp(&one.count).then_with(|| one.kind.cmp(&two.kind)));
    estate
}

/// Letters of a message that are kept: it may quote what somebody wrote, and that may be megabytes.
const MESSAGE: usize = 400;

fn shorten(problem: &mut Problem) {
    if let Some((end, _)) = problem.message.char_indices().nth(MESSAGE) {
        problem.message.truncate(end);
        problem.message.push('…');
    }
}

/// An asset with nothing known of it.
pub(crate) fn blank(key: &str, name: &str, kind: AssetKind, project: &str) -> Asset {
    Asset {
        key: key.to_owned(),
        name: name.to_owned(),
        kind,
        project: project.to_owned(),
        place: None,
        materialized: None,
        dropped: None,
        description: String::new(),
        dialect: None,
        guessed: None,
        owners: Vec::new(),
        node: None,
        group: None,
        team: None,
        layer: None,
        environment: None,
        rows: None,
        bytes: None,
        tests: 0,
        unit_tests: 0,
        promises: Promises::default(),
        snapshot: None,
        meta: serde_json::Map::new(),
        public: false,
        tags: Vec::new(),
        part_of: None,
        columns: Vec::new(),
        open: true,
        writers: Vec::new(),
        reads: Vec::new(),
        read_by: Vec::new(),
        runs: Vec::new(),
        run_by: Vec::new(),
        detail: Detail::None,
        code: None,
        rel: None,
        plan: None,
        incremental: None,
        coverage: None,
        calls: plumb_resolve::Calls::default(),
        problems: Vec::new(),
    }
}

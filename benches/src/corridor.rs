//! `corridor`: how long the way from text to lineage takes, against nothing but parsing the same text.
//!
//! Everything runs in one thread of one process: the parser library alone, plumb from the compiled statements, and
//! plumb from the templates they were compiled from. The best of several rounds counts, in turn.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use plumb_base::{
    Source, World,
    record::{Found, Role, Settings, SqlFolder},
};
use plumb_connect::Disk;
use plumb_estate::{Asset, Depth, Estate, Options};
use plumb_workspace::Workspace;
use serde_json::json;
use sqlparser::{
    dialect::{self, Dialect},
    parser::Parser,
};

use crate::Fault;

/// How often each way is taken, unless somebody says otherwise.
const ROUNDS: usize = 3;

/// Statements nest as deep as their authors like.
const STACK: usize = 64 << 20;

/// What was asked for.
struct Asked<'a> {
    data: Option<&'a str>,
    rounds: usize,
    json: bool,
}

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let mut asked = Asked { data: None, rounds: ROUNDS, json: false };
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => asked.data = Some(args.next().ok_or("--data needs a folder")?),
            "--rounds" => asked.rounds = args.next().ok_or("--rounds needs a number")?.parse()?,
            "--json" => asked.json = true,
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let world: Box<dyn World> = match asked.data {
        Some(folder) => Box::new(Disk::open(folder)?),
        None => Box::new(Workspace::demo()),
    };
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build()?;
    let measured = one.install(|| measure(world.as_ref(), asked.rounds))?;
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&measured.json())?);
    } else {
        println!("{}", measured.line());
    }
    Ok(())
}

/// A compiled statement.
struct Text {
    /// Key of the asset it builds.
    key: String,
    sql: String,
}

#[derive(Default)]
struct Measured {
    texts: usize,
    bytes: usize,
    /// Statements that the parser library alone does not read, and that are left out everywhere but in the templates.
    left_out: usize,
    bare: Duration,
    compiled: Duration,
    templates: Duration,
    /// Columns with lineage, from compiled statements and from templates.
    columns: (usize, usize),
}

fn measure(world: &dyn World, rounds: usize) -> Result<Measured, Fault> {
    let found = plumb_connect::discover(world);
    let options = Options { dialect: None, depth: Depth::Written };
    let estate = plumb_estate::read(&found, &|name| world.variable(name), &options);
    let (name, texts) = statements(&estate).ok_or("there are no statements")?;
    drop(estate);
    let grammar = dialect::dialect_from_str(name).unwrap_or(Box::new(dialect::GenericDialect {}));
    let all = texts.len();
    let texts: Vec<Text> =
        texts.into_iter().filter(|text| parses(grammar.as_ref(), &text.sql)).collect();
    let compiled = as_files(&texts);
    let said = Options { dialect: Some(name.to_owned()), depth: Depth::Written };
    let mut measured = Measured {
        texts: texts.len(),
        bytes: texts.iter().map(|text| text.sql.len()).sum(),
        left_out: all - texts.len(),
        bare: Duration::MAX,
        compiled: Duration::MAX,
        templates: Duration::MAX,
        columns: (0, 0),
    };
    for _ in 0..rounds.max(1) {
        let start = Instant::now();
        let read = texts.iter().filter(|text| parses(grammar.as_ref(), &text.sql)).count();
        measured.bare = measured.bare.min(start.elapsed());
        if read < texts.len() {
            return Err("the parser does not give the same twice".into());
        }
        let start = Instant::now();
        measured.columns.0 = lineage(&plumb_estate::read(&compiled, &|_| None, &said));
        measured.compiled = measured.compiled.min(start.elapsed());
        let start = Instant::now();
        let estate = plumb_estate::read(&found, &|name| world.variable(name), &options);
        measured.columns.1 = lineage(&estate);
        measured.templates = measured.templates.min(start.elapsed());
    }
    Ok(measured)
}

/// The statements of the dialect that most are written in.
fn statements(estate: &Estate) -> Option<(&'static str, Vec<Text>)> {
    let mut by_dialect: BTreeMap<&'static str, Vec<Text>> = BTreeMap::new();
    for asset in estate.assets.iter().filter(|asset| asset.computes_rows()) {
        let (Some(dialect), Some(text)) = (asset.dialect, text(asset)) else { continue };
        by_dialect.entry(dialect).or_default().push(text);
    }
    by_dialect.into_iter().max_by_key(|(_, texts)| texts.len())
}

fn text(asset: &Asset) -> Option<Text> {
    let code = asset.code.as_ref()?;
    let (start, end) = (code.statement.start as usize, code.statement.end as usize);
    Some(Text { key: asset.key.clone(), sql: code.sql.get(start..end)?.to_owned() })
}

fn parses(grammar: &dyn Dialect, sql: &str) -> bool {
    Parser::parse_sql(grammar, sql).is_ok()
}

/// The statements as files that each build the table they are named after: a folder for each schema.
fn as_files(texts: &[Text]) -> Found {
    let mut folders: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut found = Found::default();
    for text in texts {
        let mut parts: Vec<&str> = text.key.split('.').collect();
        let table = parts.pop().unwrap_or_default();
        let number = folders.len();
        let number = *folders.entry(parts).or_insert(number);
        found.sql.push(Source::new(format!("{number}/{table}.sql"), text.sql.clone()));
    }
    let folder = |(parts, number): (Vec<&str>, usize)| SqlFolder {
        prefix: format!("{number}/"),
        catalog: parts.len().checked_sub(2).map(|at| parts[at].to_owned()),
        schema: parts.last().map(|part| (*part).to_owned()),
        role: Role::Models,
    };
    let sql = folders.into_iter().map(folder).collect();
    found.settings = Settings { sql, ..Settings::default() };
    found.sql.sort_by(|one, two| one.path.cmp(&two.path));
    found
}

/// The lineage of everything; how many columns have one.
fn lineage(estate: &Estate) -> usize {
    let assets: Vec<usize> = (0..estate.assets.len()).collect();
    let mut columns = 0;
    estate.each_flow(&assets, |_| (), |_, flows, ()| columns += flows.columns.len());
    columns
}

impl Measured {
    fn times(&self, of: Duration) -> f64 {
        of.as_secs_f64() / self.bare.as_secs_f64()
    }

    fn line(&self) -> String {
        format!(
            "corridor: {} statements, {} kB ({} left out); parser alone {:.1} ms, to lineage {:.1} ms ({:.2}x, {} \
             columns), from templates {:.1} ms ({:.2}x, {} columns)",
            self.texts,
            self.bytes / 1000,
            self.left_out,
            self.bare.as_secs_f64() * 1e3,
            self.compiled.as_secs_f64() * 1e3,
            self.times(self.compiled),
            self.columns.0,
            self.templates.as_secs_f64() * 1e3,
            self.times(self.templates),
            self.columns.1,
        )
    }

    fn json(&self) -> serde_json::Value {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        json!({
            "statements": self.texts,
            "bytes": self.bytes,
            "left_out": self.left_out,
            "parser_us": micros(self.bare),
            "to_lineage_us": micros(self.compiled),
            "from_templates_us": micros(self.templates),
            "to_lineage_ratio": self.times(self.compiled),
            "from_templates_ratio": self.times(self.templates),
            "columns": self.columns.0,
            "columns_from_templates": self.columns.1,
        })
    }
}

//! `reading`: how much of a project is read from its source alone, and of how many models every column is known.
//!
//! A model *asks a run* where what a query gives decides its text, and *lacks* something where it needs a package,
//! a variable or an environment that is not there; neither can be whole, and each is counted apart.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use plumb_base::{Coverage, MemoryWorld, Problem, Severity, Tally, World};
use plumb_connect::Disk;
use plumb_estate::{Asset, AssetKind, Depth, Estate, Options};
use serde_json::{Value, json};

use crate::Fault;

/// What the message of a hole says that only a query fills.
const ASKS: &str = "known only in a run";

/// What was asked for.
struct Asked<'a> {
    data: &'a str,
    /// An export of an information schema that is read beside the folder.
    tables: Option<&'a str>,
    /// How many models are named of which not every column is known.
    open: usize,
    /// How many functions are named that are not known.
    functions: usize,
    json: bool,
}

impl<'a> Asked<'a> {
    fn read(args: &[&'a str]) -> Result<Self, Fault> {
        let mut asked = Self { data: "", tables: None, open: 0, functions: 0, json: false };
        let mut args = args.iter();
        while let Some(&arg) = args.next() {
            match arg {
                "--data" => asked.data = args.next().ok_or("--data needs a folder")?,
                "--tables" => asked.tables = Some(args.next().ok_or("--tables needs a file")?),
                "--open" => asked.open = args.next().ok_or("--open needs a number")?.parse()?,
                "--functions" => {
                    asked.functions = args.next().ok_or("--functions needs a number")?.parse()?;
                }
                "--json" => asked.json = true,
                other => return Err(format!("no option `{other}`").into()),
            }
        }
        if asked.data.is_empty() {
            return Err("--data FOLDER says what to read".into());
        }
        Ok(asked)
    }
}

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let asked = Asked::read(args)?;
    let world = Disk::open(asked.data)?;
    let mut found = plumb_connect::discover(&world);
    if let Some(path) = asked.tables {
        let export = MemoryWorld::new([("tables.csv", fs::read_to_string(path)?)]);
        found.tables = plumb_connect::discover(&export).tables;
    }
    let options = Options { dialect: None, depth: Depth::Written };
    let estate = plumb_estate::read(&found, &|name| world.variable(name), &options);
    let measured = Measured::of(&estate);
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&measured.json())?);
    } else {
        print!("{}", measured.lines());
    }
    for (name, why) in measured.open.iter().take(asked.open) {
        println!("  {name}: {why}");
    }
    for (name, times) in measured.commonest().into_iter().take(asked.functions) {
        println!("  {times:>6} {name}");
    }
    Ok(())
}

#[derive(Default)]
struct Measured {
    models: usize,
    /// Models whose template asks a run, those of the others that lack something, and the rest.
    asking: usize,
    lacking: usize,
    whole: usize,
    /// Models that could not be rendered or parsed: among those that ask, those that lack, and the others.
    asking_failed: usize,
    lacking_failed: usize,
    failed: usize,
    /// Models of which every column is known, and of the others why not.
    columns: usize,
    open: Vec<(String, String)>,
    /// Functions that are called, by whether they are known, and which are not.
    calls: (u32, u32),
    unknown: BTreeMap<String, usize>,
    /// Statements in notebooks and programs, and those of dashboards.
    notebooks: Tally,
    dashboards: Tally,
}

impl Measured {
    fn of(estate: &Estate) -> Self {
        let mut measured = Self::default();
        for asset in &estate.assets {
            measured.functions(asset);
            if asset.kind == AssetKind::Model {
                measured.model(asset, estate);
            }
            let (Some(whole), Some(coverage)) = (whole(asset, estate), asset.coverage) else {
                continue;
            };
            if is_notebook(whole) {
                measured.notebooks.add(coverage);
            } else if whole == AssetKind::Dashboard {
                measured.dashboards.add(coverage);
            }
        }
        // What could not be read in a notebook is no asset, and only a problem in its file.
        let notebooks = estate.assets.iter().filter(|it| is_notebook(it.kind));
        let paths: Vec<&str> = notebooks.map(|it| it.key.as_str()).collect();
        for problem in &estate.problems {
            if problem.severity == Severity::Failed && paths.contains(&problem.place.path.as_str())
            {
                measured.notebooks.add(not_read(problem));
            }
        }
        measured
    }

    fn model(&mut self, asset: &Asset, estate: &Estate) {
        let template =
            |it: &&Problem| it.reason.starts_with("template-") || it.reason == "unknown-macro";
        let decides =
            |it: &&Problem| ["template-rows", "template-branch"].contains(&it.reason.as_str());
        let asks = asset.problems.iter().filter(decides).any(|it| it.message == ASKS);
        let lacks = asset.problems.iter().any(|it| template(&it) && it.severity != Severity::Note);
        let failed = matches!(asset.coverage, Some(Coverage::Failed | Coverage::Opaque));
        self.models += 1;
        let (of, of_failed) = match (asks, lacks) {
            (true, _) => (&mut self.asking, &mut self.asking_failed),
            (false, true) => (&mut self.lacking, &mut self.lacking_failed),
            (false, false) => (&mut self.whole, &mut self.failed),
        };
        *of += 1;
        *of_failed += usize::from(failed);
        match why_open(asset, estate) {
            None => self.columns += 1,
            Some(why) => self.open.push((asset.key.clone(), why)),
        }
    }

    fn functions(&mut self, asset: &Asset) {
        self.calls.0 += asset.calls.known;
        self.calls.1 += asset.calls.unknown;
        let unknown = asset.problems.iter().filter(|it| it.reason == "unknown-function");
        for name in unknown.filter_map(|it| it.message.split('`').nth(1)) {
            let dialect = asset.dialect.unwrap_or_default();
            *self.unknown.entry(format!("{dialect} {name}")).or_default() += 1;
        }
    }

    /// Functions that are not known, those named in most places first.
    fn commonest(&self) -> Vec<(&str, usize)> {
        let mut all: Vec<(&str, usize)> =
            self.unknown.iter().map(|(name, times)| (name.as_str(), *times)).collect();
        all.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        all
    }

    fn lines(&self) -> String {
        let mut said = format!(
            "{} models: {} ask a run ({} of them not parsed), {} lack something ({} not parsed), {} of the other {} \
             rendered and parsed ({}); every column known of {} ({})\n",
            self.models,
            self.asking,
            self.asking_failed,
            self.lacking,
            self.lacking_failed,
            self.whole - self.failed,
            self.whole,
            share(self.whole - self.failed, self.whole),
            self.columns,
            share(self.columns, self.models),
        );
        for (what, tally) in [("notebooks", &self.notebooks), ("dashboards", &self.dashboards)] {
            let flows = tally.read + tally.partly;
            let _ = writeln!(
                said,
                "{what}: {} statements, {} read, {} partly, {} opaque, {} failed ({} not opaque)",
                tally.total(),
                tally.read,
                tally.partly,
                tally.opaque,
                tally.failed,
                share(flows, tally.total())
            );
        }
        let (known, unknown) = (self.calls.0 as usize, self.calls.1 as usize);
        let _ = writeln!(
            said,
            "functions: {} calls, {known} of one that is known ({})",
            known + unknown,
            share(known, known + unknown)
        );
        said
    }

    fn json(&self) -> Value {
        let mut whys: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, why) in &self.open {
            *whys.entry(why.split(" `").next().unwrap_or(why)).or_default() += 1;
        }
        json!({
            "models": self.models,
            "asking": self.asking,
            "asking_failed": self.asking_failed,
            "lacking": self.lacking,
            "lacking_failed": self.lacking_failed,
            "whole": self.whole,
            "failed": self.failed,
            "columns": self.columns,
            "open": whys,
            "notebooks": self.notebooks,
            "dashboards": self.dashboards,
            "calls": self.calls.0 + self.calls.1,
            "calls_known": self.calls.0,
            "unknown_functions": self.unknown,
        })
    }
}

/// What kind of thing it is a part of.
fn whole(asset: &Asset, estate: &Estate) -> Option<AssetKind> {
    estate.asset(asset.part_of.as_deref()?).map(|it| it.kind)
}

fn is_notebook(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::Notebook | AssetKind::Program)
}

fn not_read(problem: &Problem) -> Coverage {
    if problem.reason == "statement-not-read" { Coverage::Opaque } else { Coverage::Failed }
}

/// Why not every column of a model is known: the first reason that applies.
fn why_open(asset: &Asset, estate: &Estate) -> Option<String> {
    if asset.rel.is_none() {
        return Some("not read".to_owned());
    }
    if !asset.open {
        let unnamed = asset.columns.iter().any(|it| it.name.is_none());
        return unnamed.then(|| "a column has no name".to_owned());
    }
    let open = |kind: AssetKind| {
        let read = asset.reads.iter().map(|at| &estate.assets[*at]);
        read.filter(|it| it.open && it.kind == kind).map(|it| it.key.clone()).next()
    };
    if let Some(model) = open(AssetKind::Model) {
        return Some(format!("reads a model that is open `{model}`"));
    }
    if let Some(source) = open(AssetKind::Source) {
        return Some(format!("reads a table of which not every column is known `{source}`"));
    }
    let said = asset.problems.iter().find(|it| it.severity != Severity::Note);
    match said.or(asset.problems.first()) {
        Some(problem) => Some(format!("{} `{}`", problem.reason, problem.message)),
        None => Some("nothing that was said".to_owned()),
    }
}

/// A share in percent, rounded down so that no fault hides behind a hundred.
fn share(part: usize, of: usize) -> String {
    if of == 0 {
        return "none".to_owned();
    }
    let tenths = part * 1000 / of;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

//! `equivalence`: how many pairs of queries that are equal are seen to be, and whether any that is not is.

mod decide;
mod mv;
mod names;
pub(crate) mod ours;
mod plan;
pub(crate) mod refute;
mod scalar;
mod tally;
mod text;

use std::{fs, path::Path};

use plumb_canon::{Canonicalizer, Facts};
use plumb_ir::{Arena, RelId, text::print_rel};
use serde_json::{Value, json};
use tally::Tally;

pub(crate) use tally::spread;

use crate::Fault;

/// One set of pairs.
struct Set {
    name: &'static str,
    file: &'static str,
    /// Whether its pairs are claimed to be equal.
    equal: bool,
    read: Read,
}

/// Makes plans of a row that lies in a folder.
type Read = fn(&mut Arena, &Value, &Path) -> Result<Pair, String>;

/// Two plans to be compared, and what is known of their tables.
pub(crate) struct Pair {
    pub(crate) left: RelId,
    pub(crate) right: RelId,
    pub(crate) facts: Facts,
}

/// Our own pairs; each says whether it is equal.
static OURS: Set = Set { name: "ours", file: "", equal: false, read: ours::pair };

static SETS: &[Set] = &[
    Set { name: "qed_calcite", file: "qed_calcite/pairs.jsonl", equal: true, read: plan::pair },
    Set { name: "qed_cockroach", file: "qed_cockroach/pairs.jsonl", equal: true, read: plan::pair },
    Set {
        name: "sqlsolver_calcite",
        file: "sqlsolver_calcite/pairs.jsonl",
        equal: true,
        read: text::pair,
    },
    Set {
        name: "soundness_traps",
        file: "known_not_equal/soundness_traps.jsonl",
        equal: false,
        read: plan::pair,
    },
    Set {
        name: "calcite232_suspects",
        file: "known_not_equal/calcite232_suspects.jsonl",
        equal: false,
        read: text::pair,
    },
];

/// Every pair that can be read, with its id.
pub(crate) fn each(
    data: &Path,
    look: &mut dyn FnMut(&str, &mut Arena, &Pair),
) -> Result<(), Fault> {
    for set in SETS {
        let path = data.join(set.file);
        if !path.exists() {
            eprintln!("{}: no {}", set.name, path.display());
            continue;
        }
        let folder = path.parent().unwrap_or(data);
        for row in lines(&path)? {
            let mut arena = Arena::new();
            if let Ok(pair) = (set.read)(&mut arena, &row, folder) {
                look(row["id"].as_str().unwrap_or("?"), &mut arena, &pair);
            }
        }
    }
    Ok(())
}

/// The rows of a file of JSON lines.
fn lines(path: &Path) -> Result<Vec<Value>, Fault> {
    let text = fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Ok(lines.map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// What was asked for.
struct Asked<'a> {
    /// Where sets of others lie; none unless it is given.
    data: &'a Path,
    json: bool,
    /// Prints the normal forms of one pair.
    show: Option<&'a str>,
    /// Names the pairs that are not as claimed.
    list: bool,
    /// Looks for rows on which the plans differ.
    refute: bool,
}

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let mut asked =
        Asked { data: Path::new(""), json: false, show: None, list: false, refute: false };
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => asked.data = Path::new(args.next().ok_or("--data needs a folder")?),
            "--json" => asked.json = true,
            "--list" => asked.list = true,
            "--refute" => asked.refute = true,
            "--show" => asked.show = Some(args.next().ok_or("--show needs an id")?),
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let folder = Path::new(ours::FOLDER);
    let mut tallies = vec![(&OURS, measure(&OURS, &ours::rows(folder)?, folder, &asked))];
    let elsewhere = !asked.data.as_os_str().is_empty();
    for set in if elsewhere { SETS } else { &[] } {
        let path = asked.data.join(set.file);
        if !path.exists() {
            eprintln!("{}: no {}", set.name, path.display());
            continue;
        }
        let folder = path.parent().unwrap_or(asked.data);
        tallies.push((set, measure(set, &lines(&path)?, folder, &asked)));
    }
    let mut rows: Vec<Value> = tallies.iter().map(|(set, tally)| tally.json(set)).collect();
    if elsewhere {
        rows.extend(mv::run(&asked)?);
    }
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "sets": rows }))?);
    }
    Ok(())
}

fn measure(set: &Set, rows: &[Value], folder: &Path, asked: &Asked<'_>) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let id = row["id"].as_str().unwrap_or("?");
        if asked.show.is_none_or(|wanted| wanted == id) {
            tally.pair(set, row, folder, asked);
        }
    }
    tally.times.sort_unstable();
    if asked.show.is_none() && !asked.json {
        println!("{}", tally.line(set));
        if asked.refute {
            println!("{}", tally.refutations.line(set));
        }
        if asked.list {
            for (name, kind) in &tally.kinds {
                println!("{}", kind.line(name));
            }
        }
    }
    tally
}

fn show(arena: &mut Arena, row: &Value, pair: &Pair) {
    for key in ["sql1", "sql2", "plan1", "plan2"] {
        if let Some(text) = row[key].as_str() {
            println!("{key}:\n{text}\n");
        }
    }
    let mut canonicalizer = Canonicalizer::knowing(pair.facts.clone());
    for rel in [pair.left, pair.right] {
        println!("{}\n", print_rel(arena, rel));
        let canonical = canonicalizer.canonical(arena, rel);
        println!("-- normal form, outputs {:?}, {:?}", canonical.columns, canonical.steps);
        println!("{}\n", print_rel(arena, canonical.rel));
    }
}

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

use std::{
    fs,
    path::{Path, PathBuf},
};

use decide::decide;

use plumb_canon::{Canonicalizer, Facts};
use plumb_ir::{Arena, RelId, text::print_rel};
use plumb_prove::{Effort, RULES};
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
    /// How much is tried for a proof.
    effort: Effort,
}

pub(crate) fn run(args: &[&str]) -> Result<(), Fault> {
    let (data, effort) = (Path::new(""), Effort::default());
    let mut asked = Asked { data, json: false, show: None, list: false, refute: false, effort };
    let mut rules = false;
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        match arg {
            "--data" => asked.data = Path::new(args.next().ok_or("--data needs a folder")?),
            "--json" => asked.json = true,
            "--list" => asked.list = true,
            "--refute" => asked.refute = true,
            // What each rule is good for: proofs that are lost without it.
            "--rules" => rules = true,
            "--steps" => {
                asked.effort.steps = args.next().ok_or("--steps needs a number")?.parse()?;
            }
            "--show" => asked.show = Some(args.next().ok_or("--show needs an id")?),
            other => return Err(format!("no option `{other}`").into()),
        }
    }
    let folder = Path::new(ours::FOLDER);
    if rules {
        return lost(&asked);
    }
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

/// For each rule of the prover, how many proofs are lost without it.
fn lost(asked: &Asked<'_>) -> Result<(), Fault> {
    let ours = PathBuf::from(ours::FOLDER);
    let mut sources = vec![(&OURS, ours::rows(&ours)?, ours)];
    for set in SETS.iter().filter(|set| set.equal) {
        let path = asked.data.join(set.file);
        if path.exists() {
            let rows = lines(&path)?;
            sources.push((set, rows, path.parent().unwrap_or(asked.data).to_owned()));
        }
    }
    let proved = |without: Option<&'static str>| -> Vec<usize> {
        let effort = Effort { without, ..asked.effort };
        let one = |(set, rows, folder): &(&Set, Vec<Value>, PathBuf)| {
            let shown = rows.iter().filter(|row| {
                let mut arena = Arena::new();
                (set.read)(&mut arena, row, folder)
                    .is_ok_and(|pair| decide(&mut arena, &pair, effort).equal)
            });
            shown.count()
        };
        sources.iter().map(one).collect()
    };
    let all = proved(None);
    for rule in RULES {
        let left = proved(Some(rule));
        let lost: Vec<String> =
            all.iter().zip(&left).map(|(all, left)| (all - left.min(all)).to_string()).collect();
        println!("{rule}: {}", lost.join(" "));
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
    let left = canonicalizer.canonical(arena, pair.left);
    let right = canonicalizer.canonical(arena, pair.right);
    let proof = plumb_prove::prove(arena, &pair.facts, &left, &right, Effort::default());
    println!("-- {proof:?}");
    for rel in [pair.left, pair.right] {
        println!("{}\n", print_rel(arena, rel));
        let canonical = canonicalizer.canonical(arena, rel);
        println!("-- normal form, outputs {:?}, {:?}", canonical.columns, canonical.steps);
        println!("{}\n", print_rel(arena, canonical.rel));
        println!("-- sums\n{}\n", plumb_prove::shown(arena, &pair.facts, &canonical));
    }
}

//! `equivalence`: how many pairs of queries that are equal are seen to be, and whether any that is not is.

mod names;
mod plan;
pub(crate) mod refute;
mod scalar;
mod text;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use plumb_canon::{Canonicalizer, Facts};
use plumb_eval::Outcome;
use plumb_ir::{Arena, RelId, text::print_rel};
use refute::{Known, Refutations, told};
use serde_json::{Value, json};

use crate::Fault;

/// One set of pairs.
struct Set {
    name: &'static str,
    file: &'static str,
    /// Whether its pairs are claimed to be equal.
    equal: bool,
    read: fn(&mut Arena, &Value, &Path) -> Result<Pair, String>,
}

/// Two plans to be compared, and what is known of their tables.
pub(crate) struct Pair {
    pub(crate) left: RelId,
    pub(crate) right: RelId,
    pub(crate) facts: Facts,
}

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
        for line in fs::read_to_string(&path)?.lines().filter(|line| !line.trim().is_empty()) {
            let row: Value = serde_json::from_str(line)?;
            let mut arena = Arena::new();
            if let Ok(pair) = (set.read)(&mut arena, &row, folder) {
                look(row["id"].as_str().unwrap_or("?"), &mut arena, &pair);
            }
        }
    }
    Ok(())
}

/// What was asked for.
struct Asked<'a> {
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
    if asked.data.as_os_str().is_empty() {
        return Err("--data needs a folder of pairs".into());
    }
    let mut rows = Vec::new();
    for set in SETS {
        let path = asked.data.join(set.file);
        if !path.exists() {
            eprintln!("{}: no {}", set.name, path.display());
            continue;
        }
        let mut tally = measure(set, &fs::read_to_string(&path)?, &asked)?;
        if asked.show.is_none() && !asked.json {
            println!("{}", tally.line(set));
            if asked.refute {
                println!("{}", tally.refutations.line(set));
            }
        }
        rows.push(tally.json(set));
    }
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&json!({ "sets": rows }))?);
    }
    Ok(())
}

#[derive(Default)]
struct Tally {
    pairs: usize,
    proved: usize,
    /// Pairs that could not be read.
    unread: usize,
    wrong: usize,
    times: Vec<Duration>,
    refutations: Refutations,
}

fn measure(set: &Set, text: &str, asked: &Asked<'_>) -> Result<Tally, Fault> {
    let mut tally = Tally::default();
    let folder = asked.data.join(set.file);
    let folder = folder.parent().unwrap_or(asked.data);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line)?;
        let id = row["id"].as_str().unwrap_or("?");
        if asked.show.is_some_and(|wanted| wanted != id) {
            continue;
        }
        tally.pairs += 1;
        let mut arena = Arena::new();
        let pair = match (set.read)(&mut arena, &row, folder) {
            Ok(pair) => pair,
            Err(why) => {
                tally.unread += 1;
                if asked.list || asked.show.is_some() {
                    println!("{}: {id}: not read: {why}", set.name);
                }
                continue;
            }
        };
        let start = Instant::now();
        let (equal, width) = same(&mut arena, &pair);
        let time = start.elapsed();
        if equal {
            tally.proved += 1;
            tally.times.push(time);
        }
        let claimed = row["expected"].as_str().map_or(set.equal, |said| said == "equal");
        if equal && !claimed {
            tally.wrong += 1;
        }
        if asked.list && equal != claimed {
            println!("{}: {id}: {}", set.name, if equal { "PROVED" } else { "not proved" });
        }
        if asked.refute {
            let known = Known { proved: equal, claimed, width };
            let outcome = tally.refutations.pair(&arena, &pair, known);
            let different = matches!(outcome, Outcome::Different(_));
            if asked.show.is_some() || (asked.list && different == (claimed || equal)) {
                println!("{}: {id}: {}", set.name, told(&outcome));
            }
        }
        if asked.show.is_some() {
            show(&mut arena, &row, &pair);
        }
    }
    tally.times.sort_unstable();
    Ok(tally)
}

/// Whether both plans have one normal form, output by output, and how many outputs they have.
///
/// What LIMIT picks from equal rows in no order is taken to be the same, as all who publish figures do.
fn same(arena: &mut Arena, pair: &Pair) -> (bool, usize) {
    let mut canonicalizer = Canonicalizer::knowing(pair.facts.clone());
    let left = canonicalizer.canonical(arena, pair.left);
    let right = canonicalizer.canonical(arena, pair.right);
    let settled = !plumb_canon::obstacles(arena, left.rel)
        .iter()
        .any(|it| matches!(it, plumb_canon::Obstacle::Volatile(_)));
    let mut equal = settled && left.rel == right.rel && left.columns == right.columns;
    if settled && !equal {
        let outcome =
            plumb_prove::prove(arena, &pair.facts, &left, &right, plumb_prove::Effort::default());
        equal = matches!(outcome, plumb_prove::Outcome::Same { .. });
    }
    (equal, left.columns.len().min(right.columns.len()))
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
    let effort = plumb_prove::Effort::default();
    println!("-- {:?}", plumb_prove::prove(arena, &pair.facts, &left, &right, effort));
    for rel in [pair.left, pair.right] {
        println!("{}\n", print_rel(arena, rel));
        let canonical = canonicalizer.canonical(arena, rel);
        println!("-- normal form, outputs {:?}, {:?}", canonical.columns, canonical.steps);
        println!("{}\n", print_rel(arena, canonical.rel));
        println!("-- sums\n{}\n", plumb_prove::shown(arena, &pair.facts, &canonical));
    }
}

/// Median and 99th percentile.
pub(crate) fn spread(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    let at = |share: usize| times.get((last * share).div_ceil(100)).copied().unwrap_or_default();
    (at(50), at(99))
}

impl Tally {
    fn at(&self, share: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((last * share).div_ceil(100)).copied().unwrap_or_default()
    }

    fn line(&self, set: &Set) -> String {
        format!(
            "{}: proved {}/{}, wrong {}, median {} us, p99 {} us{}",
            set.name,
            self.proved,
            self.pairs,
            self.wrong,
            self.at(50).as_micros(),
            self.at(99).as_micros(),
            if self.unread > 0 { format!(", not read {}", self.unread) } else { String::new() }
        )
    }

    fn json(&self, set: &Set) -> Value {
        json!({
            "name": set.name,
            "pairs": self.pairs,
            "proved": self.proved,
            "wrong": self.wrong,
            "not_read": self.unread,
            "median_us": u64::try_from(self.at(50).as_micros()).unwrap_or(u64::MAX),
            "p99_us": u64::try_from(self.at(99).as_micros()).unwrap_or(u64::MAX),
        })
    }
}

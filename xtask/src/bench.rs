//! `bench`: how long the release binary takes, and how much memory.

use std::process::ExitCode;

use crate::{
    Fault, house,
    measure::{self, mib, spread},
};

/// Something worth timing. A new one is a line in [`BENCHES`].
struct Bench {
    name: &'static str,
    /// Arguments of `plumb`; `DIR` stands for the folder given.
    args: &'static [&'static str],
}

static BENCHES: &[Bench] = &[
    Bench { name: "demo", args: &["demo", "-f", "json"] },
    Bench { name: "corpus", args: &["audit", "DIR", "-f", "json"] },
];

/// How often, unless `--runs` says otherwise.
const RUNS: usize = 10;

/// Measurements of the insides: a crate of its own has them.
static INSIDE: &[&str] = &[
    "attribution",
    "corridor",
    "equivalence",
    "mining",
    "pairs",
    "plans",
    "reading",
    "records",
    "search",
    "soundness",
    "unparse",
];

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    if args.first().is_some_and(|name| INSIDE.contains(name)) {
        return inside(args);
    }
    let (names, runs) = match args {
        [names @ .., "--runs", runs] => (names, runs.parse()?),
        _ => (args, RUNS),
    };
    let (name, dir) = match names {
        [] => (None, None),
        [name] => (Some(*name), None),
        [name, dir] => (Some(*name), Some(*dir)),
        _ => return Err("usage: cargo xtask bench [NAME [DIR]] [--runs N]".into()),
    };
    let chosen: Vec<&Bench> = BENCHES
        .iter()
        .filter(|b| name.map_or(!b.args.contains(&"DIR"), |name| name == b.name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<&str> = BENCHES.iter().map(|b| b.name).collect();
        return Err(format!("no such bench; there are {}", known.join(", ")).into());
    }
    if runs == 0 {
        return Err("a bench needs at least one run".into());
    }
    let binary = measure::release_binary(&house::root()?)?;
    println!(
        "{:<10} {:>5} {:>9} {:>9} {:>9} {:>9}",
        "bench", "runs", "min", "median", "max", "peak"
    );
    for bench in chosen {
        let args = filled(bench, dir)?;
        let (mut walls, mut peak) = (Vec::new(), None);
        for _ in 0..runs {
            let run = measure::run(&binary, &args)?;
            // 1 says that there are findings, which is no failure.
            if !matches!(run.status.code(), Some(0 | 1)) {
                let said = String::from_utf8_lossy(&run.stderr).trim().to_owned();
                return Err(format!("{}: {}: {said}", bench.name, run.status).into());
            }
            walls.push(run.wall);
            peak = peak.max(run.peak_kib);
        }
        let Some((least, middle, most)) = spread(walls) else { continue };
        println!(
            "{:<10} {runs:>5} {:>7} ms {:>6} ms {:>6} ms {:>6} MB",
            bench.name,
            least.as_millis(),
            middle.as_millis(),
            most.as_millis(),
            mib(peak)
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn inside(args: &[&str]) -> Result<ExitCode, Fault> {
    let status = house::cargo()
        .current_dir(house::root()?)
        .args(["run", "--quiet", "--release", "--locked", "-p", "plumb-bench", "--"])
        .args(args)
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn filled<'a>(bench: &Bench, dir: Option<&'a str>) -> Result<Vec<&'a str>, Fault> {
    bench
        .args
        .iter()
        .map(|&arg| match (arg, dir) {
            ("DIR", Some(dir)) => Ok(dir),
            ("DIR", None) => Err(format!("`bench {}` needs a folder", bench.name).into()),
            (arg, _) => Ok(arg),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_its_place() {
        assert_eq!(filled(&BENCHES[1], Some("x")).unwrap(), ["audit", "x", "-f", "json"]);
        assert!(filled(&BENCHES[1], None).is_err());
        assert_eq!(filled(&BENCHES[0], None).unwrap(), ["demo", "-f", "json"]);
    }
}

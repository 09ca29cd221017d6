//! `floors`: dependencies point strictly down, and heavy crates stay where they belong.

use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    Fault,
    graph::{self, Package, Reach},
    house,
};

/// How many packages the lock file may hold. Raise it in the change that needs it, and say why.
const LOCK_BUDGET: usize = 450;

pub(crate) fn run(args: &[&str]) -> Result<ExitCode, Fault> {
    match args {
        [] => check(&house::root()?),
        ["--self-test"] => self_test(),
        _ => Err("usage: cargo xtask floors [--self-test]".into()),
    }
}

fn check(root: &Path) -> Result<ExitCode, Fault> {
    let packages = graph::packages(&house::metadata(root, &["--no-deps"])?)?;
    let (edges, mut faults) = graph::upward(&packages);
    faults.extend(graph::heavy(&packages));
    let full = house::metadata(root, &["--filter-platform", &host()?])?;
    faults.extend(graph::far(&graph::reach(&full)));
    faults.extend(lock(&fs::read_to_string(root.join("Cargo.lock"))?));
    let mut crates = 0;
    for dir in house::entries(&root.join("crates"))?.iter().filter(|d| d.is_dir()) {
        crates += 1;
        let lib = dir.join("src/lib.rs");
        if lib.is_file() && !promises(&fs::read_to_string(&lib)?) {
            faults.push(format!(
                "{}: the `//!` head must say what the crate never does",
                house::shown(root, &lib)
            ));
        }
    }
    let good = format!("floors: {crates} crates, {edges} edges, all down");
    Ok(house::verdict(&faults, &good))
}

/// The triple we build on: other platforms' packages need not be downloaded to be judged.
fn host() -> Result<String, Fault> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = house::output(Command::new(rustc).arg("-vV"))?;
    String::from_utf8_lossy(&said)
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| "`rustc -vV` names no host".into())
}

fn lock(text: &str) -> Option<String> {
    let held = text.lines().filter(|line| *line == "[[package]]").count();
    (held > LOCK_BUDGET)
        .then(|| format!("Cargo.lock holds {held} packages; the budget is {LOCK_BUDGET}"))
}

/// Whether a crate's head names something it never does.
fn promises(lib: &str) -> bool {
    lib.lines().take_while(|line| line.starts_with("//!")).any(|line| line.contains("never"))
}

/// Shows that a wrong graph is refused: a check that cannot fail checks nothing.
fn self_test() -> Result<ExitCode, Fault> {
    let good = good_graph();
    if let Some(fault) = judge(&good).first() {
        return Err(format!("self-test: the good graph is refused: {fault}").into());
    }
    let wrong = wrong_graphs();
    for (what, packages) in &wrong {
        if judge(packages).is_empty() {
            return Err(format!("self-test: {what} is not refused").into());
        }
    }
    println!("floors: self-test: {} wrong graphs refused", wrong.len());
    Ok(ExitCode::SUCCESS)
}

fn judge(packages: &[Package]) -> Vec<String> {
    let (_, mut faults) = graph::upward(packages);
    faults.extend(graph::heavy(packages));
    faults.extend(graph::far(&by_name(packages)));
    faults
}

/// A graph whose package ids are the names.
fn by_name(packages: &[Package]) -> Reach {
    let mut reach = Reach::default();
    for p in packages {
        for name in p.uses.iter().chain([&p.name]) {
            reach.names.insert(name.clone(), name.clone());
        }
        reach.uses.insert(p.name.clone(), p.uses.clone());
    }
    reach
}

fn package(name: &str, floor: Option<u64>, uses: &[&str]) -> Package {
    let uses: BTreeSet<String> = uses.iter().map(|&used| used.to_owned()).collect();
    Package { name: name.to_owned(), floor, uses }
}

fn good_graph() -> Vec<Package> {
    vec![
        package("plumb-base", Some(0), &["serde"]),
        package("plumb-syntax", Some(1), &["plumb-base"]),
        package("plumb-ir", Some(1), &["plumb-base"]),
        package("plumb-connect", Some(1), &["plumb-base"]),
        package("plumb-remote", Some(1), &["plumb-base", "object_store", "reqwest", "tokio"]),
        package("plumb-resolve", Some(2), &["plumb-syntax", "plumb-ir"]),
        package("plumb", Some(8), &["plumb-resolve", "plumb-connect", "plumb-remote", "clap"]),
    ]
}

fn wrong_graphs() -> Vec<(&'static str, Vec<Package>)> {
    let with = |name: &str, floor, uses: &[&str]| {
        let mut packages = good_graph();
        packages.retain(|p| p.name != name);
        packages.push(package(name, floor, uses));
        packages
    };
    let mut through = with("plumb-syntax", Some(1), &["plumb-base", "parser"]);
    through.push(package("parser", Some(0), &["runtime"]));
    through.push(package("runtime", Some(0), &["tokio"]));
    vec![
        ("an edge upward", with("plumb-base", Some(0), &["plumb-ir"])),
        ("an edge on one floor", with("plumb-ir", Some(1), &["plumb-base", "plumb-syntax"])),
        ("a crate without a floor", with("plumb-ir", None, &["plumb-base"])),
        ("a heavy crate in the core", with("plumb-ir", Some(1), &["axum"])),
        ("a command line in the core", with("plumb-ir", Some(1), &["clap"])),
        ("a runtime reached through others", through),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_graph_passes() {
        assert_eq!(graph::upward(&good_graph()), (9, vec![]));
        assert_eq!(judge(&good_graph()), Vec::<String>::new());
    }

    #[test]
    fn each_wrong_graph_is_refused() {
        for (what, packages) in wrong_graphs() {
            assert!(!judge(&packages).is_empty(), "{what}");
        }
    }

    #[test]
    fn an_upward_edge_is_named() {
        let packages = [package("a", Some(1), &["b"]), package("b", Some(1), &[])];
        let expected = "a (floor 1) may not use b (floor 1): only lower floors";
        assert_eq!(graph::upward(&packages), (1, vec![expected.to_owned()]));
    }

    #[test]
    fn the_way_to_a_far_crate_is_shown() {
        let packages = [
            package("plumb-ir", Some(1), &["left", "right"]),
            package("left", None, &["right"]),
            package("right", None, &["tokio"]),
        ];
        let expected = "plumb-ir must never reach `tokio`: plumb-ir → right → tokio";
        assert_eq!(graph::far(&by_name(&packages)), [expected]);
    }

    #[test]
    fn development_uses_are_free() {
        let metadata = serde_json::json!({"packages": [{
            "name": "a", "metadata": {"plumb": {"floor": 3}},
            "dependencies": [{"name": "b", "kind": "dev"}, {"name": "c", "kind": null}],
        }]});
        assert_eq!(graph::packages(&metadata).unwrap(), [package("a", Some(3), &["c"])]);
    }

    #[test]
    fn a_head_must_promise() {
        assert!(promises("//! Words.\n//!\n//! This crate never reads a file.\n"));
        assert!(!promises("//! Words.\nfn never() {}\n"));
    }

    #[test]
    fn the_lock_has_a_budget() {
        assert_eq!(lock(&"[[package]]\n".repeat(LOCK_BUDGET)), None);
        assert!(lock(&"[[package]]\n".repeat(LOCK_BUDGET + 1)).is_some());
    }
}

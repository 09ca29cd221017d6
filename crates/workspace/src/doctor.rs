//! `doctor`: what was found, and what would let plumb see more.

use plumb_base::{
    Severity,
    answer::{Check, Doctor, Health},
    record::dbt::Project,
};

use crate::Workspace;

pub(crate) fn doctor(workspace: &Workspace) -> Doctor {
    let mut sections = vec![("Config".to_owned(), config(workspace))];
    for project in &workspace.found.dbt {
        let title = format!(
            "dbt {}",
            if project.name.is_empty() { &project.folder } else { &project.name }
        );
        sections.push((title, dbt(workspace, project)));
    }
    sections.push(("Reading".to_owned(), reading(workspace)));
    Doctor { sections }
}

fn check(health: Health, what: &str, detail: impl Into<String>) -> Check {
    Check { health, what: what.to_owned(), detail: detail.into(), why: None, fix: None }
}

fn config(workspace: &Workspace) -> Vec<Check> {
    let settings = &workspace.found.settings;
    let mut checks = Vec::new();
    match &settings.path {
        Some(path) => {
            let bad = workspace.found.problems.iter().filter(|it| it.place.path == *path).count();
            checks.push(if bad == 0 {
                check(Health::Good, "plumb.toml", path)
            } else {
                check(Health::Warning, "plumb.toml", format!("{bad} entries are not understood"))
            });
        }
        None => checks.push(check(Health::Absent, "plumb.toml", "not there; defaults are used")),
    }
    checks.push(match &settings.drift_watcher {
        Some(name) => check(Health::Good, "who watches for cost drift", name),
        None => Check {
            why: Some("a bill that nobody watches grows".to_owned()),
            fix: Some("plumb.toml: [watch] drift = \"NAME\"".to_owned()),
            ..check(Health::Warning, "who watches for cost drift", "nobody yet")
        },
    });
    checks
}

fn dbt(workspace: &Workspace, project: &Project) -> Vec<Check> {
    let mut checks = Vec::new();
    checks.push(match &project.target.adapter {
        Some(adapter) => check(Health::Good, "adapter", format!("{adapter}, from the profile")),
        None => Check {
            why: Some("the dialect is told by the look of the SQL".to_owned()),
            fix: Some("put a profiles.yml beside dbt_project.yml, or pass --dialect".to_owned()),
            ..check(Health::Warning, "adapter", "no profile")
        },
    });
    checks.push(match &project.manifest {
        Some(path) => check(Health::Good, "compiled code", path),
        None => Check {
            why: Some(
                "templates are rendered here; what asks the warehouse stays a hole".to_owned(),
            ),
            fix: Some("dbt compile".to_owned()),
            ..check(Health::Absent, "compiled code", "none; the sources are read")
        },
    });
    let installed = project.packages.len().saturating_sub(1);
    let missing = workspace
        .estate
        .problems
        .iter()
        .filter(|it| it.reason == "unknown-macro" && it.place.path.starts_with(&project.folder))
        .count();
    checks.push(if missing == 0 {
        check(Health::Good, "packages", format!("{installed} installed"))
    } else {
        Check {
            why: Some(format!("{missing} calls of macros that are not here stay holes")),
            fix: Some("dbt deps".to_owned()),
            ..check(Health::Warning, "packages", format!("{installed} installed"))
        }
    });
    checks
}

fn reading(workspace: &Workspace) -> Vec<Check> {
    let estate = &workspace.estate;
    let tally = estate.coverage;
    let mut checks = Vec::new();
    let whole = tally.read == tally.total();
    let detail = format!(
        "{} of {} read, {} partly, {} not read, {} failed",
        tally.read,
        tally.total(),
        tally.partly,
        tally.opaque,
        tally.failed
    );
    checks.push(check(if whole { Health::Good } else { Health::Warning }, "statements", detail));
    let owned = estate.assets.iter().filter(|it| it.coverage.is_some());
    let (owned, total) = owned
        .fold((0, 0), |(owned, total), it| (owned + usize::from(!it.owners.is_empty()), total + 1));
    checks.push(if owned == total {
        check(Health::Good, "owners", format!("{owned} of {total} assets"))
    } else {
        Check {
            why: Some("findings on the others name nobody to talk to".to_owned()),
            fix: Some("dbt groups, or meta.owner in a properties file".to_owned()),
            ..check(Health::Warning, "owners", format!("{owned} of {total} assets"))
        }
    });
    let failed = estate.problems.iter().filter(|it| it.severity == Severity::Failed).count();
    if failed > 0 {
        let first = estate.problems.iter().find(|it| it.severity == Severity::Failed);
        let fix = first.map(|it| format!("{}: {}", it.place, it.message));
        checks.push(Check {
            why: Some("what failed is not compared with anything".to_owned()),
            fix,
            ..check(Health::Problem, "failures", format!("{failed} places"))
        });
    }
    checks.push(check(
        Health::Absent,
        "bills and query history",
        "not read yet; findings have no cost",
    ));
    checks
}

//! `doctor`: what was found, and what would let plumb see more.

mod config;
mod owners;
mod reading;

use plumb_base::{
    answer::{Check, Doctor, Health},
    record::dbt::Project,
};

use crate::Workspace;

pub(crate) fn doctor(workspace: &Workspace, kept: usize) -> Doctor {
    let mut sections = vec![("Config".to_owned(), config::config(workspace))];
    for project in &workspace.found.dbt {
        let title = format!(
            "dbt {}",
            if project.name.is_empty() { &project.folder } else { &project.name }
        );
        sections.push((title, dbt(workspace, project)));
    }
    sections.push(("Owners".to_owned(), owners::owners(workspace)));
    sections.push(("Reading".to_owned(), reading::reading(workspace, kept)));
    Doctor { sections }
}

fn check(health: Health, what: &str, detail: impl Into<String>) -> Check {
    Check { health, what: what.to_owned(), detail: detail.into(), why: None, fix: None }
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

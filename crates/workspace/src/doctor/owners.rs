//! Who is known to own what, and by which means.

use plumb_base::answer::{Check, Health};

use super::check;
use crate::Workspace;

pub(super) fn owners(workspace: &Workspace) -> Vec<Check> {
    let found = &workspace.found;
    let mut checks = vec![owned(workspace)];
    checks.push(match (&found.settings.path, found.settings.owners.len()) {
        (Some(path), rules) if rules > 0 => {
            check(Health::Good, "rules", format!("{rules}, {path}"))
        }
        _ => check(Health::Absent, "rules", "none; plumb.toml: [[owners]]"),
    });
    let groups: usize = found.dbt.iter().map(|project| project.groups.len()).sum();
    if !found.dbt.is_empty() {
        let health = if groups > 0 { Health::Good } else { Health::Absent };
        checks.push(check(health, "dbt groups", groups.to_string()));
    }
    checks.push(match &found.code_owners {
        Some(code) => {
            let bad = found.problems.iter().filter(|it| it.place.path == code.path).count();
            let rules = format!("{}, {} rules", code.path, code.rules.len());
            match bad {
                0 => check(Health::Good, "code owners", rules),
                _ => check(
                    Health::Warning,
                    "code owners",
                    format!("{rules}, {bad} lines are not understood"),
                ),
            }
        }
        None => check(Health::Absent, "code owners", "no CODEOWNERS file"),
    });
    checks.push(history(workspace));
    checks
}

fn owned(workspace: &Workspace) -> Check {
    let estate = &workspace.estate;
    let coded = estate.assets.iter().filter(|it| it.coverage.is_some());
    let (owned, total) = coded
        .fold((0, 0), |(owned, total), it| (owned + usize::from(!it.owners.is_empty()), total + 1));
    let detail = format!("{owned} of {total} assets");
    if owned == total {
        return check(Health::Good, "owners", detail);
    }
    Check {
        why: Some("findings on the others name nobody to talk to".to_owned()),
        fix: Some("[[owners]] in plumb.toml, dbt groups, or a CODEOWNERS file".to_owned()),
        ..check(Health::Warning, "owners", detail)
    }
}

fn history(workspace: &Workspace) -> Check {
    let found = &workspace.found;
    if let Some(why) = &found.no_history {
        return Check {
            why: Some("who changed a file most is not known".to_owned()),
            fix: Some("make `git log` work in this folder".to_owned()),
            ..check(Health::Warning, "git history", why)
        };
    }
    let Some(history) = &found.history else {
        return check(Health::Absent, "git history", "no repository");
    };
    let newest = history.commits.iter().map(|commit| commit.time).max();
    let day = newest.map_or_else(String::new, |newest| format!(", the newest of {}", newest.day()));
    let cut = if history.cut { "; older ones are left out" } else { "" };
    let detail = format!("{} commits{day}{cut}", history.commits.len());
    if history.shallow {
        return Check {
            why: Some("who changed a file most is known only since the clone begins".to_owned()),
            fix: Some("git fetch --unshallow".to_owned()),
            ..check(Health::Warning, "git history", format!("{detail}, a shallow clone"))
        };
    }
    check(Health::Good, "git history", detail)
}

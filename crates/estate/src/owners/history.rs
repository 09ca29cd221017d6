//! Who changed a file most, lately.

use std::collections::BTreeMap;

use plumb_base::{
    Moment, Owner,
    record::{Commit, History},
};

/// Days after which a change counts half.
const HALF_LIFE: u32 = 180;

/// Files above which a commit says less of each: a move, a reformatting, an import.
const MANY: u64 = 50;

/// Weight of one change of one file today.
const WHOLE: u64 = 1 << 20;

/// Changes of every file, by who made them.
pub(super) struct Changes {
    /// By present path: what each person did.
    files: BTreeMap<String, BTreeMap<usize, Deeds>>,
    people: People,
    shallow: bool,
}

/// What one person did to one file.
#[derive(Default)]
struct Deeds {
    changes: usize,
    weight: u64,
    last: Option<Moment>,
}

impl Changes {
    pub(super) fn new(history: &History) -> Self {
        let mut people = People::default();
        let mut files: BTreeMap<String, BTreeMap<usize, Deeds>> = BTreeMap::new();
        // What a file was called when older commits changed it, and what it is called now.
        let mut now: BTreeMap<&str, String> = BTreeMap::new();
        let newest = history.commits.iter().map(|commit| commit.time).max();
        for commit in &history.commits {
            // The first commit of a shallow clone looks as if it had made everything.
            let counts = !is_machine(commit) && (commit.has_parent || !history.shallow);
            let person = counts.then(|| people.number(commit));
            let age = newest.map_or(0, |newest| newest.days_after(commit.time));
            let weight = (WHOLE >> (age / HALF_LIFE).min(16)) * MANY;
            let weight = weight / MANY.max(commit.changes.len() as u64);
            for change in &commit.changes {
                let path = now.get(change.path.as_str()).cloned();
                let path = path.unwrap_or_else(|| change.path.clone());
                if let Some(was) = &change.was {
                    now.insert(was, path.clone());
                }
                let Some(person) = person else { continue };
                let deeds = files.entry(path).or_default().entry(person).or_default();
                deeds.changes += 1;
                deeds.weight += weight;
                deeds.last = deeds.last.max(Some(commit.time));
            }
        }
        Self { files, people, shallow: history.shallow }
    }

    /// Who to ask of a file; ties go to whoever changed it last.
    pub(super) fn owner(&self, path: &str) -> Option<Owner> {
        let file = self.files.get(path)?;
        let all: usize = file.values().map(|deeds| deeds.changes).sum();
        let name = |person: usize| self.people.names[person].as_str();
        let (person, deeds) = file.iter().max_by_key(|(person, deeds)| {
            (deeds.weight, deeds.last, std::cmp::Reverse(name(**person)))
        })?;
        let last = deeds.last.map(Moment::day).unwrap_or_default();
        let clone = if self.shallow { " in a shallow clone" } else { "" };
        let (start, own) = (Owner::HISTORY, deeds.changes);
        let source = format!("{start}{own} of {all} changes{clone}, last {last}");
        Some(Owner { name: name(*person).to_owned(), source })
    }
}

/// Authors, each once.
#[derive(Default)]
struct People {
    /// Names as they are shown.
    names: Vec<String>,
    by_name: BTreeMap<String, usize>,
    by_address: BTreeMap<String, usize>,
}

impl People {
    /// The number of an author: one name is one person, and so is one address of a person's own.
    fn number(&mut self, commit: &Commit) -> usize {
        let (name, address) = (commit.author.to_lowercase(), commit.address.to_lowercase());
        let own = is_own(&address);
        let named = (!name.is_empty()).then(|| self.by_name.get(&name)).flatten();
        let known = named.or_else(|| own.then(|| self.by_address.get(&address)).flatten()).copied();
        let number = known.unwrap_or_else(|| {
            self.names.push(String::new());
            self.names.len() - 1
        });
        // Addresses are personal data: one is shown only where there is no name. A whole name is better than a login.
        let shown = if name.is_empty() { &commit.address } else { &commit.author };
        let better =
            |new: &str, old: &str| old.is_empty() || (new.contains(' ') && !old.contains(' '));
        if better(shown, &self.names[number]) {
            self.names[number].clone_from(shown);
        }
        if !name.is_empty() {
            self.by_name.entry(name).or_insert(number);
        }
        if own {
            self.by_address.entry(address).or_insert(number);
        }
        number
    }
}

/// Whether an address is one person's: some are what a machine or a web page puts in for everybody.
fn is_own(address: &str) -> bool {
    const SHARED: &[&str] =
        &["admin", "build", "git", "info", "no-reply", "noreply", "root", "user", "you"];
    address.split_once('@').is_some_and(|(local, domain)| {
        domain.contains('.') && !SHARED.contains(&local) && !domain.starts_with("example.")
    })
}

/// Whether a commit was made by a machine.
fn is_machine(commit: &Commit) -> bool {
    const NAMES: &[&str] = &[
        "actions-user",
        "airflow",
        "buildbot",
        "ci",
        "dependabot",
        "dependabot-preview",
        "github",
        "github actions",
        "github-actions",
        "gitlab",
        "greenkeeper",
        "jenkins",
        "mergify",
        "pre-commit-ci",
        "pyup",
        "renovate",
        "renovate-bot",
        "root",
        "semantic-release",
        "snyk",
        "system",
    ];
    /// What stands before ` bot`; people may be called Bot.
    const SERVICES: &[&str] = &[
        "auto",
        "build",
        "ci",
        "deploy",
        "github",
        "gitlab",
        "jenkins",
        "merge",
        "release",
        "renovate",
        "snyk",
        "whitesource",
    ];
    let name = commit.author.to_lowercase();
    let local = commit.address.split('@').next().unwrap_or_default().to_lowercase();
    let called = |name: &str| {
        let service = name.strip_suffix(" bot").and_then(|name| name.rsplit(' ').next());
        NAMES.contains(&name)
            || ["[bot]", "-bot", "_bot", "-robot"].iter().any(|end| name.ends_with(end))
            || ["bot-", "svc-", "svc_", "service-account", "github-actions"]
                .iter()
                .any(|it| name.starts_with(it))
            || service.is_some_and(|service| SERVICES.contains(&service))
    };
    called(&name) || called(&local)
}

#[cfg(test)]
mod tests {
    use plumb_base::MemoryWorld;

    use super::*;

    fn history(text: &str) -> Changes {
        let mut world = MemoryWorld::default();
        world.remember(text);
        Changes::new(&world.history.unwrap())
    }

    fn owner(text: &str, path: &str) -> String {
        let owner = history(text).owner(path);
        owner.map_or_else(
            || "nobody".to_owned(),
            |owner| format!("{} ({})", owner.name, owner.source),
        )
    }

    #[test]
    fn recent_changes_count_more() {
        let log = "2026-03-02 Ada Byron <ada@shop.test>: a.sql\n\
                   2025-01-01 Bo <bo@shop.test>: a.sql\n\
                   2024-12-30 Bo <bo@shop.test>: a.sql\n\
                   2024-12-29 Bo <bo@shop.test>: a.sql, b.sql";
        assert_eq!(owner(log, "a.sql"), "Ada Byron (git: 1 of 4 changes, last 2026-03-02)");
        assert_eq!(owner(log, "b.sql"), "Bo (git: 1 of 1 changes, last 2024-12-29)");
        assert_eq!(owner(log, "c.sql"), "nobody");
    }

    #[test]
    fn a_file_keeps_its_history_when_it_moves() {
        let log = "2026-03-03 Ada <ada@shop.test>: x/b.sql -> x/c.sql\n\
                   2026-03-02 Bo <bo@shop.test>: x/b.sql\n\
                   2026-03-02 Bo <bo@shop.test>: a.sql -> x/b.sql\n\
                   2026-03-01 Bo <bo@shop.test>: a.sql";
        assert_eq!(owner(log, "x/c.sql"), "Bo (git: 3 of 4 changes, last 2026-03-02)");
    }

    #[test]
    fn machines_never_count() {
        for machine in [
            "dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>",
            "Renovate Bot <renovate@shop.test>",
            "Release <release-bot@shop.test>",
            "GitLab <ci@shop.test>",
            "svc-deploy <deploy@shop.test>",
        ] {
            let log = format!(
                "2026-03-02 {machine}: a.sql\n2026-03-01 Jan Bot <jan.bot@shop.test>: a.sql"
            );
            assert_eq!(
                owner(&log, "a.sql"),
                "Jan Bot (git: 1 of 1 changes, last 2026-03-01)",
                "{machine}"
            );
        }
    }

    #[test]
    fn people_are_told_apart_and_their_addresses_are_not_shown() {
        let log = "2026-03-05 adab <ada@shop.test>: a.sql\n\
                   2026-03-04 Ada Byron <ada@shop.test>: a.sql\n\
                   2026-03-03 Bo <noreply@github.com>: a.sql, b.sql\n\
                   2026-03-02 Cy <noreply@github.com>: b.sql\n\
                   2026-03-01 <di@shop.test>: c.sql";
        assert_eq!(owner(log, "a.sql"), "Ada Byron (git: 2 of 3 changes, last 2026-03-05)");
        assert_eq!(owner(log, "b.sql"), "Bo (git: 1 of 2 changes, last 2026-03-03)");
        assert_eq!(owner(log, "c.sql"), "di@shop.test (git: 1 of 1 changes, last 2026-03-01)");
    }

    #[test]
    fn a_commit_of_many_files_says_little_and_a_shallow_one_nothing() {
        let many: Vec<String> = (0..500).map(|number| format!("{number}.sql")).collect();
        let log = format!(
            "2026-03-03 Ada <ada@shop.test>: {}\n2026-03-02 Bo <bo@shop.test>: 1.sql\n\
             2026-03-01 Cy <cy@shop.test>: 1.sql, 2.sql\nshallow",
            many.join(", ")
        );
        assert_eq!(
            owner(&log, "1.sql"),
            "Bo (git: 1 of 2 changes in a shallow clone, last 2026-03-02)"
        );
        assert_eq!(
            owner(&log, "2.sql"),
            "Ada (git: 1 of 1 changes in a shallow clone, last 2026-03-03)"
        );
    }
}

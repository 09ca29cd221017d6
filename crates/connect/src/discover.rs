//! What lies in a folder, found without configuration and without running anything.

use plumb_base::World;
use plumb_base::record::{Found, NotCovered};

use crate::{Walk, connector, counted::Counted, settings};

/// One kind of thing that can be found: a book on the shelf of connectors.
pub(crate) struct Connector {
    /// Its name, in `snake_case`.
    pub(crate) name: &'static str,
    /// Its page: documentation, examples and tests.
    pub(crate) page: &'static str,
    /// Adds what it finds; connectors do not see what the others found.
    pub(crate) find: fn(&Walk<'_>, &mut Found),
}

/// Finds everything that plumb reads below the root of a world, and records in the places elsewhere that settings name.
///
/// It never fails: what cannot be read is a problem with a place, and the rest goes on. Everything is sorted,
/// so the same files give the same rows. Only files below the root are read: a `profiles.yml` or a local
/// package outside it is as if it were not there.
pub fn discover(world: &dyn World) -> Found {
    find(world, Reach::Everywhere)
}

/// The same without those places: for questions that no record answers.
pub fn discover_here(world: &dyn World) -> Found {
    find(world, Reach::Here)
}

/// How far somebody looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Here,
    Everywhere,
}

fn find(world: &dyn World, reach: Reach) -> Found {
    let mut problems = Vec::new();
    let counted = Counted::new(world);
    let settings = settings::read(&counted, &mut problems);
    let mut walk = Walk::new(&counted, &settings, &mut problems);
    if reach == Reach::Everywhere {
        walk.look_elsewhere(&mut problems);
    }
    let mut found = Found { settings: settings.clone(), problems, ..Found::default() };
    // The history comes from another program: it works while files are read.
    let history = std::thread::scope(|scope| {
        let history = scope.spawn(|| world.history());
        for connector in connector::ALL {
            (connector.find)(&walk, &mut found);
        }
        history.join().unwrap_or(Ok(None))
    });
    match history {
        Ok(history) => found.history = history,
        Err(error) => found.no_history = Some(error.to_string()),
    }
    found.dashboards.sort_by(|a, b| a.key.cmp(&b.key));
    found.datasets.sort_by(|a, b| a.key.cmp(&b.key));
    found.places = walk.places(&found.records);
    found.not_covered = gathered(found.not_covered);
    found.files = counted.files(walk.files(), &found.not_covered, &found.records);
    found.problems.sort();
    found.problems.dedup();
    found
}

/// Name and page of everything that can be found, by name; settings last.
///
/// A page begins with a paragraph of explanation; each `##` section of it is a case.
pub fn pages() -> Vec<(&'static str, &'static str)> {
    let shelf = connector::ALL.iter().map(|connector| (connector.name, connector.page));
    shelf.chain([("settings", settings::PAGE)]).collect()
}

/// One row for each kind, sorted, however many connectors saw some of it.
fn gathered(rows: Vec<NotCovered>) -> Vec<NotCovered> {
    let mut kinds = std::collections::BTreeMap::<String, Vec<String>>::new();
    for row in rows {
        kinds.entry(row.kind).or_default().extend(row.paths);
    }
    let row = |(kind, mut paths): (String, Vec<String>)| {
        paths.sort();
        paths.dedup();
        NotCovered { kind, paths }
    };
    kinds.into_iter().map(row).collect()
}

//! The smallest database near one that tells two plans apart.

use super::{make::plainest, shape::Shape};
use crate::{bag::Database, constraints::Constraints};

/// Takes away rows, then makes values plain, as long as the plans still differ.
pub(super) fn shrink(
    mut database: Database,
    shape: &Shape,
    constraints: &Constraints,
    differ: &mut dyn FnMut(&Database) -> bool,
) -> Database {
    let mut still = |database: &Database| constraints.hold(database) && differ(database);
    fewer(&mut database, &mut still);
    let names: Vec<String> = database.tables.keys().cloned().collect();
    for name in &names {
        let width = database.tables[name].columns.len();
        for row in 0..database.tables[name].rows.len() {
            for at in 0..width {
                let Some(plain) = plainest(&database.tables[name], shape, name, at) else {
                    continue;
                };
                let mut next = database.clone();
                let Some(table) = next.tables.get_mut(name) else { continue };
                if table.rows[row][at] == plain {
                    continue;
                }
                table.rows[row][at] = plain;
                if still(&next) {
                    database = next;
                }
            }
        }
    }
    fewer(&mut database, &mut still);
    for table in database.tables.values_mut() {
        table.rows.sort();
    }
    database
}

fn fewer(database: &mut Database, still: &mut dyn FnMut(&Database) -> bool) {
    let names: Vec<String> = database.tables.keys().cloned().collect();
    let mut smaller = true;
    while smaller {
        smaller = false;
        for name in &names {
            let mut next = database.clone();
            if let Some(table) = next.tables.get_mut(name)
                && table.rows.len() > 1
            {
                table.rows.clear();
                if still(&next) {
                    *database = next;
                    smaller = true;
                }
            }
            let mut row = database.tables[name].rows.len();
            while row > 0 {
                row -= 1;
                let mut next = database.clone();
                if let Some(table) = next.tables.get_mut(name) {
                    table.rows.remove(row);
                }
                if still(&next) {
                    *database = next;
                    smaller = true;
                }
            }
        }
    }
}

//! SQL files that belong to no dbt project.

use plumb_base::record::Found;

use super::notebook;
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "sql_folder", page: include_str!("sql_folder.md"), find };

/// Extensions of files that hold SQL.
const SQL: &[&str] = &["sql", "hql", "ddl"];

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let extension = path::extension(&file.path).to_ascii_lowercase();
        let free = walk.owner(&file.path).is_none() && !walk.is_shared(&file.path);
        let plain = free || walk.is_plain_sql(&file.path);
        if SQL.contains(&extension.as_str()) && plain {
            let source = walk.read(&file.path, &mut found.problems);
            // A notebook in source form is read as one.
            found.sql.extend(source.filter(|source| notebook::sign(&source.text).is_none()));
        }
    }
}

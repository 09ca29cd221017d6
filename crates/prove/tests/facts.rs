//! What is known of tables in a case of a page.

use plumb_canon::{Column, Facts, Reference};
use plumb_ir::Type;

/// Reads a block `facts`.
pub(crate) fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    for line in text.lines() {
        let (name, rest) = line.split_once(':').expect("a table and its columns");
        let mut parts = rest.split(';');
        for column in parts.next().expect("columns").split(',') {
            let words: Vec<&str> = column.split_whitespace().collect();
            let ground = facts.ground(&format!("{name}.{} is never NULL", words[0]));
            let not_null = words.get(2).map(|_| ground);
            let data_type = Type::parse(words[1]).expect("a type");
            facts.table(name).columns.insert(words[0].to_owned(), Column { data_type, not_null });
        }
        for promise in parts {
            let words: Vec<String> = promise.split_whitespace().map(str::to_owned).collect();
            let ground = facts.ground(&format!("{name}: {}", words.join(" ")));
            match words[0].as_str() {
                "key" => facts.table(name).keys.push((words[1..].to_vec(), ground)),
                "reference" => {
                    let (table, to) = words[2]
                        .trim_end_matches(')')
                        .split_once('(')
                        .expect("a table and its columns");
                    facts.table(name).references.push(Reference {
                        columns: vec![words[1].clone()],
                        table: table.to_owned(),
                        to: vec![to.to_owned()],
                        ground,
                    });
                }
                other => unreachable!("{other} promises nothing"),
            }
        }
    }
    facts
}

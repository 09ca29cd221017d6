//! What pages of rewrites say is known of tables.

use plumb_canon::{Column, Facts, Ground};
use plumb_ir::Type;

/// What a block `facts` says: a line a table, `name: column type [not-null], …; key column …`.
pub(crate) fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    for line in text.lines() {
        let (name, rest) = line.split_once(':').expect("a table and its columns");
        let mut parts = rest.split(';');
        for column in parts.next().unwrap_or_default().split(',') {
            let words: Vec<&str> = column.split_whitespace().collect();
            let not_null = words.get(2).map(|_| Ground::ENFORCED);
            let data_type = Type::parse(words[1]).expect("a type");
            facts.table(name).columns.insert(words[0].to_owned(), Column { data_type, not_null });
        }
        for key in parts {
            let columns = key.split_whitespace().skip(1).map(str::to_owned).collect();
            facts.table(name).keys.push((columns, Ground::ENFORCED));
        }
    }
    facts
}

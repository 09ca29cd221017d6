//! Runs the cases on the pages: two plans, and what the laws say of them. `UPDATE=1` rewrites the blocks `judgement`.
//!
//! A block `facts` says what is known of tables in the case, a line a table: `name: column type [not-null], …;
//! key column …; reference column … -> table column …`. `no number is NaN` is a line of its own.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test harness"
)]

#[path = "../../eval/tests/page.rs"]
mod page;

use std::{path::Path, process::ExitCode};

use plumb_check::{Claims, Judgement, Plan, Reference, same_plans};
use plumb_ir::{Arena, Type, text::parse_rel};

fn claims(text: &str) -> Claims {
    let mut claims = Claims::default();
    for line in text.lines() {
        if line == "no number is NaN" {
            claims.no_nan = true;
            continue;
        }
        let (name, rest) = line.split_once(':').expect("a table and its columns");
        let table = claims.tables.entry(name.to_owned()).or_default();
        let mut parts = rest.split(';');
        for column in parts.next().unwrap().split(',') {
            let words: Vec<&str> = column.split_whitespace().collect();
            let known = (Type::parse(words[1]).expect("a type"), words.len() > 2);
            table.columns.insert(words[0].to_owned(), known);
        }
        for part in parts {
            let (columns, to) = part.split_once("->").unwrap_or((part, ""));
            let all = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let columns = all(columns).split_off(1);
            match all(to).split_first() {
                None => table.keys.push(columns),
                Some((other, to)) => table.references.push(Reference {
                    columns,
                    table: other.clone(),
                    to: to.to_vec(),
                }),
            }
        }
    }
    claims
}

fn judged(one: &str, two: &str, claims: &Claims) -> String {
    let mut arena = Arena::new();
    let (one, two) = match (parse_rel(&mut arena, one), parse_rel(&mut arena, two)) {
        (Ok(one), Ok(two)) => (one, two),
        (Err(error), _) | (_, Err(error)) => return format!("{error}\n"),
    };
    match same_plans(&arena, claims, Plan::whole(one), Plan::whole(two)) {
        Judgement::Holds => "holds\n".to_owned(),
        Judgement::Unknown(why) => format!("unknown: {why}\n"),
        Judgement::Refuted => "refuted\n".to_owned(),
    }
}

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let block = |blocks: &page::Blocks, kind| blocks.get(kind).cloned().unwrap_or_default();
    let passed = page::run(&folder, "judgement", &mut |blocks| {
        let known = claims(&block(blocks, "facts"));
        judged(&block(blocks, "one"), &block(blocks, "two"), &known)
    });
    ExitCode::from(u8::from(!passed))
}

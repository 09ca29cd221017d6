//! Random plans as SQL of each dialect: read again, they are the same plan, and never one with other rows.
//!
//! `PROPTEST_CASES=20000 cargo test --release -p plumb-unparse --test random` looks for a long time.

mod back;
#[path = "../../canon/tests/oracle/grow.rs"]
mod grow;
#[path = "../../canon/tests/oracle/grow_scalar.rs"]
mod grow_scalar;
#[expect(dead_code, reason = "what holds of the tables is for others, too")]
#[path = "../../canon/tests/oracle/tables.rs"]
mod tables;

use std::collections::BTreeMap;

use back::Known;
use grow::Grow;
use plumb_base::Name;
use plumb_eval::{Budget, Database, Meaning, Value};
use plumb_ir::{Arena, Field, Out, RelId, text::print_rel};
use plumb_syntax::sql::Dialect;
use plumb_unparse::{Unspoken, Wanted, unparse};
use proptest::prelude::*;
use tables::{TABLES, facts};

/// What became of a plan.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It came back as it was.
    Same,
    /// It came back with another normal form, and nothing tells the two apart.
    Alike(String),
    /// The dialect does not say it.
    Unspoken(Unspoken),
    /// The text is wrong.
    Wrong(String),
}

fn said(arena: &Arena, rel: RelId, dialect: &'static Dialect) -> Result<String, Unspoken> {
    let (fields, open) = back::outputs(arena, rel);
    let name = |at: usize| Some(Name::new(format!("out_{at}")));
    let columns: Vec<(Field, Option<Name>)> =
        fields.iter().enumerate().map(|(at, field)| (*field, name(at))).collect();
    unparse(arena, Wanted { rel, columns: &columns, open }, dialect, &|_| None)
}

fn known() -> Known {
    let names = |columns: &[(&'static str, tables::Kind)]| columns.iter().map(|it| it.0).collect();
    Known(TABLES.iter().map(|(name, columns)| (*name, names(columns))).collect())
}

fn fate(arena: &mut Arena, rel: RelId, dialect: &'static Dialect) -> Fate {
    let (_, open) = back::outputs(arena, rel);
    let text = match said(arena, rel, dialect) {
        Ok(text) => text,
        Err(why) => return Fate::Unspoken(why),
    };
    let again = match back::read(arena, &text, dialect, &known()) {
        Ok(again) => again,
        Err(why) => return Fate::Wrong(format!("{why}\n{text}\n{}", print_rel(arena, rel))),
    };
    // A star of the plan is a list of columns where the tables are known.
    let rel = if open { listed(arena, rel) } else { rel };
    if back::outputs(arena, rel).0.is_empty() {
        return Fate::Unspoken(Unspoken::Shape("rows without columns"));
    }
    let facts = facts();
    let (one, two) = (back::normal(arena, rel, &facts), back::normal(arena, again.rel, &facts));
    if back::same(&one, &two) {
        return Fate::Same;
    }
    let (left, right) = (print_rel(arena, one.rel), print_rel(arena, two.rel));
    let told = format!("{text}\n{}\nis\n{left}\nand comes back as\n{right}", print_rel(arena, rel));
    if one.columns.len() != two.columns.len() {
        return Fate::Wrong(told);
    }
    for seed in 0..6 {
        let database = database(seed);
        let rows = |it: &plumb_canon::Canonical| {
            let rows =
                plumb_eval::rows(arena, &database, it.rel, Meaning::BYTES, Budget::default());
            rows.ok().map(|bag| bag.outputs(&it.columns))
        };
        if let (Some(left), Some(right)) = (rows(&one), rows(&two))
            && left != right
            && !left.iter().chain(&right).flatten().any(Value::is_symbol)
        {
            return Fate::Wrong(format!("{told}\n{left:?}\n{right:?}"));
        }
    }
    Fate::Alike(told)
}

fn database(seed: u64) -> Database {
    let chance = bytes_of(seed + 77);
    let mut grow = Grow::new(&chance);
    let mut database = Database::default();
    for (name, columns) in TABLES {
        let mut table = tables::table(columns);
        table.rows = grow.rows(name, columns);
        database.tables.insert(name.to_owned(), table);
    }
    database
}

/// A plan that lists what the stars of another pass on.
fn listed(arena: &mut Arena, rel: RelId) -> RelId {
    let columns = passed(arena, rel);
    let from =
        plumb_ir::From { inputs: vec![rel], tree: plumb_ir::Tree::Input(0), filter: Vec::new() };
    let from = arena.from(from);
    let out = columns.into_iter().map(|field| Out::Column(arena.column(0, field))).collect();
    arena.rel(plumb_ir::Rel::Project { from, out })
}

/// Every column of a plan, in order.
fn passed(arena: &Arena, rel: RelId) -> Vec<Field> {
    use plumb_ir::Rel;
    match arena.get_rel(rel) {
        Rel::Scan { table } => {
            let known = TABLES.iter().find(|(name, _)| *name == arena.name(*table));
            let columns = known.map(|(_, columns)| *columns).unwrap_or_default();
            columns
                .iter()
                .filter_map(|(name, _)| arena.find_symbol(name).map(Field::Named))
                .collect()
        }
        Rel::Call { .. } => arena.find_symbol("value").map(Field::Named).into_iter().collect(),
        Rel::Project { from, out } => {
            let inputs = &arena.get_from(*from).inputs;
            let mut all = Vec::new();
            for (at, out) in (0..).zip(out) {
                match out {
                    Out::Column(_) => all.push(Field::At(at)),
                    Out::Star { input, except } => {
                        let below = passed(arena, inputs[*input as usize]).into_iter();
                        all.extend(below.filter(|field| match field {
                            Field::Named(name) => !except.contains(name),
                            Field::At(_) => false,
                        }));
                    }
                }
            }
            all
        }
        Rel::Distinct { input } | Rel::Limit { input, .. } => passed(arena, *input),
        Rel::Union { inputs } => passed(arena, inputs[0]),
        Rel::Set { left, .. } => passed(arena, *left),
        Rel::Values { .. } | Rel::Aggregate { .. } | Rel::Opaque { .. } => {
            back::outputs(arena, rel).0
        }
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..260)
}

fn config(cases: u32) -> ProptestConfig {
    let set = ProptestConfig::default();
    let cases = if set.cases == 256 { cases } else { set.cases };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 40_000, ..set }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn a_text_means_the_plan(bytes in bytes(), which in 0..8_usize) {
        let mut grow = Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let dialect = Dialect::all()[which];
        let fate = fate(&mut arena, rel, dialect);
        if let Fate::Wrong(told) = fate {
            prop_assert!(false, "{}\n{told}", dialect.name);
        }
    }

    #[test]
    fn a_text_means_the_normal_form(bytes in bytes(), which in 0..8_usize) {
        let mut grow = Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let normal = back::normal(&mut arena, rel, &facts());
        let dialect = Dialect::all()[which];
        let fate = fate(&mut arena, normal.rel, dialect);
        if let Fate::Wrong(told) = fate {
            prop_assert!(false, "{}\n{told}", dialect.name);
        }
    }
}

/// Chance that is the same in every run.
fn bytes_of(seed: u64) -> Vec<u8> {
    let mut state = seed;
    (0..260)
        .map(|_| {
            state = (state ^ (seed << 32)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            state ^= state >> 29;
            u8::try_from(state >> 56).unwrap_or(0)
        })
        .collect()
}

fn plan(seed: u64) -> (Arena, RelId) {
    let bytes = bytes_of(seed);
    let mut grow = Grow::new(&bytes);
    let rel = grow.dataset();
    (grow.arena, rel)
}

#[test]
fn what_was_read_comes_back_as_it_was() {
    let (mut same, mut spoken, mut all) = (0, 0, 0);
    let mut why: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..200 {
        for dialect in Dialect::all() {
            let (mut arena, rel) = plan(seed);
            all += 1;
            match fate(&mut arena, rel, dialect) {
                Fate::Same | Fate::Alike(_) => spoken += 1,
                Fate::Unspoken(it) => {
                    *why.entry(format!("{} {it}", dialect.name)).or_default() += 1;
                    continue;
                }
                Fate::Wrong(told) => panic!("{} {seed}: {told}", dialect.name),
            }
            // Chance makes plans that no text is: what the text is, is one.
            let text = said(&arena, rel, dialect).expect("it was said before");
            let read =
                back::read(&mut arena, &text, dialect, &known()).expect("it was read before");
            match fate(&mut arena, read.rel, dialect) {
                Fate::Same => same += 1,
                other => {
                    if std::env::var_os("TELL").is_some() {
                        println!("{} {seed}: {other:#?}\n", dialect.name);
                    }
                }
            }
        }
    }
    println!("{same} of {spoken} of {all}: {why:#?}");
    assert!(same * 100 >= spoken * 97, "{same} of {spoken}");
    assert!(spoken * 100 >= all * 70, "{spoken} of {all}");
}

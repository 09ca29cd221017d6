//! Random plans over random tables: what a rewrite gives must have the rows of what it was given.
//!
//! `PROPTEST_CASES=200000 cargo test --release -p plumb-canon --test oracle` looks for a long time.

#[path = "oracle/grow.rs"]
mod grow;
#[path = "oracle/grow_scalar.rs"]
mod grow_scalar;
#[path = "oracle/mutate.rs"]
mod mutate;
#[path = "oracle/tables.rs"]
mod tables;
#[path = "oracle/twin.rs"]
mod twin;

use grow::Grow;
use plumb_canon::{Canonicalizer, rewrites};
use plumb_eval::{Bag, Budget, Database, Effort, Meaning, Outcome, Row, Side, Unable};
use plumb_ir::{Arena, RelId, text::print_rel};
use proptest::prelude::*;
use tables::{TABLES, constraints, facts};

fn databases(grow: &mut Grow<'_>) -> Vec<Database> {
    (0..3)
        .map(|_| {
            let mut database = Database::default();
            for (name, columns) in TABLES {
                let mut table = tables::table(columns);
                table.rows = grow.rows(name, columns);
                database.tables.insert(name.to_owned(), table);
            }
            database
        })
        .collect()
}

fn rows(arena: &Arena, database: &Database, rel: RelId) -> Result<Bag, Unable> {
    plumb_eval::rows(arena, database, rel, Meaning::BYTES, Budget::default())
}

/// Whether it takes more rows than a test should wait for, or nobody can tell them: a window over rows that are alike
/// but for a column that went on the way is one.
fn untold(why: &Unable) -> bool {
    matches!(why, Unable::TooMuch | Unable::Unknown(_) | Unable::Ambiguous(_))
}

/// The rows without columns of which somebody only knows that a function gave them.
fn told(left: Vec<Row>, right: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    let width = left.iter().chain(&right).map(Vec::len).min().unwrap_or_default();
    let symbol = |at: usize| left.iter().chain(&right).any(|row| row[at].is_symbol());
    let kept: Vec<usize> = (0..width).filter(|at| !symbol(*at)).collect();
    if kept.len() == width {
        return (left, right);
    }
    let cut = |rows: Vec<Row>| {
        let mut rows: Vec<Row> =
            rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect()).collect();
        rows.sort();
        rows
    };
    (cut(left), cut(right))
}

/// Where two plans differ, if they do; the outputs of the second stand where `columns` says.
fn difference(
    arena: &Arena,
    databases: &[Database],
    one: RelId,
    two: RelId,
    columns: Option<&[u32]>,
) -> Option<String> {
    for database in databases {
        let (before, after) = match (rows(arena, database, one), rows(arena, database, two)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(why), _) | (_, Err(why)) if untold(&why) => continue,
            (before, after) => {
                let broken = format!("before {:?}, after {:?}", before.err(), after.err());
                return Some(format!(
                    "{}\nbecomes\n{}\n{broken}",
                    print_rel(arena, one),
                    print_rel(arena, two)
                ));
            }
        };
        let width = before.width();
        let outputs: Vec<u32> = (0..width).collect();
        let places = columns.map_or(outputs.as_slice(), |columns| {
            &columns[..width.min(u32::try_from(columns.len()).unwrap_or(0)) as usize]
        });
        let (left, right) = told(before.outputs(&outputs), after.outputs(places));
        if left != right {
            let (one, two) = (print_rel(arena, one), print_rel(arena, two));
            return Some(format!("{one}\ngives {left:?}\n{two}\ngives {right:?}\nin {database:?}"));
        }
    }
    None
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
    #![proptest_config(config(600))]

    #[test]
    fn a_normal_form_has_the_rows_of_its_plan(bytes in bytes(), tables in bytes()) {
        let mut grow = Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let databases = databases(&mut Grow::new(&tables));
        let normal = Canonicalizer::knowing(facts()).canonical(&mut arena, rel);
        let trouble = difference(&arena, &databases, rel, normal.rel, Some(&normal.columns));
        prop_assert!(trouble.is_none(), "{:?}\n{}", normal.steps, trouble.unwrap_or_default());
    }

    #[test]
    fn a_rewrite_keeps_the_rows_of_a_plan(bytes in bytes(), tables in bytes()) {
        let mut grow = Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let databases = databases(&mut Grow::new(&tables));
        for rewrite in rewrites() {
            let new = Canonicalizer::with(vec![rewrite], facts()).rewritten(&mut arena, rel);
            if new != rel {
                let trouble = difference(&arena, &databases, rel, new, None);
                prop_assert!(trouble.is_none(), "{}\n{}", rewrite.name, trouble.unwrap_or_default());
            }
        }
    }

    #[test]
    fn a_normal_form_is_its_own(bytes in bytes()) {
        let mut grow = Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let normal = Canonicalizer::knowing(facts()).canonical(&mut arena, rel);
        let again = Canonicalizer::knowing(facts()).canonical(&mut arena, normal.rel);
        prop_assert!(
            again.rel == normal.rel,
            "{}\nhas the normal form\n{}\nwhich has\n{}\n{:?}",
            print_rel(&arena, rel), print_rel(&arena, normal.rel), print_rel(&arena, again.rel), again.steps
        );
    }
}

/// A plan from a seed, and the same plan written another way.
fn twins(seed: u64) -> (Arena, RelId, RelId) {
    let mut state = seed;
    let bytes: Vec<u8> = (0..260)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            u8::try_from(state >> 56).unwrap_or(0)
        })
        .collect();
    let mut grow = Grow::new(&bytes);
    let rel = grow.dataset();
    let mut arena = grow.arena;
    let other = twin::Twin { arena: &mut arena, seed }.rel(rel);
    (arena, rel, other)
}

/// Not a law: where twins do not meet, an equality is missed.
#[test]
fn most_twins_meet() {
    let (mut met, mut count) = (0_u32, 0_u32);
    for seed in 0..600 {
        let (mut arena, rel, other) = twins(seed);
        if rel == other {
            continue;
        }
        let mut canonicalizer = Canonicalizer::knowing(facts());
        let one = canonicalizer.canonical(&mut arena, rel);
        let two = canonicalizer.canonical(&mut arena, other);
        count += 1;
        met += u32::from(one.fingerprint == two.fingerprint);
        if one.fingerprint != two.fingerprint && std::env::var_os("SHOW").is_some() {
            let (one, two) = (print_rel(&arena, one.rel), print_rel(&arena, two.rel));
            println!("seed {seed}:\n{}\nas\n{one}\nand\n{two}\n", print_rel(&arena, rel));
        }
    }
    println!("{met} of {count} twins meet");
    assert!(met * 100 >= count * 95, "{met} of {count} twins meet");
}

#[test]
fn twins_have_the_same_rows() {
    for seed in 0..300 {
        let (arena, rel, other) = twins(seed);
        let tables: Vec<u8> = (0..200_u64)
            .map(|at| u8::try_from((at * at * 31 + seed * 17 + at * 7) % 251).unwrap_or(0))
            .collect();
        let databases = databases(&mut Grow::new(&tables));
        let trouble = difference(&arena, &databases, rel, other, None);
        assert!(trouble.is_none(), "{}", trouble.unwrap_or_default());
    }
}

/// What the search for rows on which two plans differ comes to.
fn searched(arena: &Arena, one: RelId, two: RelId, width: usize) -> Outcome {
    let outputs: Vec<u32> = (0..).take(width).collect();
    let side = |rel| Side { rel, outputs: &outputs };
    let effort = Effort { databases: 120, steps: 60_000, ..Effort::default() };
    plumb_eval::refute(arena, side(one), side(two), &constraints(), effort)
}

/// The judge of difference agrees with the judge of sameness: on twins, and on mutants that are twins.
#[test]
fn what_has_one_normal_form_is_not_refuted() {
    let (mut same, mut refuted, mut others) = (0_u32, 0_u32, 0_u32);
    for seed in 0..150 {
        let (mut arena, rel, twin) = twins(seed);
        let mut canonicalizer = Canonicalizer::knowing(facts());
        let normal = canonicalizer.canonical(&mut arena, rel);
        let width = normal.columns.len();
        let found = searched(&arena, rel, twin, width);
        assert!(!matches!(found, Outcome::Different(_)), "twin {seed}: {found:?}");
        let Some(mutant) = mutate::mutant(&mut arena, rel, seed * 31) else { continue };
        let other = canonicalizer.canonical(&mut arena, mutant);
        let found = searched(&arena, rel, mutant, width);
        let different = matches!(found, Outcome::Different(_));
        if normal.rel == other.rel && normal.columns == other.columns {
            let (one, two) = (print_rel(&arena, rel), print_rel(&arena, mutant));
            assert!(!different, "mutant {seed}:\n{one}\nand\n{two}\n{found:?}");
            same += 1;
        } else {
            others += 1;
            refuted += u32::from(different);
        }
    }
    println!("{same} mutants are the same, {refuted} of {others} others refuted");
    assert!(refuted * 100 >= others * 50, "{refuted} of {others} mutants refuted");
}

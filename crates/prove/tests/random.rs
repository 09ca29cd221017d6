//! Random plans, each written another way, and with one small thing changed: what is proved no rows contradict.
//!
//! `PROPTEST_CASES=50000 cargo test --release -p plumb-prove --test random` looks for a long time.

#[path = "../../canon/tests/oracle/grow.rs"]
#[expect(dead_code, reason = "rows are grown elsewhere")]
mod grow;
#[path = "../../canon/tests/oracle/grow_scalar.rs"]
mod grow_scalar;
#[path = "../../canon/tests/oracle/mutate.rs"]
mod mutate;
#[path = "../../canon/tests/oracle/tables.rs"]
#[expect(dead_code, reason = "rows are grown elsewhere")]
mod tables;
#[path = "../../canon/tests/oracle/twin.rs"]
mod twin;

use plumb_canon::Canonicalizer;
use plumb_eval::Side;
use plumb_ir::{Arena, RelId, text::print_rel};
use plumb_prove::{Effort, Outcome, prove};
use proptest::prelude::*;

/// Whether a proof is found, and then rows that contradict it.
fn contradicted(arena: &mut Arena, one: RelId, two: RelId) -> Option<String> {
    let facts = tables::facts();
    let mut canonicalizer = Canonicalizer::knowing(facts.clone());
    let (left, right) = (canonicalizer.canonical(arena, one), canonicalizer.canonical(arena, two));
    let outcome = prove(arena, &facts, &left, &right, Effort::default());
    let Outcome::Same { rules, .. } = outcome else { return None };
    let outputs: Vec<u32> = (0..).take(left.columns.len()).collect();
    let side = |rel| Side { rel, outputs: &outputs };
    let effort = plumb_eval::Effort { databases: 120, ..plumb_eval::Effort::default() };
    match plumb_eval::refute(arena, side(one), side(two), &tables::constraints(), effort) {
        plumb_eval::Outcome::NotFound { .. } => None,
        plumb_eval::Outcome::Different(found) => Some(format!(
            "{}\nand\n{}\nproved by {rules:?}\n{}",
            print_rel(arena, one),
            print_rel(arena, two),
            plumb_eval::inserts(&found.database)
        )),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]
    #[test]
    fn what_is_proved_holds(bytes in prop::collection::vec(any::<u8>(), 260), chance in any::<u64>()) {
        let mut grow = grow::Grow::new(&bytes);
        let rel = grow.dataset();
        let mut arena = grow.arena;
        let twin = twin::Twin { arena: &mut arena, seed: chance }.rel(rel);
        let mutant = mutate::mutant(&mut arena, rel, chance);
        for other in [Some(twin), mutant].into_iter().flatten() {
            let found = contradicted(&mut arena, rel, other);
            prop_assert!(found.is_none(), "{}", found.unwrap_or_default());
        }
    }
}

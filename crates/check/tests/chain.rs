//! A chain of steps is replayed only if each of them holds and they lead from one plan to the other, output by output.

use plumb_check::{Claims, Lemma, Order, Path, Replayed, Step, replay};
use plumb_ir::{Arena, RelId, text::parse_rel};

const SALES: &str = "(project (out 0.a 0.b) (from (scan t)) (where (lt 0.a 3) (lt 0.a 5)))";
const FEWER: &str = "(project (out 0.a 0.b) (from (scan t)) (where (lt 0.a 3)))";
const OTHER: &str = "(project (out 0.a 0.b) (from (scan t)) (where (lt 0.a 5)))";
const TURNED: &str = "(project (out 0.b 0.a) (from (scan t)) (where (lt 0.a 3)))";

fn path<'a>(start: RelId, end: RelId, orders: &'a [Order], columns: &'a [u32]) -> Path<'a> {
    Path { start, outputs: &[0, 1], orders, end, columns }
}

/// What is replayed of the way from a plan by one step to a second, which is a third.
fn replayed(step: Option<[&str; 2]>, [from, to]: [&str; 2], columns: &[u32]) -> Replayed {
    let mut arena = Arena::new();
    let mut read = |text: &str| parse_rel(&mut arena, text).expect("a plan");
    let (from, to) = (read(from), read(to));
    let step = step.map(|[before, after]| Step::Rel(read(before), read(after)));
    let lemmas: Vec<Lemma> = step.into_iter().map(|step| Lemma { rule: "ranges", step }).collect();
    let paths = [path(from, to, &[], columns), path(to, to, &[], &[0, 1])];
    replay(&mut arena, &Claims::default(), &lemmas, paths, &[])
}

fn whole(replayed: &Replayed) -> bool {
    replayed.steps == replayed.of && replayed.missed.is_empty()
}

#[test]
fn a_step_that_holds_leads_there() {
    let replayed = replayed(Some([SALES, FEWER]), [SALES, FEWER], &[0, 1]);
    assert!(whole(&replayed) && replayed.of == 1, "{replayed:?}");
}

#[test]
fn a_step_that_does_not_hold_is_named() {
    let replayed = replayed(Some([SALES, OTHER]), [SALES, OTHER], &[0, 1]);
    assert_eq!((replayed.steps, replayed.missed), (0, vec![("ranges", 1)]));
}

#[test]
fn steps_that_lead_elsewhere_are_no_chain() {
    for step in [None, Some([OTHER, FEWER]), Some([SALES, FEWER])] {
        let replayed = replayed(step, [SALES, OTHER], &[0, 1]);
        assert!(replayed.missed.iter().any(|(rule, _)| *rule == "chain"), "{replayed:?}");
    }
}

#[test]
fn outputs_stand_where_they_are_said_to() {
    let replayed = replayed(Some([SALES, FEWER]), [SALES, FEWER], &[1, 0]);
    assert!(!whole(&replayed), "{replayed:?}");
}

#[test]
fn outputs_that_are_put_in_order_are_looked_at() {
    for (places, is_so) in [(vec![1, 0], true), (vec![0, 1], false)] {
        let mut arena = Arena::new();
        let mut read = |text: &str| parse_rel(&mut arena, text).expect("a plan");
        let (one, two) = (read(FEWER), read(TURNED));
        let orders = [Order { before: one, after: two, places: places.clone() }];
        let end = Path { outputs: &places, ..path(two, two, &[], &places) };
        let paths = [path(one, two, &orders, &places), end];
        let replayed = replay(&mut arena, &Claims::default(), &[], paths, &[]);
        assert_eq!(replayed.missed.is_empty(), is_so, "{replayed:?}");
    }
}

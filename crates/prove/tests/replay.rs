//! The checker and the rewrites: every case on the pages of `canon` is a step that the laws should see, and no step with
//! one small thing changed is seen where rows tell the two plans apart.
//!
//! `SHOW=1 cargo test -p plumb-prove --test replay -- --nocapture` names what is not seen.

mod facts;
#[path = "../../canon/tests/oracle/mutate.rs"]
mod mutate;
#[path = "../../eval/tests/width.rs"]
mod width;

use std::collections::BTreeMap;

use facts::facts;
use plumb_canon::{Canonicalizer, Facts, Lemma, rewrites};
use plumb_check::{Judgement, Plan, same_plans, same_values};
use plumb_eval::{Effort, Outcome, Side, refute};
use plumb_ir::{
    Arena, RelId,
    text::{parse_rel, print_rel},
};
use plumb_prove::{claims, constraints};

/// Cases that the laws see at least.
const SEEN: usize = 108;

/// Changes of each case that are tried.
const CHANGES: u64 = 14;

/// A case of a page: what a rewrite is given, and what is known.
struct Case {
    name: String,
    facts: Facts,
    before: String,
    after: String,
}

fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for rewrite in rewrites() {
        let mut fence: Option<(&str, String)> = None;
        let (mut title, mut known, mut before) = ("", Facts::default(), String::new());
        for line in rewrite.page.lines() {
            match &mut fence {
                Some((kind, body)) if line == "```" => {
                    match *kind {
                        "facts" => known = facts(body),
                        "before" => before.clone_from(body),
                        "after" => all.push(Case {
                            name: format!("{}: {title}", rewrite.name),
                            facts: known.clone(),
                            before: before.clone(),
                            after: body.clone(),
                        }),
                        _ => {}
                    }
                    fence = None;
                }
                Some((_, body)) => {
                    body.push_str(line);
                    body.push('\n');
                }
                None => {
                    if let Some(text) = line.strip_prefix("## ") {
                        (title, known) = (text, Facts::default());
                    } else if let Some(kind) = line.strip_prefix("```") {
                        fence = Some((kind, String::new()));
                    }
                }
            }
        }
    }
    all
}

fn judged(arena: &Arena, facts: &Facts, one: RelId, two: RelId) -> Judgement {
    same_plans(arena, &claims(facts), Plan::whole(one), Plan::whole(two))
}

fn differ(arena: &Arena, facts: &Facts, one: RelId, two: RelId) -> Option<String> {
    let outputs: Vec<u32> = (0..).take(width::width(arena, one)).collect();
    let side = |rel| Side { rel, outputs: &outputs };
    let effort = Effort { databases: 300, ..Effort::default() };
    match refute(arena, side(one), side(two), &constraints(facts), effort) {
        Outcome::Different(found) => Some(plumb_eval::inserts(&found.database)),
        Outcome::NotFound { .. } => None,
    }
}

#[test]
fn the_laws_see_what_rewrites_do() {
    let (mut seen, mut all) = (0, 0);
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        let mut arena = Arena::new();
        let one = parse_rel(&mut arena, &case.before).expect("a page has plans");
        let two = parse_rel(&mut arena, &case.after).expect("a page has plans");
        let judged = judged(&arena, &case.facts, one, two);
        all += 1;
        seen += usize::from(judged == Judgement::Holds);
        assert_ne!(judged, Judgement::Refuted, "{}", case.name);
        if judged != Judgement::Holds {
            let rule = case.name.split(':').next().unwrap_or_default();
            *missed.entry(rule.to_owned()).or_default() += 1;
            if std::env::var_os("SHOW").is_some() {
                println!("{}: {judged:?}\n{}{}", case.name, case.before, case.after);
            }
        }
    }
    println!("{seen} of {all} cases on the pages are seen; not: {missed:?}");
    assert!(seen >= SEEN, "{seen} of {all} cases are seen");
}

#[test]
fn the_laws_do_not_see_what_rows_contradict() {
    let mut tried = 0;
    for case in cases() {
        for chance in 0..CHANGES {
            let mut arena = Arena::new();
            let one = parse_rel(&mut arena, &case.before).expect("a page has plans");
            let two = parse_rel(&mut arena, &case.after).expect("a page has plans");
            for (one, two) in [(one, two), (two, one)] {
                let Some(two) = mutate::mutant(&mut arena, two, chance * 5 + chance % 7) else {
                    continue;
                };
                tried += 1;
                if judged(&arena, &case.facts, one, two) == Judgement::Holds
                    && let Some(rows) = differ(&arena, &case.facts, one, two)
                {
                    let (one, two) = (print_rel(&arena, one), print_rel(&arena, two));
                    panic!("{}\n{one}\n{two}\n{rows}", case.name);
                }
            }
        }
    }
    println!("{tried} changes");
    assert!(tried > 1_000, "{tried} changes");
}

#[test]
fn steps_lead_from_plan_to_normal_form() {
    let (mut steps, mut seen) = (0, 0);
    let mut missed: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases() {
        let mut arena = Arena::new();
        let one = parse_rel(&mut arena, &case.before).expect("a page has plans");
        let mut canonicalizer = Canonicalizer::knowing(case.facts.clone()).keeping();
        canonicalizer.canonical(&mut arena, one);
        let known = claims(&case.facts);
        for lemma in canonicalizer.steps() {
            let (rule, judged) = match lemma {
                Lemma::Rel(rule, one, two) => {
                    (rule, same_plans(&arena, &known, Plan::whole(one), Plan::whole(two)))
                }
                Lemma::Scalar(rule, one, two) => (rule, same_values(&arena, &known, one, two)),
                Lemma::Order(one, two, places) => {
                    let two = Plan { rel: two, outputs: Some(&places) };
                    ("order", same_plans(&arena, &known, Plan::whole(one), two))
                }
            };
            steps += 1;
            seen += usize::from(judged == Judgement::Holds);
            assert_ne!(judged, Judgement::Refuted, "{rule}: {}", case.name);
            if judged != Judgement::Holds {
                *missed.entry(rule).or_default() += 1;
            }
        }
    }
    println!("{seen} of {steps} steps are seen; not: {missed:?}");
    assert!(seen * 100 >= steps * 98, "{seen} of {steps} steps are seen");
}

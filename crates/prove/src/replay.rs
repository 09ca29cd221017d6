//! What an independent checker makes of a proof.

use plumb_canon::{Canonical, Canonicalizer, Facts};
use plumb_check::{Claims, Lemma, Order, Path, Replayed, Step, TableClaims};
use plumb_ir::{Arena, RelId};

use crate::{Plan, facts::NO_NAN};

/// What is claimed of tables, as the checker has it.
pub fn claims(facts: &Facts) -> Claims {
    let mut claims = Claims { one_type: facts.one_type(), ..Claims::default() };
    for (name, table) in facts.tables() {
        let columns = table.columns.iter().map(|(name, column)| {
            (name.clone(), (column.data_type.clone(), column.not_null.is_some()))
        });
        let keys = table.keys.iter().map(|(columns, _)| columns.clone()).collect();
        let references = table.references.iter().map(|it| plumb_check::Reference {
            columns: it.columns.clone(),
            table: it.table.clone(),
            to: it.to.clone(),
        });
        let (columns, references) = (columns.collect(), references.collect());
        claims.tables.insert(name.to_owned(), TableClaims { columns, keys, references });
    }
    claims
}

/// Replays a proof that two plans are the same, which rests on no more than these facts.
///
/// `between` are the rules by which their normal forms were seen to be the same; none if they are one. `grounds` is
/// what was assumed beside the facts.
pub fn replayed(
    arena: &mut Arena,
    facts: &Facts,
    sides: [Plan<'_>; 2],
    between: &[(&'static str, usize)],
    grounds: &[String],
) -> Replayed {
    let mut canonicalizer = Canonicalizer::knowing(facts.clone()).keeping();
    let (mut lemmas, mut ways) = (Vec::new(), Vec::new());
    for side in sides {
        let normal = canonicalizer.canonical(arena, side.rel);
        ways.push(Way::new(side, &normal, canonicalizer.steps(), &mut lemmas));
    }
    let [left, right] = [&ways[0], &ways[1]].map(Way::path);
    let no_nan = grounds.iter().any(|it| it == NO_NAN);
    let claims = Claims { no_nan, ..claims(facts) };
    plumb_check::replay(arena, &claims, &lemmas, [left, right], between)
}

/// How a plan came to its normal form.
struct Way<'a> {
    side: Plan<'a>,
    orders: Vec<Order>,
    end: RelId,
    columns: Vec<u32>,
}

impl<'a> Way<'a> {
    fn new(
        side: Plan<'a>,
        normal: &Canonical,
        steps: Vec<plumb_canon::Lemma>,
        lemmas: &mut Vec<Lemma>,
    ) -> Self {
        let mut orders = Vec::new();
        for step in steps {
            match step {
                plumb_canon::Lemma::Rel(rule, before, after) => {
                    lemmas.push(Lemma { rule, step: Step::Rel(before, after) });
                }
                plumb_canon::Lemma::Scalar(rule, before, after) => {
                    lemmas.push(Lemma { rule, step: Step::Scalar(before, after) });
                }
                plumb_canon::Lemma::Order(before, after, places) => {
                    orders.push(Order { before, after, places });
                }
            }
        }
        let columns = side.outputs.iter().filter_map(|at| normal.columns.get(*at as usize));
        Self { side, orders, end: normal.rel, columns: columns.copied().collect() }
    }

    fn path(&self) -> Path<'_> {
        Path {
            start: self.side.rel,
            outputs: self.side.outputs,
            orders: &self.orders,
            end: self.end,
            columns: &self.columns,
        }
    }
}

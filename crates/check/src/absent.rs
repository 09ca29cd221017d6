//! Laws of what is not there: joins without a match, values that are not among others.

use plumb_ir::Field;

use crate::{
    lower::{Fit, Kernel},
    term::{Block, Kind, NULL, Sum, Term, call},
    theory::Theory,
    tidy::{Mode, asked, column, exists},
};

impl Kernel<'_> {
    /// A left join whose matches are filtered out, as a column that is never NULL in them is NULL, asks for no match.
    pub(crate) fn no_match(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, (var, kind)) in block.atoms.iter().enumerate() {
            let Kind::Maybe(sum) = kind else { continue };
            let filled = |field: Field| {
                sum.iter().all(|inner| {
                    let value = column(&inner.out, field);
                    value.is_some_and(|it| Theory::new(self, &inner.facts).never_null(&it))
                })
            };
            let none = block.facts.iter().any(|fact| match fact.as_call() {
                Some(("is-null", [Term::Column(of, field)])) => of == var && filled(*field),
                _ => false,
            });
            let starred = |it: &Term| matches!(it, Term::Star(of, _) if of == var);
            if !none || block.out.iter().any(|it| it.any(&starred)) {
                continue;
            }
            let mut rest = block.clone();
            rest.atoms.remove(at);
            let mut rest = rest.map(&mut |it| match it {
                Term::Column(of, _) if of == var => Some(NULL),
                _ => None,
            });
            let some = exists(self.tidy(sum.clone(), Mode::Any)?);
            rest.facts.push(call("not", vec![some]));
            return Ok(Some(vec![rest]));
        }
        Ok(None)
    }

    /// Values that are not among those of a query are told apart from each of them: no comparison is NULL.
    pub(crate) fn none_alike(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Some(("not", [Term::In(values, sum)])) = fact.as_call() else { continue };
            let alike = sum.iter().map(|inner| {
                let starred = |it: &Term| it.any(&|it| matches!(it, Term::Star(..)));
                if inner.out.len() != values.len() || inner.out.iter().any(starred) {
                    return None;
                }
                let pairs = inner.out.iter().zip(values);
                let pairs = pairs.map(|(out, it)| call("eq", vec![out.clone(), it.clone()]));
                let mut pairs: Vec<Term> = pairs.collect();
                let all = if pairs.len() == 1 { pairs.remove(0) } else { call("and", pairs) };
                let mut inner = Block { out: Vec::new(), ..inner.clone() };
                inner.facts.push(call("not", vec![call("is-false", vec![all])]));
                Some(inner)
            });
            let Some(alike) = alike.collect::<Option<Sum>>() else { continue };
            let some = exists(self.tidy(alike, Mode::Any)?);
            let mut rest = block.clone();
            rest.facts[at] = call("not", vec![some]);
            return Ok(Some(vec![rest]));
        }
        Ok(None)
    }

    /// Values that are not among those of a query, where nothing is NULL, have no equal row there.
    pub(crate) fn not_among(&mut self, block: &Block, _: Mode) -> Fit<Option<Sum>> {
        for (at, fact) in block.facts.iter().enumerate() {
            let Some(("not", [among @ Term::In(values, sum)])) = fact.as_call() else { continue };
            let filled = |facts: &[Term], values: &[Term]| {
                let theory = Theory::new(self, facts);
                values.iter().all(|it| theory.never_null(it))
            };
            // What is converted to be compared may become NULL.
            let plain = |inner: &Block| {
                let pairs = inner.out.iter().zip(values);
                pairs.into_iter().all(|(out, value)| {
                    self.claims.one_type || self.of_one_family(&[out.clone(), value.clone()])
                })
            };
            let all = filled(&block.facts, values)
                && sum.iter().all(|inner| plain(inner) && filled(&inner.facts, &inner.out));
            let Some(found) = asked(among).filter(|_| all) else { continue };
            let some = exists(self.tidy(found, Mode::Any)?);
            let mut rest = block.clone();
            rest.facts[at] = call("not", vec![some]);
            return Ok(Some(vec![rest]));
        }
        Ok(None)
    }
}

//! What a sum looks at: values that meet a condition, and zeros that add nothing.

use plumb_ir::{FromId, Scalar, ScalarId};

use super::Reader;
use crate::formula::{Only, Term, computed, number, rows, words};

impl Reader<'_> {
    /// The sum, and the condition, of a sum of what meets a condition.
    pub(super) fn only(
        &mut self,
        name: &str,
        args: &[ScalarId],
        scopes: &[FromId],
    ) -> Option<Box<Only>> {
        let [arg] = args else { return None };
        let Scalar::Case { branches, otherwise } = self.arena.get_scalar(*arg) else { return None };
        let [(when, then)] = branches.as_slice() else { return None };
        if name != "sum" || otherwise.is_some_and(|other| !rows::is_nothing(self.arena, other)) {
            return None;
        }
        let (when, then) = (self.scalar(*when, scopes)?, self.scalar(*then, scopes)?);
        let then = [then];
        let sum = number::scaled(name, &then).map(|(key, _)| key);
        let sum = sum.unwrap_or_else(|| words::call(name, &then, false).key);
        let condition = (!when.moves).then(|| when.counted());
        Some(Box::new(Only { sum, condition }))
    }

    /// What an aggregate looks at: a sum takes no note of zeros.
    pub(super) fn aggregated(
        &mut self,
        name: &str,
        id: ScalarId,
        scopes: &[FromId],
    ) -> Option<Term> {
        if let Scalar::Case { branches, otherwise: Some(other) } = self.arena.get_scalar(id).clone()
            && name == "sum"
            && rows::is_zero(self.arena, other)
        {
            let flat: Vec<ScalarId> =
                branches.iter().flat_map(|(when, then)| [*when, *then]).collect();
            let terms = self.all(&flat, scopes)?;
            return Some(computed(words::case(&terms, None), &terms));
        }
        self.scalar(id, scopes)
    }
}

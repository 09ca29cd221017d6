//! The first rows in some order.

use plumb_ir::{RelId, ScalarId, SortKey};

use crate::{
    lower::{Fit, Lower, Missing},
    place::{Calls, no_calls_over_rows},
    term::{Kind, Sum, Term},
};

impl Lower<'_, '_> {
    pub(crate) fn limit(
        &mut self,
        input: RelId,
        order: &[SortKey],
        ends: [Option<ScalarId>; 2],
    ) -> Fit<Sum> {
        let mut sum = self.rel(input)?;
        let Some(width) = sum.first().map(|block| block.out.len()) else { return Ok(sum) };
        for block in &mut sum {
            let scope = vec![Some(block.out.clone())];
            let keys = self.within(&scope, |it| {
                order.iter().map(|key| it.scalar(key.value)).collect::<Fit<Vec<Term>>>()
            })?;
            no_calls_over_rows(&keys, Calls::None)?;
            block.out.extend(keys);
        }
        let keys = order.iter().enumerate();
        let keys = keys.map(|(at, key)| (width + at, key.descending, key.nulls_first)).collect();
        let [limit, offset] =
            ends.map(|id| id.map(|id| self.within(&Vec::new(), |it| it.scalar(id))).transpose());
        let (limit, offset) = (limit?, offset?);
        let mut rows = self.derived(sum, Missing::Never, |sum| Kind::Limit {
            sum,
            order: keys,
            limit,
            offset,
        });
        rows[0].out.truncate(width);
        Ok(rows)
    }
}

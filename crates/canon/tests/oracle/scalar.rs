//! What a scalar means.

use plumb_ir::{Scalar, ScalarId, SortKey, Symbol};

use crate::{
    bag::{Binding, Evaluator, Row, TooBig, compare},
    value::{Value, and, call, literal, measure, or},
};

/// All rows a window call sees, and the one it is for.
pub(crate) struct Window<'a> {
    pub(crate) bindings: &'a [Binding],
    pub(crate) at: usize,
}

impl Evaluator<'_> {
    pub(crate) fn scalar(
        &mut self,
        id: ScalarId,
        window: Option<&Window<'_>>,
    ) -> Result<Value, TooBig> {
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => {
                Ok(self.column(*depth, *input, *field).expect("a column that is there"))
            }
            Scalar::Either { depth, inputs, name } => {
                let field = plumb_ir::Field::Named(*name);
                let mut found =
                    inputs.iter().filter_map(|input| self.column(*depth, *input, field));
                let value = found.next().expect("one of them has it");
                assert!(found.next().is_none(), "several have it");
                Ok(value)
            }
            Scalar::Literal(constant) => Ok(literal(constant)),
            Scalar::Call { function, args } => {
                let args = self.row(args, window)?;
                Ok(call(arena.name(*function), &args))
            }
            Scalar::Case { branches, otherwise } => {
                for (when, then) in branches {
                    if self.scalar(*when, window)?.truth() == Some(true) {
                        return self.scalar(*then, window);
                    }
                }
                otherwise.map_or(Ok(Value::Null), |value| self.scalar(value, window))
            }
            Scalar::Cast { value, .. } => {
                let text = self.scalar(*value, window)?.text();
                Ok(text.map_or(Value::Null, Value::Text))
            }
            Scalar::Window { function, args, distinct, partition, order, .. } => {
                let window = window.expect("a window call stands in an output");
                self.window(*function, args, *distinct, partition, order, window)
            }
            Scalar::Exists(rel) => Ok(Value::Bool(!self.rel(*rel)?.rows.is_empty())),
            Scalar::In { values, rel } => {
                let values = self.row(values, window)?;
                let bag = self.rel(*rel)?;
                let matches =
                    bag.rows.iter().map(|row| and(values.iter().zip(row).map(|(a, b)| a.same(b))));
                Ok(or(matches).map_or(Value::Null, Value::Bool))
            }
            Scalar::Subquery(rel) => {
                let bag = self.rel(*rel)?;
                assert!(bag.rows.len() < 2, "a scalar subquery with several rows");
                Ok(bag.rows.first().map_or(Value::Null, |row| row[0].clone()))
            }
            other @ (Scalar::Aggregate { .. }
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. }) => {
                panic!("{other:?} is not generated here")
            }
        }
    }

    fn row(&mut self, scalars: &[ScalarId], window: Option<&Window<'_>>) -> Result<Row, TooBig> {
        scalars.iter().map(|scalar| self.scalar(*scalar, window)).collect()
    }

    /// An aggregate over some rows.
    pub(crate) fn measure(
        &mut self,
        function: Symbol,
        args: &[ScalarId],
        distinct: bool,
        filter: Option<ScalarId>,
        members: &[Binding],
    ) -> Result<Value, TooBig> {
        let mut values = Vec::new();
        for member in members {
            self.burn()?;
            self.scopes.push(member.clone());
            let counts = match filter {
                None => true,
                Some(filter) => self.scalar(filter, None)?.truth() == Some(true),
            };
            if counts {
                values.push(self.row(args, None)?.into_iter().next());
            }
            self.scopes.pop();
        }
        Ok(measure(self.arena.name(function), values, distinct))
    }

    fn window(
        &mut self,
        function: Symbol,
        args: &[ScalarId],
        distinct: bool,
        partition: &[ScalarId],
        order: &[SortKey],
        window: &Window<'_>,
    ) -> Result<Value, TooBig> {
        let keys: Vec<ScalarId> = order.iter().map(|key| key.value).collect();
        let own = self.row(partition, None)?;
        let mut members = Vec::new();
        let mut before = 0;
        let mine = self.row(&keys, None)?;
        // The other rows stand in the place of this one, not inside it.
        let current = self.scopes.pop().expect("the row it is for");
        for (at, binding) in window.bindings.iter().enumerate() {
            self.burn()?;
            self.scopes.push(binding.clone());
            let (other, theirs) = (self.row(partition, None)?, self.row(&keys, None)?);
            self.scopes.pop();
            if other == own {
                members.push(binding.clone());
                // Rows that tie are alike in all that can be seen, so any order of them will do.
                before +=
                    i128::from(compare(order, &theirs, &mine).then(at.cmp(&window.at)).is_lt());
            }
        }
        let value = if self.arena.name(function) == "row-number" {
            Ok(Value::Int(before + 1))
        } else {
            self.measure(function, args, distinct, None, &members)
        };
        self.scopes.push(current);
        value
    }
}

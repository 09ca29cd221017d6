//! Scalars and aggregates to terms.

use plumb_ir::{Bound, FromId, Literal, RelId, Scalar, ScalarId, Type, function};

use crate::{
    lower::{Fit, Lower, Unfit},
    number::fits,
    swap::renamed,
    term::{Block, End, Fact, Id, Sort, Term, Window},
    tidy::number,
};

/// How rows are put together.
pub(crate) struct Fold {
    pub(crate) function: plumb_ir::Symbol,
    /// How many arguments it has.
    pub(crate) args: usize,
    /// Whether equal arguments count once.
    pub(crate) distinct: bool,
    pub(crate) order: Vec<Sort>,
}

impl Lower<'_, '_> {
    pub(crate) fn scalar(&mut self, id: ScalarId) -> Fit<Id> {
        let node = self.space.arena.get_scalar(id).clone();
        Ok(match node {
            Scalar::Column { depth, input, field } => self.column(depth, input, field)?,
            Scalar::Either { depth, inputs, name } => self.either(depth, &inputs, name)?,
            Scalar::Literal(literal) => self.space.literal(literal),
            Scalar::Call { function, args } => {
                let args = self.scalars(&args)?;
                self.space.spelled(function, args)
            }
            Scalar::Case { branches, otherwise } => {
                let mut cases = Vec::new();
                for (when, then) in branches {
                    cases.push((self.scalar(when)?, self.scalar(then)?));
                }
                let otherwise = match otherwise {
                    Some(otherwise) => self.scalar(otherwise)?,
                    None => self.space.null,
                };
                self.space.term(Term::Case { branches: cases, otherwise })
            }
            Scalar::Cast { value, to, safe } => {
                let value = self.scalar(value)?;
                self.cast(value, to, safe)
            }
            Scalar::Exists(rel) => {
                let some = self.some(rel)?;
                self.space.truth_value(&some)
            }
            Scalar::In { values, rel } => {
                let values = self.scalars(&values)?;
                self.membership(&values, rel)?
            }
            Scalar::Subquery(rel) => self.only(rel)?,
            Scalar::Lambda { params, body } => {
                let body = self.scalar(body)?;
                self.space.term(Term::Lambda { params, body })
            }
            Scalar::Param(at) => self.space.term(Term::Param(at)),
            Scalar::Hole { kind, key } => {
                let name = self.space.arena.name(key).to_owned();
                let kind = self.space.arena.name(kind).to_owned();
                self.space.call(&format!("hole:{kind}:{name}"), Vec::new())
            }
            Scalar::Window { .. } => self.window(&node)?,
            Scalar::Aggregate { .. } => return Err(Unfit("an aggregate out of place")),
        })
    }

    fn cast(&mut self, value: Id, to: Type, safe: bool) -> Id {
        if let Type::Int(bits) = to {
            if let Term::Literal(Literal::Text(text)) = self.space.get(value)
                && let Ok(number) = text.parse::<i128>()
                && number.to_string() == *text
                && fits(number, bits)
            {
                return self.space.integer(number);
            }
            if let (Type::Int(wide), false) = (self.space.type_of(value), safe) {
                if wide > bits {
                    self.space.assumed.insert("whole numbers fit the types they are converted to");
                }
                return value;
            }
        }
        self.space.term(Term::Cast { value, to, safe })
    }

    fn scalars(&mut self, ids: &[ScalarId]) -> Fit<Vec<Id>> {
        ids.iter().map(|id| self.scalar(*id)).collect()
    }

    /// That a relation has a row.
    fn some(&mut self, rel: RelId) -> Fit<Fact> {
        let blocks = self.open(rel)?;
        Ok(self.space.some_of(blocks))
    }

    /// `IN`: TRUE for a match, NULL if one cannot be told, or else FALSE.
    fn membership(&mut self, values: &[Id], rel: RelId) -> Fit<Id> {
        let blocks = self.rel(rel)?;
        let (mut matches, mut perhaps) = (Vec::new(), Vec::new());
        for block in &blocks {
            if block.out.len() != values.len() {
                return Err(Unfit("a membership of other columns"));
            }
            let (mut sure, mut open) = (renamed(self.space, block), renamed(self.space, block));
            let pairs: Vec<(Id, Id)> = values.iter().copied().zip(sure.out.clone()).collect();
            for (one, two) in pairs {
                let eq = self.space.call("eq", vec![one, two]);
                sure.facts.push(self.space.holds(eq));
            }
            let pairs: Vec<(Id, Id)> = values.iter().copied().zip(open.out.clone()).collect();
            for (one, two) in pairs {
                let eq = self.space.call("eq", vec![one, two]);
                open.facts.push(self.space.fails(eq).negated(self.space.null));
            }
            matches.push(sure);
            perhaps.push(open);
        }
        let some = self.space.some_of(matches);
        let open = self.space.some_of(perhaps);
        let (some, open) = (self.space.truth_value(&some), self.space.truth_value(&open));
        let (truth, null, otherwise) = (self.space.truth, self.space.null, self.space.falsehood);
        if some == open {
            return Ok(some);
        }
        Ok(self.space.term(Term::Case { branches: vec![(some, truth), (open, null)], otherwise }))
    }

    /// The value of a subquery.
    fn only(&mut self, rel: RelId) -> Fit<Id> {
        let blocks = self.rel(rel)?;
        Ok(self.space.only(blocks))
    }

    pub(crate) fn has_window(&self, id: ScalarId) -> bool {
        let node = self.space.arena.get_scalar(id);
        matches!(node, Scalar::Window { .. })
            || node.children().into_iter().any(|child| self.has_window(child))
    }

    fn window(&mut self, node: &Scalar) -> Fit<Id> {
        let Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } =
            node
        else {
            return Err(Unfit("a window out of place"));
        };
        let end = |it: &mut Self, bound: Bound| {
            Ok(match bound {
                Bound::First => End::First,
                Bound::Before(value) => End::Before(it.scalar(value)?),
                Bound::Current => End::Current,
                Bound::After(value) => End::After(it.scalar(value)?),
                Bound::Last => End::Last,
            })
        };
        let frame = match frame {
            Some(frame) => Some((frame.unit, end(self, frame.start)?, end(self, frame.end)?)),
            None => None,
        };
        let mut keys = Vec::new();
        for key in order {
            keys.push((self.scalar(key.value)?, key.descending, key.nulls_first));
        }
        let window = Window {
            function: *function,
            args: self.scalars(args)?,
            distinct: *distinct,
            ignore_nulls: *ignore_nulls,
            partition: self.scalars(partition)?,
            order: keys,
            frame,
            total: false,
        };
        let window = self.forwards(window);
        Ok(self.space.term(Term::Window(Box::new(window))))
    }

    /// One row before, unless another number is said, whatever the frame.
    fn forwards(&mut self, mut window: Window) -> Window {
        if matches!(self.space.arena.name(window.function), "lag" | "lead") {
            if window.args.len() == 2 && window.args[1] == self.space.one {
                window.args.pop();
            }
            window.frame = None;
        }
        window
    }

    pub(crate) fn aggregate(
        &mut self,
        from: FromId,
        keys: &[ScalarId],
        calls: &[ScalarId],
        scalar: bool,
    ) -> Fit<Vec<Block>> {
        let mut rows = Vec::new();
        for (block, scope) in self.blocks_of(from)? {
            let out = self.within(scope.clone(), |it| it.scalars(keys))?;
            rows.push((Block { out, ..block }, scope));
        }
        if scalar {
            let mut out = Vec::new();
            for call in calls {
                out.push(self.aggregate_call(*call, &rows, &[])?);
            }
            return Ok(vec![Block { out, ..Block::default() }]);
        }
        let groups: Vec<Block> = rows.iter().map(|(block, _)| renamed(self.space, block)).collect();
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut block = if keys.is_empty() {
            Block { facts: vec![self.space.some_of(groups)], ..Block::default() }
        } else {
            let atom = self.space.distinct_row(groups);
            self.row(atom.var, atom.kind)
        };
        let group = block.out.clone();
        for call in calls {
            let value = self.aggregate_call(*call, &rows, &group)?;
            block.out.push(value);
        }
        Ok(vec![block])
    }

    /// An aggregate over the rows whose keys are those of the group.
    fn aggregate_call(
        &mut self,
        call: ScalarId,
        rows: &[(Block, crate::lower::Scope)],
        group: &[Id],
    ) -> Fit<Id> {
        let Scalar::Aggregate { function: name, args, distinct, filter, order } =
            self.space.arena.get_scalar(call).clone()
        else {
            return Err(Unfit("an aggregate out of place"));
        };
        let word = self.space.arena.name(name).to_owned();
        let known = function(&word);
        let measure = known.and_then(|it| it.measure);
        let own = matches!(word.as_str(), "sum-zero" | "single-value");
        if (measure.is_none() && !own) || matches!(word.as_str(), "grouping" | "grouping-id") {
            return Err(Unfit("an aggregate that is not known"));
        }
        if args.is_empty() && word != "count" {
            return Err(Unfit("an aggregate of nothing"));
        }
        let mut blocks = Vec::new();
        for (block, scope) in rows {
            let values = self.within(scope.clone(), |it| {
                let mut values = it.scalars(&args)?;
                for key in &order {
                    values.push(it.scalar(key.value)?);
                }
                let filter = match filter {
                    Some(filter) => Some(it.scalar(filter)?),
                    None => None,
                };
                Ok((values, filter))
            })?;
            let mut block = block.clone();
            let pairs: Vec<(Id, Id)> =
                block.out.iter().copied().zip(group.iter().copied()).collect();
            block.facts.extend(pairs.into_iter().map(|(key, group)| Fact::Same(key, group)));
            if let Some(filter) = values.1 {
                block.facts.push(self.space.holds(filter));
            }
            block.out = values.0;
            blocks.push(renamed(self.space, &block));
        }
        let keys = order.iter().enumerate().map(|(at, key)| Sort {
            at: number(args.len() + at),
            descending: key.descending,
            nulls_first: key.nulls_first,
        });
        let fold = Fold { function: name, args: args.len(), distinct, order: keys.collect() };
        Ok(self.fold_rows(&fold, blocks))
    }

    /// An aggregate over rows whose outputs are its arguments, and then the keys of its order.
    pub(crate) fn fold_rows(&mut self, fold: &Fold, mut blocks: Vec<Block>) -> Id {
        let word = self.space.arena.name(fold.function).to_owned();
        let measure = function(&word).and_then(|it| it.measure);
        let skipped = match (word.as_str(), measure) {
            ("count", _) => fold.args,
            ("sum-zero", _) => 1,
            (_, Some(measure)) if measure.ignores_nulls => 1,
            _ => 0,
        };
        for block in &mut blocks {
            for value in block.out.clone().into_iter().take(skipped) {
                block.facts.push(self.space.not_null(value));
            }
        }
        if fold.distinct && !measure.is_some_and(|it| it.duplicate_insensitive) {
            blocks = self.distinct(blocks);
        }
        self.aggregated(&word, fold.function, blocks, fold.order.clone())
    }

    /// A truth value if it is there, or else the other one; NULL if there is none.
    fn some_is(&mut self, blocks: Vec<Block>, wanted: Id, other: Id) -> Id {
        let mut sure = blocks.clone();
        for block in &mut sure {
            let value = block.out[0];
            let is = if wanted == self.space.truth {
                self.space.holds(value)
            } else {
                self.space.fails(value)
            };
            block.facts.push(is);
        }
        let (sure, any) = (self.space.some_of(sure), self.space.some_of(blocks));
        let (sure, any) = (self.space.truth_value(&sure), self.space.truth_value(&any));
        let otherwise = self.space.null;
        self.space.term(Term::Case { branches: vec![(sure, wanted), (any, other)], otherwise })
    }

    /// What is counted in what is summed; NULL if there is nothing.
    fn average(&mut self, blocks: Vec<Block>) -> Id {
        let some = self.space.some_of(blocks.clone());
        let when = self.space.truth_value(&some);
        let one = self.space.one;
        let ones = blocks.iter().map(|block| Block { out: vec![one], ..block.clone() }).collect();
        let count = self.space.total(ones);
        let total = self.space.total(blocks);
        let value = self.space.call("div", vec![total, count]);
        let otherwise = self.space.null;
        self.space.term(Term::Case { branches: vec![(when, value)], otherwise })
    }

    fn aggregated(
        &mut self,
        word: &str,
        name: plumb_ir::Symbol,
        mut blocks: Vec<Block>,
        order: Vec<Sort>,
    ) -> Id {
        match word {
            "count" | "count-if" => {
                if word == "count-if" {
                    for block in &mut blocks {
                        let holds = self.space.holds(block.out[0]);
                        block.facts.push(holds);
                    }
                }
                for block in &mut blocks {
                    block.out = vec![self.space.one];
                }
                self.space.total(blocks)
            }
            "sum-zero" => self.space.total(blocks),
            "single-value" => self.space.only(blocks),
            "bool-or" => self.some_is(blocks, self.space.truth, self.space.falsehood),
            "bool-and" => self.some_is(blocks, self.space.falsehood, self.space.truth),
            "avg" if order.is_empty() => self.average(blocks),
            "sum" => {
                let some = self.space.some_of(blocks.clone());
                let total = self.space.total(blocks);
                let when = self.space.truth_value(&some);
                if when == self.space.truth {
                    return total;
                }
                let otherwise = self.space.null;
                self.space.term(Term::Case { branches: vec![(when, total)], otherwise })
            }
            _ => self.space.fold(name, blocks, order),
        }
    }
}

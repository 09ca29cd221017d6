//! What relations mean.

use std::{collections::BTreeMap, rc::Rc};

use plumb_ir::{FromId, Out, Rel, RelId, Scalar, ScalarId, SortKey};

use crate::{
    bag::{Bag, Head, Label, Row, positions},
    evaluator::{Binding, Evaluator},
    measure::{self, Measured},
    order::{compare, settled, sort},
    set::{distinct, set},
    unable::Unable,
    value::Value,
    window::Window,
};

impl Evaluator<'_> {
    /// The rows of a relation, computed once if it depends on nothing around it.
    pub(crate) fn rel(&mut self, id: RelId) -> Result<Rc<Bag>, Unable> {
        if let Some(done) = self.done.get(&id) {
            return Ok(Rc::clone(done));
        }
        let bag = Rc::new(self.deeper(|it| it.compute(id))?);
        if self.arena.rel_reach(id) == 0 {
            self.done.insert(id, Rc::clone(&bag));
        }
        Ok(bag)
    }

    fn compute(&mut self, id: RelId) -> Result<Bag, Unable> {
        let arena = self.arena;
        match arena.get_rel(id) {
            Rel::Scan { table } => {
                let heads = self.heads(id)?;
                let Some(table) = self.database.tables.get(arena.name(*table)) else {
                    return Unable::broken("a table that is not there");
                };
                Ok(Bag { heads, rows: table.rows.clone() })
            }
            Rel::Values { width, rows } => self.within(Vec::new(), |it| {
                let row = |row: &Vec<ScalarId>| it.row(row, None);
                let rows = rows.iter().map(row).collect::<Result<_, _>>()?;
                Ok(Bag { heads: positions(*width as usize), rows })
            }),
            Rel::Project { from, out } => self.project(id, *from, out),
            Rel::Aggregate { from, keys, calls, scalar } => {
                let bindings = self.bindings(*from)?;
                let kind = if *scalar { Grouping::Whole } else { Grouping::ByKeys };
                self.aggregate(bindings, keys, calls, kind)
            }
            Rel::Distinct { input } => {
                let input = self.rel(*input)?;
                Ok(Bag { heads: input.heads.clone(), rows: distinct(&input.rows)? })
            }
            Rel::Union { inputs } => self.union(inputs),
            Rel::Set { kind, all, left, right } => {
                let (left, right) = (self.rel(*left)?, self.rel(*right)?);
                let rows = set(*kind, *all, &left.rows, &right.rows)?;
                Ok(Bag { heads: left.heads.clone(), rows })
            }
            Rel::Limit { input, order, limit, offset } => {
                let input = self.rel(*input)?;
                self.limit(&input, order, *limit, *offset)
            }
            Rel::Call { function, args } => {
                let heads = self.heads(id)?;
                let args = self.within(Vec::new(), |it| it.row(args, None))?;
                let rows = self.series(arena.name(*function), &args)?;
                Ok(Bag { heads, rows })
            }
            Rel::Opaque { .. } => Unable::unknown("a part that was not understood"),
        }
    }

    fn union(&mut self, inputs: &[RelId]) -> Result<Bag, Unable> {
        let bags = inputs.iter().map(|it| self.rel(*it)).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = bags.first() else { return Unable::broken("a union of nothing") };
        let mut rows = Vec::new();
        for bag in &bags {
            if bag.heads.len() != first.heads.len() {
                return Unable::broken("sides of different widths");
            }
            for row in &bag.rows {
                self.step()?;
                rows.push(row.clone());
            }
        }
        Ok(Bag { heads: first.heads.clone(), rows })
    }

    /// Whole numbers from one to another. With one bound, engines disagree on the other.
    fn series(&mut self, function: &str, args: &[Value]) -> Result<Vec<Row>, Unable> {
        let whole = |at: usize| match args.get(at) {
            Some(Value::Number(number)) => number.as_whole(),
            _ => None,
        };
        if function != "generate-series" || !matches!(args.len(), 2 | 3) {
            return Unable::unknown(function);
        }
        if args.contains(&Value::Null) {
            return Ok(Vec::new());
        }
        let (Some(first), Some(last)) = (whole(0), whole(1)) else {
            return Unable::unknown(function);
        };
        let step = if args.len() == 3 { whole(2) } else { Some(1) };
        let Some(step) = step.filter(|step| *step > 0) else { return Unable::unknown(function) };
        let (mut rows, mut next) = (Vec::new(), first);
        while next <= last {
            self.step()?;
            rows.push(vec![Value::whole(next)]);
            next = next.checked_add(step).ok_or(Unable::TooMuch)?;
        }
        Ok(rows)
    }

    fn limit(
        &mut self,
        input: &Rc<Bag>,
        order: &[SortKey],
        limit: Option<ScalarId>,
        offset: Option<ScalarId>,
    ) -> Result<Bag, Unable> {
        let mut keyed: Vec<(Row, usize)> = Vec::new();
        for row in 0..input.rows.len() {
            let keys = self.within(vec![Some((Rc::clone(input), row))], |it| {
                order.iter().map(|key| it.scalar(key.value, None)).collect::<Result<Row, _>>()
            });
            keyed.push((keys?, row));
        }
        let texts = self.meaning.texts;
        sort(&mut keyed, order, texts)?;
        let number = |it: &mut Self, id: Option<ScalarId>| match id {
            None => Ok(None),
            Some(id) => match it.within(vec![None], |it| it.scalar(id, None))? {
                Value::Number(number) => {
                    let number = number.as_whole().and_then(|it| usize::try_from(it).ok());
                    number.map(Some).ok_or(Unable::Fails("a number of rows that is none"))
                }
                Value::Null => Unable::unknown("no number of rows"),
                _ => Unable::unknown("a number of rows"),
            },
        };
        let (limit, offset) = (number(self, limit)?, number(self, offset)?.unwrap_or(0));
        let start = offset.min(keyed.len());
        let end = limit.map_or(keyed.len(), |limit| offset.saturating_add(limit).min(keyed.len()));
        if start < end {
            for cut in [start, end].into_iter().filter(|cut| (1..keyed.len()).contains(cut)) {
                let tie = |at: usize| compare(order, &keyed[at].0, &keyed[cut].0, texts);
                if tie(cut - 1)?.is_ne() {
                    continue;
                }
                // Which of the rows that tie is picked matters only if they differ.
                let mine = &input.rows[keyed[cut].1];
                for (at, (_, row)) in keyed.iter().enumerate() {
                    if tie(at)?.is_eq() && input.rows[*row] != *mine {
                        return Err(Unable::Ambiguous("a limit among rows that tie"));
                    }
                }
            }
        }
        let picked = keyed.get(start..end).unwrap_or_default();
        let rows = picked.iter().map(|(_, row)| input.rows[*row].clone()).collect();
        Ok(Bag { heads: input.heads.clone(), rows })
    }

    fn project(&mut self, id: RelId, from: FromId, out: &[Out]) -> Result<Bag, Unable> {
        let heads = self.heads(id)?;
        let bindings = self.bindings(from)?;
        let inputs = &self.arena.get_from(from).inputs;
        // Columns of a star are looked up in the input's own heads, which do not depend on rows.
        let mut picks: Vec<Vec<usize>> = Vec::new();
        for out in out {
            picks.push(match out {
                Out::Star { input, except } => {
                    let Some(input) = inputs.get(*input as usize) else {
                        return Unable::broken("an input that is not there");
                    };
                    let inner = self.heads(*input)?;
                    (0..inner.len()).filter(|at| passed(&inner[*at], except)).collect()
                }
                Out::Column(_) => Vec::new(),
            });
        }
        let mut rows = Vec::new();
        for (at, binding) in bindings.iter().enumerate() {
            self.step()?;
            let window = Window { bindings: &bindings, at, out };
            let row = self.within(binding.clone(), |it| {
                let mut row = Vec::new();
                for (out, pick) in out.iter().zip(&picks) {
                    match out {
                        Out::Column(scalar) => row.push(it.scalar(*scalar, Some(&window))?),
                        Out::Star { input, .. } => {
                            let Some(Some((bag, at))) = binding.get(*input as usize) else {
                                return Unable::broken("an input that is not bound");
                            };
                            row.extend(pick.iter().map(|pick| bag.rows[*at][*pick].clone()));
                        }
                    }
                }
                Ok(row)
            });
            rows.push(row?);
        }
        Ok(Bag { heads, rows })
    }

    fn aggregate(
        &mut self,
        bindings: Vec<Binding>,
        keys: &[ScalarId],
        calls: &[ScalarId],
        grouping: Grouping,
    ) -> Result<Bag, Unable> {
        let mut groups: BTreeMap<Row, Vec<Binding>> = BTreeMap::new();
        if grouping == Grouping::Whole {
            groups.insert(Vec::new(), Vec::new());
        }
        for binding in bindings {
            let key = self.within(binding.clone(), |it| it.row(keys, None))?;
            groups.entry(key).or_default().push(binding);
        }
        settled(groups.keys())?;
        let mut rows = Vec::new();
        for (mut row, members) in groups {
            for call in calls {
                row.push(self.measured(*call, &members)?);
            }
            rows.push(row);
        }
        Ok(Bag { heads: positions(keys.len() + calls.len()), rows })
    }

    /// An aggregate call over the rows of a group.
    fn measured(&mut self, call: ScalarId, members: &[Binding]) -> Result<Value, Unable> {
        let Scalar::Aggregate { function, args, distinct, filter, order } =
            self.arena.get_scalar(call)
        else {
            return Unable::broken("a call that is no aggregate");
        };
        let mut rows: Vec<(Row, Row)> = Vec::new();
        for member in members {
            self.step()?;
            let row = self.within(member.clone(), |it| {
                if let Some(filter) = filter
                    && it.scalar(*filter, None)?.truth()? != Some(true)
                {
                    return Ok(None);
                }
                let keys: Vec<ScalarId> = order.iter().map(|key| key.value).collect();
                Ok(Some((it.row(&keys, None)?, it.row(args, None)?)))
            });
            rows.extend(row?);
        }
        let texts = self.meaning.texts;
        let name = self.name(*function);
        measure::measure(name, Measured { rows, order, distinct: *distinct, texts })
    }

    /// Columns of a relation without its rows.
    pub(crate) fn heads(&mut self, id: RelId) -> Result<Vec<Head>, Unable> {
        let arena = self.arena;
        self.deeper(|it| match arena.get_rel(id) {
            Rel::Scan { table } => {
                let Some(table) = it.database.tables.get(arena.name(*table)) else {
                    return Unable::broken("a table that is not there");
                };
                let head = |(slot, column): (u32, &crate::bag::Column)| {
                    let label = arena.find_symbol(&column.name).map_or(Label::Nothing, Label::Name);
                    Head { slot, label }
                };
                Ok((0..).zip(&table.columns).map(head).collect())
            }
            Rel::Call { .. } => {
                let label = arena.find_symbol("value").map_or(Label::Nothing, Label::Name);
                Ok(vec![Head { slot: 0, label }])
            }
            Rel::Values { width, .. } => Ok(positions(*width as usize)),
            Rel::Aggregate { keys, calls, .. } => Ok(positions(keys.len() + calls.len())),
            Rel::Distinct { input } | Rel::Limit { input, .. } => it.heads(*input),
            Rel::Union { inputs } => match inputs.first() {
                Some(first) => it.heads(*first),
                None => Unable::broken("a union of nothing"),
            },
            Rel::Set { left, .. } => it.heads(*left),
            Rel::Project { from, out } => {
                let mut heads = Vec::new();
                for (slot, out) in (0..).zip(out) {
                    let Out::Star { input, except } = out else {
                        heads.push(Head { slot, label: Label::Position });
                        continue;
                    };
                    let Some(input) = arena.get_from(*from).inputs.get(*input as usize) else {
                        return Unable::broken("an input that is not there");
                    };
                    let inner = it.heads(*input)?;
                    let kept = inner.iter().filter(|head| passed(head, except));
                    heads.extend(kept.map(|head| Head { slot, label: head.label }));
                }
                Ok(heads)
            }
            Rel::Opaque { .. } => Unable::unknown("a part that was not understood"),
        })
    }
}

/// Whether there is a row for no rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grouping {
    Whole,
    ByKeys,
}

/// Whether a star passes a column on.
fn passed(head: &Head, except: &[plumb_ir::Symbol]) -> bool {
    match head.label {
        Label::Name(name) => !except.contains(&name),
        Label::Nothing => true,
        Label::Position => false,
    }
}

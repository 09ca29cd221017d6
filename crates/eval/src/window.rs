//! What window calls give for a row among the others.

use std::ops::Range;

use plumb_ir::{Bound, Field, Frame, FrameUnit, Out, Scalar, ScalarId, SortKey};

use crate::{
    bag::Row,
    evaluator::{Binding, Evaluator},
    looks,
    measure::{self, Measured},
    number::{Number, NumberKind},
    order::{compare, settled, sort},
    unable::Unable,
    value::Value,
};

/// All rows a window call sees, and the one it is for.
pub(crate) struct Window<'a> {
    pub(crate) bindings: &'a [Binding],
    pub(crate) at: usize,
    /// The outputs it stands among.
    pub(crate) out: &'a [Out],
}

/// The partition of a row in its order.
struct Partition<'a> {
    bindings: &'a [Binding],
    /// Sort keys and numbers of the rows.
    rows: Vec<(Row, usize)>,
    /// Where the row stands for which the call is.
    at: usize,
    /// Rows that tie with each row.
    peers: Vec<Range<usize>>,
    /// What the outputs see of each row, if some tie.
    seen: Vec<Row>,
    /// Whether another window numbers rows, too: nobody knows that both take rows that tie in one order.
    numbered_twice: bool,
}

impl Evaluator<'_> {
    pub(crate) fn window(&mut self, id: ScalarId, window: &Window<'_>) -> Result<Value, Unable> {
        let Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } =
            self.arena.get_scalar(id)
        else {
            return Unable::broken("no window call");
        };
        let Some(current) = self.scopes.pop() else {
            return Unable::broken("a window call that stands nowhere");
        };
        // The other rows stand in the place of this one, not inside it.
        let value = self.partition(partition, order, window).and_then(|part| {
            let name = self.name(*function);
            match name {
                "row-number" | "rank" | "dense-rank" | "percent-rank" | "cume-dist" => {
                    part.rank(name)
                }
                "lag" | "lead" if !ignore_nulls => self.shifted(name, args, &part),
                "first-value" | "last-value" if !ignore_nulls => {
                    let frame = self.frame(*frame, order, &part)?;
                    part.needs_no_ties()?;
                    let at = if name == "first-value" { frame.start } else { frame.end.max(1) - 1 };
                    if frame.is_empty() {
                        return Ok(Value::Null);
                    }
                    self.argument(args, &part, at)
                }
                _ if plumb_ir::function(name).is_some_and(|it| it.measure.is_some())
                    && !ignore_nulls =>
                {
                    let range = self.frame(*frame, order, &part)?;
                    let mut rows = Vec::new();
                    for (keys, row) in &part.rows[range] {
                        let binding = part.bindings[*row].clone();
                        rows.push((keys.clone(), self.within(binding, |it| it.row(args, None))?));
                    }
                    let texts = self.meaning.texts;
                    let distinct = *distinct;
                    measure::measure(name, Measured { rows, order, distinct, texts })
                }
                _ => Unable::unknown(name),
            }
        });
        self.scopes.push(current);
        value
    }

    fn partition<'w>(
        &mut self,
        partition: &[ScalarId],
        order: &[SortKey],
        window: &Window<'w>,
    ) -> Result<Partition<'w>, Unable> {
        let keys: Vec<ScalarId> = order.iter().map(|key| key.value).collect();
        let mut all: Vec<(Row, Row)> = Vec::new();
        for binding in window.bindings {
            self.step()?;
            let both = self
                .within(binding.clone(), |it| Ok((it.row(partition, None)?, it.row(&keys, None)?)));
            all.push(both?);
        }
        settled(all.iter().map(|(own, _)| own))?;
        let own = all[window.at].0.clone();
        let members = all.into_iter().enumerate().filter(|(_, (other, _))| *other == own);
        let mut rows: Vec<(Row, usize)> = members.map(|(at, (_, keys))| (keys, at)).collect();
        let texts = self.meaning.texts;
        sort(&mut rows, order, texts)?;
        let mut peers: Vec<Range<usize>> = Vec::new();
        while peers.len() < rows.len() {
            let start = peers.len();
            let mut end = start + 1;
            while end < rows.len() && compare(order, &rows[start].0, &rows[end].0, texts)?.is_eq() {
                end += 1;
            }
            peers.resize(end, start..end);
        }
        let at = rows.iter().position(|(_, row)| *row == window.at).unwrap_or(0);
        let ties = peers.iter().any(|peers| peers.len() > 1);
        let seen = if ties { self.seen(window, &rows)? } else { Vec::new() };
        let numbered_twice = ties && looks::numberings(self.arena, window.out) > 1;
        Ok(Partition { bindings: window.bindings, rows, at, peers, seen, numbered_twice })
    }

    /// What the outputs see of each row.
    fn seen(&mut self, window: &Window<'_>, rows: &[(Row, usize)]) -> Result<Vec<Row>, Unable> {
        let (mut columns, mut whole): (Vec<(u32, Field)>, Vec<u32>) = (Vec::new(), Vec::new());
        for out in window.out {
            match out {
                Out::Column(scalar) => columns.extend(looks::columns(self.arena, *scalar)),
                Out::Star { input, .. } => whole.push(*input),
            }
        }
        let mut all = Vec::new();
        for (_, row) in rows {
            let binding = window.bindings[*row].clone();
            all.push(self.within(binding.clone(), |it| {
                let mut seen = Vec::new();
                for (input, field) in &columns {
                    seen.extend(it.column(0, *input, *field)?);
                }
                for input in &whole {
                    if let Some(Some((bag, row))) = binding.get(*input as usize) {
                        seen.extend(bag.rows[*row].iter().cloned());
                    }
                }
                Ok(seen)
            })?);
        }
        Ok(all)
    }

    fn argument(
        &mut self,
        args: &[ScalarId],
        part: &Partition<'_>,
        at: usize,
    ) -> Result<Value, Unable> {
        let Some(arg) = args.first() else { return Unable::broken("a call without arguments") };
        let binding = part.bindings[part.rows[at].1].clone();
        self.within(binding, |it| it.scalar(*arg, None))
    }

    fn shifted(
        &mut self,
        name: &str,
        args: &[ScalarId],
        part: &Partition<'_>,
    ) -> Result<Value, Unable> {
        part.needs_no_ties()?;
        let own = part.bindings[part.rows[part.at].1].clone();
        let given = self.within(own, |it| it.row(args.get(1..).unwrap_or_default(), None))?;
        let by = match given.first() {
            None => 1,
            Some(Value::Number(number)) if number.as_whole().is_some_and(|it| it >= 0) => {
                number.as_whole().and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX)
            }
            Some(_) => return Unable::unknown(name),
        };
        let at = if name == "lag" { part.at.checked_sub(by) } else { part.at.checked_add(by) };
        match at.filter(|at| *at < part.rows.len()) {
            Some(at) => self.argument(args, part, at),
            None => Ok(given.get(1).cloned().unwrap_or(Value::Null)),
        }
    }

    /// Which rows of the partition a call looks at.
    fn frame(
        &mut self,
        frame: Option<Frame>,
        order: &[SortKey],
        part: &Partition<'_>,
    ) -> Result<Range<usize>, Unable> {
        let all = 0..part.rows.len();
        let Some(frame) = frame else {
            return if order.is_empty() { Ok(all) } else { Unable::unknown("a frame") };
        };
        if frame.start == Bound::First && frame.end == Bound::Last {
            return Ok(all);
        }
        let own = &part.peers[part.at];
        match frame.unit {
            FrameUnit::Rows => part.needs_no_ties()?,
            FrameUnit::Range | FrameUnit::Groups => {}
        }
        let by_row = frame.unit == FrameUnit::Rows;
        let mut away = |bound: Bound| -> Result<usize, Unable> {
            let (Bound::Before(by) | Bound::After(by)) = bound else { return Ok(0) };
            // Distances of sort keys and of groups are rare, and engines differ.
            if !by_row {
                return Unable::unknown("a frame of distances");
            }
            let binding = part.bindings[part.rows[part.at].1].clone();
            match self.within(binding, |it| it.scalar(by, None))? {
                Value::Number(number) => {
                    let number = number.as_whole().and_then(|it| usize::try_from(it).ok());
                    number.ok_or(Unable::Fails("a frame that begins nowhere"))
                }
                _ => Unable::unknown("a frame"),
            }
        };
        let start = match frame.start {
            Bound::First => 0,
            Bound::Before(_) => part.at.saturating_sub(away(frame.start)?),
            Bound::Current => {
                if by_row {
                    part.at
                } else {
                    own.start
                }
            }
            Bound::After(_) => part.at.saturating_add(away(frame.start)?),
            Bound::Last => return Unable::broken("a frame that begins with the last row"),
        };
        let end = match frame.end {
            Bound::First => return Unable::broken("a frame that ends with the first row"),
            Bound::Before(_) => (part.at + 1).saturating_sub(away(frame.end)?),
            Bound::Current => {
                if by_row {
                    part.at + 1
                } else {
                    own.end
                }
            }
            Bound::After(_) => part.at.saturating_add(away(frame.end)?).saturating_add(1),
            Bound::Last => all.end,
        };
        let end = end.min(all.end);
        Ok(start.min(end)..end)
    }
}

impl Partition<'_> {
    fn rank(&self, name: &str) -> Result<Value, Unable> {
        let own = &self.peers[self.at];
        let before = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let share = |part: usize, of: usize| {
            let share =
                Number::new(i128::from(before(part)), i128::from(before(of)), NumberKind::Exact);
            Ok(share.map_or(Value::whole(0), Value::Number))
        };
        match name {
            "row-number" => {
                self.alike(own)?;
                Ok(Value::whole(before(self.at + 1)))
            }
            "rank" => Ok(Value::whole(before(own.start + 1))),
            "dense-rank" => {
                let firsts = (0..=own.start).filter(|at| self.peers[*at].start == *at);
                Ok(Value::whole(before(firsts.count())))
            }
            "percent-rank" => share(own.start, (self.rows.len() - 1).max(1)),
            _ => share(own.end, self.rows.len()),
        }
    }

    /// Rows that tie are alike in all that can be seen, so any order of them will do.
    fn alike(&self, peers: &Range<usize>) -> Result<(), Unable> {
        let alike =
            |at: usize| !self.numbered_twice && self.seen.get(at) == self.seen.get(peers.start);
        if peers.clone().skip(1).all(alike) {
            return Ok(());
        }
        Err(Unable::Ambiguous("a window over rows that tie"))
    }

    fn needs_no_ties(&self) -> Result<(), Unable> {
        self.peers.iter().try_for_each(|peers| self.alike(peers))
    }
}

//! Aggregates and windows.

use plumb_ir::{Bound, Frame, FrameUnit, Scalar, ScalarId, SortKey};
use plumb_resolve::usual_frame;
use plumb_syntax::sql::NullOrder;

use crate::{
    doc::Doc,
    expr::Expr,
    function::Written,
    spelling::{Feature, IgnoreNulls},
    unspoken::{Said, Unspoken},
    writer::Writer,
};

impl Writer<'_> {
    pub(crate) fn aggregate(&mut self, id: ScalarId) -> Said<Expr> {
        let arena = self.arena;
        let Scalar::Aggregate { function, args, distinct, filter, order } = arena.get_scalar(id)
        else {
            return Err(Unspoken::Shape("an aggregate that is none"));
        };
        if self.looks_out(args) {
            // In SQL, an aggregate of outer columns alone is one of the outer query.
            return Err(Unspoken::Shape("an aggregate of an outer row"));
        }
        let (name, args, after) = self.aggregated(arena.name(*function), args)?;
        let hint = self.hint(&name, &args);
        let mut inside = self.arguments(&name, &args, *distinct)?;
        inside.extend(after);
        let order = self.keys(order)?;
        let within = self.spelling.within_group.contains(&name.as_str());
        if !order.is_empty() && !within {
            inside.extend([Doc::text(" order by "), Doc::list(order.clone(), ",")]);
        }
        let mut parts = vec![Doc::parens(&name, Doc::All(inside))];
        if !order.is_empty() && within {
            let order = Doc::all([Doc::text("order by "), Doc::list(order, ",")]);
            parts.extend([Doc::text(" "), Doc::parens("within group ", order)]);
        }
        if let Some(filter) = filter {
            if !self.spelling.has(Feature::Filter) {
                return Err(Unspoken::Grammar("filter of an aggregate"));
            }
            let filter = Doc::all([Doc::text("where "), self.scalar(*filter)?.doc]);
            parts.extend([Doc::text(" "), Doc::parens("filter ", filter)]);
        }
        Ok(Expr::atom(Doc::All(parts)).called(hint))
    }

    /// Name and arguments of an aggregate, and what stands behind them in the parentheses.
    fn aggregated(
        &mut self,
        name: &str,
        args: &[ScalarId],
    ) -> Said<(String, Vec<Written>, Vec<Doc>)> {
        let plain = match self.spelled(name, args) {
            Ok((name, args)) => return Ok((name, args, Vec::new())),
            Err(why) => why,
        };
        if let Some(bare) = name.strip_suffix("-ignore-nulls")
            && self.spelling.ignore_nulls != IgnoreNulls::Nowhere
        {
            let (name, args) = self.spelled(bare, args)?;
            return Ok((name, args, vec![Doc::text(" ignore nulls")]));
        }
        let Some((last, args)) = args.split_last() else { return Err(plain) };
        let endings =
            [("-limited", " limit "), ("-at-max", " having max "), ("-at-min", " having min ")];
        for (ending, word) in endings {
            if let Some(bare) = name.strip_suffix(ending)
                && self.spelling.has(Feature::Safe)
            {
                let (name, args) = self.spelled(bare, args)?;
                let last = self.scalar(*last)?;
                return Ok((name, args, vec![Doc::text(word), last.doc]));
            }
        }
        Err(plain)
    }

    fn arguments(&mut self, name: &str, args: &[Written], distinct: bool) -> Said<Vec<Doc>> {
        if args.is_empty() && name == "count" {
            return Ok(vec![Doc::text("*")]);
        }
        let list = Doc::list(self.written(args)?, ",");
        let word = Doc::text(if distinct { "distinct " } else { "" });
        Ok(vec![word, list])
    }

    /// What the result may be called: `sum_price`.
    pub(crate) fn hint(&mut self, name: &str, args: &[Written]) -> Option<String> {
        let name = name.replace('.', "_");
        let mut of = None;
        for arg in args {
            if let Written::Value(value) = arg
                && let Scalar::Column { .. } = self.arena.get_scalar(*value)
            {
                of = self.scalar(*value).ok()?.hint;
                break;
            }
        }
        let word =
            |it: &String| it.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match of.filter(word) {
            Some(of) if name == "coalesce" => Some(of),
            Some(of) => Some(format!("{name}_{of}")),
            None if name == "count" => Some("row_count".to_owned()),
            None => Some(name).filter(word),
        }
    }

    /// Whether values name columns, and only those of statements around this one.
    fn looks_out(&self, args: &[ScalarId]) -> bool {
        let (mut own, mut outer, mut work) = (false, false, args.to_vec());
        while let Some(id) = work.pop() {
            let node = self.arena.get_scalar(id);
            match node {
                Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => {
                    own |= *depth == 0;
                    outer |= *depth > 0;
                }
                _ => {}
            }
            own |= node.subquery().is_some();
            work.extend(node.children());
        }
        outer && !own
    }

    pub(crate) fn window(&mut self, id: ScalarId) -> Said<Expr> {
        let arena = self.arena;
        let Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame } =
            arena.get_scalar(id)
        else {
            return Err(Unspoken::Shape("a window that is none"));
        };
        let canonical = arena.name(*function);
        let (name, args) = self.spelled(canonical, args)?;
        let mut inside = self.arguments(&name, &args, *distinct)?;
        let mut behind = "";
        if *ignore_nulls {
            match self.spelling.ignore_nulls {
                IgnoreNulls::Inside => inside.push(Doc::text(" ignore nulls")),
                IgnoreNulls::Behind => behind = " ignore nulls",
                IgnoreNulls::Nowhere => return Err(Unspoken::Grammar("`ignore nulls`")),
            }
        }
        let mut window: Vec<Doc> = Vec::new();
        if !partition.is_empty() {
            let keys = partition.iter().map(|key| Ok(self.scalar(*key)?.doc));
            let keys = Doc::list(keys.collect::<Said<Vec<_>>>()?, ",");
            window.push(Doc::all([Doc::text("partition by "), keys]));
        }
        let usual = usual_frame(canonical, order, self.dialect);
        let order = self.keys(order)?;
        if !order.is_empty() {
            window.push(Doc::all([Doc::text("order by "), Doc::list(order, ",")]));
        }
        match frame {
            Some(frame) if usual != Some(*frame) => window.push(self.frame(*frame)?),
            None if usual.is_some() => {
                return Err(Unspoken::Shape("a window that does not say its frame"));
            }
            _ => {}
        }
        let hint = Some(name.clone());
        let over = Doc::parens(&format!("{behind} over "), Doc::list(window, ""));
        Ok(Expr::atom(Doc::all([Doc::parens(&name, Doc::All(inside)), over])).called(hint))
    }

    fn frame(&mut self, frame: Frame) -> Said<Doc> {
        let unit = match frame.unit {
            FrameUnit::Rows => "rows",
            FrameUnit::Range => "range",
            FrameUnit::Groups if self.spelling.has(Feature::Groups) => "groups",
            FrameUnit::Groups => return Err(Unspoken::Grammar("frames of groups")),
        };
        let mut bound = |bound: Bound| -> Said<Doc> {
            Ok(match bound {
                Bound::First => Doc::text("unbounded preceding"),
                Bound::Before(value) => {
                    Doc::all([self.scalar(value)?.doc, Doc::text(" preceding")])
                }
                Bound::Current => Doc::text("current row"),
                Bound::After(value) => Doc::all([self.scalar(value)?.doc, Doc::text(" following")]),
                Bound::Last => Doc::text("unbounded following"),
            })
        };
        let (start, end) = (bound(frame.start)?, bound(frame.end)?);
        Ok(Doc::all([Doc::text(format!("{unit} between ")), start, Doc::text(" and "), end]))
    }

    /// Sort keys; where NULLs stand is said where the dialect would put them elsewhere.
    pub(crate) fn keys(&mut self, keys: &[SortKey]) -> Said<Vec<Doc>> {
        keys.iter().map(|key| self.key(*key)).collect()
    }

    fn key(&mut self, key: SortKey) -> Said<Doc> {
        let value = self.scalar(key.value)?;
        let value = value.doc;
        let first = match self.dialect.null_order {
            NullOrder::Largest => key.descending,
            NullOrder::Smallest => !key.descending,
            NullOrder::Last => false,
        };
        let way = if key.descending { " desc" } else { "" };
        let nulls = match (first == key.nulls_first, key.nulls_first) {
            (true, _) => "",
            (false, true) => " nulls first",
            (false, false) => " nulls last",
        };
        Ok(Doc::all([value, Doc::text(format!("{way}{nulls}"))]))
    }
}

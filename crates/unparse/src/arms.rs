//! Queries with set operators between them, and rows that are written out one query each.

use plumb_ir::{Field, Out, Rel, RelId, ScalarId};

use crate::{
    doc::Doc,
    expr::Expr,
    rel::{Core, Names},
    select::Select,
    spelling::Feature,
    unspoken::Said,
    writer::{Output, Writer},
};

impl Writer<'_> {
    /// Whether picked outputs are all there are, each once: then what looks at whole rows may come later.
    pub(crate) fn is_all(&self, rel: RelId, pick: Option<&[Field]>) -> bool {
        let Some(pick) = pick else { return true };
        let mut places: Vec<Field> = pick.to_vec();
        places.sort_unstable();
        self.width(rel).is_some_and(|width| {
            places.len() == width
                && (0..).zip(&places).all(|(at, field): (u32, _)| *field == Field::At(at))
        })
    }

    /// How many outputs a relation has, if each is known by its place.
    fn width(&self, rel: RelId) -> Option<usize> {
        match self.arena.get_rel(rel) {
            Rel::Scan { .. } | Rel::Call { .. } | Rel::Opaque { .. } => None,
            Rel::Values { width, .. } => Some(*width as usize),
            Rel::Project { out, .. } => {
                let star = out.iter().any(|out| matches!(out, Out::Star { .. }));
                (!star).then_some(out.len())
            }
            Rel::Aggregate { keys, calls, .. } => Some(keys.len() + calls.len()),
            Rel::Distinct { input } | Rel::Limit { input, .. } => self.width(*input),
            Rel::Union { inputs } => self.width(*inputs.first()?),
            Rel::Set { left, .. } => self.width(*left),
        }
    }

    /// Several queries with a word between them; the first gives the names.
    pub(crate) fn arms(
        &mut self,
        word: &str,
        inputs: &[RelId],
        pick: Option<&[Field]>,
        names: &Names,
    ) -> Said<(Doc, Vec<Option<String>>)> {
        let (mut parts, mut called) = (Vec::new(), Vec::new());
        for (at, input) in inputs.iter().enumerate() {
            let (doc, own) =
                self.query(*input, pick, if at == 0 { names } else { &Names::None })?;
            if at == 0 {
                called = own;
            } else {
                parts.extend([Doc::Line, Doc::text(word), Doc::Line]);
            }
            let loose = match self.arena.get_rel(*input) {
                Rel::Union { .. } | Rel::Set { .. } | Rel::Limit { .. } | Rel::Values { .. } => {
                    true
                }
                Rel::Distinct { input } => {
                    matches!(self.arena.get_rel(*input), Rel::Union { .. })
                }
                Rel::Project { .. } => self.is_cut(*input),
                _ => false,
            };
            parts.push(if loose { Doc::parens("", doc) } else { doc.group() });
        }
        if inputs.len() == 1 {
            return Ok((parts.swap_remove(0), called));
        }
        Ok((Doc::All(parts), called))
    }

    /// Whether a query may end with the limit of what it reads.
    fn is_cut(&self, rel: RelId) -> bool {
        match self.arena.get_rel(rel) {
            Rel::Limit { .. } => true,
            Rel::Project { from, .. } => {
                self.arena.get_from(*from).inputs.iter().any(|input| self.is_cut(*input))
            }
            _ => false,
        }
    }

    /// Rows that are written out, where there is no `VALUES`.
    pub(crate) fn row_by_row(
        &mut self,
        width: u32,
        rows: &[Vec<ScalarId>],
        pick: Option<&[Field]>,
        names: &Names,
    ) -> Said<(Doc, Vec<Option<String>>)> {
        let (mut parts, mut called) = (Vec::new(), Vec::new());
        self.scopes.push(Vec::new());
        let nothing = vec![None; width as usize];
        let all: Vec<Vec<Option<ScalarId>>> = if rows.is_empty() {
            vec![nothing]
        } else {
            rows.iter().map(|row| row.iter().copied().map(Some).collect()).collect()
        };
        for row in all {
            let mut select = Select::default();
            let mut outputs = Vec::new();
            for value in row {
                let value = match value {
                    Some(value) => self.scalar(value)?,
                    None => Expr::atom(Doc::text("null")),
                };
                outputs.push(Output::Value(value));
            }
            if rows.is_empty() {
                if !self.spelling.has(Feature::FilterOnly) {
                    select.from = Some(Doc::text("from (select 1 as one) as nothing"));
                }
                select.filter.push(Doc::text("false"));
            }
            let first = parts.is_empty();
            let core = Core { select, outputs };
            let (doc, own) = self.finish(core, pick, if first { names } else { &Names::None })?;
            if first {
                called = own;
            } else {
                parts.extend([Doc::Line, Doc::text("union all"), Doc::Line]);
            }
            parts.push(doc.group());
        }
        self.scopes.pop();
        Ok((Doc::All(parts), called))
    }
}

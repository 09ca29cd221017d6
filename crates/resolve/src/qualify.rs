//! `QUALIFY`: rows chosen by what windows over them give.

use plumb_ir::{Arena, Field, From, FromId, Out, Rel, RelId, Scalar, ScalarId, Tree};

use crate::{
    scope::{Resolver, number},
    select::shallow,
};

impl Resolver<'_> {
    /// Windows are computed first, then rows are chosen by them.
    pub(crate) fn qualified(
        &mut self,
        from: FromId,
        mut out: Vec<Out>,
        qualify: &[ScalarId],
    ) -> RelId {
        let width = out.len();
        let filter = qualify
            .iter()
            .map(|condition| {
                let mut lift = |arena: &mut Arena, id: ScalarId, level: u32| {
                    let lifted = match arena.get_scalar(id) {
                        Scalar::Window { .. } => level == 0,
                        Scalar::Column { depth, .. } | Scalar::Either { depth, .. } => {
                            *depth == level
                        }
                        _ => false,
                    };
                    if !lifted {
                        return None;
                    }
                    let local = if level == 0 { id } else { shallow(arena, id) };
                    let at =
                        out.iter().position(|it| *it == Out::Column(local)).unwrap_or_else(|| {
                            out.push(Out::Column(local));
                            out.len() - 1
                        });
                    Some(arena.scalar(Scalar::Column {
                        depth: level,
                        input: 0,
                        field: Field::At(number(at)),
                    }))
                };
                self.arena.rewrite(*condition, 0, &mut lift)
            })
            .collect();
        let stars =
            out[..width].iter().map(|it| matches!(it, Out::Star { .. })).collect::<Vec<_>>();
        let inner = self.arena.rel(Rel::Project { from, out });
        let inner = self.under(inner);
        let from = self.arena.from(From { inputs: vec![inner], tree: Tree::Input(0), filter });
        let mut starred = false;
        let mut kept = Vec::new();
        for (index, star) in stars.into_iter().enumerate() {
            if !star {
                kept.push(Out::Column(self.arena.column(0, Field::At(number(index)))));
            } else if !starred {
                // One star passes on the named columns of all stars below it.
                starred = true;
                kept.push(Out::Star { input: 0, except: Vec::new() });
            } else {
                let null = self.null();
                kept.push(Out::Column(null));
            }
        }
        self.arena.rel(Rel::Project { from, out: kept })
    }
}

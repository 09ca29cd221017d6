//! First rows whose other columns are looked up by key: they are columns of the rows themselves.

use std::collections::BTreeMap;

use plumb_canon::Ground;
use plumb_ir::Field;

use crate::{
    looks,
    lower::Lower,
    space::Space,
    swap::Swap,
    term::{Atom, Block, Id, Kind, Sort, SumId, Term, Var},
    theory::Theory,
    tidy::number,
};

impl Space<'_> {
    /// A row that a key leads to from first rows that were picked from rows with that key is the row they were
    /// picked from.
    pub(crate) fn picked_row(&mut self, theory: &mut Theory, block: &Block) -> Option<Block> {
        for atom in &block.atoms {
            let Kind::Limit { sum, order, limit, offset, total } = &atom.kind else { continue };
            for (at, row) in block.atoms.iter().enumerate() {
                let Kind::Scan(_) = row.kind else { continue };
                let Some((sources, keys)) = self.sources(theory, *sum, atom.var, row.var) else {
                    continue;
                };
                let Some(columns) = looks::fields(self, block, row.var) else { continue };
                if !self.rule("row-of-first-rows") {
                    return None;
                }
                self.grounds.extend(keys);
                let mut blocks = self.blocks(*sum).to_vec();
                let width = blocks.first().map_or(0, |block| block.out.len());
                for (block, source) in blocks.iter_mut().zip(&sources) {
                    for field in &columns {
                        let column = self.column(*source, *field);
                        block.out.push(column);
                    }
                }
                let next = self.row_of(&blocks);
                let kind = Kind::Limit {
                    sum: self.sum(blocks),
                    order: order.clone(),
                    limit: *limit,
                    offset: *offset,
                    total: *total,
                };
                let field = |at: usize| Field::At(number(at));
                let old = (0..width).map(|at| (field(at), self.column(next, field(at))));
                let old = old.collect::<BTreeMap<_, _>>();
                let new = columns.iter().enumerate().map(|(at, name)| {
                    let column = self.column(next, field(width + at));
                    (*name, column)
                });
                let new = new.collect::<BTreeMap<_, _>>();
                let mut swap = Swap::merging();
                swap.columns(atom.var, old);
                swap.columns(row.var, new);
                let mut rest = block.clone();
                rest.atoms.remove(at);
                rest.atoms.retain(|it| it.var != atom.var);
                let mut rest = swap.block(self, &rest);
                rest.atoms.push(Atom { var: next, kind });
                return Some(self.narrower(&rest, next));
            }
        }
        None
    }

    /// For each block that rows were picked from, the row of a table that another row is by its key; and why.
    fn sources(
        &mut self,
        theory: &mut Theory,
        sum: SumId,
        picked: Var,
        row: Var,
    ) -> Option<(Vec<Var>, Vec<Ground>)> {
        let (table, known) = self.table(row)?;
        let blocks = self.blocks(sum).clone();
        'keys: for (names, ground) in &known.keys {
            let mut places: Vec<Vec<usize>> = Vec::new();
            let mut fields = Vec::new();
            for name in names {
                let field = Field::Named(self.arena.symbol(name));
                let column = self.column(row, field);
                if !theory.is_value(self, column) {
                    continue 'keys;
                }
                let members = theory.members(self, column);
                let place = |id: &Id| match self.get(*id) {
                    Term::Column(var, Field::At(at)) if *var == picked => Some(*at as usize),
                    _ => None,
                };
                places.push(members.iter().filter_map(place).collect());
                fields.push(field);
            }
            let sources = blocks.iter().map(|block| {
                let atom = block.atoms.iter().find(|atom| {
                    atom.kind == Kind::Scan(table)
                        && fields.iter().zip(&places).all(|(field, places)| {
                            let is = |at: &usize| {
                                *self.get(block.out[*at]) == Term::Column(atom.var, *field)
                            };
                            places.iter().any(is)
                        })
                });
                atom.map(|atom| atom.var)
            });
            if let Some(sources) = sources.collect::<Option<Vec<Var>>>() {
                return Some((sources, vec![*ground]));
            }
        }
        None
    }

    /// A block whose picked rows have the columns that are looked at, each once, as they look.
    fn narrower(&mut self, block: &Block, picked: Var) -> Block {
        let Some(at) = block.atoms.iter().position(|atom| atom.var == picked) else {
            return block.clone();
        };
        let Kind::Limit { sum, order, limit, offset, total } = block.atoms[at].kind.clone() else {
            return block.clone();
        };
        let mut rest = block.clone();
        rest.atoms.remove(at);
        let Some(mut fields) = looks::fields(self, &rest, picked) else { return block.clone() };
        fields.extend(order.iter().map(|key| Field::At(key.at)));
        let blocks = self.blocks(sum).clone();
        let mut theories: Vec<Theory> = blocks.iter().map(|it| self.theory_of(it)).collect();
        let mut kept: Vec<usize> = Vec::new();
        let mut images: BTreeMap<usize, Image> = BTreeMap::new();
        for field in fields {
            let Field::At(at) = field else { return block.clone() };
            let at = at as usize;
            let twin = kept.iter().find(|to| blocks.iter().all(|it| it.out[at] == it.out[**to]));
            let mut constants = blocks
                .iter()
                .zip(&mut theories)
                .map(|(block, theory)| theory.constant(self, block.out[at]));
            let first = constants.next().flatten();
            let ordered = order.iter().any(|key| key.at as usize == at);
            let constant = first.filter(|first| !ordered && constants.all(|it| it == Some(*first)));
            let image = match (twin, constant) {
                (Some(twin), _) => Image::Column(*twin),
                (None, Some(constant)) => Image::Value(constant),
                (None, None) => {
                    kept.push(at);
                    Image::Column(at)
                }
            };
            images.insert(at, image);
        }
        kept.sort_by_key(|at| {
            blocks.iter().map(|block| self.look(block.out[*at])).fold(0, u64::wrapping_add)
        });
        let mut narrow = blocks.to_vec();
        for block in &mut narrow {
            block.out = kept.iter().map(|at| block.out[*at]).collect();
        }
        let next = self.row_of(&narrow);
        let place = |at: usize| kept.iter().position(|it| *it == at).map_or(0, number);
        let mut columns = BTreeMap::new();
        for (at, image) in images {
            let value = match image {
                Image::Value(value) => value,
                Image::Column(to) => self.column(next, Field::At(place(to))),
            };
            columns.insert(Field::At(number(at)), value);
        }
        let mut swap = Swap::merging();
        swap.columns(picked, columns);
        let mut rest = swap.block(self, &rest);
        let keys = order.iter().map(|key| {
            let at = kept.iter().position(|it| {
                blocks.iter().all(|block| block.out[*it] == block.out[key.at as usize])
            });
            Sort { at: at.map_or(0, number), ..*key }
        });
        let order = keys.collect();
        let kind = Kind::Limit { sum: self.sum(narrow), order, limit, offset, total };
        rest.atoms.push(Atom { var: next, kind });
        rest
    }

    /// A new row with the outputs of blocks.
    fn row_of(&mut self, blocks: &[Block]) -> Var {
        Lower { space: self, scopes: Vec::new() }.outputs_row(blocks).0
    }
}

/// What a column of picked rows is.
enum Image {
    Column(usize),
    Value(Id),
}

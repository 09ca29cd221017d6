//! What stands between equal normal forms and equal results.

use std::collections::BTreeSet;

use plumb_ir::{Arena, Bound, FrameUnit, Node, Rel, RelId, Scalar, Stability, function};
use serde::{Deserialize, Serialize};

/// Why two relations with one normal form may still give different rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Obstacle {
    /// Each call gives something else; nothing can be said.
    Volatile(String),
    /// `LIMIT` picks rows that the order does not determine.
    Limit,
    /// The function is not known; equal if it depends on nothing but its arguments.
    UnknownFunction(String),
    /// A value the template could not give; equal if it is the same in both.
    TemplateValue(String),
    /// The result depends on the order of rows that tie; equal if none do.
    Ties(String),
    /// The time or user of the run; equal if both run in the same statement or at the same moment.
    Moment(String),
}

impl Obstacle {
    /// Whether no assumption that people make helps.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Volatile(_) | Self::Limit)
    }
}

/// Everything in a plan that equality of normal forms does not settle, sorted.
pub fn obstacles(arena: &Arena, rel: RelId) -> Vec<Obstacle> {
    let mut look = Look { arena, found: BTreeSet::new() };
    arena.within(rel, &mut |node| match node {
        Node::Rel(rel) => look.rel(rel),
        Node::Scalar(scalar) => look.scalar(scalar),
    });
    look.found.into_iter().collect()
}

struct Look<'a> {
    arena: &'a Arena,
    found: BTreeSet<Obstacle>,
}

impl Look<'_> {
    fn rel(&mut self, rel: &Rel) {
        match rel {
            Rel::Limit { .. } => {
                self.found.insert(Obstacle::Limit);
            }
            Rel::Call { function, .. } => self.function(self.arena.name(*function)),
            // Other rows each time, even of the same text.
            Rel::Opaque { why, .. } if self.arena.name(*why) == "sample" => {
                self.found.insert(Obstacle::Volatile("sample".to_owned()));
            }
            // A part of a statement that a template could not give.
            Rel::Opaque { why, key, .. } if self.arena.name(*why) == "unknown-part" => {
                self.found.insert(Obstacle::TemplateValue(self.arena.name(*key).to_owned()));
            }
            Rel::Scan { .. }
            | Rel::Values { .. }
            | Rel::Project { .. }
            | Rel::Aggregate { .. }
            | Rel::Distinct { .. }
            | Rel::Union { .. }
            | Rel::Set { .. }
            | Rel::Opaque { .. } => {}
        }
    }

    fn function(&mut self, name: &str) {
        match function(name) {
            Some(known) if known.stability == Stability::Volatile => {
                self.found.insert(Obstacle::Volatile(name.to_owned()));
            }
            Some(known) if known.stability == Stability::Stable => {
                self.found.insert(Obstacle::Moment(name.to_owned()));
            }
            Some(_) => {}
            None => {
                self.found.insert(Obstacle::UnknownFunction(name.to_owned()));
            }
        }
    }

    fn scalar(&mut self, scalar: &Scalar) {
        match scalar {
            Scalar::Call { function, .. } => {
                let name = self.arena.name(*function);
                self.function(name);
                // A list of rows that nothing sorts.
                if name == "array-of-rows" {
                    self.found.insert(Obstacle::Ties(name.to_owned()));
                }
            }
            Scalar::Aggregate { function: name, args, order, .. } => {
                let name = self.arena.name(*name);
                self.function(name);
                // Rows that tie in the order are told apart by nothing, unless they are equal where it matters.
                let settled = args.iter().all(|arg| order.iter().any(|key| key.value == *arg));
                if function(name).is_none_or(|it| it.ordered) && (order.is_empty() || !settled) {
                    self.found.insert(Obstacle::Ties(name.to_owned()));
                }
            }
            Scalar::Window { function: name, frame, .. } => {
                let name = self.arena.name(*name);
                self.function(name);
                // A frame that counts rows cuts through rows that tie: a running sum depends on which comes first.
                let cuts = frame.is_some_and(|frame| {
                    let whole = frame.start == Bound::First && frame.end == Bound::Last;
                    frame.unit == FrameUnit::Rows && !whole
                });
                if cuts || function(name).is_none_or(|it| it.ordered) {
                    self.found.insert(Obstacle::Ties(name.to_owned()));
                }
            }
            Scalar::Hole { key, .. } => {
                self.found.insert(Obstacle::TemplateValue(self.arena.name(*key).to_owned()));
            }
            Scalar::Column { .. }
            | Scalar::Either { .. }
            | Scalar::Literal(_)
            | Scalar::Case { .. }
            | Scalar::Cast { .. }
            | Scalar::Exists(_)
            | Scalar::In { .. }
            | Scalar::Subquery(_)
            | Scalar::Lambda { .. }
            | Scalar::Param(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use plumb_ir::text::parse_rel;

    use super::*;

    fn found(text: &str) -> Vec<Obstacle> {
        let mut arena = Arena::new();
        let rel = parse_rel(&mut arena, text).unwrap();
        obstacles(&arena, rel)
    }

    #[test]
    fn a_frame_of_rows_cuts_through_ties() {
        let running = "(project (out (win sum 0.x (order (asc 0.t)) (frame rows first current))) (from (scan t)))";
        assert_eq!(found(running), [Obstacle::Ties("sum".to_owned())]);
        let peers = "(project (out (win sum 0.x (order (asc 0.t)) (frame range first current))) (from (scan t)))";
        assert_eq!(found(peers), []);
    }

    #[test]
    fn a_sample_has_other_rows_each_time() {
        let sample = "(project (out 0.a) (from (opaque sample \"s:1\" (scan t))))";
        assert_eq!(found(sample), [Obstacle::Volatile("sample".to_owned())]);
    }

    #[test]
    fn an_order_that_is_not_total_leaves_ties() {
        let first =
            "(aggregate (keys 0.k) (calls (agg first 0.x (order (asc 0.t)))) (from (scan t)))";
        assert_eq!(found(first), [Obstacle::Ties("first".to_owned())]);
        let list =
            "(aggregate (keys 0.k) (calls (agg array-agg 0.x (order (asc 0.x)))) (from (scan t)))";
        assert_eq!(found(list), []);
    }

    #[test]
    fn a_part_that_is_not_known_has_to_be_the_same() {
        let part = "(opaque unknown-part \"{where}\" (scan t))";
        assert_eq!(found(part), [Obstacle::TemplateValue("{where}".to_owned())]);
        assert_eq!(found("(opaque not-read \"x:1\" (scan t))"), []);
    }

    #[test]
    fn a_function_that_is_not_in_the_table_is_not_known() {
        let unknown = "(project (out (frobnicate 0.x)) (from (scan t)))";
        assert_eq!(found(unknown), [Obstacle::UnknownFunction("frobnicate".to_owned())]);
    }
}

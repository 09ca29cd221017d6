//! The tables of functions, read backwards: from what is meant to how a dialect says it.

use plumb_ir::{Literal, Scalar, ScalarId};
use plumb_syntax::sql::{FunctionRule, Given, Reads, Shape, Units};

use crate::writer::Writer;

/// One argument of a call as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    Value(ScalarId),
    /// A unit of time, as a word.
    Word(String),
    /// A unit of time, as a text.
    Text(String),
}

/// How much a function adds of its own, and how far it is from the usual one.
type Rank = (bool, bool, bool, usize);

impl Writer<'_> {
    /// The function of the dialect that means a canonical one with such arguments.
    pub(crate) fn function(
        &self,
        canonical: &str,
        args: &[ScalarId],
    ) -> Option<(&'static str, Vec<Written>)> {
        let mut best: Option<(Rank, &'static str, Vec<Written>)> = None;
        for (at, (name, rule)) in self.dialect.giving(canonical).into_iter().enumerate() {
            if self.spelling.lacks.contains(&name) {
                continue;
            }
            let Some((written, plain)) = self.said(name, rule, args) else { continue };
            let preferred = self.spelling.prefers.contains(&name);
            let own = canonical.strip_prefix(self.dialect.name).unwrap_or(canonical);
            let same = name.replace('_', "") == own.replace('-', "");
            let rank = (!plain, !preferred, !same, at);
            if best.as_ref().is_none_or(|(other, ..)| rank < *other) {
                best = Some((rank, name, written));
            }
        }
        best.map(|(_, name, written)| (name, written))
    }

    /// The arguments of a function whose rule gives a canonical call, and whether it adds nothing of its own.
    fn said(
        &self,
        name: &str,
        rule: &FunctionRule,
        args: &[ScalarId],
    ) -> Option<(Vec<Written>, bool)> {
        let arity = rule.arity().unwrap_or(args.len());
        let (values, plain) = self.bound(&rule.arguments(arity), arity, args)?;
        let shapes: Vec<Shape> = values.iter().map(|value| self.shape(*value)).collect();
        if self.dialect.rule(name, &shapes) != Some(rule) {
            return None;
        }
        let read = |(at, value): (usize, &ScalarId)| match rule.reads(at) {
            Reads::Value => Some(Written::Value(*value)),
            Reads::Word(place) if self.spelling.unit_texts.contains(&name) => {
                self.unit(place, *value).map(Written::Text)
            }
            Reads::Word(place) => self.unit(place, *value).map(Written::Word),
            Reads::Text(place) => self.unit(place, *value).map(Written::Text),
        };
        let written = values.iter().enumerate().map(read).collect::<Option<_>>()?;
        Some((written, plain))
    }

    /// What the parameters of a rule are for it to give such arguments, and whether it gives only those.
    pub(crate) fn bound(
        &self,
        given: &[Given],
        arity: usize,
        args: &[ScalarId],
    ) -> Option<(Vec<ScalarId>, bool)> {
        if given.len() != args.len() {
            return None;
        }
        let mut found = vec![None; arity];
        let mut plain = true;
        for (given, arg) in given.iter().zip(args) {
            plain &= matches!(given, Given::Argument(_));
            if !self.matches(given, *arg, &mut found) {
                return None;
            }
        }
        found.into_iter().collect::<Option<_>>().map(|values| (values, plain))
    }

    fn matches(&self, given: &Given, arg: ScalarId, found: &mut [Option<ScalarId>]) -> bool {
        let literal = self.arena.as_literal(arg);
        match given {
            Given::Argument(at) => match found.get_mut(*at) {
                Some(slot @ None) => {
                    *slot = Some(arg);
                    true
                }
                Some(Some(known)) => *known == arg,
                None => false,
            },
            Given::Number(number) => literal == Some(&Literal::Integer(i128::from(*number))),
            Given::Text(text) => matches!(literal, Some(Literal::Text(it)) if it == text),
            Given::Call(name, inner) => match self.arena.as_call(arg) {
                Some((other, args)) if other == *name && args.len() == inner.len() => {
                    inner.iter().zip(args).all(|(given, arg)| self.matches(given, *arg, found))
                }
                _ => false,
            },
        }
    }

    /// What rules look at in an argument, as it will be written.
    pub(crate) fn shape(&self, scalar: ScalarId) -> Shape {
        match self.arena.get_scalar(scalar) {
            Scalar::Literal(Literal::Integer(number)) if *number > 0 => Shape::Count,
            _ => Shape::Other,
        }
    }

    /// The spelling of a unit.
    pub(crate) fn unit(&self, place: Units, scalar: ScalarId) -> Option<String> {
        match self.arena.as_literal(scalar) {
            Some(Literal::Text(unit)) => self.dialect.spelling_of(place, unit),
            _ => None,
        }
    }
}

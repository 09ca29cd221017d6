//! Values for the slots of frozen rows.

use std::collections::{BTreeMap, BTreeSet};

use super::{super::domain, Freeze, Slot, Strict};
use crate::{bag::Row, number::Number, value::Value};

/// How values are chosen that nothing is wanted of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filling {
    /// All alike.
    Alike,
    /// All different.
    Different,
    /// As it comes.
    Mixed,
}

impl Freeze<'_> {
    /// Chooses values.
    pub(super) fn rows(mut self) -> Vec<(String, Row)> {
        let filling = [Filling::Alike, Filling::Different, Filling::Mixed];
        let filling = *self.chance.pick(&filling).unwrap_or(&Filling::Mixed);
        let mut chosen: BTreeMap<Slot, Value> = BTreeMap::new();
        for slot in 0..self.parents.len() {
            let root = self.root(slot);
            if root == slot {
                let value = self.choose(root, filling);
                chosen.insert(root, value);
            }
        }
        for (low, high) in std::mem::take(&mut self.less) {
            let (low, high) = (self.root(low), self.root(high));
            if low != high && chosen[&low] >= chosen[&high] && self.wanted[high].fixed.is_none() {
                let pool = self.pool(high).into_iter();
                let above = pool.filter(|value| *value > chosen[&low]).min();
                chosen.extend(above.map(|value| (high, value)));
            }
        }
        let measured: BTreeSet<Slot> = self.measured.iter().map(|slot| self.root(*slot)).collect();
        let alike = self.copies == 1 || self.chance.percent(40);
        let copy = |slot: Slot, nth: usize| match &chosen[&slot] {
            value if nth == 0 || alike || !measured.contains(&slot) => value.clone(),
            value => self.others(slot, value, nth),
        };
        let mut rows = Vec::new();
        for (table, slots) in &self.atoms {
            let roots: Vec<Slot> = slots.iter().map(|slot| self.root(*slot)).collect();
            let several = roots.iter().any(|slot| measured.contains(slot));
            for nth in 0..if several { self.copies } else { 1 } {
                rows.push((table.clone(), roots.iter().map(|slot| copy(*slot, nth)).collect()));
            }
        }
        rows
    }

    /// Another value that satisfies what a value does.
    fn others(&self, slot: Slot, value: &Value, nth: usize) -> Value {
        let (table, at) = &self.columns[slot];
        let inside = self.inside(slot);
        let number = |value: &Value| match value {
            Value::Number(number) => {
                let further = i64::try_from(nth).ok().map(Number::whole);
                let kind = number.kind();
                further.and_then(|it| number.add(it)).map(|it| Value::Number(it.of(kind)))
            }
            _ => None,
        };
        let further = number(value).filter(|it| inside(it));
        further.unwrap_or_else(|| {
            let pool = self.shape.tables[table][*at].pool.iter();
            let fitting: Vec<&Value> = pool.filter(|it| inside(it)).collect();
            fitting.get(nth % fitting.len().max(1)).map_or(value.clone(), |it| (*it).clone())
        })
    }

    fn pool(&self, slot: Slot) -> Vec<Value> {
        let (table, at) = &self.columns[slot];
        self.shape.tables[table][*at].pool.clone()
    }

    /// Whether a value satisfies what is wanted of a slot.
    fn inside(&self, slot: Slot) -> impl Fn(&Value) -> bool + use<> {
        let wanted = &self.wanted[slot];
        let bound = |of: &Option<(Value, Strict)>| {
            let (value, strict) = of.as_ref()?;
            Some((self.fit(slot, value)?, *strict))
        };
        let (low, high) = (bound(&wanted.low), bound(&wanted.high));
        let not: Vec<Value> = wanted.not.iter().filter_map(|it| self.fit(slot, it)).collect();
        move |value: &Value| {
            low.as_ref()
                .is_none_or(|(low, strict)| value > low || (value == low && *strict == Strict::No))
                && high.as_ref().is_none_or(|(high, strict)| {
                    value < high || (value == high && *strict == Strict::No)
                })
                && !not.contains(value)
        }
    }

    /// A constant as a value of the column of a slot.
    fn fit(&self, slot: Slot, value: &Value) -> Option<Value> {
        let (table, at) = &self.columns[slot];
        let mut class = domain::Class::new();
        class.be(self.shape.tables[table][*at].domain, domain::Ground::Declared);
        class.fit(value)
    }

    /// Where copies share a sum, the values at the very limits.
    fn limits(&self, slot: Slot) -> Vec<Value> {
        let wanted = &self.wanted[slot];
        let limits = wanted.low.iter().chain(&wanted.high).filter(|_| self.copies > 1);
        let fitting = limits.filter_map(|(limit, _)| self.fit(slot, limit));
        let domain = self.shape.tables[&self.columns[slot].0][self.columns[slot].1].domain;
        fitting.flat_map(|it| [vec![it.clone()], domain.neighbours(&it)].concat()).collect()
    }

    fn choose(&mut self, root: Slot, filling: Filling) -> Value {
        let (table, at) = self.columns[root].clone();
        let column = &self.shape.tables[&table][at];
        let wanted = &self.wanted[root];
        if wanted.null == Some(true) && !column.not_null {
            return Value::Null;
        }
        if let Some(value) = wanted.fixed.as_ref().and_then(|it| self.fit(root, it)) {
            return value;
        }
        let inside = self.inside(root);
        let mut fitting = self.limits(root);
        fitting.extend(column.pool.iter().cloned());
        fitting.retain(|it| inside(it));
        let free = wanted.low.is_none() && wanted.high.is_none() && wanted.null.is_none();
        let nth = i64::try_from(root).unwrap_or(0);
        match filling {
            _ if fitting.is_empty() => column.domain.nth(0),
            Filling::Alike => column.domain.nth(0).clone_if(&inside).unwrap_or(fitting[0].clone()),
            Filling::Different => {
                column.domain.nth(nth + 3).clone_if(&inside).unwrap_or(fitting[0].clone())
            }
            Filling::Mixed if free && !column.not_null && self.chance.percent(15) => Value::Null,
            Filling::Mixed => self.chance.pick(&fitting).cloned().unwrap_or(Value::Null),
        }
    }
}

impl Value {
    fn clone_if(self, keeps: &dyn Fn(&Self) -> bool) -> Option<Self> {
        keeps(&self).then_some(self)
    }
}

//! Numbers with a name, wherever the platform has them: metrics, measures of dashboards, columns that aggregate.

use plumb_base::{Message, Owner, Place, Subject};
use plumb_estate::Estate;
use plumb_ir::{Field, RelId, Type};
use rayon::prelude::*;

use crate::{
    formula::{self, Formula},
    subject,
};

/// A number with a name.
pub(crate) struct Measure {
    /// Its name as it is written.
    pub(crate) name: String,
    /// What it is.
    pub(crate) formula: Formula,
    /// The plan that computes it, and which output of it.
    pub(crate) output: (RelId, u32),
    /// Position of the asset that shows it, or that a declared one counts on.
    pub(crate) asset: usize,
    /// Whether somebody declared it, rather than named a column so.
    pub(crate) declared: bool,
    /// Whether it is a metric of a project: what it says holds for the platform.
    pub(crate) metric: bool,
    /// Where it is declared, where that is not in the asset.
    place: Option<Place>,
    owners: Vec<Owner>,
}

/// Every number with a name: those that are declared, then those that an asset computes itself.
pub(crate) fn all(estate: &Estate) -> Vec<Measure> {
    let mut measures: Vec<Measure> = Vec::new();
    for measure in &estate.measures {
        let Some(formula) = formula::of_output(&estate.arena, measure.rel, 0) else { continue };
        measures.push(Measure {
            name: measure.name.clone(),
            formula,
            output: (measure.rel, 0),
            asset: measure.asset,
            declared: true,
            metric: measure.metric.is_some(),
            place: measure.place.clone(),
            owners: measure.owners.clone(),
        });
    }
    let columns: Vec<Vec<Measure>> = estate
        .assets
        .par_iter()
        .enumerate()
        .map_init(
            || formula::Reach::new(&estate.arena),
            |reach, (at, _)| of_columns(estate, at, reach),
        )
        .collect();
    measures.extend(columns.into_iter().flatten());
    measures
}

/// Columns that an asset aggregates itself.
fn of_columns(estate: &Estate, at: usize, reach: &mut formula::Reach<'_>) -> Vec<Measure> {
    let asset = &estate.assets[at];
    let Some(plan) = asset.plan.as_ref().filter(|_| subject::is_compared(asset)) else {
        return Vec::new();
    };
    let mut measures = Vec::new();
    for (column, (own, whole)) in
        asset.columns.iter().zip(plan.local.columns.iter().zip(&plan.expanded.columns))
    {
        let Some(name) = &column.name else { continue };
        let (local, expanded) = (plan.local.rel, plan.expanded.rel);
        if !reach.output(local, Field::At(*own)) || !reach.output(expanded, Field::At(*whole)) {
            continue;
        }
        // What is passed on is a measure of the asset that made it.
        if formula::of_output(&estate.arena, local, *own).is_none() {
            continue;
        }
        let Some(formula) = formula::of_output(&estate.arena, expanded, *whole) else { continue };
        if !is_number(&column.data_type, formula.written) {
            continue;
        }
        measures.push(Measure {
            name: name.to_string(),
            formula,
            output: (expanded, *whole),
            asset: at,
            declared: false,
            metric: false,
            place: None,
            owners: Vec::new(),
        });
    }
    measures
}

impl Measure {
    /// Its name in the spelling that tells names apart: `Net Revenue` is `net_revenue`.
    pub(crate) fn spelling(&self) -> String {
        spelling(&self.name)
    }

    /// What is left of its name without the words that only say how it is aggregated; a letter is no name.
    pub(crate) fn subject(&self) -> String {
        let mut words = self.subjects();
        words.sort_unstable();
        words.join("_")
    }

    /// Its subject, whichever span of time it is of: `daily_cost` and `cost_30d` are costs.
    pub(crate) fn topic(&self) -> String {
        let mut words = self.subjects();
        words.retain(|word| !is_span(word));
        if words.is_empty() {
            return self.subject();
        }
        words.sort_unstable();
        words.join("_")
    }

    fn subjects(&self) -> Vec<String> {
        let mut words = words(&self.name);
        words.iter_mut().for_each(without_how);
        words.retain(|word| !HOW.contains(&word.as_str()) && word.chars().count() > 1);
        words.iter_mut().for_each(singular);
        words
    }

    /// The name of its asset, where that names the number and says more.
    pub(crate) fn label(&self, estate: &Estate) -> Option<Vec<String>> {
        let label = words(&estate.assets[self.asset].name);
        let named = words(&self.name).iter().all(|word| label.contains(word));
        named.then_some(label)
    }

    /// Whether its name says of what it is a number, rather than of what kind alone.
    pub(crate) fn has_subject(&self) -> bool {
        words(&self.name).iter().any(|word| {
            let word = word.as_str();
            !HOW.contains(&word) && !KINDS.contains(&word)
        })
    }

    /// Where it stands.
    pub(crate) fn place(&self, estate: &Estate) -> Subject {
        let subject = subject::whole(estate, self.asset);
        match &self.place {
            Some(place) => Subject { place: place.clone(), ..subject },
            None => subject,
        }
    }

    /// Who answers for it.
    pub(crate) fn owners(&self, estate: &Estate) -> Vec<Owner> {
        if self.owners.is_empty() {
            subject::owners(estate, &[self.asset])
        } else {
            self.owners.clone()
        }
    }

    /// Where it is said, in words: `metric revenue`, or the name of the asset.
    pub(crate) fn said(&self, estate: &Estate) -> Message {
        let asset = &estate.assets[self.asset].name;
        match &self.place {
            Some(place) if self.declared => Message::text("metric in ").then_name(&*place.path),
            _ => Message::name(asset),
        }
    }
}

/// A name as it is told from others: `Net Revenue` is `net_revenue`.
pub fn spelling(name: &str) -> String {
    words(name).join("_")
}

/// Whether a column of a type may hold a number.
fn is_number(data_type: &Type, written: bool) -> bool {
    match data_type {
        Type::Unknown | Type::Int(_) | Type::Decimal(_) | Type::Float(_) | Type::Other(_) => true,
        Type::Text => written,
        Type::Bool
        | Type::Bytes
        | Type::Date
        | Type::Time
        | Type::Timestamp
        | Type::TimestampZoned
        | Type::TimestampLocal
        | Type::Interval
        | Type::Variant
        | Type::Array(_) => false,
    }
}

/// Words that say of what kind a number is, or at what grain.
const KINDS: &[&str] = &[
    "cost",
    "costs",
    "daily",
    "denominator",
    "dollar",
    "dollars",
    "duration",
    "eur",
    "frequency",
    "hourly",
    "invalid",
    "missing",
    "monthly",
    "numerator",
    "pct",
    "perc",
    "percent",
    "percentage",
    "price",
    "proportion",
    "quantity",
    "rate",
    "ratio",
    "score",
    "share",
    "usd",
    "valid",
    "weekly",
    "yearly",
];

/// Words that say how a number is made of values, not of what.
const HOW: &[&str] = &[
    "sum", "total", "tot", "count", "cnt", "ct", "num", "number", "nb", "no", "n", "qty", "avg",
    "average", "mean", "distinct", "unique", "of", "the", "all", "value", "val", "result",
    "measure", "metric", "agg", "overall", "amt", "amount", "nr",
];

fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for letter in name.chars() {
        let camel = last.is_lowercase() && letter.is_uppercase();
        last = letter;
        if !letter.is_alphanumeric() || camel || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words that say of which span of time a number is.
const SPANS: &[&str] = &[
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "annual",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "ytd",
    "qtd",
    "mtd",
    "wtd",
    "last",
    "previous",
    "prev",
    "current",
    "today",
    "yesterday",
    "rolling",
    "trailing",
    "mom",
    "yoy",
];

/// Whether a word says of which span of time a number is: `monthly`, `30d`.
fn is_span(word: &str) -> bool {
    let counted = word.trim_start_matches(|it: char| it.is_ascii_digit());
    let many = counted.len() < word.len();
    SPANS.contains(&word) || many && matches!(counted, "" | "d" | "w" | "m" | "y" | "h" | "day")
}

/// Shortest rest of a word that still is one.
const REST: usize = 4;

/// A word without what only says how it is counted: `nborders`, `ordercount`.
fn without_how(word: &mut String) {
    let rest = ["nb", "num", "count"].iter().find_map(|how| word.strip_prefix(how));
    let rest = rest.or_else(|| ["count", "cnt"].iter().find_map(|how| word.strip_suffix(how)));
    if let Some(rest) = rest.filter(|rest| rest.len() >= REST) {
        *word = rest.to_owned();
    }
}

fn singular(word: &mut String) {
    if word.len() > 4 && word.ends_with("ies") {
        word.truncate(word.len() - 3);
        word.push('y');
        return;
    }
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
}

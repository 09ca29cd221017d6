//! One number, however it is written: products in any order, rounding and layout aside.

use super::{
    Term,
    words::{self, is_literal},
};

/// What is multiplied, and by what it is divided; each sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Product {
    above: Vec<String>,
    below: Vec<String>,
}

/// A product or quotient; `None` for any other call.
pub(super) fn product(name: &str, terms: &[Term]) -> Option<Term> {
    let (first, rest) = terms.split_first()?;
    let divides = match name {
        "mul" => {
            if let Some(nothing) = terms.iter().find(|term| term.key == "0") {
                return Some(nothing.clone());
            }
            false
        }
        "div" | "div-safe" | "div-zero" | "databricks-try-divide" | "bigquery-ieee-divide" => true,
        _ => return None,
    };
    let parts = |term: &Term| {
        let alone = || Product { above: vec![term.key.clone()], below: Vec::new() };
        term.product.clone().map_or_else(alone, |product| *product)
    };
    let mut all = parts(first);
    for term in rest {
        let more = parts(term);
        let (above, below) =
            if divides { (more.below, more.above) } else { (more.above, more.below) };
        all.above.extend(above);
        all.below.extend(below);
    }
    all.above.sort_unstable();
    all.below.sort_unstable();
    let mut term = words::call(if divides { "div" } else { "mul" }, terms, false);
    term.key = all.key();
    term.product = Some(Box::new(all));
    Some(term)
}

/// A sum, or a mean, of something times a constant is the constant times it.
pub(super) fn scaled(name: &str, terms: &[Term]) -> Option<(String, Option<Box<Product>>)> {
    let [Term { product: Some(product), .. }] = terms else { return None };
    if !matches!(name, "sum" | "avg") {
        return None;
    }
    let constant = |key: &String| {
        key.starts_with(|it: char| it.is_ascii_digit()) || key.starts_with("(float '")
    };
    let (mut above, inner): (Vec<String>, Vec<String>) =
        product.above.iter().cloned().partition(constant);
    let (below, under): (Vec<String>, Vec<String>) =
        product.below.iter().cloned().partition(constant);
    if above.is_empty() && below.is_empty() {
        return None;
    }
    let inner = match (inner.as_slice(), under.as_slice()) {
        // A sum of sums is the sum.
        ([sum], []) if name == "sum" && sum.starts_with("sum(") => sum.clone(),
        ([one], []) => format!("{name}({one})"),
        _ => format!("{name}({})", Product { above: inner, below: under }.key()),
    };
    above.push(inner);
    above.sort_unstable();
    let product = Product { above, below };
    Some((product.key(), Some(Box::new(product))))
}

impl Product {
    fn key(&self) -> String {
        let above = self.above.join(" * ");
        match self.below.as_slice() {
            [] => format!("({above})"),
            below => format!("({above} / {})", below.join(" / ")),
        }
    }
}

/// What a call shows, where it only rounds it, writes it out, or keeps a zero from dividing.
pub(super) fn laid_out(name: &str, terms: &[Term]) -> Option<Term> {
    let (value, others) = match name {
        // A sign before it, a percent sign behind it.
        "concat" | "concat-skip" => {
            let at = terms.iter().position(|term| !is_literal(term))?;
            let others: Vec<&Term> =
                terms.iter().enumerate().filter(|(it, _)| *it != at).map(|(_, it)| it).collect();
            terms[at].grouping.as_ref()?;
            (&terms[at], others)
        }
        "null-if" => (terms.first()?, terms[1..].iter().collect()),
        _ => {
            let (_, plain) = name.split_once('-').unwrap_or(("", name));
            matches!(plain, "round" | "bround" | "format-number").then_some(())?;
            (terms.first()?, terms[1..].iter().collect())
        }
    };
    let written = !matches!(name, "null-if") && !name.ends_with("round");
    others.iter().all(|term| is_literal(term)).then(|| {
        let mut value = value.clone();
        value.written |= written;
        value
    })
}

/// A number without what does not change it: `100.` is `100`.
pub(super) fn plain(key: &str) -> &str {
    let number = key.contains('.') && key.chars().all(|it| it.is_ascii_digit() || it == '.');
    if number { key.trim_end_matches('0').trim_end_matches('.') } else { key }
}

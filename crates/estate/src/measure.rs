//! Declared numbers as plans: metrics of projects, measures of dashboards.

use std::collections::BTreeMap;

use plumb_base::{Owner, Place, TableName};
use plumb_canon::{Canonicalizer, Model};
use plumb_ir::{Arena, Catalog, RelId, Schema, Symbol};
use plumb_resolve::{Around, resolve};
use plumb_syntax::sql::{self, Dialect, tree::StatementKind};

use crate::{
    asset::{Asset, Detail},
    forms::model,
    metric::Metric,
    names::{Names, called},
};

/// A number that somebody gave a name and a formula.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its name.
    pub name: String,
    /// Position of the asset that it counts on.
    pub asset: usize,
    /// Position among the metrics of the platform; none for a measure of a dashboard.
    pub metric: Option<usize>,
    /// The query that gives it, in normal form, with everything upstream put in: one row, one column.
    pub rel: RelId,
    /// Where it is declared.
    pub place: Option<Place>,
    /// Owners, the strongest first.
    pub owners: Vec<Owner>,
}

/// What the formulas of measures may look at.
pub(crate) struct Known<'a> {
    pub(crate) assets: &'a [Asset],
    pub(crate) index: &'a BTreeMap<String, usize>,
    pub(crate) names: &'a Names,
    pub(crate) models: &'a BTreeMap<usize, RelId>,
}

/// Every measure whose formula could be read, metrics first.
pub(crate) fn bind(arena: &mut Arena, metrics: &[Metric], known: &Known<'_>) -> Vec<Measure> {
    let mut canonicalizer = Canonicalizer::new();
    let mut measures = Vec::new();
    for (at, metric) in metrics.iter().enumerate() {
        let asset = metric.asset.as_ref().and_then(|key| known.index.get(key));
        let (Some(asset), Some(query)) = (asset, query(metric)) else { continue };
        let dialect = metric.dialect.and_then(Dialect::named);
        let rel = dialect.and_then(|it| known.plan(arena, &mut canonicalizer, *asset, &query, it));
        measures.extend(rel.map(|rel| Measure {
            name: metric.name.clone(),
            asset: *asset,
            metric: Some(at),
            rel,
            place: metric.place.clone(),
            owners: metric.owners.clone(),
        }));
    }
    for (at, asset) in known.assets.iter().enumerate() {
        let Detail::Dataset { measures: declared, .. } = &asset.detail else { continue };
        let Some(dialect) = asset.dialect.and_then(Dialect::named) else { continue };
        for measure in declared {
            let query = format!("select {} as measure from it", measure.expression);
            let rel = known.plan(arena, &mut canonicalizer, at, &query, dialect);
            measures.extend(rel.map(|rel| Measure {
                name: measure.name.clone(),
                asset: at,
                metric: None,
                rel,
                place: asset.place.clone(),
                owners: asset.owners.clone(),
            }));
        }
    }
    measures
}

/// The query that a metric is; `None` for one that is made of others, or whose filters are not plain.
fn query(metric: &Metric) -> Option<String> {
    if metric.kind != "simple" {
        return None;
    }
    let value = metric.expression.as_deref().unwrap_or("*");
    let aggregate = match metric.aggregate.as_deref()? {
        "count_distinct" => format!("count(distinct {value})"),
        "average" | "avg" => format!("avg({value})"),
        "sum_boolean" => format!("sum(case when {value} then 1 else 0 end)"),
        plain @ ("sum" | "count" | "min" | "max" | "median") => format!("{plain}({value})"),
        _ => return None,
    };
    let filters: Vec<String> =
        metric.filters.iter().map(|filter| filled(filter, metric)).collect::<Option<_>>()?;
    let mut query = format!("select {aggregate} as measure from it");
    for (at, filter) in filters.iter().enumerate() {
        query.push_str(if at == 0 { " where (" } else { " and (" });
        query.push_str(filter);
        query.push(')');
    }
    Some(query)
}

/// A condition with columns in place of `{{ Dimension('order__state') }}`.
fn filled(filter: &str, metric: &Metric) -> Option<String> {
    let (mut text, mut rest) = (String::new(), filter);
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}")?;
        let quoted = inside.split(['\'', '"']).nth(1)?;
        let name = quoted.rsplit("__").next()?;
        let dimension = metric.dimensions.iter().find(|it| it.name == name);
        text.push_str(before);
        text.push_str(dimension.map_or(name, |it| it.expression.as_str()));
        rest = after;
    }
    text.push_str(rest);
    (!text.contains("{%")).then_some(text)
}

impl Known<'_> {
    fn plan(
        &self,
        arena: &mut Arena,
        canonicalizer: &mut Canonicalizer,
        asset: usize,
        query: &str,
        dialect: &'static Dialect,
    ) -> Option<RelId> {
        let parsed = sql::parse(query, dialect);
        let [statement] = parsed.statements.as_slice() else { return None };
        let StatementKind::Query(query) = &statement.kind else { return None };
        let key = &self.assets[asset].key;
        let schema = self.names.schemas.get(key).cloned().unwrap_or_else(|| Schema {
            table: key.clone(),
            columns: Vec::new(),
            open: true,
        });
        let functions = |name: &str, args| self.names.functions.find(&called(name), args, dialect);
        let (holes, functions) = (&[], &functions);
        let around = Around { catalog: &It(schema), dialect, holes, functions, owner: key };
        let resolved = resolve(query, arena, &around);
        if !resolved.problems.is_empty() || resolved.columns.len() != 1 {
            return None;
        }
        let model = self.models.get(&asset).map(|rel| model(arena, &self.assets[asset], *rel));
        let models: BTreeMap<Symbol, Model> = model.into_iter().collect();
        let expanded = canonicalizer.expanded(arena, resolved.rel, &models);
        let expanded = expanded.map(|(expanded, _)| expanded);
        Some(expanded.unwrap_or_else(|| canonicalizer.canonical(arena, resolved.rel)).rel)
    }
}

/// Whatever a formula calls its table, it is this one.
struct It(Schema);

impl Catalog for It {
    fn table(&self, _: &TableName) -> Option<Schema> {
        Some(self.0.clone())
    }
}

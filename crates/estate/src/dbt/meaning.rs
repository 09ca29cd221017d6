//! Metrics of dbt, each with the measure and the model it stands on.

use plumb_base::{Owner, record::dbt};
use plumb_syntax::sql::Dialect;

use super::Targets;
use crate::{
    metric::{Metric, MetricDimension, MetricInput},
    owners,
};

/// The metrics of a project, by name.
pub(super) fn metrics(
    project: &dbt::Project,
    targets: &Targets<'_>,
    dialect: &'static Dialect,
    namespace: &str,
) -> Vec<Metric> {
    let of = |metric| one(metric, project, targets, dialect, namespace);
    let mut metrics: Vec<Metric> = project.metrics.iter().map(of).collect();
    metrics.sort_by(|one, two| (&one.name, &one.place).cmp(&(&two.name, &two.place)));
    metrics
}

fn one(
    metric: &dbt::Metric,
    project: &dbt::Project,
    targets: &Targets<'_>,
    dialect: &'static Dialect,
    namespace: &str,
) -> Metric {
    let mut filters = metric.filters.clone();
    let mut inputs: Vec<MetricInput> = metric.inputs.iter().map(input).collect();
    let (mut aggregate, mut expression) = (metric.aggregate.clone(), metric.expression.clone());
    let (mut model, mut time) = (metric.model.clone(), metric.time.clone());
    let mut on = model.as_ref().and_then(|model| semantic_model(project, model));
    // A metric that counts by one measure is that measure.
    if let [only] = metric.inputs.as_slice()
        && only.role == "measure"
        && let Some((found, measure)) = measure(project, &metric.package, &only.name)
    {
        on = Some(found);
        model = Some(found.model.clone());
        aggregate = Some(measure.aggregate.clone());
        expression = measure.expression.clone().or_else(|| Some(measure.name.clone()));
        time = time.or_else(|| measure.time.clone());
        filters.extend(only.filters.iter().cloned());
        inputs.clear();
    }
    let dimension = |it: &dbt::Dimension| MetricDimension {
        name: it.name.clone(),
        expression: it.expression.clone().unwrap_or_else(|| it.name.clone()),
    };
    let listed = metric.dimensions.iter();
    let listed =
        listed.map(|name| MetricDimension { name: name.clone(), expression: name.clone() });
    let described = on.filter(|_| metric.dimensions.is_empty());
    let described = described.into_iter().flat_map(|on| on.dimensions.iter().map(dimension));
    let time = time.or_else(|| on.and_then(|on| on.time.clone()));
    Metric {
        name: metric.name.clone(),
        label: metric.label.clone(),
        description: metric.description.clone(),
        kind: kind(metric),
        project: namespace.to_owned(),
        asset: model.as_ref().and_then(|model| targets.key(&metric.package, model)),
        aggregate,
        expression,
        filters,
        inputs,
        dimensions: listed.chain(described).collect(),
        // A time dimension has a name of its own; the column is what it stands for.
        time: time.map(|time| column_of(&time, on)),
        window: metric.window.clone(),
        dialect: Some(dialect.name),
        owners: owned(metric, project),
        place: metric.place.clone(),
    }
}

fn input(input: &dbt::MetricInput) -> MetricInput {
    MetricInput {
        role: input.role.clone(),
        name: input.name.clone(),
        alias: input.alias.clone(),
        filters: input.filters.clone(),
        offset: input.offset.clone(),
    }
}

/// Before dbt 1.6 the kind of a metric was its aggregation.
fn kind(metric: &dbt::Metric) -> String {
    match metric.kind.as_str() {
        "expression" => "derived".to_owned(),
        "ratio" | "derived" | "cumulative" | "conversion" => metric.kind.clone(),
        _ => "simple".to_owned(),
    }
}

fn column_of(time: &str, on: Option<&dbt::SemanticModel>) -> String {
    let dimensions = on.map(|on| on.dimensions.as_slice()).unwrap_or_default();
    let found = dimensions.iter().find(|dimension| dimension.name == time);
    found.and_then(|it| it.expression.clone()).unwrap_or_else(|| time.to_owned())
}

/// The semantic model that stands on a model.
fn semantic_model<'a>(project: &'a dbt::Project, model: &str) -> Option<&'a dbt::SemanticModel> {
    let plain = |text: &str| text.replace(['"', '\'', ' '], "");
    project.semantic_models.iter().find(|it| plain(&it.model) == plain(model))
}

/// A measure by name: of its own package first.
fn measure<'a>(
    project: &'a dbt::Project,
    package: &str,
    name: &str,
) -> Option<(&'a dbt::SemanticModel, &'a dbt::Measure)> {
    let all = project
        .semantic_models
        .iter()
        .flat_map(|model| model.measures.iter().map(move |measure| (model, measure)))
        .filter(|(_, measure)| measure.name == name);
    let own = all.clone().find(|(model, _)| model.package == package);
    own.or_else(|| all.clone().next())
}

fn owned(metric: &dbt::Metric, project: &dbt::Project) -> Vec<Owner> {
    let file = metric.place.as_ref().map_or("", |place| place.path.as_str());
    let group = metric.group.as_ref().map(|group| owners::of_group(project, group));
    let own = metric
        .owner
        .as_ref()
        .map(|name| Owner { name: name.clone(), source: format!("dbt meta.owner in {file}") });
    group.into_iter().chain(own).collect()
}

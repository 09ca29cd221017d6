//! Semantic models, metrics, saved queries and unit tests of a properties file.

use plumb_base::record::dbt::{
    Dimension, Entity, Measure, Metric, MetricInput, SavedQuery, SemanticModel, UnitTest,
};
use plumb_base::{Problem, Source};

use super::declared::{named, owner};
use super::properties::{meta, place};
use crate::yaml::{Shape, Tree};

/// Types of metrics since dbt 1.6, and the one before that was no aggregation.
const KINDS: &[&str] =
    &["", "conversion", "cumulative", "derived", "expression", "ratio", "simple"];

/// What numbers of a project mean.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    pub(super) semantic_models: Vec<SemanticModel>,
    pub(super) metrics: Vec<Metric>,
    pub(super) saved_queries: Vec<SavedQuery>,
    pub(super) unit_tests: Vec<UnitTest>,
}

/// The file that is read, and the package it belongs to.
struct Here<'a> {
    path: &'a str,
    package: &'a str,
}

impl Meaning {
    pub(super) fn append(&mut self, more: Self) {
        self.semantic_models.extend(more.semantic_models);
        self.metrics.extend(more.metrics);
        self.saved_queries.extend(more.saved_queries);
        self.unit_tests.extend(more.unit_tests);
    }

    pub(super) fn add(
        &mut self,
        tree: &Tree,
        file: &Source,
        package: &str,
        problems: &mut Vec<Problem>,
    ) {
        let here = Here { path: &file.path, package };
        for (name, entry) in named(tree, "semantic_models", file, problems) {
            let (model, metrics) = here.semantic_model(name, entry);
            self.semantic_models.push(model);
            self.metrics.extend(metrics);
        }
        for (name, entry) in named(tree, "metrics", file, problems) {
            self.metrics.extend(here.metric(name, entry));
        }
        for (name, entry) in named(tree, "saved_queries", file, problems) {
            self.saved_queries.push(here.saved_query(name, entry));
        }
        for (name, entry) in named(tree, "unit_tests", file, problems) {
            let model = entry.text_of("model").unwrap_or_default();
            self.unit_tests.push(UnitTest { package: package.to_owned(), name, model });
        }
        for (name, entry) in
            tree.get("models").into_iter().flat_map(Tree::items).filter_map(named_entry)
        {
            let (model, metrics) = here.inside_model(&name, entry);
            self.semantic_models.extend(model);
            self.metrics.extend(metrics);
        }
    }
}

fn named_entry(entry: &Tree) -> Option<(String, &Tree)> {
    Some((entry.text_of("name").filter(|name| !name.is_empty())?, entry))
}

fn items<'a>(entry: &'a Tree, key: &str) -> impl Iterator<Item = &'a Tree> {
    entry.get(key).map(Tree::items).unwrap_or_default().iter()
}

/// A scalar under the key, or under the key of a map that stands in its place.
fn text_in(entry: &Tree, path: &[&str]) -> Option<String> {
    let mut at = entry;
    for key in path {
        at = at.get(key)?;
    }
    at.text()
}

/// Conditions: one text, several, or the fields of dbt before 1.6.
fn filters(entry: &Tree) -> Vec<String> {
    let one = |tree: &Tree| {
        let field = tree.text_of("field")?;
        let (operator, value) = (tree.text_of("operator")?, tree.text_of("value")?);
        Some(format!("{field} {operator} {value}"))
    };
    let listed = ["filter", "filters"].into_iter().filter_map(|key| entry.get(key));
    listed
        .flat_map(|tree| {
            let old = tree.items().iter().filter_map(one).collect::<Vec<_>>();
            let texts = tree.texts().into_iter().map(|text| text.trim().to_owned());
            texts.chain(old).collect::<Vec<_>>()
        })
        .collect()
}

/// A window such as `7 days`, written in one or in two parts.
fn window(tree: &Tree) -> Option<String> {
    let parts =
        [tree.text_of("count"), tree.first(&["granularity", "period"]).and_then(Tree::text)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    tree.text().or_else(|| (!parts.is_empty()).then(|| parts.join(" ")))
}

impl Here<'_> {
    fn semantic_model(&self, name: String, entry: &Tree) -> (SemanticModel, Vec<Metric>) {
        let dimension = |tree: &Tree| Some(dimension(tree.text_of("name")?, tree));
        let entity = |tree: &Tree| {
            Some(Entity {
                name: tree.text_of("name")?,
                kind: tree.text_of("type").unwrap_or_default(),
                expression: tree.first(&["expr", "entity"]).and_then(Tree::text),
            })
        };
        let measures: Vec<Measure> =
            items(entry, "measures").filter_map(|tree| self.measure(tree)).collect();
        // A measure can be a metric of its own name at once.
        let metrics = items(entry, "measures").filter_map(|tree| {
            let name = tree
                .text_of("name")
                .filter(|_| tree.text_of("create_metric").as_deref() == Some("true"))?;
            let input = MetricInput {
                role: "measure".to_owned(),
                name: name.clone(),
                ..MetricInput::default()
            };
            Some(Metric {
                label: tree.text_of("label"),
                description: tree.text_of("description").unwrap_or_default(),
                kind: "simple".to_owned(),
                inputs: vec![input],
                ..self.nameless_metric(name, tree)
            })
        });
        let metrics = metrics.collect();
        let model = SemanticModel {
            package: self.package.to_owned(),
            name,
            description: entry.text_of("description").unwrap_or_default(),
            model: entry.text_of("model").unwrap_or_default(),
            time: text_in(entry, &["defaults", "agg_time_dimension"])
                .or_else(|| text_in(entry, &["config", "defaults", "agg_time_dimension"])),
            entities: items(entry, "entities").filter_map(entity).collect(),
            dimensions: items(entry, "dimensions").filter_map(dimension).collect(),
            measures,
            place: Some(place(entry, self.path)),
        };
        (model, metrics)
    }

    fn measure(&self, tree: &Tree) -> Option<Measure> {
        Some(Measure {
            name: tree.text_of("name")?,
            label: tree.text_of("label"),
            description: tree.text_of("description").unwrap_or_default(),
            aggregate: tree.text_of("agg").unwrap_or_default(),
            expression: tree.text_of("expr"),
            time: tree.text_of("agg_time_dimension"),
            place: Some(place(tree, self.path)),
        })
    }

    /// A semantic model that is described with its model, column by column, and the metrics on it.
    fn inside_model(&self, name: &str, entry: &Tree) -> (Option<SemanticModel>, Vec<Metric>) {
        let model = format!("ref('{name}')");
        let said = entry.get("semantic_model");
        let on = said.is_some_and(|said| match &said.shape {
            Shape::Bool(on) => *on,
            Shape::Map(_) => said.text_of("enabled").as_deref() != Some("false"),
            Shape::Null | Shape::Number(_) | Shape::Text(_) | Shape::List(_) => false,
        });
        let metrics = items(entry, "metrics").filter_map(named_entry).filter_map(|(name, tree)| {
            let metric = self.metric(name, tree)?;
            Some(Metric { model: metric.model.or_else(|| Some(model.clone())), ..metric })
        });
        let metrics = metrics.collect();
        if !on {
            return (None, metrics);
        }
        let (mut entities, mut dimensions) = (Vec::new(), Vec::new());
        for (column, tree) in items(entry, "columns").filter_map(named_entry) {
            let own = |tree: &Tree| tree.text_of("name").unwrap_or_else(|| column.clone());
            let expression = |name: &str| (name != column).then(|| column.clone());
            if let Some(entity) = tree.get("entity") {
                let name = own(entity);
                let kind = entity.text().or_else(|| entity.text_of("type")).unwrap_or_default();
                entities.push(Entity { expression: expression(&name), name, kind });
            }
            if let Some(said) = tree.get("dimension") {
                let name = own(said);
                let kind = said.text().or_else(|| said.text_of("type"));
                dimensions.push(Dimension {
                    expression: expression(&name),
                    name,
                    kind: kind.unwrap_or_default(),
                    grain: tree.text_of("granularity"),
                });
            }
        }
        let derived = entry.get("derived_semantics");
        for tree in derived.into_iter().flat_map(|tree| items(tree, "dimensions")) {
            dimensions.extend(tree.text_of("name").map(|name| dimension(name, tree)));
        }
        for tree in derived.into_iter().flat_map(|tree| items(tree, "entities")) {
            entities.extend(tree.text_of("name").map(|name| Entity {
                name,
                kind: tree.text_of("type").unwrap_or_default(),
                expression: tree.text_of("expr"),
            }));
        }
        let own_name = said.and_then(|said| said.text_of("name"));
        let model = SemanticModel {
            package: self.package.to_owned(),
            name: own_name.unwrap_or_else(|| name.to_owned()),
            description: entry.text_of("description").unwrap_or_default(),
            model,
            time: entry.text_of("agg_time_dimension"),
            entities,
            dimensions,
            measures: Vec::new(),
            place: Some(place(entry, self.path)),
        };
        (Some(model), metrics)
    }

    fn nameless_metric(&self, name: String, entry: &Tree) -> Metric {
        Metric {
            package: self.package.to_owned(),
            name,
            place: Some(place(entry, self.path)),
            ..Metric::default()
        }
    }

    /// A metric in any of its spellings; one that is switched off is none.
    fn metric(&self, name: String, entry: &Tree) -> Option<Metric> {
        let says = |key: &str| text_in(entry, &["config", key]).or_else(|| entry.text_of(key));
        if says("enabled").as_deref() == Some("false") {
            return None;
        }
        let nothing = Tree::null();
        let params = entry.get("type_params").unwrap_or(&nothing);
        let both = |key: &str| params.get(key).or_else(|| entry.get(key));
        let inner = |key: &str| both(key).unwrap_or(&nothing);
        let (cumulative, conversion) =
            (inner("cumulative_type_params"), inner("conversion_type_params"));
        let kind = entry.first(&["type", "calculation_method"]).and_then(Tree::text);
        let kind = kind.unwrap_or_default();
        // Before dbt 1.6 the type was the aggregation.
        let old = Some(kind.clone()).filter(|_| !KINDS.contains(&kind.as_str()));
        let mut inputs = Vec::new();
        for (role, tree) in [
            ("measure", both("measure")),
            ("numerator", both("numerator")),
            ("denominator", both("denominator")),
            (
                "base",
                conversion
                    .first(&["base_measure", "base_metric"])
                    .or_else(|| entry.get("base_metric")),
            ),
            (
                "conversion",
                conversion
                    .first(&["conversion_measure", "conversion_metric"])
                    .or_else(|| entry.get("conversion_metric")),
            ),
            ("metric", entry.get("input_metric")),
        ] {
            inputs.extend(tree.and_then(|tree| input(role, tree)));
        }
        let parts = ["metrics", "input_metrics"].into_iter().filter_map(both);
        inputs.extend(parts.flat_map(Tree::items).filter_map(|tree| input("metric", tree)));
        let windows = [both("window"), cumulative.get("window"), conversion.get("window")];
        let owner = owner(entry).or_else(|| {
            meta(entry).get("owner").and_then(serde_json::Value::as_str).map(str::to_owned)
        });
        Some(Metric {
            label: entry.text_of("label"),
            description: entry.text_of("description").unwrap_or_default(),
            kind,
            model: entry.text_of("model"),
            inputs,
            aggregate: entry.text_of("agg").or(old),
            expression: both("expr")
                .or_else(|| entry.first(&["expression", "sql"]))
                .and_then(Tree::text),
            filters: filters(entry),
            dimensions: entry.get("dimensions").map(Tree::texts).unwrap_or_default(),
            time: entry.first(&["timestamp", "agg_time_dimension"]).and_then(Tree::text),
            grains: entry
                .first(&["time_grains", "time_granularity"])
                .map(Tree::texts)
                .unwrap_or_default(),
            window: windows.into_iter().flatten().find_map(window),
            owner,
            group: says("group"),
            ..self.nameless_metric(name, entry)
        })
    }

    fn saved_query(&self, name: String, entry: &Tree) -> SavedQuery {
        let params = entry.get("query_params").unwrap_or(entry);
        let texts = |key: &str| params.get(key).map(Tree::texts).unwrap_or_default();
        SavedQuery {
            package: self.package.to_owned(),
            name,
            description: entry.text_of("description").unwrap_or_default(),
            metrics: texts("metrics"),
            group_by: texts("group_by"),
            filters: texts("where"),
            place: Some(place(entry, self.path)),
        }
    }
}

fn dimension(name: String, tree: &Tree) -> Dimension {
    let grain = text_in(tree, &["type_params", "time_granularity"]);
    Dimension {
        name,
        kind: tree.text_of("type").unwrap_or_default(),
        expression: tree.text_of("expr"),
        grain: grain.or_else(|| tree.text_of("granularity")),
    }
}

/// A part of a metric: its name alone, or a map with a name.
fn input(role: &str, tree: &Tree) -> Option<MetricInput> {
    let role = role.to_owned();
    if let Some(name) = tree.text() {
        return Some(MetricInput { role, name, ..MetricInput::default() });
    }
    let offset = tree.first(&["offset_window", "offset_to_grain"]).and_then(window);
    Some(MetricInput {
        role,
        name: tree.text_of("name")?,
        alias: tree.text_of("alias"),
        filters: filters(tree),
        offset,
    })
}

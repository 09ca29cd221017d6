//! Apache Superset exports: folders of YAML with charts, datasets, dashboards and databases.

use std::collections::BTreeSet;
use std::sync::Arc;

use plumb_base::record::dashboard::{Body, Dashboard, Dataset, Field, Sort, Tile, Tool};
use plumb_base::record::{Found, NotCovered};

use crate::export::{self, Export};
use crate::yaml::{Shape, Tree};
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "superset", page: include_str!("superset.md"), find };

/// Folders of an export, with the keys that tell their files from other YAML.
const FOLDERS: &[(&str, &[&str])] = &[
    ("charts", &["slice_name:", "viz_type:"]),
    ("dashboards", &["dashboard_title:", "uuid:"]),
    ("databases", &["database_name:", "sqlalchemy_uri:"]),
    ("datasets", &["table_name:", "database_uuid:"]),
];

/// What the name of an export begins with that was not unpacked.
const PACKED: &[&str] =
    &["assets_export", "chart_export", "dashboard_export", "database_export", "dataset_export"];

fn find(walk: &Walk<'_>, found: &mut Found) {
    let mut parts = Parts::default();
    for file in walk.files() {
        let name = path::name(&file.path).to_ascii_lowercase();
        if path::is_one_of(&name, &["zip"]) && PACKED.iter().any(|start| name.starts_with(start)) {
            aside("Superset exports that are packed", &file.path, found);
        }
        if !path::is_one_of(&name, &["json", "yaml", "yml"]) || file.size > export::LARGEST {
            continue;
        }
        if old(walk, &file.path) {
            aside("Superset exports of the old form", &file.path, found);
            continue;
        }
        let Some((folder, root, marks)) = folder(&file.path) else { continue };
        let fits = |text: &str| marks.iter().all(|mark| has_key(text, mark));
        for export in Export::yaml(walk, &file.path, fits, &mut found.problems) {
            parts.add(folder, root, export);
        }
    }
    found.datasets.extend(parts.datasets.iter().map(|it| parts.dataset(it)));
    found.dashboards.extend(parts.dashboards.iter().map(|it| parts.dashboard(it)));
    found.dashboards.extend(parts.loose_charts());
}

fn aside(kind: &str, path: &str, found: &mut Found) {
    let paths = vec![path.to_owned()];
    found.not_covered.push(NotCovered { kind: kind.to_owned(), paths });
}

/// Exports of before 2021 hold everything in one file.
fn old(walk: &Walk<'_>, path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let most = usize::try_from(export::LARGEST).unwrap_or(usize::MAX);
    let bytes = (lower.contains("superset") || lower.contains("dashboard"))
        .then(|| walk.world.head(path, most).ok())
        .flatten()
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    ["\"__Dashboard__\"", "\"__SqlaTable__\""].iter().any(|mark| text.contains(mark))
}

/// The folder of an export that holds a file, the root of that export, and the keys its files have.
fn folder(path: &str) -> Option<(&'static str, &str, &'static [&'static str])> {
    path::ancestors(path).find_map(|folder| {
        let (name, marks) = FOLDERS.iter().find(|(name, _)| *name == path::name(folder))?;
        Some((*name, path::parent(folder), *marks))
    })
}

/// Whether a line of a text begins with a key.
fn has_key(text: &str, key: &str) -> bool {
    text.starts_with(key) || text.contains(&format!("\n{key}"))
}

/// One file, and the export it belongs to.
struct Part {
    root: String,
    uuid: Option<String>,
    export: Export,
}

/// Everything of all exports, by path.
#[derive(Default)]
struct Parts {
    charts: Vec<Part>,
    dashboards: Vec<Part>,
    databases: Vec<Part>,
    datasets: Vec<Part>,
}

impl Parts {
    fn add(&mut self, folder: &str, root: &str, export: Export) {
        let uuid = export.tree.text_of("uuid");
        let list = match folder {
            "charts" => &mut self.charts,
            "dashboards" => &mut self.dashboards,
            "databases" => &mut self.databases,
            _ => &mut self.datasets,
        };
        list.push(Part { root: root.to_owned(), uuid, export });
    }

    fn dataset(&self, part: &Part) -> Dataset {
        let (export, tree) = (&part.export, &part.export.tree);
        let text = |key: &str| tree.text_of(key).filter(|text| !text.trim().is_empty());
        let database = tree.text_of("database_uuid");
        let database = database.and_then(|uuid| by_uuid(&self.databases, &part.root, &uuid));
        let mut body = export.sql(tree.get("sql"), "");
        let name = text("table_name");
        if let (Body::Missing, Some(name)) = (&body, &name) {
            let outer = [text("catalog"), text("schema")].into_iter().flatten();
            body = Body::Table(outer.chain([name.clone()]).collect());
        }
        let metrics = tree.get("metrics").map(Tree::items).unwrap_or_default();
        let columns = tree.get("columns").map(Tree::items).unwrap_or_default();
        let named = |it: &Tree, key: &str| export.field(it.text_of(key)?, it.get("expression")?);
        let measures = metrics.iter().filter_map(|it| named(it, "metric_name"));
        let computed = columns.iter().filter_map(|it| named(it, "column_name"));
        Dataset {
            tool: Tool::Superset,
            key: export.path().to_owned(),
            title: name.unwrap_or_else(|| path::stem(export.path()).to_owned()),
            sort: "dataset",
            description: text("description").unwrap_or_default(),
            source: Arc::clone(&export.source),
            place: export.place(tree),
            body,
            parameters: Vec::new(),
            measures: measures.chain(computed).collect(),
            engine: database.and_then(|it| engine(&it.export.tree)),
            catalog: text("catalog"),
            schema: text("schema"),
            owners: owners(tree),
            tags: tags(tree),
        }
    }

    fn dashboard(&self, part: &Part) -> Dashboard {
        let tree = &part.export.tree;
        let position = tree.get("position").map(Tree::entries).unwrap_or_default();
        let is_chart = |it: &&Tree| it.text_of("type").as_deref() == Some("CHART");
        let charts =
            position.iter().map(|(_, it)| it).filter(is_chart).filter_map(|it| it.get("meta"));
        let tile = |meta: &Tree| {
            let uuid = meta.text_of("uuid").unwrap_or_default();
            match by_uuid(&self.charts, &part.root, &uuid) {
                Some(chart) => self.tile(chart),
                // The chart is not in the export.
                None => Tile {
                    title: meta.text_of("sliceName").unwrap_or(uuid),
                    kind: String::new(),
                    dataset: None,
                    fields: Vec::new(),
                    path: part.export.path().to_owned(),
                    span: part.export.span(meta),
                },
            }
        };
        Dashboard {
            tiles: charts.map(tile).collect(),
            ..board(part, Sort::Dashboard, "dashboard_title")
        }
    }

    /// Charts that no dashboard shows.
    fn loose_charts(&self) -> Vec<Dashboard> {
        let mut shown = BTreeSet::new();
        for board in &self.dashboards {
            for (_, it) in board.export.tree.get("position").map(Tree::entries).unwrap_or_default()
            {
                let uuid = it.get("meta").and_then(|it| it.text_of("uuid"));
                let chart = uuid.and_then(|uuid| by_uuid(&self.charts, &board.root, &uuid));
                shown.extend(chart.map(|it| it.export.path()));
            }
        }
        let loose = self.charts.iter().filter(|it| !shown.contains(it.export.path()));
        let chart = |part: &Part| Dashboard {
            tiles: vec![self.tile(part)],
            ..board(part, Sort::Chart, "slice_name")
        };
        loose.map(chart).collect()
    }

    fn tile(&self, chart: &Part) -> Tile {
        let (export, tree) = (&chart.export, &chart.export.tree);
        let dataset = tree.text_of("dataset_uuid");
        let dataset = dataset.and_then(|uuid| by_uuid(&self.datasets, &chart.root, &uuid));
        Tile {
            title: tree.text_of("slice_name").unwrap_or_default(),
            kind: tree.text_of("viz_type").unwrap_or_default(),
            dataset: dataset.map(|it| it.export.path().to_owned()),
            fields: tree.get("params").map(|it| fields(export, it)).unwrap_or_default(),
            path: export.path().to_owned(),
            span: tree.get("slice_name").map(|it| export.span(it)).unwrap_or_default(),
        }
    }
}

/// What is known of a dashboard or chart without its tiles.
fn board(part: &Part, sort: Sort, title: &str) -> Dashboard {
    let (export, tree) = (&part.export, &part.export.tree);
    Dashboard {
        tool: Tool::Superset,
        sort,
        key: export.path().to_owned(),
        name: tree.text_of(title).unwrap_or_else(|| path::stem(export.path()).to_owned()),
        description: tree.text_of("description").unwrap_or_default(),
        place: export.place(tree),
        owners: owners(tree),
        tags: tags(tree),
        datasets: Vec::new(),
        tiles: Vec::new(),
    }
}

/// A part by its id: of the same export, else of any other.
fn by_uuid<'a>(parts: &'a [Part], root: &str, uuid: &str) -> Option<&'a Part> {
    let fits = |part: &&Part| part.uuid.as_deref() == Some(uuid);
    let own = parts.iter().filter(fits).find(|part| part.root == root);
    own.or_else(|| parts.iter().find(fits))
}

/// The engine of a database: `trino` of `trino://…`, `postgresql` of `postgresql+psycopg2://…`.
fn engine(database: &Tree) -> Option<String> {
    let address = database.text_of("sqlalchemy_uri")?;
    let scheme = address.split_once("://")?.0;
    let engine = scheme.split('+').next().unwrap_or(scheme);
    (!engine.is_empty()).then(|| engine.to_ascii_lowercase())
}

fn owners(tree: &Tree) -> Vec<plumb_base::Owner> {
    let mut owners = Vec::new();
    for owner in tree.get("owners").map(Tree::items).unwrap_or_default() {
        let name = owner.text().or_else(|| owner.first(&["email", "username"])?.text());
        export::own(&mut owners, name, "owner in Superset");
    }
    export::own(&mut owners, tree.text_of("certified_by"), "certified in Superset");
    owners
}

fn tags(tree: &Tree) -> Vec<String> {
    tree.get("tags").map(Tree::texts).unwrap_or_default()
}

/// Keys of a chart under which it names what it computes, then what it shows as it is.
const METRICS: &[&str] =
    &["metrics", "metrics_b", "metric", "metric_2", "percent_metrics", "secondary_metric", "size"];
const COLUMNS: &[&str] = &[
    "x_axis",
    "granularity_sqla",
    "groupby",
    "groupby_b",
    "groupbyRows",
    "groupbyColumns",
    "columns",
    "all_columns",
    "series",
    "entity",
];

fn fields(export: &Export, params: &Tree) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for key in METRICS.iter().chain(COLUMNS) {
        let Some(value) = params.get(key) else { continue };
        let several = value.items();
        let values = if several.is_empty() { std::slice::from_ref(value) } else { several };
        for value in values {
            let new = |it: &Field| !fields.iter().any(|known| known.name == it.name);
            let field = field(export, value).filter(new);
            fields.extend(field);
        }
    }
    fields
}

/// A metric or a column: a name, a text of SQL, or a function and the column it is called with.
fn field(export: &Export, value: &Tree) -> Option<Field> {
    if let Shape::Text(name) = &value.shape {
        return export.field(name.clone(), value);
    }
    let label = value.text_of("label");
    if let Some(text) = value.first(&["sqlExpression"]) {
        return export.field(label.unwrap_or_else(|| text.text().unwrap_or_default()), text);
    }
    let function = value.first(&["aggregate"])?;
    let column = value.get("column")?;
    let computed = column.text_of("expression").filter(|text| !text.trim().is_empty());
    let name = column.text_of("column_name")?;
    let inside = computed.unwrap_or(name);
    let expression = match function.text()?.as_str() {
        "COUNT_DISTINCT" => format!("COUNT(DISTINCT {inside})"),
        other => format!("{other}({inside})"),
    };
    let name = label.unwrap_or_else(|| expression.clone());
    Some(Field { name, expression, span: export.span(function) })
}

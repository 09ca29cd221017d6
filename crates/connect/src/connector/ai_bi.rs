//! AI/BI dashboards of Databricks: files that end in `.lvdash.json`, and their like under other names.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use plumb_base::record::Found;
use plumb_base::record::dashboard::{
    Body, Dashboard, Dataset, Field, Parameter, Sort, Stands, Tile, Tool,
};
use plumb_base::{Problem, Severity};

use crate::export::{self, Export};
use crate::yaml::Tree;
use crate::{Connector, Walk, path, text};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "ai_bi", page: include_str!("ai_bi.md"), find };

/// What the name of a file holds; browsers put a number behind it when they save one twice.
const MARK: &str = ".lvdash";

/// What a dashboard holds that is called something else.
const KEYS: &[&str] = &["\"datasets\"", "\"pages\"", "\"widgetType\""];

/// What the expression of a field holds that a filter adds for itself.
const OWN: &str = "associative_filter_predicate";

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let lower = path::name(&file.path).to_ascii_lowercase();
        let named = lower.contains(MARK);
        if !path::is_one_of(&lower, &["json"]) || (!named && file.size > export::LARGEST) {
            continue;
        }
        let fits = |text: &str| named || KEYS.iter().all(|key| text.contains(key));
        let export = Export::json(walk, &file.path, fits, &mut found.problems);
        found.dashboards.extend(export.map(|it| dashboard(&it, &mut found.problems)));
    }
}

fn dashboard(export: &Export, problems: &mut Vec<Problem>) -> Dashboard {
    let path = export.path();
    let file = path::name(path);
    let end = file.to_ascii_lowercase().find(MARK).unwrap_or_else(|| path::stem(file).len());
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut keys = BTreeSet::new();
    let mut datasets = Vec::new();
    for tree in export.tree.get("datasets").map(Tree::items).unwrap_or_default() {
        let name = tree.text_of("name");
        let key = export::key(path, name.clone(), &keys);
        if let Some(name) = name {
            match names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(key.clone());
                }
                Entry::Occupied(entry) => {
                    let name = entry.key();
                    let message = format!("two datasets are named `{name}`; tiles mean the first");
                    let at = (tree.line, tree.column);
                    problems.push(text::at(path, at, Severity::Note, "one-name-twice", message));
                }
            }
        }
        keys.insert(key.clone());
        datasets.push(dataset(export, tree, key));
    }
    let named = |name: &str| names.get(name).cloned();
    let pages = export.tree.get("pages").map(Tree::items).unwrap_or_default();
    let widgets =
        pages.iter().flat_map(|page| page.get("layout").map(Tree::items).unwrap_or_default());
    let widgets = widgets.filter_map(|it| it.get("widget"));
    let tiles: Vec<Tile> = widgets.flat_map(|it| tiles(export, it, &named, problems)).collect();
    Dashboard {
        tool: Tool::DatabricksAiBi,
        sort: Sort::Dashboard,
        key: path.to_owned(),
        name: file[..end].to_owned(),
        description: String::new(),
        place: export.place(&export.tree),
        owners: Vec::new(),
        tags: Vec::new(),
        tiles,
        datasets,
    }
}

fn dataset(export: &Export, tree: &Tree, key: String) -> Dataset {
    let text = |key: &str| tree.text_of(key).filter(|text| !text.trim().is_empty());
    let lines = tree.get("queryLines").filter(|lines| !lines.items().is_empty());
    let mut body = export.sql(lines.or_else(|| tree.get("query")), "");
    if body == Body::Missing
        && let Some(name) = text("asset_name")
    {
        body = Body::Table(export::parts(&name));
    }
    let parameters = tree.get("parameters").map(Tree::items).unwrap_or_default();
    let measures = tree.get("columns").map(Tree::items).unwrap_or_default();
    let measure = |it: &Tree| {
        let name = it.first(&["displayName", "name"]).and_then(Tree::text).unwrap_or_default();
        export.field(name, it.get("expression")?)
    };
    Dataset {
        tool: Tool::DatabricksAiBi,
        title: text("displayName")
            .or_else(|| text("name"))
            .unwrap_or_else(|| "untitled".to_owned()),
        key,
        sort: "dataset",
        description: String::new(),
        source: std::sync::Arc::clone(&export.source),
        place: export.place(tree),
        body,
        parameters: parameters.iter().filter_map(parameter).collect(),
        measures: measures.iter().filter_map(measure).collect(),
        engine: Some("databricks".to_owned()),
        catalog: text("catalog"),
        schema: text("schema"),
        owners: Vec::new(),
        tags: Vec::new(),
    }
}

fn parameter(tree: &Tree) -> Option<Parameter> {
    let mut values = Vec::new();
    if let Some(selection) = tree.get("defaultSelection") {
        leaves(selection, &mut values);
    }
    Some(Parameter {
        keyword: tree.text_of("keyword")?,
        kind: tree.text_of("dataType").unwrap_or_default().to_ascii_lowercase(),
        default: (!values.is_empty()).then(|| values.join(", ")),
        stands: Stands::Value,
    })
}

/// Every `value` below a default selection: one, several, or the ends of a range.
fn leaves(tree: &Tree, into: &mut Vec<String>) {
    for (key, value) in tree.entries() {
        match value.text() {
            Some(text) if key == "value" => into.push(text),
            _ => leaves(value, into),
        }
    }
    tree.items().iter().for_each(|item| leaves(item, into));
}

/// One tile for each dataset that a widget shows; texts and pictures show none.
fn tiles(
    export: &Export,
    widget: &Tree,
    named: &dyn Fn(&str) -> Option<String>,
    problems: &mut Vec<Problem>,
) -> Vec<Tile> {
    let spec = widget.get("spec");
    let title = spec.and_then(|it| it.get("frame")).and_then(|it| it.text_of("title"));
    let kind = spec.and_then(|it| it.text_of("widgetType")).unwrap_or_default();
    let mut tiles: Vec<Tile> = Vec::new();
    for query in widget.get("queries").map(Tree::items).unwrap_or_default() {
        let Some(query) = query.get("query") else { continue };
        let name = query.get("datasetName").and_then(|it| Some((it, it.text()?)));
        let dataset = name.as_ref().and_then(|(_, name)| named(name));
        if let (None, Some((at, name))) = (&dataset, &name) {
            let message = format!("a tile shows dataset `{name}`, which is not in this file");
            let at = (at.line, at.column);
            let reason = "missing-dataset";
            problems.push(text::at(export.path(), at, Severity::Note, reason, message));
        }
        let fields: Vec<Field> = fields(export, query);
        match tiles.iter_mut().find(|tile| tile.dataset == dataset) {
            Some(tile) => {
                let new = |it: &Field| !tile.fields.iter().any(|known| known.name == it.name);
                let new: Vec<Field> = fields.into_iter().filter(new).collect();
                tile.fields.extend(new);
            }
            None => tiles.push(Tile {
                title: title.clone().unwrap_or_default(),
                kind: kind.clone(),
                dataset,
                fields,
                path: export.path().to_owned(),
                span: export.span(widget),
            }),
        }
    }
    tiles
}

fn fields(export: &Export, query: &Tree) -> Vec<Field> {
    let fields = query.get("fields").map(Tree::items).unwrap_or_default();
    let field = |it: &Tree| export.field(it.text_of("name")?, it.get("expression")?);
    fields.iter().filter_map(field).filter(|it| !it.expression.contains(OWN)).collect()
}

//! Queries, dashboards and alerts of Databricks SQL before AI/BI, and of Redash, which they came from.

use std::collections::BTreeSet;
use std::sync::Arc;

use plumb_base::record::Found;
use plumb_base::record::dashboard::{
    Body, Dashboard, Dataset, Field, Parameter, Sort, Stands, Tile, Tool,
};

use crate::export::{self, Export};
use crate::yaml::Tree;
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "databricks_sql", page: include_str!("databricks_sql.md"), find };

/// How files end that hold nothing else.
const ENDS: &[&str] = &[".dbquery.json", ".dbdash.json", ".dbalert.json"];

/// What other JSON holds if it is an answer of one of the two programs, saved as it came.
const MARKS: &[&str] = &["\"data_source_id\"", "\"latest_query_data_id\"", "\"visualization_id\""];

fn find(walk: &Walk<'_>, found: &mut Found) {
    for file in walk.files() {
        let lower = file.path.to_ascii_lowercase();
        if !path::is_one_of(&lower, &["json"])
            || lower.contains(".lvdash")
            || file.size > export::LARGEST
        {
            continue;
        }
        let named = ENDS.iter().any(|end| lower.ends_with(end));
        let fits = |text: &str| named || MARKS.iter().any(|mark| text.contains(mark));
        let Some(export) = Export::json(walk, &file.path, fits, &mut found.problems) else {
            continue;
        };
        let mut reader =
            Reader { export: &export, named, keys: BTreeSet::new(), queries: Vec::new() };
        if named && export.tree.get("query").is_none() && export.tree.get("query_lines").is_some() {
            found.datasets.push(reader.alert());
            continue;
        }
        let mut boards = Vec::new();
        reader.walk(&export.tree, &mut boards);
        // Only now is every query of the file known.
        let mut dashboards: Vec<Dashboard> =
            boards.into_iter().map(|board| reader.dashboard(board)).collect();
        let datasets = reader.queries.into_iter().map(|query| query.dataset);
        match dashboards.as_mut_slice() {
            // Queries beside one dashboard are its own.
            [only] => only.datasets = datasets.collect(),
            _ => found.datasets.extend(datasets),
        }
        found.dashboards.append(&mut dashboards);
    }
}

/// A query of a file.
struct Query {
    id: Option<String>,
    /// Ids of what shows it.
    shown: Vec<String>,
    dataset: Dataset,
}

struct Reader<'a> {
    export: &'a Export,
    /// Whether the name of the file says that it is of Databricks.
    named: bool,
    keys: BTreeSet<String>,
    queries: Vec<Query>,
}

impl Reader<'_> {
    /// Finds queries and dashboards wherever they stand: alone, in lists, in each other.
    fn walk<'t>(&mut self, tree: &'t Tree, boards: &mut Vec<&'t Tree>) {
        let alone = tree.start == self.export.tree.start;
        if is_query(tree) || (alone && tree.text_of("query").is_some()) {
            self.query(tree);
        }
        if tree.get("widgets").is_some() && tree.first(&["name", "slug"]).is_some() {
            boards.push(tree);
        }
        for (key, value) in tree.entries() {
            // What a query was before it was saved, and what was run, is no query of its own.
            if !matches!(key.as_str(), "query_draft" | "latest_execution") {
                self.walk(value, boards);
            }
        }
        tree.items().iter().for_each(|item| self.walk(item, boards));
    }

    fn query(&mut self, tree: &Tree) {
        let id = tree.text_of("id");
        if id.is_some() && self.queries.iter().any(|known| known.id == id) {
            return;
        }
        let path = self.export.path();
        let alone = tree.start == self.export.tree.start;
        let key = if alone { path.to_owned() } else { export::key(path, id.clone(), &self.keys) };
        self.keys.insert(key.clone());
        let options = tree.get("options");
        let given = |name: &str| {
            let value = tree.text_of(name).or_else(|| options.and_then(|it| it.text_of(name)));
            value.filter(|value| !value.is_empty())
        };
        let shown = tree.get("visualizations").map(Tree::items).unwrap_or_default();
        let parameters =
            options.unwrap_or(tree).get("parameters").or_else(|| tree.get("parameters"));
        let parameters = parameters.map(Tree::items).unwrap_or_default();
        let title = tree.first(&["name", "display_name"]).and_then(Tree::text);
        let dataset = Dataset {
            title: title.unwrap_or_else(|| path::stem(path).to_owned()),
            body: self.export.sql(tree.first(&["query", "query_text"]), ""),
            parameters: parameters.iter().filter_map(parameter).collect(),
            catalog: given("catalog"),
            schema: given("schema"),
            ..self.blank(tree, key, "saved query")
        };
        let shown = shown.iter().filter_map(|it| it.text_of("id")).collect();
        self.queries.push(Query { id, shown, dataset });
    }

    /// A dataset with nothing but what all have.
    fn blank(&self, tree: &Tree, key: String, sort: &'static str) -> Dataset {
        Dataset {
            tool: Tool::DatabricksSql,
            key,
            title: String::new(),
            sort,
            description: tree.text_of("description").unwrap_or_default(),
            source: Arc::clone(&self.export.source),
            place: self.export.place(tree),
            body: Body::Missing,
            parameters: Vec::new(),
            measures: Vec::new(),
            engine: self.is_databricks(tree).then(|| "databricks".to_owned()),
            catalog: None,
            schema: None,
            owners: owners(tree),
            tags: tree.get("tags").map(Tree::texts).unwrap_or_default(),
        }
    }

    /// Whether a query is of Databricks; Redash asks many engines, and does not say which.
    fn is_databricks(&self, tree: &Tree) -> bool {
        let source = tree.text_of("data_source_id");
        self.named
            || tree.get("warehouse_id").is_some()
            || tree.get("query_text").is_some()
            || source.is_some_and(|id| id.contains('-'))
    }

    fn alert(&self) -> Dataset {
        let tree = &self.export.tree;
        let path = self.export.path();
        let name = tree.text_of("display_name");
        let file = path::name(path);
        let name = name.unwrap_or_else(|| file.split('.').next().unwrap_or(file).to_owned());
        Dataset {
            title: name,
            body: self.export.sql(tree.get("query_lines"), "\n"),
            description: tree.text_of("custom_summary").unwrap_or_default(),
            ..self.blank(tree, path.to_owned(), "alert")
        }
    }

    fn dashboard(&self, tree: &Tree) -> Dashboard {
        let path = self.export.path();
        let widgets = tree.get("widgets").map(Tree::items).unwrap_or_default();
        let id = tree.first(&["id", "slug", "name"]).and_then(Tree::text);
        // The file of one dashboard is that dashboard, however deep it stands.
        let inside = tree.start == self.export.tree.start
            || self.export.tree.get("dashboard").is_some_and(|it| tree.start == it.start);
        Dashboard {
            tool: Tool::DatabricksSql,
            sort: Sort::Dashboard,
            key: if inside { path.to_owned() } else { export::key(path, id, &self.keys) },
            name: tree.first(&["name", "slug"]).and_then(Tree::text).unwrap_or_default(),
            description: tree.text_of("description").unwrap_or_default(),
            place: self.export.place(tree),
            owners: owners(tree),
            tags: tree.get("tags").map(Tree::texts).unwrap_or_default(),
            datasets: Vec::new(),
            tiles: widgets.iter().filter_map(|widget| self.tile(widget)).collect(),
        }
    }

    /// A widget that shows a query; texts show none.
    fn tile(&self, widget: &Tree) -> Option<Tile> {
        let own = widget.get("visualization").filter(|it| !it.entries().is_empty());
        let id =
            own.and_then(|it| it.text_of("id")).or_else(|| widget.text_of("visualization_id"))?;
        let query = own.and_then(|it| it.get("query")).and_then(|it| it.text_of("id"));
        let query = self
            .queries
            .iter()
            .find(|known| known.shown.contains(&id) || (query.is_some() && known.id == query));
        let shown = own.or_else(|| seen(&self.export.tree, &id));
        let title = widget.get("options").and_then(|it| it.text_of("title"));
        let name = shown.and_then(|it| it.text_of("name"));
        Some(Tile {
            title: title.or(name).unwrap_or_default(),
            kind: shown.and_then(|it| it.text_of("type")).unwrap_or_default().to_ascii_lowercase(),
            dataset: query.map(|it| it.dataset.key.clone()),
            fields: shown.map(|it| self.fields(it)).unwrap_or_default(),
            path: self.export.path().to_owned(),
            span: self.export.span(widget),
        })
    }

    /// What a chart shows: columns, and columns that it sums up itself.
    fn fields(&self, shown: &Tree) -> Vec<Field> {
        let mut fields = Vec::new();
        let plan = shown.get("query_plan").and_then(|it| it.get("selects"));
        for select in plan.map(Tree::items).unwrap_or_default() {
            let args = select.get("args").map(Tree::items).unwrap_or_default();
            let column = args.first().unwrap_or(select).get("column");
            let Some(name) = column.and_then(Tree::text) else { continue };
            let expression = match select.text_of("function") {
                Some(function) => format!("{function}({name})"),
                None => name.clone(),
            };
            let span = column.map(|it| self.export.span(it)).unwrap_or_default();
            let name = select.text_of("alias").unwrap_or(name);
            fields.push(Field { name, expression, span });
        }
        let counter = shown.get("options").and_then(|it| it.get("counterColName"));
        if let Some(counter) = counter.filter(|_| fields.is_empty()) {
            fields.extend(self.export.field(counter.text().unwrap_or_default(), counter));
        }
        fields
    }
}

/// Whether an object is a saved query, and no answer that happens to speak of one.
fn is_query(tree: &Tree) -> bool {
    let text = |key: &str| tree.get(key).is_some_and(|value| value.text().is_some());
    let old = text("query")
        && (tree.get("data_source_id").is_some() || tree.get("visualizations").is_some());
    let new = text("query_text") && text("display_name");
    let options = tree.get("options").is_some_and(|it| it.get("parameters").is_some());
    old || new || (text("query") && text("name") && options)
}

/// A visualization by id, wherever it stands.
fn seen<'a>(tree: &'a Tree, id: &str) -> Option<&'a Tree> {
    for shown in tree.get("visualizations").map(Tree::items).unwrap_or_default() {
        if shown.text_of("id").as_deref() == Some(id) {
            return Some(shown);
        }
    }
    let inside = tree.entries().iter().map(|(_, value)| value).chain(tree.items());
    inside.filter(|it| !matches!(it.shape, crate::yaml::Shape::Text(_))).find_map(|it| seen(it, id))
}

fn parameter(tree: &Tree) -> Option<Parameter> {
    let value = tree.first(&["value", "defaultSelection"]);
    Some(Parameter {
        keyword: tree.first(&["name", "keyword"])?.text()?,
        kind: tree.text_of("type").unwrap_or_default().to_ascii_lowercase(),
        default: value.map(|it| it.texts().join(", ")).filter(|it| !it.is_empty()),
        stands: Stands::Value,
    })
}

fn owners(tree: &Tree) -> Vec<plumb_base::Owner> {
    let mut owners = Vec::new();
    let user = tree.get("user").and_then(|it| it.first(&["email", "name"])).and_then(Tree::text);
    export::own(&mut owners, tree.text_of("owner_user_name"), "owner in Databricks SQL");
    export::own(&mut owners, user, "creator in Databricks SQL");
    owners
}

//! Cards: questions, models and metrics, written in SQL or put together in the editor.

use std::sync::Arc;

use plumb_base::record::dashboard::{Body, Dataset, Field, Parameter, Stands, Tool};

use super::{Content, Object, by_id, owners, tags};
use crate::export::Export;
use crate::path;
use crate::yaml::{Shape, Tree};

impl Content<'_> {
    pub(super) fn dataset(&self, card: &Object<'_>) -> Dataset {
        let (export, tree) = (card.export, card.tree);
        let null = Tree::null();
        let query = tree.get("dataset_query").unwrap_or(&null);
        let native = native(query);
        let text = native.and_then(|it| match &it.shape {
            Shape::Text(_) => Some(it),
            _ => it.get("query"),
        });
        let body = match native {
            Some(_) => export.sql(text, ""),
            None => self.editor(card.root, query),
        };
        let sort = match tree.text_of("type").as_deref() {
            Some("model") => "model",
            Some("metric") => "metric",
            _ => "question",
        };
        Dataset {
            tool: Tool::Metabase,
            key: card.key.clone(),
            title: tree.text_of("name").unwrap_or_else(|| path::stem(export.path()).to_owned()),
            sort,
            description: tree.text_of("description").unwrap_or_default(),
            source: Arc::clone(&export.source),
            place: export.place(tree),
            body,
            parameters: self.parameters(card.root, query),
            measures: aggregations(export, query),
            engine: self
                .engine(card.root, query.get("database").or_else(|| tree.get("database_id"))),
            catalog: None,
            schema: None,
            owners: owners(tree),
            tags: tags(tree),
        }
    }

    /// Tables and cards that a question of the editor reads, at any depth.
    fn editor(&self, root: &str, query: &Tree) -> Body {
        let (mut tables, mut datasets) = (Vec::new(), Vec::new());
        self.sources(root, query, &mut tables, &mut datasets);
        tables.sort();
        tables.dedup();
        datasets.sort();
        datasets.dedup();
        Body::Editor { tables, datasets }
    }

    fn sources(
        &self,
        root: &str,
        tree: &Tree,
        tables: &mut Vec<Vec<String>>,
        datasets: &mut Vec<String>,
    ) {
        for (key, value) in tree.entries() {
            match (key.as_str(), value.text()) {
                ("source-table", None) if !value.items().is_empty() => tables.push(table(value)),
                ("source-table" | "source-card", Some(id)) => {
                    let id = id.strip_prefix("card__").unwrap_or(&id);
                    datasets.extend(self.card(root, id).map(|it| it.key.clone()));
                }
                _ => self.sources(root, value, tables, datasets),
            }
        }
        tree.items().iter().for_each(|item| self.sources(root, item, tables, datasets));
    }

    fn parameters(&self, root: &str, query: &Tree) -> Vec<Parameter> {
        let first = query.get("stages").and_then(|it| it.items().first());
        let native = query.get("native").or(first);
        let Some(tags) = native.and_then(|it| it.get("template-tags")) else { return Vec::new() };
        let named = tags.entries().iter().map(|(name, tag)| (Some(name.clone()), tag));
        let listed = tags.items().iter().map(|tag| (tag.text_of("name"), tag));
        let parameter = |(name, tag): (Option<String>, &Tree)| {
            let keyword = tag.text_of("name").or(name)?;
            let default = tag.get("default").map(|it| it.texts().join(", "));
            Some(Parameter {
                kind: kind(tag),
                default: default.filter(|it| !it.is_empty()),
                stands: self.stands(root, tag),
                keyword,
            })
        };
        named.chain(listed).filter_map(parameter).collect()
    }

    fn stands(&self, root: &str, tag: &Tree) -> Stands {
        let text = |key: &str| tag.text_of(key);
        let stands = match text("type").as_deref() {
            Some("card") => text("card-id")
                .and_then(|id| self.card(root, &id))
                .map(|card| Stands::Dataset(card.key.clone())),
            Some("snippet") => {
                let id = text("snippet-id").and_then(|id| by_id(&self.snippets, root, &id));
                let name = text("snippet-name");
                let called = |it: &&Object<'_>| name.is_some() && it.tree.text_of("name") == name;
                id.or_else(|| self.snippets.iter().find(called))
                    .and_then(|it| it.tree.text_of("content"))
                    .map(Stands::Text)
            }
            Some("table") => tag
                .get("table-id")
                .filter(|it| !it.items().is_empty())
                .map(|it| Stands::Table(table(it))),
            _ => None,
        };
        stands.unwrap_or(Stands::Value)
    }

    /// The engine of a database, by its name or id.
    fn engine(&self, root: &str, database: Option<&Tree>) -> Option<String> {
        let wanted = database?.text()?;
        let fits = |it: &&Object<'_>| {
            it.tree.text_of("name").as_ref() == Some(&wanted) || it.id.as_ref() == Some(&wanted)
        };
        let own = self.databases.iter().filter(fits).find(|it| it.root == root);
        let engine = own.or_else(|| self.databases.iter().find(fits))?.tree.text_of("engine")?;
        Some(if engine == "bigquery-cloud-sdk" { "bigquery".to_owned() } else { engine })
    }
}

/// The type of a template tag; of a filter over a column, with the column.
fn kind(tag: &Tree) -> String {
    let kind = tag.text_of("type").unwrap_or_default();
    let field = tag.get("dimension").map(Tree::items).unwrap_or_default();
    let Some(column) = field.iter().rev().find(|part| !part.items().is_empty()) else {
        return kind;
    };
    let parts: Vec<String> = column.items().iter().filter_map(Tree::text).collect();
    format!("{kind} of {}", parts.join("."))
}

/// What holds the SQL of a query, of the old form or the new; nothing where it is no SQL.
fn native(query: &Tree) -> Option<&Tree> {
    if let Some(native) = query.get("native") {
        return Some(native);
    }
    match query.get("stages")?.items() {
        [stage] => stage.get("native"),
        _ => None,
    }
}

/// What a question of the editor computes, as far as it is a plain function of one column.
fn aggregations(export: &Export, query: &Tree) -> Vec<Field> {
    let last = query.get("stages").and_then(|it| it.items().last());
    let stage = query.get("query").or(last);
    let listed = stage.and_then(|it| it.get("aggregation")).map(Tree::items).unwrap_or_default();
    listed.iter().filter_map(|it| aggregation(export, it)).collect()
}

/// `[sum, [field, …, …]]`, with options anywhere, as `SUM(column)`.
fn aggregation(export: &Export, tree: &Tree) -> Option<Field> {
    let head = tree.items().first()?;
    let (function, span) = (head.text()?, export.span(head));
    let known = ["avg", "count", "distinct", "max", "median", "min", "stddev", "sum"];
    if !known.contains(&function.as_str()) {
        return None;
    }
    let options = tree.items().iter().find(|it| !it.entries().is_empty());
    let mut args = tree.items().iter().skip(1).filter(|it| !it.items().is_empty());
    let column = match args.next() {
        Some(arg) => column(arg)?,
        None => "*".to_owned(),
    };
    let expression = match function.as_str() {
        "distinct" => format!("COUNT(DISTINCT {column})"),
        other => format!("{}({column})", other.to_ascii_uppercase()),
    };
    let title = options.and_then(|it| it.first(&["display-name", "name"])).and_then(Tree::text);
    let name = title.unwrap_or_else(|| expression.clone());
    Some(Field { name, expression, span })
}

/// The column of `[field, [database, schema, table, column], options]`, or of one that is named alone.
fn column(field: &Tree) -> Option<String> {
    let [head, rest @ ..] = field.items() else { return None };
    if head.text()? != "field" {
        return None;
    }
    rest.iter().find_map(|it| it.text().or_else(|| it.items().last()?.text()))
}

/// The name of a table without the name that Metabase gives its database.
fn table(parts: &Tree) -> Vec<String> {
    let texts: Vec<String> = parts.items().iter().filter_map(Tree::text).collect();
    let outer = texts.len().saturating_sub(2);
    match parts.items() {
        // A table without a schema has an empty place for it.
        [_, schema, _] if schema.text().is_none() => texts.into_iter().skip(1).collect(),
        _ => texts.into_iter().skip(outer).collect(),
    }
}

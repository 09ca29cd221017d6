//! Metabase content: serialised YAML, and answers of its API that were saved as JSON.

mod card;

use plumb_base::record::dashboard::{Dashboard, Sort, Tile, Tool};
use plumb_base::record::{Found, NotCovered};

use crate::export::{self, Export};
use crate::yaml::{Shape, Tree};
use crate::{Connector, Walk, path};

pub(crate) static CONNECTOR: Connector =
    Connector { name: "metabase", page: include_str!("metabase.md"), find };

/// What every serialised file holds.
const SERIALISED: &str = "serdes/meta:";

/// Folders of a serialisation that are read.
const FOLDERS: &[&str] = &["collections", "snippets"];

/// What an answer of the API holds.
const MARKS: &[&str] = &["\"dataset_query\"", "\"dashcards\"", "\"ordered_cards\""];

fn find(walk: &Walk<'_>, found: &mut Found) {
    let mut exports: Vec<(String, Export)> = Vec::new();
    for file in walk.files().iter().filter(|file| file.size <= export::LARGEST) {
        let lower = file.path.to_ascii_lowercase();
        if path::is_one_of(&lower, &["json"]) && !lower.contains(".lvdash") {
            let fits = |text: &str| MARKS.iter().any(|mark| text.contains(mark));
            let export = Export::json(walk, &file.path, fits, &mut found.problems);
            exports.extend(export.map(|it| (String::new(), it)));
        } else if path::is_one_of(&lower, &["yaml", "yml"])
            && let Some(root) = root(&file.path)
        {
            let fits = |text: &str| text.contains(SERIALISED);
            let read = Export::yaml(walk, &file.path, fits, &mut found.problems);
            exports.extend(read.into_iter().map(|it| (root.to_owned(), it)));
        }
    }
    let transforms = exports.iter().filter(|(_, it)| is_transform(&it.tree));
    let paths: Vec<String> = transforms.map(|(_, it)| it.path().to_owned()).collect();
    if !paths.is_empty() {
        found.not_covered.push(NotCovered { kind: "Metabase transforms".to_owned(), paths });
    }
    let content = Content::of(&exports);
    found.datasets.extend(content.cards.iter().map(|it| content.dataset(it)));
    found.dashboards.extend(content.dashboards.iter().map(|it| content.dashboard(it)));
}

/// The folder of a serialisation that holds a file which is worth reading.
fn root(path: &str) -> Option<&str> {
    let folder = path::ancestors(path).filter(|it| FOLDERS.contains(&path::name(it))).last();
    // Of what is known of databases, only their engines matter: tables and columns are thousands of files.
    let database = path::ancestors(path).nth(1).filter(|it| path::name(it) == "databases");
    folder.or(database).map(path::parent)
}

/// Whether a file says which table Metabase fills from a query.
fn is_transform(tree: &Tree) -> bool {
    tree.get("source").is_some() && tree.get("target").is_some()
}

/// An object of an export.
struct Object<'a> {
    root: &'a str,
    id: Option<String>,
    export: &'a Export,
    tree: &'a Tree,
    /// How deep it stands in its file.
    depth: usize,
    /// Its key.
    key: String,
}

/// Everything of all exports, by path.
#[derive(Default)]
struct Content<'a> {
    cards: Vec<Object<'a>>,
    dashboards: Vec<Object<'a>>,
    snippets: Vec<Object<'a>>,
    databases: Vec<Object<'a>>,
}

impl<'a> Content<'a> {
    fn of(exports: &'a [(String, Export)]) -> Self {
        let mut content = Self::default();
        for (root, export) in exports {
            content.walk(root, export, &export.tree, 0);
        }
        // A card that has a file of its own is that one; dashboards repeat it.
        content.cards.sort_by_key(|card| card.depth > 0);
        let mut kept: Vec<Object<'a>> = Vec::with_capacity(content.cards.len());
        for card in content.cards {
            let twin = |it: &Object<'_>| it.root == card.root && it.id == card.id;
            if card.id.is_none() || !kept.iter().any(twin) {
                kept.push(card);
            }
        }
        kept.sort_by(|a, b| a.key.cmp(&b.key));
        Self { cards: kept, ..content }
    }

    fn walk(&mut self, root: &'a str, export: &'a Export, tree: &'a Tree, depth: usize) {
        if let Shape::Text(_) | Shape::Number(_) | Shape::Bool(_) | Shape::Null = tree.shape {
            return;
        }
        let id = tree.first(&["entity_id", "id"]).and_then(Tree::text);
        let path = export.path();
        let has = |key: &str| tree.get(key).is_some();
        let list = if tree.get("dataset_query").is_some_and(|it| !it.entries().is_empty()) {
            Some(&mut self.cards)
        } else if has("dashcards") || has("ordered_cards") {
            Some(&mut self.dashboards)
        } else if has("content") && has("name") && depth == 0 {
            Some(&mut self.snippets)
        } else if has("engine") && has("name") {
            Some(&mut self.databases)
        } else {
            None
        };
        if let Some(list) = list {
            let key = match &id {
                _ if depth == 0 => path.to_owned(),
                Some(id) => format!("{path}#{id}"),
                None => format!("{path}#{}:{}", tree.line, tree.column),
            };
            list.push(Object { root, id, export, tree, depth, key });
        }
        let inside = tree.entries().iter().map(|(_, value)| value).chain(tree.items());
        inside.for_each(|value| self.walk(root, export, value, depth + 1));
    }

    fn dashboard(&self, object: &Object<'_>) -> Dashboard {
        let tree = object.tree;
        let cards =
            tree.first(&["dashcards", "ordered_cards"]).map(Tree::items).unwrap_or_default();
        Dashboard {
            tool: Tool::Metabase,
            sort: Sort::Dashboard,
            key: object.key.clone(),
            name: tree
                .text_of("name")
                .unwrap_or_else(|| path::stem(object.export.path()).to_owned()),
            description: tree.text_of("description").unwrap_or_default(),
            place: object.export.place(tree),
            owners: owners(tree),
            tags: tags(tree),
            datasets: Vec::new(),
            tiles: cards.iter().flat_map(|it| self.tiles(object, it)).collect(),
        }
    }

    /// The card of a tile, and those laid over it; texts and links have none.
    fn tiles(&self, object: &Object<'_>, tile: &Tree) -> Vec<Tile> {
        let series = tile.get("series").map(Tree::items).unwrap_or_default();
        let ids = std::iter::once(tile.first(&["card_id"]))
            .chain(series.iter().map(|it| it.first(&["card_id", "id"])));
        let settings = tile.get("visualization_settings");
        let title = settings.and_then(|it| it.text_of("card.title"));
        let tile = |id: &Tree| {
            let card = self.card(object.root, &id.text()?);
            let said = |key: &str| card.and_then(|it| it.tree.text_of(key));
            Some(Tile {
                title: title.clone().or_else(|| said("name")).unwrap_or_default(),
                kind: said("display").unwrap_or_default(),
                dataset: card.map(|it| it.key.clone()),
                fields: Vec::new(),
                path: object.export.path().to_owned(),
                span: object.export.span(id),
            })
        };
        ids.flatten().filter_map(tile).collect()
    }

    /// A card by its id.
    fn card(&self, root: &str, id: &str) -> Option<&Object<'a>> {
        by_id(&self.cards, root, id)
    }
}

/// An object by its id: of the same export, else of any other.
fn by_id<'o, 'a>(objects: &'o [Object<'a>], root: &str, id: &str) -> Option<&'o Object<'a>> {
    let fits = |it: &&Object<'_>| it.id.as_deref() == Some(id);
    let own = objects.iter().filter(fits).find(|it| it.root == root);
    own.or_else(|| objects.iter().find(fits))
}

fn owners(tree: &Tree) -> Vec<plumb_base::Owner> {
    let mut owners = Vec::new();
    // In YAML it is an address, in JSON a number, and who that is stands beside it.
    let creator = tree.get("creator_id").and_then(Tree::text).filter(|it| it.contains('@'));
    let user = tree.get("creator").and_then(|it| it.first(&["email", "common_name"])?.text());
    export::own(&mut owners, creator.or(user), "creator in Metabase");
    owners
}

fn tags(tree: &Tree) -> Vec<String> {
    let archived = matches!(tree.get("archived").map(|it| &it.shape), Some(Shape::Bool(true)));
    if archived { vec!["archived".to_owned()] } else { Vec::new() }
}

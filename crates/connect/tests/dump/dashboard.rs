//! Dashboards and datasets, as text.

use plumb_base::record::dashboard::{Body, Dashboard, Dataset, Field, Parameter, Stands, Tile};
use plumb_base::{MappedText, Place, Source, Span};

use super::{line, owners};

pub(super) fn dashboard(out: &mut String, board: &Dashboard) {
    let (sort, tool) = (board.sort.word(), board.tool.word());
    line(
        out,
        0,
        &format!("{sort} {:?} of {tool}: {} at {}", board.name, board.key, at(&board.place)),
    );
    said(out, 1, &board.description, &board.tags);
    owners(out, 1, &board.owners);
    board.datasets.iter().for_each(|it| dataset(out, 1, it));
    board.tiles.iter().for_each(|it| tile(out, it));
}

pub(super) fn dataset(out: &mut String, depth: usize, set: &Dataset) {
    let (sort, tool) = (set.sort, set.tool.word());
    line(
        out,
        depth,
        &format!("{sort} {:?} of {tool}: {} at {}", set.title, set.key, at(&set.place)),
    );
    said(out, depth + 1, &set.description, &set.tags);
    let known = [("engine", &set.engine), ("catalog", &set.catalog), ("schema", &set.schema)];
    let known: Vec<String> = known
        .iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)))
        .collect();
    if !known.is_empty() {
        line(out, depth + 1, &known.join(" "));
    }
    owners(out, depth + 1, &set.owners);
    line(out, depth + 1, &body(&set.source, &set.body));
    set.parameters.iter().for_each(|it| line(out, depth + 1, &parameter(it)));
    let measures = set.measures.iter().map(|it| field(it, |span| set.source.place(span)));
    measures.for_each(|it| line(out, depth + 1, &format!("measure {it}")));
}

/// What a dataset reads; of a text also where its first and its last letter stand.
fn body(source: &Source, body: &Body) -> String {
    match body {
        Body::Sql(MappedText { text, map }) => {
            let place = source.place(map.to_file(Span::new(0, text.len())));
            let end = place.end;
            format!("text {text:?} {} to {}:{}", at(&place), end.line, end.column)
        }
        Body::Table(parts) => format!("table {}", parts.join(".")),
        Body::Editor { tables, datasets } => {
            let tables: Vec<String> = tables.iter().map(|it| it.join(".")).collect();
            format!("editor over tables [{}] datasets [{}]", tables.join(", "), datasets.join(", "))
        }
        Body::Missing => "no text".to_owned(),
    }
}

fn parameter(parameter: &Parameter) -> String {
    let stands = match &parameter.stands {
        Stands::Value => String::new(),
        Stands::Text(text) => format!(" is the text {text:?}"),
        Stands::Dataset(key) => format!(" is the dataset {key}"),
        Stands::Table(parts) => format!(" is the table {}", parts.join(".")),
    };
    let default = parameter.default.as_ref().map(|it| format!(" = {it}")).unwrap_or_default();
    format!("parameter {} {}{default}{stands}", parameter.keyword, parameter.kind)
}

fn tile(out: &mut String, tile: &Tile) {
    let dataset = tile.dataset.as_deref().unwrap_or("nothing");
    line(out, 1, &format!("tile {:?} {} shows {dataset}", tile.title, tile.kind));
    tile.fields.iter().for_each(|it| line(out, 2, &field(it, |_| Place::file(""))));
}

fn field(field: &Field, place: impl Fn(Span) -> Place) -> String {
    let place = place(field.span);
    let place = if place.path.is_empty() { String::new() } else { format!(" {}", at(&place)) };
    format!("{} = {:?}{place}", field.name, field.expression)
}

fn said(out: &mut String, depth: usize, description: &str, tags: &[String]) {
    if !description.is_empty() {
        line(out, depth, &format!("description {description:?}"));
    }
    if !tags.is_empty() {
        line(out, depth, &format!("tags {}", tags.join(", ")));
    }
}

fn at(place: &Place) -> String {
    format!("{}:{}", place.start.line, place.start.column)
}

//! What was found, as text: compact, in the order in which it was given.

use std::fmt::Write as _;

use plumb_base::Span;
use plumb_base::record::Found;
use plumb_base::record::dbt::{Column, Node, Project, Properties};
use plumb_base::record::notebook::Notebook;
use serde_json::{Map, Value};

/// Everything that was found.
pub(crate) fn found(found: &Found) -> String {
    let mut out = String::new();
    let settings = &found.settings;
    if let Some(path) = &settings.path {
        line(&mut out, 0, &format!("settings {path}"));
        for (prefix, name) in &settings.dialects {
            line(&mut out, 1, &format!("dialect `{prefix}` {name}"));
        }
        for folder in &settings.exclude {
            line(&mut out, 1, &format!("exclude `{folder}`"));
        }
        if let Some(name) = &settings.drift_watcher {
            line(&mut out, 1, &format!("drift watcher {name}"));
        }
    }
    for one in &found.dbt {
        project(&mut out, one);
    }
    for source in &found.sql {
        let lines = source.text.lines().count();
        line(&mut out, 0, &format!("sql {} ({lines} lines)", source.path));
    }
    for one in &found.notebooks {
        notebook(&mut out, one);
    }
    for source in &found.programs {
        let lines = source.text.lines().count();
        line(&mut out, 0, &format!("program {} ({lines} lines)", source.path));
    }
    for row in &found.not_covered {
        line(&mut out, 0, &format!("not covered: {}: {}", row.kind, row.paths.join(", ")));
    }
    for problem in &found.problems {
        let severity = format!("{:?}", problem.severity).to_lowercase();
        let (place, reason) = (&problem.place, &problem.reason);
        line(&mut out, 0, &format!("{severity} {place} {reason}: {}", problem.message));
    }
    if out.is_empty() { "nothing\n".to_owned() } else { out }
}

/// Cells with the place of their first and of their last letter.
fn notebook(out: &mut String, notebook: &Notebook) {
    let (path, language) = (&notebook.source.path, notebook.language.word());
    let dialect = notebook.dialect.map(|name| format!(", {name}")).unwrap_or_default();
    line(out, 0, &format!("notebook {path} ({language}{dialect})"));
    for cell in &notebook.cells {
        let title = cell.title.as_ref().map(|title| format!(" {title:?}")).unwrap_or_default();
        let all = Span::new(0, cell.text.text.trim_end().len());
        let place = notebook.source.place(cell.text.map.to_file(all));
        let (start, end) = (place.start, place.end);
        let place = format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column);
        line(out, 1, &format!("{} {}{title} at {place}", cell.number, cell.language.word()));
        for text in cell.text.text.trim_end().lines() {
            line(out, 2, &format!("| {}", text.trim_end_matches('\r')));
        }
    }
}

fn project(out: &mut String, project: &Project) {
    line(out, 0, &format!("dbt project {} in `{}`", project.name, project.folder));
    let target = &project.target;
    let known = [
        ("profile", &target.profile),
        ("name", &target.name),
        ("adapter", &target.adapter),
        ("database", &target.database),
        ("schema", &target.schema),
    ];
    let known: Vec<String> = known
        .iter()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)))
        .collect();
    if !known.is_empty() {
        line(out, 1, &format!("target {}", known.join(" ")));
    }
    map(out, 1, "vars", &project.vars);
    for (namespace, order) in &project.dispatch {
        line(out, 1, &format!("dispatch {namespace}: {}", order.join(", ")));
    }
    if let Some(path) = &project.manifest {
        line(out, 1, &format!("manifest {path}"));
    }
    for package in &project.packages {
        let macros: Vec<&str> = package.macros.iter().map(|file| file.path.as_str()).collect();
        line(out, 1, &format!("package {}: {}", package.name, macros.join(", ")));
        map(out, 2, "vars", &package.vars);
    }
    for one in &project.nodes {
        node(out, one);
    }
    for table in &project.sources {
        let database = table.database.as_deref().unwrap_or("?");
        let (schema, identifier) = (&table.schema, &table.identifier);
        let name = format!("{}.{}.{}", table.package, table.source, table.name);
        line(out, 1, &format!("source {name} = {database}.{schema}.{identifier}"));
        properties(out, &table.properties);
    }
    for exposure in &project.exposures {
        let owner = exposure.owner.as_deref().unwrap_or("nobody");
        let place = exposure.place.as_ref().unwrap();
        let head = format!("exposure {} ({}) of {owner} at {place}", exposure.name, exposure.kind);
        line(out, 1, &format!("{head}: {}", exposure.depends_on.join(", ")));
    }
    for group in &project.groups {
        line(
            out,
            1,
            &format!("group {} of {}", group.name, group.owner.as_deref().unwrap_or("nobody")),
        );
    }
}

fn node(out: &mut String, node: &Node) {
    let kind = format!("{:?}", node.kind).to_lowercase();
    line(out, 1, &format!("{kind} {}.{} {}", node.package, node.name, node.source.path));
    map(out, 2, "config", &node.config);
    properties(out, &node.properties);
    line(out, 2, &format!("text {:?}", node.source.text.trim_end()));
    for (key, value) in [("compiled", &node.compiled), ("relation", &node.relation)] {
        if let Some(value) = value {
            line(out, 2, &format!("{key} {value}"));
        }
    }
}

fn properties(out: &mut String, said: &Properties) {
    if let Some(place) = &said.place {
        line(out, 2, &format!("declared at {place}"));
    }
    if !said.description.is_empty() {
        line(out, 2, &format!("description {:?}", said.description));
    }
    for one in &said.columns {
        line(out, 2, &column(one));
    }
    if !said.tests.is_empty() {
        line(out, 2, &format!("tests {}", said.tests.join(", ")));
    }
    map(out, 2, "meta", &said.meta);
    if !said.tags.is_empty() {
        line(out, 2, &format!("tags {}", said.tags.join(", ")));
    }
    for (key, value) in [("group", &said.group), ("access", &said.access)] {
        if let Some(value) = value {
            line(out, 2, &format!("{key} {value}"));
        }
    }
    if said.contract {
        line(out, 2, "contract");
    }
    if let Some(version) = &said.version {
        let latest = if version.latest { ", the latest" } else { "" };
        line(out, 2, &format!("version {} of {}{latest}", version.version, version.of));
    }
}

fn column(column: &Column) -> String {
    let mut text = format!("column {}", column.name);
    if let Some(data_type) = &column.data_type {
        write!(text, " {data_type}").unwrap();
    }
    if !column.tests.is_empty() {
        write!(text, " tests {}", column.tests.join(", ")).unwrap();
    }
    if !column.description.is_empty() {
        write!(text, " {:?}", column.description).unwrap();
    }
    text
}

fn map(out: &mut String, depth: usize, key: &str, map: &Map<String, Value>) {
    if !map.is_empty() {
        line(out, depth, &format!("{key} {}", serde_json::to_string(map).unwrap()));
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    writeln!(out, "{}{text}", "  ".repeat(depth)).unwrap();
}

//! What was found, as text: compact, in the order in which it was given.

use std::fmt::Write as _;

use plumb_base::record::dbt::{Column, Node, Project, Properties};
use plumb_base::record::{CodeOwners, Found, Match, Settings, TableInfo};
use serde_json::{Map, Value};

/// Everything that was found.
pub(crate) fn found(found: &Found) -> String {
    let mut out = String::new();
    settings(&mut out, &found.settings);
    if let Some(owners) = &found.code_owners {
        code_owners(&mut out, owners);
    }
    for one in &found.dbt {
        project(&mut out, one);
    }
    for source in &found.sql {
        let lines = source.text.lines().count();
        line(&mut out, 0, &format!("sql {} ({lines} lines)", source.path));
    }
    for one in &found.tables {
        table(&mut out, one);
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

fn settings(out: &mut String, settings: &Settings) {
    let Some(path) = &settings.path else { return };
    let below = if settings.below.is_empty() {
        String::new()
    } else {
        format!(" above {}", settings.below)
    };
    line(out, 0, &format!("settings {path}{below}"));
    for (prefix, name) in &settings.dialects {
        line(out, 1, &format!("dialect `{prefix}` {name}"));
    }
    for folder in &settings.exclude {
        line(out, 1, &format!("exclude `{folder}`"));
    }
    for folder in &settings.include {
        line(out, 1, &format!("include `{folder}`"));
    }
    for folder in &settings.sql {
        let role = format!("{:?}", folder.role).to_lowercase();
        let mut text = format!("sql `{}` {role}", folder.prefix);
        for (key, value) in [("catalog", &folder.catalog), ("schema", &folder.schema)] {
            if let Some(value) = value {
                write!(text, " {key}={value}").unwrap();
            }
        }
        line(out, 1, &text);
    }
    for setting in &settings.owners {
        let said = [("owner", &setting.owner), ("team", &setting.team), ("slack", &setting.slack)];
        let said =
            said.iter().filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)));
        let said: Vec<String> = said.collect();
        line(
            out,
            1,
            &format!("owners {} {}: {}", setting.line, matches(&setting.what), said.join(" ")),
        );
    }
    for (kind, list) in [("layer", &settings.layers), ("environment", &settings.environments)] {
        for (name, what) in list {
            line(out, 1, &format!("{kind} {name} {}", matches(what)));
        }
    }
    if let Some(name) = &settings.drift_watcher {
        line(out, 1, &format!("drift watcher {name}"));
    }
}

fn matches(what: &Match) -> String {
    let kinds = [
        ("path", &what.path),
        ("asset", &what.asset),
        ("schema", &what.schema),
        ("tag", &what.tag),
        ("dbt_group", &what.group),
    ];
    let said = kinds.iter().filter_map(|(kind, value)| Some(format!("{kind}:{}", value.as_ref()?)));
    said.collect::<Vec<_>>().join(" and ")
}

fn code_owners(out: &mut String, owners: &CodeOwners) {
    let below =
        if owners.below.is_empty() { String::new() } else { format!(" above {}", owners.below) };
    line(out, 0, &format!("code owners {}{below}", owners.path));
    for rule in &owners.rules {
        let section = rule.section.as_ref().map(|name| format!(" [{name}]")).unwrap_or_default();
        let not = if rule.excludes { " excludes" } else { "" };
        let who = if rule.owners.is_empty() { "nobody".to_owned() } else { rule.owners.join(" ") };
        line(out, 1, &format!("{}{section}{not} `{}`: {who}", rule.line, rule.pattern));
    }
}

fn table(out: &mut String, table: &TableInfo) {
    let name = [table.catalog.as_deref(), table.schema.as_deref(), Some(&table.name)];
    let name: Vec<&str> = name.into_iter().flatten().collect();
    let mut head = format!("table {} in {}", name.join("."), table.paths.join(", "));
    for (key, value) in [("dialect", table.dialect), ("kind", table.kind.as_deref())] {
        if let Some(value) = value {
            write!(head, " {key}={value}").unwrap();
        }
    }
    for (key, value) in [("rows", table.rows), ("bytes", table.bytes)] {
        if let Some(value) = value {
            write!(head, " {key}={value}").unwrap();
        }
    }
    line(out, 0, &head);
    for column in &table.columns {
        let said = if column.comment.is_empty() {
            String::new()
        } else {
            format!(" {:?}", column.comment)
        };
        line(out, 1, &format!("{} {}{said}", column.name, column.data_type));
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
        ("server", &target.server),
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

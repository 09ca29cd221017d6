//! What was found, as text: compact, in the order in which it was given.

mod bundle;
mod dashboard;
mod spark;
mod usage;

use std::fmt::Write as _;

use plumb_base::record::dbt::{
    CatalogColumn, Column, Constraint, Metric, Node, Project, Properties, SavedQuery,
    SemanticModel, Test, TestSeverity,
};
use plumb_base::record::notebook::Notebook;
use plumb_base::record::usage::UsageRecord;
use plumb_base::record::{CodeOwners, Found, Match, Settings, TableInfo};
use plumb_base::{Span, World};
use serde_json::{Map, Value};

/// Everything that is found in a world, with the rows of its records.
pub(crate) fn all(world: &dyn World) -> String {
    let mut all = plumb_connect::discover(world);
    let mut problems = Vec::new();
    let mut rows: Vec<UsageRecord> = Vec::new();
    let mut give = |record, _: &str| rows.push(record);
    let counts = plumb_records::records(world, &all.records, &mut problems, &mut give);
    all.problems.extend(problems);
    all.problems.sort();
    let mut out = String::new();
    for file in counts {
        let kind = format!("{:?}", file.kind);
        line(
            &mut out,
            0,
            &format!("records {} {kind}: {} read, {} bad", file.path, file.read, file.bad),
        );
    }
    for row in rows {
        line(&mut out, 1, &usage::row(&row));
    }
    let rest = found(&all);
    if out.is_empty() || rest != "nothing\n" { out + &rest } else { out }
}

/// Everything that was found.
fn found(found: &Found) -> String {
    let mut out = String::new();
    settings(&mut out, &found.settings);
    if let Some(owners) = &found.code_owners {
        code_owners(&mut out, owners);
    }
    for described in &found.described {
        line(&mut out, 0, &format!("described {}", described.path));
        for (owner, at) in &described.owners {
            line(&mut out, 1, &format!("{at}: {owner}"));
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
    found.dashboards.iter().for_each(|it| dashboard::dashboard(&mut out, it));
    found.datasets.iter().for_each(|it| dashboard::dataset(&mut out, 0, it));
    found.bundles.iter().for_each(|it| bundle::bundle(&mut out, it));
    for one in &found.tables {
        table(&mut out, one);
    }
    for place in &found.places {
        let (files, records) = (place.files, place.records);
        line(&mut out, 0, &format!("place {}: {files} files, {records} of records", place.path));
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
    for place in &settings.places {
        line(out, 1, &format!("records `{place}`"));
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
    let prices = &settings.prices;
    if let Some(price) = prices.snowflake_credit {
        line(out, 1, &format!("price of a credit {price}"));
    }
    for (product, price) in &prices.databricks_dbu {
        line(out, 1, &format!("price of a unit of {product} {price}"));
    }
    if let Some(currency) = prices.currency {
        line(out, 1, &format!("prices in {currency}"));
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
        ("warehouse", &what.warehouse),
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
    if let Some(path) = &project.catalog {
        line(out, 1, &format!("catalog {path}"));
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
        catalog(out, table.catalog.as_deref());
    }
    for exposure in &project.exposures {
        let owner = exposure.owner.as_deref().unwrap_or("nobody");
        let place = exposure.place.as_ref().unwrap();
        let head = format!("exposure {} ({}) of {owner} at {place}", exposure.name, exposure.kind);
        line(out, 1, &format!("{head}: {}", exposure.depends_on.join(", ")));
    }
    for one in &project.semantic_models {
        semantic_model(out, one);
    }
    for one in &project.metrics {
        metric(out, one);
    }
    for one in &project.saved_queries {
        saved_query(out, one);
    }
    for one in &project.unit_tests {
        line(out, 1, &format!("unit test {}.{} of {}", one.package, one.name, one.model));
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
    map(out, 2, "declared", &node.declared);
    properties(out, &node.properties);
    line(out, 2, &format!("text {:?}", node.source.text.trim_end()));
    for (key, value) in [("compiled", &node.compiled), ("relation", &node.relation)] {
        if let Some(value) = value {
            line(out, 2, &format!("{key} {value}"));
        }
    }
    catalog(out, node.catalog.as_deref());
}

fn catalog(out: &mut String, columns: Option<&[CatalogColumn]>) {
    let Some(columns) = columns else { return };
    let one = |column: &CatalogColumn| {
        format!("{} {}", column.name, column.data_type.as_deref().unwrap_or("?"))
    };
    line(out, 2, &format!("catalog {}", columns.iter().map(one).collect::<Vec<_>>().join(", ")));
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
        line(out, 2, &format!("tests {}", tests(&said.tests)));
    }
    for one in &said.constraints {
        line(out, 2, &format!("constraint {}", constraint(one)));
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

fn tests(tests: &[Test]) -> String {
    let one = |test: &Test| {
        let mut text = test.name.clone();
        if !test.arguments.is_empty() {
            write!(text, " {}", serde_json::to_string(&test.arguments).unwrap()).unwrap();
        }
        if let Some(rows) = &test.rows {
            write!(text, " where {rows}").unwrap();
        }
        if test.severity == TestSeverity::Lenient {
            text += " (may fail)";
        }
        text
    };
    tests.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn constraint(constraint: &Constraint) -> String {
    let mut text = format!("{} ({})", constraint.kind, constraint.columns.join(", "));
    if let Some(to) = &constraint.to {
        write!(text, " to {to} ({})", constraint.to_columns.join(", ")).unwrap();
    }
    if let Some(expression) = &constraint.expression {
        write!(text, " {expression}").unwrap();
    }
    text
}

fn semantic_model(out: &mut String, model: &SemanticModel) {
    let place = model.place.as_ref().unwrap();
    let time = model.time.as_deref().unwrap_or("no time");
    let head = format!("semantic model {}.{}", model.package, model.name);
    line(out, 1, &format!("{head} on {} by {time} at {place}", model.model));
    for entity in &model.entities {
        let expression = entity.expression.as_deref().unwrap_or(&entity.name);
        line(out, 2, &format!("entity {} {} = {expression}", entity.kind, entity.name));
    }
    for dimension in &model.dimensions {
        let expression = dimension.expression.as_deref().unwrap_or(&dimension.name);
        let grain = dimension.grain.as_ref().map(|grain| format!(" each {grain}"));
        let head = format!("dimension {} {} = {expression}", dimension.kind, dimension.name);
        line(out, 2, &format!("{head}{}", grain.unwrap_or_default()));
    }
    for measure in &model.measures {
        let expression = measure.expression.as_deref().unwrap_or(&measure.name);
        let time = measure.time.as_ref().map(|time| format!(" by {time}")).unwrap_or_default();
        let head = format!("measure {} = {}({expression})", measure.name, measure.aggregate);
        line(out, 2, &format!("{head}{time}"));
    }
}

fn metric(out: &mut String, metric: &Metric) {
    let place = metric.place.as_ref().unwrap();
    let head = format!("metric {} {}.{}", metric.kind, metric.package, metric.name);
    line(out, 1, &format!("{head} at {place}"));
    for (key, value) in [
        ("label", &metric.label),
        ("model", &metric.model),
        ("aggregate", &metric.aggregate),
        ("expression", &metric.expression),
        ("time", &metric.time),
        ("window", &metric.window),
        ("owner", &metric.owner),
        ("group", &metric.group),
    ] {
        if let Some(value) = value {
            line(out, 2, &format!("{key} {value}"));
        }
    }
    for input in &metric.inputs {
        let mut text = format!("{} {}", input.role, input.name);
        if let Some(alias) = &input.alias {
            write!(text, " as {alias}").unwrap();
        }
        if !input.filters.is_empty() {
            write!(text, " where {}", input.filters.join(" and ")).unwrap();
        }
        if let Some(offset) = &input.offset {
            write!(text, " {offset} before").unwrap();
        }
        line(out, 2, &text);
    }
    for (key, values) in [
        ("filter", &metric.filters),
        ("dimensions", &metric.dimensions),
        ("grains", &metric.grains),
    ] {
        if !values.is_empty() {
            line(out, 2, &format!("{key} {}", values.join(", ")));
        }
    }
}

fn saved_query(out: &mut String, query: &SavedQuery) {
    let place = query.place.as_ref().unwrap();
    let (metrics, by) = (query.metrics.join(", "), query.group_by.join(", "));
    let filters = query.filters.join(" and ");
    let head = format!("saved query {}.{} at {place}", query.package, query.name);
    line(out, 1, &format!("{head}: {metrics} by {by} where {filters}"));
}

fn column(column: &Column) -> String {
    let mut text = format!("column {}", column.name);
    if let Some(data_type) = &column.data_type {
        write!(text, " {data_type}").unwrap();
    }
    if !column.tests.is_empty() {
        write!(text, " tests {}", tests(&column.tests)).unwrap();
    }
    for one in &column.constraints {
        write!(text, " constraint {}", constraint(one)).unwrap();
    }
    if !column.meta.is_empty() {
        write!(text, " meta {}", serde_json::to_string(&column.meta).unwrap()).unwrap();
    }
    if !column.tags.is_empty() {
        write!(text, " tags {}", column.tags.join(", ")).unwrap();
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

/// A list of people, and how they are known.
fn owners(out: &mut String, depth: usize, owners: &[plumb_base::Owner]) {
    for owner in owners {
        line(out, depth, &format!("owner {} ({})", owner.name, owner.source));
    }
}

fn line(out: &mut String, depth: usize, text: &str) {
    writeln!(out, "{}{text}", "  ".repeat(depth)).unwrap();
}

//! Checks `page.md`: what each template renders to.
#![cfg(test)]

use std::fmt::Write as _;

use plumb_base::record::dbt::{
    CatalogColumn, Column, Kind, Node, Package, Project, Properties, SourceTable, Target, Test,
};
use plumb_base::record::{ColumnInfo, TableInfo};
use plumb_base::{Source, Span};
use serde_json::{Map, Value as Json};

use super::lower::parse;
use super::{Library, Rendered, Variant};

/// A node of the package `shop`.
pub(super) fn node(name: &str, kind: Kind, text: &str) -> Node {
    Node {
        package: "shop".to_owned(),
        name: name.to_owned(),
        kind,
        source: Source::new(format!("models/{name}.sql"), text),
        config: Map::new(),
        declared: Map::new(),
        properties: Properties {
            columns: vec![Column { name: "id".to_owned(), ..Column::default() }],
            ..Properties::default()
        },
        compiled: None,
        relation: None,
        catalog: None,
    }
}

fn source(name: &str, database: &str, identifier: &str) -> SourceTable {
    SourceTable {
        package: "shop".to_owned(),
        source: "raw".to_owned(),
        name: name.to_owned(),
        database: Some(database.to_owned()),
        schema: "raw_shop".to_owned(),
        identifier: identifier.to_owned(),
        ..SourceTable::default()
    }
}

/// A table of the warehouse that an export lists.
fn listed(schema: &str) -> TableInfo {
    let column = |name: &str, kind: &str| ColumnInfo {
        name: name.to_owned(),
        data_type: kind.to_owned(),
        ..ColumnInfo::default()
    };
    TableInfo {
        catalog: Some("LAKE".to_owned()),
        schema: Some(schema.to_owned()),
        name: "EVENTS".to_owned(),
        kind: Some("VIEW".to_owned()),
        columns: vec![column("AT", "DATE"), column("WHO", "")],
        ..TableInfo::default()
    }
}

/// The variables of that project.
const VARIABLES: &str = r#"{"limit":10,"tool":{"factor":3},"days":["mon","tue"],
    "stamp":"{{ run_started_at.strftime('%Y') }}","rows":"{{ var('limit') }}_rows",
    "broken":"{{ oops","circle":"{{ var('circle') }}","sizes":["{{ var('limit') }}"]}"#;

/// The project that all sections of the page share.
pub(super) fn project(macros: &str, adapter: &str) -> Project {
    let object = |text: &str| serde_json::from_str::<Map<String, Json>>(text).expect("JSON");
    let package = |name: &str, text: &str, vars: &str| Package {
        name: name.to_owned(),
        folder: String::new(),
        macros: vec![Source::new(format!("{name}/macros.sql"), text)],
        vars: object(vars),
    };
    let tool = "{% macro twice(x) %}{{ adapter.dispatch('twice', 'tool')(x) }}{% endmacro %}
        {% macro default__twice(x) %}2 * {{ x }}{% endmacro %}
        {% macro postgres__twice(x) %}{{ x }} + {{ x }}{% endmacro %}";
    let mut archive = node("archive", Kind::Model, "{{ config(schema='old', alias='Archive 1') }}");
    archive.package = "tool".to_owned();
    let mut shaped = node(
        "shaped",
        Kind::Model,
        "{% set part = 'a' ~ 1 %}{{ config(schema='s_' ~ part, alias=alias_of(part), tags=[part]) }}",
    );
    shaped.config =
        object(r#"{"enabled":"{{ var('limit', 0) == 0 }}","tags":["of_{{ target.name }}"]}"#);
    shaped.declared = object(r#"{"group":"g{{ var('limit') }}"}"#);
    shaped.properties.columns[0].tests =
        vec![Test { name: "tool.is_small".to_owned(), ..Test::default() }];
    shaped.properties.columns[0].meta = object(r#"{"secret":true}"#);
    Project {
        name: "shop".to_owned(),
        target: Target {
            name: Some("prod".to_owned()),
            adapter: Some(adapter.to_owned()),
            schema: Some("main".to_owned()),
            ..Target::default()
        },
        vars: object(VARIABLES),
        packages: vec![package("shop", macros, "{}"), package("tool", tool, r#"{"factor":2}"#)],
        nodes: vec![
            node("orders", Kind::Model, "select 1 as id"),
            node("customers", Kind::Model, "select 1 as id"),
            node("lines_v1", Kind::Model, ""),
            node("lines_v2", Kind::Model, ""),
            archive,
            shaped,
        ],
        sources: vec![
            SourceTable {
                catalog: Some(
                    [("ID", "NUMBER"), ("NAME", "TEXT")]
                        .map(|(name, kind)| CatalogColumn {
                            name: name.to_owned(),
                            data_type: Some(kind.to_owned()),
                        })
                        .to_vec(),
                ),
                ..source("orders", "lake", "Orders")
            },
            source("remote", "{{ env_var('HOME_DB') }}_x", "remote"),
            source("distant", "{{ env_var('AWAY_DB') }}", "distant"),
        ],
        ..Project::default()
    }
}

fn describe(rendered: &Rendered) -> String {
    let mut text = rendered.text.clone();
    for (at, hole) in rendered.holes.iter().enumerate() {
        let _ = write!(text, "\n-- hole {at}: {:?} {} ({})", hole.kind, hole.key, hole.reason);
    }
    for problem in &rendered.problems {
        let start = problem.place.start;
        let _ = write!(text, "\n-- {}:{}: ", start.line, start.column);
        let _ = write!(text, "{} {}", problem.reason, problem.message);
    }
    if !rendered.config.is_empty() {
        let _ = write!(text, "\n-- config: {}", Json::Object(rendered.config.clone()));
    }
    let refs = rendered.refs.iter().filter(|found| !found.taken);
    for found in refs {
        let _ = write!(text, "\n-- not taken: ref {}", found.name);
    }
    text
}

/// What a template renders to, with its holes and problems as comments.
pub(super) fn render(template: &str, macros: &str, adapter: &str) -> String {
    let project = project(macros, adapter);
    let variable = |name: &str| (name == "HOME_DB").then(|| "home".to_owned());
    let tables = ["RAW", "OLD"].map(listed);
    let library = Library::new(&project, &variable).with_tables(&tables);
    let model = node("page", Kind::Model, template);
    let full = library.render(&model, Variant::FullRefresh);
    let mut text = String::new();
    for problem in library.problems() {
        let _ = writeln!(text, "-- {}: {} {}", problem.place, problem.reason, problem.message);
    }
    text += &describe(&full);
    if full.incremental {
        text += "\n-- incremental:\n";
        text += &describe(&library.render(&model, Variant::Incremental));
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "a test reads and rewrites its own page")]
#[test]
fn the_page_holds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/page.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (mut template, mut macros, mut adapter) = (String::new(), String::new(), String::new());
    let mut rewritten = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty())
        else {
            if line.starts_with("## ") {
                (template, macros, adapter) =
                    (String::new(), String::new(), "snowflake".to_owned());
            }
            rewritten.extend([line, "\n"]);
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = block.join("\n");
        let (language, named) = language.split_once(' ').unwrap_or((language, ""));
        let shown = match language {
            "sql" => render(&template, &macros, &adapter),
            _ => text.clone(),
        };
        match language {
            "jinja" => {
                template = text;
                adapter = if named.is_empty() { "snowflake" } else { named }.to_owned();
            }
            "macros" => macros = text,
            _ => {}
        }
        let end = if shown.is_empty() { "" } else { "\n" };
        rewritten.extend([line, "\n", shown.as_str(), end, "```\n"]);
    }
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(path, &rewritten).expect("the page can be written");
    } else {
        assert_eq!(rewritten, page, "run with UPDATE=1 to accept");
    }
}

/// The text that a template renders to; the map must lead every byte back into the template.
fn rendered(template: &str) -> Rendered {
    let project = project("", "snowflake");
    let variable = |_: &str| None;
    let library = Library::new(&project, &variable);
    let rendered = library.render(&node("page", Kind::Model, template), Variant::Incremental);
    for at in 0..rendered.text.len() {
        let span = rendered.map.to_file(Span::new(at, at + 1));
        assert!(span.end as usize <= template.len() && span.start <= span.end, "{template}");
    }
    rendered
}

#[test]
fn literal_text_leads_back_to_itself() {
    let template = "select é, {{ ref('orders') }}.x {%- if true %} from {{ 'a' }}b{% endif %}";
    let rendered = rendered(template);
    let check = |what: &str, from: &str| {
        let at = rendered.text.find(what).expect("rendered");
        let span = rendered.map.to_file(Span::new(at, at + what.len()));
        assert_eq!(&template[span.start as usize..span.end as usize], from);
    };
    check("é", "é");
    check("main.orders", "{{ ref('orders') }}");
    check(".x", ".x");
    check("ab", "{{ 'a' }}b");
    check("from", "from");
    assert_eq!(rendered.refs[0].span, Span::new(14, 27));
    assert_eq!(rendered.refs[0].resolved, Some(0));
}

#[test]
fn nothing_panics_or_runs_out_of_stack() {
    let deep = |open: &str, close: &str, times: usize| open.repeat(times) + &close.repeat(times);
    let templates = [
        format!("{{{{ {} }}}}", deep("(", ")", 70)),
        format!("{{{{ {} }}}}", deep("[", "]", 70)),
        format!("{{{{ {} }}}}", deep("f(", ")", 70)),
        format!("{{{{ x{} }}}}", "|upper".repeat(390)),
        format!("{{{{ x{} }}}}", ".y".repeat(390)),
        format!("{{{{ {}1 }}}}", "1 ~ ".repeat(390)),
        format!("{{{{ {}1 }}}}", "not ".repeat(390)),
        format!("{{{{ {}1 }}}}", "1 if x else ".repeat(190)),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(390)),
        deep("{% if a %}", "{% endif %}", 70),
        deep("{% for a in [1] %}", "{% endfor %}", 70),
        deep("{% set x %}", "{% endset %}", 70),
        "{% set ns = namespace(x=[]) %}{% for i in range(90000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}".to_owned(),
        "{% set x = [] %}{% do x.append(x) %}{{ x }}{{ x == x }}{{ x | sort }}{{ x | tojson }}{% do x.remove(x) %}".to_owned(),
        "{% set d = {} %}{% do d.update({'d': d}) %}{{ d }}{{ d == {'d': d} }}{% do d.update(d) %}".to_owned(),
        "{% set x = [1] %}{% for i in range(99) %}{% do x.extend(x) %}{% endfor %}{{ x | length }}".to_owned(),
        "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}".to_owned(),
        "{{ 'x' * 99999999999 }}{{ 9 ** 9 ** 9 }}{{ 1 // 0 }}{{ 1 % 0 }}{{ 170141183460469231731687303715884105727 + 1 }}".to_owned(),
        "{{ 'é'[-1] }}{{ 'é'[5] }}{{ 'aé'[::-1] }}{{ [1][9:-9:-3] }}{{ 'é'.zfill(5) }}{{ '%' % 1 }}{{ '{'.format() }}".to_owned(),
        "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{% call m() %}x{% endcall %}{% endcall %}".to_owned(),
        "{{ modules.datetime.date(2024, 13, 45) }}{{ modules.datetime.timedelta(days=10 ** 30) }}{{ modules.re.sub('(a*)*b', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') }}".to_owned(),
        "{{ loop.index }}{{ caller() }}{{ return(1) }}never".to_owned(),
    ];
    for template in &templates {
        let _text = rendered(template);
    }
    let whole =
        "{% set a = {'b': [1, 'é']} -%} {{ a.b[0] ~ x | d('y') }} {# c #}{% raw %}{{{% endraw %}";
    for (at, _) in whole.char_indices() {
        let _text = rendered(&whole[..at]);
        let _text = rendered(&whole[at..]);
    }
}

#[test]
fn what_doubles_is_stopped_and_said() {
    let doubling = |text: &str| text.repeat(60);
    let templates = [
        format!("{{% set a = 'x' %}}{}{{{{ a }}}}", doubling("{% set a = a ~ a %}")),
        format!("{{% set a = 'x' %}}{}{{{{ a }}}}", doubling("{% set a = a + a %}")),
        format!("{{% set a = [1] %}}{}{{{{ a }}}}", doubling("{% set a = a + a %}")),
        format!("{{% set a = 'x' %}}{}", doubling("{% set a = a.replace('x', 'xxxx') %}")),
        format!(
            "{{% set a = 'x' %}}{}",
            doubling("{% set a = ('%s' * 9) % (a,a,a,a,a,a,a,a,a) %}")
        ),
        format!("{{% set a = 'x' %}}{}", doubling("{% set a = [a, a, a] | join(a) %}")),
        format!("{{% set a = [1] %}}{}{{{{ a | tojson }}}}", doubling("{% set a = [a, a] %}")),
        "{{ 'xx' * 99999999999 }}".to_owned(),
        "{{ [1] * 99999999999 }}".to_owned(),
        "{% for i in range(100001) %}{% endfor %}".to_owned(),
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}".to_owned(),
    ];
    for template in &templates {
        let problems = rendered(template).problems;
        assert!(problems.iter().any(|it| it.reason == "template-budget"), "{template}");
    }
    let alike = format!("{{% set a = [1] %}}{}", doubling("{% set a = [a, a] %}"));
    let other = format!("{{% set b = [1] %}}{}", doubling("{% set b = [b, b] %}"));
    let _text = rendered(&format!("{alike}{other}{{{{ a == b }}}}{{{{ a < b }}}}{{{{ a }}}}"));
}

/// A number that follows from the one before it: chance that is the same on every machine.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 33).unwrap_or(0)
}

/// Pieces that a mutation puts in: what opens, closes and nests in templates.
const PIECES: [&str; 24] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{%- endif %}",
    "{% endfor %}",
    "{% if ",
    "{% for x in ",
    "{% set ",
    "{% macro m(a) %}",
    "{% call m() %}",
    "'",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "|",
    "~",
    ".",
    "é",
    "\u{a0}",
];

/// One step away from a text: a piece put in, taken out, doubled, or taken from another text.
fn mutated(text: &str, other: &str, seed: &mut u64) -> String {
    let at = |text: &str, seed: &mut u64| {
        let at = next(seed) % (text.len() + 1);
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (one, two) = (at(text, seed), at(text, seed));
    let (start, end) = (one.min(two), one.max(two));
    match next(seed) % 4 {
        0 => format!("{}{}{}", &text[..start], PIECES[next(seed) % PIECES.len()], &text[start..]),
        1 => format!("{}{}", &text[..start], &text[end..]),
        2 => format!("{}{}", &text[..end], &text[start..]),
        _ => {
            let (one, two) = (at(other, seed), at(other, seed));
            format!("{}{}{}", &text[..start], &other[one.min(two)..one.max(two)], &text[end..])
        }
    }
}

#[test]
fn no_mutation_of_a_template_panics() {
    let page = include_str!("page.md");
    let blocks: Vec<&str> = page
        .split("\n```jinja")
        .skip(1)
        .filter_map(|rest| rest.split_once('\n')?.1.split("\n```").next())
        .collect();
    let mut seed = 7;
    for round in 0..600 {
        let mut text = blocks[round % blocks.len()].to_owned();
        for _ in 0..=round % 5 {
            let other = blocks[next(&mut seed) % blocks.len()];
            text = mutated(&text, other, &mut seed);
        }
        // The same text as a macro file, and as a model of a project that has such macros.
        let _text = rendered(&text);
        let project = project(&text, "trino");
        let variable = |_: &str| None;
        let library = Library::new(&project, &variable);
        let model = node("page", Kind::Model, &text);
        let first = library.render(&model, Variant::FullRefresh);
        assert_eq!(first.text, library.render(&model, Variant::FullRefresh).text, "{text}");
        let _name = library.relation_of(&model);
    }
}

#[test]
fn equal_holes_of_two_models_have_equal_keys() {
    let project = project("", "snowflake");
    let variable = |_: &str| None;
    let library = Library::new(&project, &variable);
    let keys = |name: &str| {
        let text = "{{ var('x') }}{{ run_query('x') }}{{ ('a' ~ var('x'))[0:3] == 'a' }}";
        let holes = library.render(&node(name, Kind::Model, text), Variant::FullRefresh).holes;
        holes.into_iter().map(|hole| hole.key).collect::<Vec<_>>()
    };
    let (first, second) = (keys("a"), keys("b"));
    assert_eq!(first[0], second[0]);
    assert_ne!(first[1], second[1]);
}

#[test]
fn every_embedded_package_parses() {
    for name in ["dbt", "dbt_utils", "dbt_date", "fivetran_utils"] {
        let path = format!("{}/src/packages/{name}.jinja", env!("CARGO_MANIFEST_DIR"));
        #[expect(clippy::disallowed_methods, reason = "a test reads its own package")]
        let text = std::fs::read_to_string(path).expect("a package");
        assert!(parse(&text, None).is_ok(), "{name}");
    }
}

#[test]
fn a_library_is_shared_between_threads() {
    fn check<T: Send + Sync>() {}
    check::<Library<'_>>();
    check::<Rendered>();
}

#[test]
fn a_snapshot_file_may_hold_several() {
    let text = "{% snapshot a %}{{ config(alias='x') }}1{% endsnapshot %}{% snapshot b %}2{% endsnapshot %}";
    let project = project("", "snowflake");
    let variable = |_: &str| None;
    let library = Library::new(&project, &variable);
    let check = |name: &str, expected: &str, relation: &str| {
        let node = node(name, Kind::Snapshot, text);
        assert_eq!(library.render(&node, Variant::FullRefresh).text.trim(), expected);
        assert_eq!(library.relation_of(&node), relation);
    };
    check("a", "1", "main.x");
    check("b", "2", "main.b");
}

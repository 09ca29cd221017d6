//! Templates of no dbt project: some program renders them, and only it knows what their names mean.

use plumb_base::Source;
use plumb_base::record::dbt::{Kind, Node, Project, Properties};
use serde_json::Map;

use super::hole::HoleKind;
use super::library::{Library, Sheet};
use super::lower::parse;
use super::render::{Rendered, Variant};
use super::run::{Run, Stage};
use super::value::Value;

/// Words that begin a tag.
const TAGS: &[&str] = &[
    "if", "for", "set", "macro", "include", "import", "from", "extends", "block", "raw", "call",
    "filter", "do", "with",
];

/// Whether a text is plainly a template: it has a tag, or prints more than a name.
///
/// A bare name in braces may be a parameter of the tool that runs the text.
pub fn is_template(text: &str) -> bool {
    let begins = |tag: &str| {
        let words = tag.trim_start_matches(['-', '+']).trim_start();
        let word = words.split(|letter: char| !letter.is_alphanumeric()).next();
        word.is_some_and(|word| TAGS.contains(&word))
    };
    let computes = |tag: &str| {
        tag.split_once("}}").is_some_and(|(inside, _)| {
            let name = inside.trim_start().starts_with(|it: char| it.is_alphabetic() || it == '_');
            name && inside.contains(['(', '|', '[', '~'])
        })
    };
    text.split("{%").skip(1).any(begins) || text.split("{{").skip(1).any(computes)
}

/// Renders a template whose names nobody knows: each value is a hole, and of a condition one arm is taken.
pub fn render_alone(source: &Source) -> Rendered {
    let project = Project::default();
    let node = Node {
        package: String::new(),
        name: source.path.clone(),
        kind: Kind::Analysis,
        source: source.clone(),
        config: Map::new(),
        declared: Map::new(),
        properties: Properties::default(),
        compiled: None,
        relation: None,
        catalog: None,
    };
    let nothing = |_: &str| None;
    let library = Library::new(&project, &nothing);
    let sheet = Sheet { template: parse(&source.text, None), ..Sheet::default() };
    let mut rendered = Run::new(&library, &node, &sheet, Stage::Alone).finish(Variant::FullRefresh);
    // There is no package in front of the path.
    for hole in &mut rendered.holes {
        if let Some(key) = hole.key.strip_prefix('.') {
            hole.key = key.to_owned();
        }
    }
    rendered
}

impl Run<'_> {
    /// What a name means that the template does not say itself.
    pub(super) fn alone(&self, name: &str) -> Value {
        match name {
            "range" | "dict" | "namespace" | "cycler" | "joiner" | "lipsum" => Value::host(name),
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => self.own_unknown(HoleKind::Value, name, WHY),
        }
    }

    /// What another template would have given here.
    pub(super) fn elsewhere(&self, what: &str) -> Value {
        let key = format!("{what} at {}", self.site.start);
        self.own_unknown(HoleKind::Macro, &key, "stands in another template")
    }
}

const WHY: &str = "only what renders the template knows it";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, rendered: &str, holes: &[(HoleKind, &str)]) {
        let found = render_alone(&Source::new("a.sql", text));
        assert_eq!(found.text, rendered);
        let found: Vec<(HoleKind, &str)> = found
            .holes
            .iter()
            .map(|it| (it.kind, it.key.strip_prefix("a.sql:").unwrap_or(&it.key)))
            .collect();
        assert_eq!(found, holes);
    }

    #[test]
    fn a_template_is_told_from_a_text_with_parameters() {
        assert!(is_template("{%- if x %}select 1{% endif %}"));
        assert!(is_template("select {{ columns | join(', ') }}"));
        assert!(is_template("{{ is_unique(['a']) }}"));
        for text in ["select {{ p }}", "where a = {{p.start}}", "{{#if}}", "{{.x(1)}}", "a {% b"] {
            assert!(!is_template(text), "{text}");
        }
    }

    #[test]
    fn names_are_holes_and_loops_over_lists_are_run() {
        check(
            "{% set xs = ['a', 'b'] %}select {% for x in xs %}{{ x }}, {% endfor %}{{ n.m }} from {{ t }}",
            "select a, b, __plumb_hole_0__ from __plumb_hole_1__",
            &[(HoleKind::Value, "n.m"), (HoleKind::Value, "t")],
        );
    }

    #[test]
    fn of_a_condition_nobody_knows_one_arm_is_taken() {
        check(
            "select 1 {% if first() %}as a{% else %}as b{% endif %}",
            "select 1 as a",
            &[(HoleKind::Branch, "first()")],
        );
    }

    #[test]
    fn what_another_file_holds_leaves_a_hole() {
        check(
            "{% from 'm.sql' import f %}{% include 'h.sql' %} select {{ f(1) }}",
            "__plumb_hole_0__ select __plumb_hole_1__",
            &[(HoleKind::Macro, "include at 27"), (HoleKind::Value, "f(1)")],
        );
    }
}

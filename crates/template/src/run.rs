//! One rendering: what it has written, what it may still spend, and what it found out.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use plumb_base::record::dbt::Node;
use plumb_base::{Lines, Problem, Severity, SourceMap, Span};
use serde_json::{Map, Value as Json};

use super::config::overlay;
use super::hole::{Hole, HoleKind, MARK, Unknown, identifier};
use super::library::{Library, Sheet, problem};
use super::print::print;
use super::render::{Ref, Rendered, SourceRef, Variant};
use super::template::{Stmt, Template};
use super::value::{Scope, Value};

/// Steps that a rendering may take; real templates take thousands.
const FUEL: u64 = 2_000_000;
/// Steps that the rest of a template may take once one of its tags has used them up.
const SPARE: u64 = 20_000;
const STEPS: &str = "template takes too many steps";
/// Macros inside macros.
pub(super) const DEPTH_LIMIT: usize = 80;
/// Bytes of stack: what a thread of 2 MiB can spare.
const STACK_LIMIT: usize = 1 << 20;
/// Bytes of text that a rendering may write.
pub(super) const TEXT_LIMIT: usize = 64 << 20;

/// Why evaluation left its place.
#[derive(Debug)]
pub(super) enum Stop {
    /// `return(…)`
    Return(Value),
    Break,
    Continue,
    /// Nothing is left to spend.
    Budget(&'static str),
}

/// A result that can be left early.
pub(super) type Flow<T> = Result<T, Stop>;

/// What a text is rendered for: dbt shows it another context each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// A value of `dbt_project.yml`: no variable of the project is known yet.
    ProjectFile,
    /// A value of a properties file.
    Properties,
    /// A node is read for its configuration; `execute` is false.
    Parse,
    /// A node gets its name in the warehouse.
    Name,
    /// A node becomes SQL.
    Compile,
    /// A template of no project becomes SQL.
    Alone,
}

/// One rendering.
pub(super) struct Run<'r> {
    pub(super) library: &'r Library<'r>,
    pub(super) node: &'r Node,
    pub(super) sheet: &'r Sheet,
    pub(super) stage: Stage,
    pub(super) variant: Variant,
    /// Package whose macros are seen first, innermost last.
    pub(super) packages: Vec<Arc<str>>,
    /// The tag of the node's own template that is being rendered.
    pub(super) site: Span,
    pub(super) refs: Vec<Ref>,
    pub(super) sources: Vec<SourceRef>,
    pub(super) config: Map<String, Json>,
    pub(super) incremental: bool,
    pub(super) model: Option<Value>,
    pub(super) graph: Option<Value>,
    /// Keys of what is not known and is to decide otherwise than is likely.
    pub(super) otherwise: BTreeSet<String>,
    /// What texts values are that are not known, as was decided, by their keys.
    pub(super) taken: BTreeMap<String, String>,
    /// Texts being written, innermost last; the first is the result.
    out: Vec<String>,
    map: SourceMap,
    holes: IndexMap<(HoleKind, String), Hole>,
    problems: Vec<(Span, Severity, &'static str, String)>,
    pub(super) depth: usize,
    /// How deep it was since somebody began to watch.
    pub(super) deepest: usize,
    pub(super) fuel: u64,
    pub(super) written: usize,
    /// How often something was done that depends on the node, or that is seen behind the macro that did it.
    pub(super) seen: u64,
    stack: usize,
}

impl<'r> Run<'r> {
    /// Gets ready to render a node.
    pub(super) fn new(
        library: &'r Library<'r>,
        node: &'r Node,
        sheet: &'r Sheet,
        stage: Stage,
    ) -> Self {
        Self {
            library,
            node,
            sheet,
            stage,
            variant: Variant::FullRefresh,
            packages: vec![node.package.as_str().into()],
            site: Span::default(),
            refs: Vec::new(),
            sources: Vec::new(),
            config: sheet.config.clone(),
            incremental: false,
            model: None,
            graph: None,
            otherwise: BTreeSet::new(),
            taken: BTreeMap::new(),
            out: vec![String::new()],
            map: SourceMap::default(),
            holes: IndexMap::new(),
            problems: Vec::new(),
            depth: 0,
            deepest: 0,
            fuel: FUEL,
            written: 0,
            seen: 0,
            stack: stack_pointer(),
        }
    }

    /// Renders it.
    pub(super) fn finish(mut self, variant: Variant) -> Rendered {
        self.variant = variant;
        self.survey_uses();
        let mut failed = None;
        match &self.sheet.template {
            Ok(template) => self.render(&template.body),
            Err(error) => failed = Some(problem(&self.node.source, error)),
        }
        let source = &self.node.source;
        let lines = LazyCell::new(|| Lines::new(&source.text));
        let found = self.problems.into_iter().map(|(span, severity, reason, message)| Problem {
            place: lines.place(&source.path, &source.text, span),
            severity,
            reason: reason.to_owned(),
            message,
        });
        let problems = failed.into_iter().chain(found).collect();
        self.refs.sort_by_key(|found| found.span.start);
        self.sources.sort_by_key(|found| found.span.start);
        Rendered {
            text: self.out.swap_remove(0),
            map: self.map,
            refs: self.refs,
            sources: self.sources,
            config: self.config,
            holes: self.holes.into_values().collect(),
            problems,
            incremental: self.incremental,
        }
    }

    fn render(&mut self, body: &[Stmt]) {
        let scope = Rc::new(Scope::default());
        for stmt in body {
            match self.exec(std::slice::from_ref(stmt), &scope) {
                Ok(()) | Err(Stop::Break | Stop::Continue) => {}
                Err(Stop::Return(_)) => break,
                Err(Stop::Budget(what)) => {
                    self.problem(Severity::Partly, "template-budget", what.to_owned());
                    self.fuel = self.fuel.max(SPARE);
                }
            }
            self.out.truncate(1);
            self.packages.truncate(1);
            self.depth = 0;
        }
    }

    fn survey_uses(&mut self) {
        let (sheet, package) = (self.sheet, self.node.package.as_str());
        for (names, version, span) in &sheet.survey.refs {
            let (package_named, name) = match names.as_slice() {
                [package, name] => (Some(package.as_ref()), name),
                [name] => (None, name),
                _ => continue,
            };
            let resolved = self.library.find_node(package, package_named, name, version.as_deref());
            self.refs.push(Ref {
                package: package_named.map(str::to_owned),
                name: name.as_ref().to_owned(),
                version: version.clone(),
                span: *span,
                resolved,
                taken: false,
            });
        }
        for (source, table, span) in &sheet.survey.sources {
            self.sources.push(SourceRef {
                source: source.as_ref().to_owned(),
                table: table.as_ref().to_owned(),
                span: *span,
                resolved: self.library.find_source(package, source, table),
                taken: false,
            });
        }
    }

    /// What the template says of its configuration when it is read and nothing can be asked.
    pub(super) fn configured(mut self) -> Map<String, Json> {
        if let Ok(template) = &self.sheet.template {
            self.render(&template.body);
        }
        let config = std::mem::take(&mut self.config);
        config.into_iter().map(|(key, value)| (key, self.named_holes(value))).collect()
    }

    /// A text or a value with each hole written as its key: what holds outside of one rendering.
    pub(super) fn named_holes(&self, value: Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.with_named_holes(text)),
            Json::Array(items) => {
                Json::Array(items.into_iter().map(|item| self.named_holes(item)).collect())
            }
            Json::Object(entries) => Json::Object(
                entries.into_iter().map(|(key, value)| (key, self.named_holes(value))).collect(),
            ),
            Json::Null | Json::Bool(_) | Json::Number(_) => value,
        }
    }

    /// A text with each hole written as its key.
    pub(super) fn with_named_holes(&self, mut text: String) -> String {
        if !text.contains(MARK) {
            return text;
        }
        for (index, hole) in self.holes.values().enumerate() {
            text = text.replace(&identifier(index), &hole.key);
        }
        text
    }

    /// Whether something had to be assumed, or went wrong.
    pub(super) fn is_sure(&self) -> bool {
        self.problems.is_empty() && self.holes.values().all(|hole| hole.kind == HoleKind::Value)
    }

    /// Runs a text that stands outside of the node's template.
    pub(super) fn aside_of(&mut self, template: &Template) -> Flow<Value> {
        let package = self.package();
        self.enter(&package)?;
        let scope = Rc::new(Scope::default());
        let result = match template.body.as_slice() {
            [Stmt::Emit { value, silent: false, .. }] => self.eval(value, &scope),
            body => self.aside(body, &scope).map(Value::text),
        };
        self.leave();
        result
    }

    /// Spends one step, and more for what is written; refuses when nothing is left.
    pub(super) fn step(&mut self) -> Flow<()> {
        self.fuel = self.fuel.saturating_sub(1);
        if self.fuel == 0 {
            return Err(Stop::Budget(STEPS));
        }
        if self.stack.abs_diff(stack_pointer()) > STACK_LIMIT {
            return Err(Stop::Budget("template nests too deep"));
        }
        Ok(())
    }

    /// Spends steps for work on something long.
    pub(super) fn spend(&mut self, steps: usize) {
        self.fuel = self.fuel.saturating_sub(steps as u64).max(1);
    }

    /// Goes into a macro of a package.
    pub(super) fn enter(&mut self, package: &Arc<str>) -> Flow<()> {
        if self.depth >= DEPTH_LIMIT {
            return Err(Stop::Budget("template nests too deep"));
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        self.packages.push(Arc::clone(package));
        Ok(())
    }

    /// Comes back from a macro.
    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.packages.pop();
    }

    /// Package whose macros are seen first.
    pub(super) fn package(&self) -> Arc<str> {
        self.packages.last().cloned().unwrap_or_else(|| self.node.package.as_str().into())
    }

    /// Notes where in the node's own template the rendering is.
    pub(super) fn visit(&mut self, span: Span) {
        if self.depth == 0 {
            self.site = span;
        }
    }

    /// Begins to write a text aside.
    pub(super) fn open(&mut self) {
        self.out.push(String::new());
    }

    /// Takes the text written aside.
    pub(super) fn close(&mut self) -> String {
        if self.out.len() > 1 { self.out.pop().unwrap_or_default() } else { String::new() }
    }

    /// Writes template text as it stands.
    pub(super) fn emit_literal(&mut self, text: &str, span: Span) -> Flow<()> {
        let (start, end) = self.append(text)?;
        if self.out.len() == 1 {
            self.map.literal(start, end, span);
        }
        Ok(())
    }

    /// Writes what a tag printed.
    pub(super) fn emit_printed(&mut self, text: &str, span: Span) -> Flow<()> {
        let (start, end) = self.append(text)?;
        if self.out.len() == 1 {
            self.map.printed(start, end, span);
        }
        Ok(())
    }

    fn append(&mut self, text: &str) -> Flow<(usize, usize)> {
        self.written += text.len();
        self.spend(text.len() / 256);
        // What used it up may be the last thing that is done.
        if self.fuel <= 1 {
            return Err(Stop::Budget(STEPS));
        }
        if self.written > TEXT_LIMIT {
            return Err(Stop::Budget("template writes too much"));
        }
        let Some(out) = self.out.last_mut() else { return Ok((0, 0)) };
        let start = out.len();
        out.push_str(text);
        Ok((start, out.len()))
    }

    /// Whether the last word written so far is this one, whoever wrote it.
    pub(super) fn stands_after(&self, word: &str) -> bool {
        let written = self.out.iter().rev().map(|text| text.trim_end());
        let last = written.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
        let start = last.rfind(|letter: char| !letter.is_alphanumeric()).map_or(0, |at| at + 1);
        last.get(start..).is_some_and(|found| found.eq_ignore_ascii_case(word))
    }

    /// The text that a value prints.
    pub(super) fn print(&mut self, value: &Value) -> Arc<str> {
        match value {
            Value::Text(text) => Arc::clone(text),
            other => print(other, &mut |unknown| identifier(self.hole(unknown))).into(),
        }
    }

    /// The hole of an unknown value; one for each key.
    pub(super) fn hole(&mut self, unknown: &Unknown) -> usize {
        self.seen += 1;
        let mut key = unknown.key.clone();
        if key.contains(MARK) && !key.contains(&self.own_key("")) {
            key = self.own_key(&key);
        }
        let entry = self.holes.entry((unknown.kind, key.clone()));
        let index = entry.index();
        let _known = entry.or_insert_with(|| Hole {
            kind: unknown.kind,
            key,
            span: self.site,
            reason: unknown.reason.clone(),
        });
        index
    }

    /// Key of something that differs from model to model.
    pub(super) fn own_key(&self, key: &str) -> String {
        format!("{}.{}:{key}", self.node.package, self.node.name)
    }

    /// An unknown value that belongs to this model.
    pub(super) fn own_unknown(&self, kind: HoleKind, key: &str, reason: &str) -> Value {
        Value::unknown(Unknown::new(kind, self.own_key(key), reason))
    }

    /// Whether a condition holds; if it is not known, the likelier answer, and a hole that says so.
    pub(super) fn decide(&mut self, value: &Value) -> bool {
        let value = &value.in_doubt();
        if let Some(answer) = super::operate::truth(value) {
            return answer;
        }
        let Value::Unknown(unknown) = value else { return true };
        let branch = Unknown { kind: HoleKind::Branch, ..unknown.as_ref().clone() };
        let answer = unknown.lean != self.is_otherwise(&branch);
        if let (true, Some((of, text))) = (answer, &unknown.says) {
            self.taken.insert(of.clone(), text.clone());
        }
        answer
    }

    /// Whether a value that is not known is a text, where that was decided.
    pub(super) fn is_taken(&mut self, unknown: &Unknown, text: &str) -> Option<bool> {
        let taken = self.taken.get(&unknown.key)?;
        self.seen += 1;
        Some(taken == text)
    }

    /// Notes what decides; whether it is to decide otherwise than is likely.
    pub(super) fn is_otherwise(&mut self, decides: &Unknown) -> bool {
        let index = self.hole(decides);
        self.holes.get_index(index).is_some_and(|(_, hole)| self.otherwise.contains(&hole.key))
    }

    /// Notes a problem at the current tag, once.
    pub(super) fn problem(&mut self, severity: Severity, reason: &'static str, message: String) {
        self.seen += 1;
        let is_known = |known: &(Span, Severity, &str, String)| {
            known.2 == reason && known.3 == message && known.0 == self.site
        };
        if !self.problems.iter().any(is_known) {
            self.problems.push((self.site, severity, reason, message));
        }
        self.spend(self.problems.len() / 32);
    }

    /// Configuration as the whole file has it, constants of lines not reached yet included.
    pub(super) fn whole_config(&self) -> Cow<'_, Map<String, Json>> {
        if self.stage == Stage::Compile || self.stage == Stage::Name {
            return Cow::Borrowed(&self.sheet.config);
        }
        let mut whole = self.sheet.config.clone();
        overlay(&mut whole, &self.sheet.survey.config);
        for (key, value) in &self.config {
            if self.sheet.config.get(key) != Some(value) {
                whole.insert(key.clone(), value.clone());
            }
        }
        Cow::Owned(whole)
    }
}

/// An unknown value that is the same in all models.
pub(super) fn unknown(key: &str, reason: &str) -> Value {
    Value::unknown(Unknown::new(HoleKind::Value, key, reason))
}

fn stack_pointer() -> usize {
    let here = 0_u8;
    std::ptr::from_ref(&here).addr()
}

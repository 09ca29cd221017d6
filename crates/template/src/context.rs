//! What a name means, and what attributes things have: dbt's context.

use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;

use super::container::is_dict_method;
use super::hole::HoleKind;
use super::memo::is_same;
use super::regex::flag;
use super::render::Variant;
use super::run::{Run, Stage, unknown};
use super::value::{Scope, Value};

/// Functions and objects of the context that are what their name says, sorted.
const HOST: &[&str] = &[
    "adapter",
    "adapter_macro",
    "api",
    "builtins",
    "config",
    "context",
    "cycler",
    "debug",
    "dict",
    "diff_of_two_dicts",
    "dispatch",
    "doc",
    "env_var",
    "exceptions",
    "flags",
    "fromjson",
    "fromyaml",
    "function",
    "get_where_subquery",
    "is_incremental",
    "joiner",
    "lipsum",
    "load_agate_table",
    "load_relation",
    "load_result",
    "local_md5",
    "log",
    "metric",
    "modules",
    "namespace",
    "noop_statement",
    "plumb_after_by",
    "plumb_columns",
    "plumb_known",
    "plumb_unknown",
    "plumb_usual_schema",
    "print",
    "range",
    "ref",
    "render",
    "return",
    "run_hooks",
    "run_query",
    "set",
    "set_sql_header",
    "set_strict",
    "should_full_refresh",
    "should_store_failures",
    "source",
    "statement",
    "store_raw_result",
    "store_result",
    "target",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "validation",
    "var",
    "write",
    "zip",
    "zip_strict",
];

impl Run<'_> {
    /// The value of a name.
    pub(super) fn name(&mut self, name: &str, scope: &Rc<Scope>) -> Value {
        scope.get(name).unwrap_or_else(|| self.global(name))
    }

    /// The value of a name that no template set.
    pub(super) fn global(&mut self, name: &str) -> Value {
        if self.stage == Stage::Alone {
            return self.alone(name);
        }
        // Only ours knows which world is rendered.
        if name != "is_incremental"
            && let Some(found) = self.visible_macro(name)
        {
            return found;
        }
        if let Some(value) = self.host_name(name) {
            return value;
        }
        if let Some(found) = self.library.find_macro("dbt", name) {
            return super::call::closure_of(found, "dbt");
        }
        if self.library.has_package(name) {
            return Value::Package(name.into());
        }
        match name {
            // What a macro was not given.
            "varargs" if self.depth > 0 => Value::tuple(Vec::new()),
            "kwargs" if self.depth > 0 => Value::dict([]),
            _ => Value::Undefined,
        }
    }

    /// What dbt puts in the context under this name.
    pub(super) fn host_name(&mut self, name: &str) -> Option<Value> {
        let found = self.hosted(name);
        self.seen += u64::from(found.is_some() && !is_same(name));
        found
    }

    fn hosted(&mut self, name: &str) -> Option<Value> {
        if HOST.binary_search(&name).is_ok() {
            return Some(Value::host(name));
        }
        let target = &self.library.project.target;
        Some(match name {
            "execute" => Value::Bool(self.stage == Stage::Compile),
            "this" => Value::Relation(Rc::new(self.this())),
            "model" => self.model(),
            "database" => target_part("database", target.database.as_deref()),
            "schema" => self.target_schema(),
            "project_name" => Value::text(self.library.project.name.as_str()),
            "graph" => self.graph(),
            "run_started_at"
            | "invocation_id"
            | "dbt_version"
            | "thread_id"
            | "selected_resources"
            | "invocation_args_dict"
            | "dbt_metadata_envs"
            | "connection_name" => unknown(name, "known only in a run"),
            "pre_hooks" | "post_hooks" => Value::list(Vec::new()),
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => return None,
        })
    }

    fn this(&self) -> super::relation::Relation {
        let mut this = self.sheet.relation.clone();
        if let Some(Json::String(kind)) = self.whole_config().get("materialized") {
            this.kind = Some(if kind == "incremental" { "table" } else { kind }.to_owned());
        }
        this
    }

    /// An attribute of a value.
    pub(super) fn attribute(&mut self, subject: &Value, name: &Arc<str>) -> Value {
        let bound = || Value::Bound(Rc::new((subject.clone(), Arc::clone(name))));
        match subject {
            Value::Undefined
            | Value::None
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Big(_)
            | Value::Float(_) => Value::Undefined,
            Value::Dict(entries) => match entries.get(name) {
                Some(value) => value,
                None if is_dict_method(name) => bound(),
                None => Value::Undefined,
            },
            Value::Unknown(unknown) => {
                Value::unknown(unknown.derive(format!("{}.{name}", unknown.key)))
            }
            Value::Relation(relation) => relation.attribute(name).unwrap_or_else(bound),
            Value::Moment(moment) => moment.attribute(name).unwrap_or_else(bound),
            Value::Host(path) => self.host_attribute(&Arc::clone(path), name),
            Value::Package(package) => self.package_member(package, name).unwrap_or_default(),
            Value::Macro(closure) if name.as_ref() == "name" => {
                Value::Text(Arc::clone(&closure.definition.name))
            }
            Value::Macro(_) => Value::Undefined,
            Value::Loop(state) => loop_attribute(state, name).unwrap_or_else(bound),
            Value::Node(node) => match self.node_attribute(node.0, name) {
                Value::Undefined if is_dict_method(name) => bound(),
                value => value,
            },
            Value::Text(_) | Value::List(_) | Value::Tuple(_) | Value::Bound(_) => bound(),
        }
    }

    /// An attribute of something in the context.
    pub(super) fn host_attribute(&mut self, path: &str, name: &str) -> Value {
        let project = self.library.project;
        let target = &project.target;
        match (path, name) {
            ("context", _) if name != "get" => self.global(name),
            ("builtins", _) => self.host_name(name).unwrap_or_default(),
            ("target", "name" | "target_name") => target_part("name", target.name.as_deref()),
            ("target", "schema" | "dataset") => self.target_schema(),
            ("target", "database" | "dbname" | "catalog" | "project") => {
                target_part("database", target.database.as_deref())
            }
            ("target", "type") => target_part("type", target.adapter.as_deref()),
            ("target", "profile_name") => target_part("profile_name", target.profile.as_deref()),
            ("target", "get" | "items" | "keys" | "values") => {
                Value::host(&format!("target.{name}"))
            }
            ("target", _) => target_part(name, None),
            ("flags", "FULL_REFRESH") => Value::Bool(self.is_full_refresh()),
            ("flags", "WHICH") => Value::text("run"),
            ("flags", "STORE_FAILURES" | "EMPTY") => Value::Bool(false),
            ("flags", _) => unknown(&format!("flags.{name}"), "known only in a run"),
            (
                "config",
                "get"
                | "require"
                | "set"
                | "persist_relation_docs"
                | "persist_column_docs"
                | "meta_get"
                | "meta_require",
            ) => Value::host(&format!("config.{name}")),
            ("config", _) => self.whole_config().get(name).map_or(Value::Undefined, Value::from),
            ("modules.re", name) if flag(name).is_some() => {
                flag(name).map_or(Value::None, Value::Int)
            }
            ("modules.pytz", "utc" | "UTC") => Value::text("UTC"),
            _ => Value::host(&format!("{path}.{name}")),
        }
    }

    /// Whether an incremental model is rendered as built from nothing.
    pub(super) fn is_full_refresh(&self) -> bool {
        let config = self.whole_config();
        let kind = config.get("materialized").and_then(Json::as_str);
        self.variant == Variant::FullRefresh && kind == Some("incremental")
    }

    /// An object of the adapter or a module that is not known without a run.
    pub(super) fn host_unknown(&self, path: &str, given: &str) -> Value {
        let kind = match path {
            "run_query" | "load_result" | "adapter.get_columns_in_relation" => HoleKind::Rows,
            _ => HoleKind::Value,
        };
        self.own_unknown(kind, &format!("{path}{given}"), "known only in a run")
    }

    fn target_schema(&self) -> Value {
        match self.library.project.target.schema.as_deref() {
            Some(schema) => Value::text(schema),
            None => self.schema_of_nobody(),
        }
    }
}

/// A part of the target, or a hole for it.
fn target_part(name: &str, known: Option<&str>) -> Value {
    match known {
        Some(known) => Value::text(known),
        None => unknown(&format!("target.{name}"), "the connection is not configured"),
    }
}

fn loop_attribute(state: &super::value::Loop, name: &str) -> Option<Value> {
    let len = state.items.len();
    let int = |value: usize| Some(Value::Int(super::container::len_of(value)));
    match name {
        "index" => int(state.index + 1),
        "index0" => int(state.index),
        "revindex" => int(len - state.index),
        "revindex0" => int(len - state.index - 1),
        "length" => int(len),
        "depth" => int(state.depth),
        "depth0" => int(state.depth - 1),
        "first" => Some(Value::Bool(state.index == 0)),
        "last" => Some(Value::Bool(state.index + 1 == len)),
        "previtem" => {
            let before = state.index.checked_sub(1).and_then(|at| state.items.get(at));
            Some(before.cloned().unwrap_or_default())
        }
        "nextitem" => Some(state.items.get(state.index + 1).cloned().unwrap_or_default()),
        _ => None,
    }
}

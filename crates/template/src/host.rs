//! What the functions of dbt's context do.

use std::rc::Rc;
use std::sync::Arc;

use plumb_base::{Severity, Span};
use serde_json::{Map, Value as Json};

use super::config::overlay;
use super::container::{elements, len_of, list_method};
use super::hole::HoleKind;
use super::json::{bounded, dumps, to_json};
use super::lower::parse;
use super::memo::is_same;
use super::operate::truth;
use super::relation::Relation;
use super::render::{Ref, SourceRef, Variant};
use super::run::{Flow, Run, Stage, Stop, unknown};
use super::settle::is_template;
use super::value::{Args, Entries, Key, Value};

impl Run<'_> {
    /// Calls something of the context by its path.
    pub(super) fn call_host(&mut self, path: &str, args: Args) -> Flow<Value> {
        self.step()?;
        self.seen += u64::from(!is_same(path));
        if let Some(name) = path.strip_prefix("modules.") {
            return Ok(self.call_module(name, &args));
        }
        if let Some(name) = path.strip_prefix("adapter.") {
            return Ok(self.call_adapter(name, &args));
        }
        if let Some(name) = path.strip_prefix("exceptions.") {
            return Ok(self.raise(name, &args));
        }
        if let Some(name) = path.strip_prefix("plumb_") {
            return Ok(self.call_own(name, args));
        }
        Ok(match path {
            "ref" => self.reference(&args),
            "source" => self.source(&args),
            "config" | "config.set" => self.configure(&args),
            "config.get" | "config.require" | "config.meta_get" | "config.meta_require" => {
                self.config_get(&args)
            }
            "var" => return self.variable(&args),
            "var.has_var" => {
                let known =
                    args.text(0, "var").is_some_and(|name| self.written_var(name).is_some());
                Value::Bool(known)
            }
            "env_var" => self.environment(&args),
            "is_incremental" => {
                self.incremental = true;
                Value::Bool(self.variant == Variant::Incremental)
            }
            "should_full_refresh" => Value::Bool(self.is_full_refresh()),
            "should_store_failures" => Value::Bool(false),
            "return" => return Err(Stop::Return(first(args).unwrap_or(Value::None))),
            "statement" => return self.statement(&args),
            "dispatch" => self.dispatch(&args),
            "adapter_macro" => return self.adapter_macro(args),
            "api.Relation.create" => Value::Relation(Rc::new(self.create_relation(&args))),
            "target.get" => args
                .text(0, "key")
                .map(|key| self.host_attribute("target", key))
                .unwrap_or_default(),
            "context.get" => self.in_context(&args),
            "load_relation" => match args.get(0, "relation") {
                Some(Value::Relation(relation)) => self.looked_for(path, relation, &args),
                _ => self.host_unknown(path, &args.describe()),
            },
            "render" | "api.Column.translate_type" | "get_where_subquery" => {
                first(args).unwrap_or_default()
            }
            "range" | "zip" | "zip_strict" | "set" | "set_strict" | "dict" | "namespace" => {
                self.build(path, &args)
            }
            "fromjson" | "fromyaml" | "tojson" | "toyaml" | "local_md5" => {
                return self.filter(
                    path,
                    &args.positional.first().cloned().unwrap_or_default(),
                    &Args { positional: args.positional.iter().skip(1).cloned().collect(), ..args },
                );
            }
            "log"
            | "print"
            | "debug"
            | "doc"
            | "write"
            | "noop_statement"
            | "store_result"
            | "store_raw_result"
            | "set_sql_header"
            | "run_hooks"
            | "config.persist_relation_docs"
            | "config.persist_column_docs"
            | "lipsum" => Value::text(""),
            _ => self.host_unknown(path, &args.describe()),
        })
    }

    /// What a name means here, or what is given instead.
    fn in_context(&mut self, args: &Args) -> Value {
        let found = args.text(0, "key").map(|name| self.global(name));
        let found = found.filter(|found| !matches!(found, Value::Undefined));
        found.or_else(|| args.get(1, "default").cloned()).unwrap_or(Value::None)
    }

    /// What the macros that plumb brings along ask for.
    fn call_own(&mut self, name: &str, args: Args) -> Value {
        match name {
            "columns" => self.columns_in_relation(&args).unwrap_or(Value::None),
            "known" => Value::Bool(args.unknown().is_none()),
            "after_by" => Value::Bool(self.stands_after("by")),
            "usual_schema" => {
                let custom = args.text(0, "custom_schema_name").map(AsRef::as_ref);
                self.usual_name("schema", custom).map_or(Value::None, Value::text)
            }
            _ => {
                let mut given = args.positional.into_iter();
                let name = given.next().map(|name| self.print(&name)).unwrap_or_default();
                let key = format!("{name}{}", Args::of(given.collect()).describe());
                self.own_unknown(HoleKind::Rows, &key, "known only in a run")
            }
        }
    }

    fn reference(&mut self, args: &Args) -> Value {
        let names: Vec<Arc<str>> =
            args.positional.iter().filter_map(Value::as_text).cloned().collect();
        let (package, name) = match names.as_slice() {
            [name] if args.positional.len() == 1 => (None, name),
            [package, name] => (Some(package.as_ref().to_owned()), name),
            _ => {
                let key = format!("ref{}", args.describe());
                return self.own_unknown(HoleKind::Value, &key, "name of a model is not known");
            }
        };
        let version = args.named("v").or_else(|| args.named("version"));
        let version = version.map(|version| self.print(version).as_ref().to_owned());
        let from = self.node.package.as_str();
        let found = self.library.find_node(from, package.as_deref(), name, version.as_deref());
        let span = self.site;
        self.spend(self.refs.len() / 32);
        let is_same = |known: &&mut Ref| {
            known.name == name.as_ref()
                && known.package == package
                && known.span.start >= span.start
                && known.span.end <= span.end
        };
        if let Some(known) = self.refs.iter_mut().find(is_same) {
            known.taken = true;
        } else {
            let name = name.as_ref().to_owned();
            self.refs.push(Ref { package, name, version, span, resolved: found, taken: true });
        }
        // Names are given once all nodes are read: until then no node may ask for another.
        if let Some(at) = found.filter(|_| self.stage == Stage::Compile) {
            return Value::Relation(Rc::new(self.library.sheet(at).relation.clone()));
        }
        self.problem(Severity::Partly, "unknown-ref", format!("no model is named `{name}`"));
        let adapter = self.library.project.target.adapter.as_deref();
        Value::Relation(Rc::new(Relation::new([None, None, Some(name)], adapter)))
    }

    fn source(&mut self, args: &Args) -> Value {
        let (Some(source), Some(table)) = (args.text(0, "source_name"), args.text(1, "table_name"))
        else {
            let key = format!("source{}", args.describe());
            return self.own_unknown(HoleKind::Value, &key, "name of a source is not known");
        };
        let found = self.library.find_source(&self.node.package, source, table);
        let span = self.site;
        self.spend(self.sources.len() / 32);
        let is_same = |known: &&mut SourceRef| {
            known.source == source.as_ref()
                && known.table == table.as_ref()
                && known.span.start >= span.start
                && known.span.end <= span.end
        };
        if let Some(known) = self.sources.iter_mut().find(is_same) {
            known.taken = true;
        } else {
            let (source, table) = (source.as_ref().to_owned(), table.as_ref().to_owned());
            self.sources.push(SourceRef { source, table, span, resolved: found, taken: true });
        }
        let project = self.library.project;
        if let Some(at) = found {
            return Value::Relation(Rc::new(self.library.table(at).clone()));
        }
        let message = format!("no source table is named `{source}.{table}`");
        self.problem(Severity::Partly, "unknown-source", message);
        let adapter = project.target.adapter.as_deref();
        Value::Relation(Rc::new(Relation::new([None, Some(source), Some(table)], adapter)))
    }

    fn configure(&mut self, args: &Args) -> Value {
        // What a file says of itself counts when it is read; later calls change nothing.
        if self.stage != Stage::Parse {
            return Value::text("");
        }
        let mut said = Map::new();
        for value in &args.positional {
            if let Json::Object(entries) = to_json(value) {
                said.extend(entries);
            }
        }
        for (name, value) in &args.named {
            said.insert(name.as_ref().to_owned(), to_json(&self.printed_if_unknown(value)));
        }
        overlay(&mut self.config, &said);
        Value::text("")
    }

    fn config_get(&mut self, args: &Args) -> Value {
        let Some(name) = args.text(0, "name") else { return Value::None };
        let default = || args.get(1, "default").cloned().unwrap_or(Value::None);
        self.whole_config().get(name.as_ref()).map_or_else(default, Value::from)
    }

    /// A variable as a project file has it.
    fn written_var(&self, name: &str) -> Option<&Json> {
        // In `dbt_project.yml` only variables of the command line are known.
        if self.stage == Stage::ProjectFile {
            return None;
        }
        let project = self.library.project;
        let packages = [self.node.package.clone(), self.package().as_ref().to_owned()];
        packages.iter().find_map(|package| project.vars_of(package).remove(name))
    }

    /// A text in `vars` may be a template: it is rendered each time it is asked for.
    fn known_var(&mut self, name: &str) -> Flow<Option<Value>> {
        let Some(written) = self.written_var(name) else { return Ok(None) };
        let value = Value::from(written);
        let Some(text) = value.as_text().filter(|text| is_template(text)) else {
            return Ok(Some(value));
        };
        let Ok(template) = parse(text, None) else {
            let key = format!("var('{name}')");
            return Ok(Some(unknown(&key, "the template of the variable is not understood")));
        };
        let value = self.aside_of(&template)?;
        Ok(Some(if matches!(value, Value::Unknown(_)) {
            value
        } else {
            Value::Text(self.print(&value))
        }))
    }

    fn variable(&mut self, args: &Args) -> Flow<Value> {
        let Some(name) = args.text(0, "name") else {
            let key = format!("var{}", args.describe());
            return Ok(unknown(&key, "name of a variable is not known"));
        };
        if let Some(value) = self.known_var(name)? {
            return Ok(value);
        }
        Ok(match args.get(1, "default") {
            Some(default) => default.clone(),
            None => unknown(&format!("var('{name}')"), "variable without a value"),
        })
    }

    fn environment(&mut self, args: &Args) -> Value {
        let Some(name) = args.text(0, "var") else {
            return unknown("env_var", "name of a variable is not known");
        };
        if let Some(value) = (self.library.variable)(name) {
            return Value::text(value);
        }
        match args.get(1, "default") {
            Some(default) => default.clone(),
            None => unknown(&format!("env_var('{name}')"), "environment is not known"),
        }
    }

    /// The body of a statement block is never run, but it may refer to models.
    fn statement(&mut self, args: &Args) -> Flow<Value> {
        if let Some(caller) = args.named("caller").cloned() {
            let body = self.call(&caller, Args::default())?;
            drop(body);
        }
        Ok(Value::text(""))
    }

    fn adapter_macro(&mut self, args: Args) -> Flow<Value> {
        let mut rest = args.positional.into_iter();
        let name = rest.next().unwrap_or_default();
        let callee = self.dispatch(&Args::of(vec![name]));
        let args = Args { positional: rest.collect(), named: args.named, span: Span::default() };
        self.call(&callee, args)
    }

    /// `api.Relation.create(database=…, schema=…, identifier=…)`
    pub(super) fn create_relation(&mut self, args: &Args) -> Relation {
        let mut part = |at, name| {
            let value = args.get(at, name).filter(|value| !value.is_nothing())?;
            Some(self.print(value))
        };
        let parts = [part(0, "database"), part(1, "schema"), part(2, "identifier")];
        let kind = args.named("type").and_then(Value::as_text).map(|kind| kind.as_ref().to_owned());
        let adapter = self.library.project.target.adapter.as_deref();
        let relation = Relation::new(parts.each_ref().map(Option::as_deref), adapter);
        Relation { kind, ..relation }
    }

    fn raise(&mut self, name: &str, args: &Args) -> Value {
        let text = args.positional.first().map(|message| self.print(message));
        let text = text.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>();
        let message: String = text.join(" ").chars().take(200).collect();
        let (severity, reason) = match name {
            "warn" => (Severity::Note, "template-warning"),
            _ => (Severity::Partly, "template-raise"),
        };
        self.problem(severity, reason, format!("template says `{message}`"));
        Value::text("")
    }

    fn call_adapter(&mut self, name: &str, args: &Args) -> Value {
        let first = args.positional.first();
        match name {
            "dispatch" => self.dispatch(args),
            "type" => self.host_attribute("target", "type"),
            "get_columns_in_relation" => self.columns_in_relation(args).unwrap_or_else(|| {
                self.host_unknown("adapter.get_columns_in_relation", &args.describe())
            }),
            "get_relation" => {
                let relation = self.create_relation(args);
                self.looked_for("adapter.get_relation", &relation, args)
            }
            "quote" | "quote_as_configured" | "quote_seed_column" => {
                let adapter = self.library.project.target.adapter.as_deref();
                let quote = super::relation::quote_of(adapter);
                let text = first.map(|value| self.print(value)).unwrap_or_default();
                Value::text(if name == "quote" {
                    format!("{quote}{text}{quote}")
                } else {
                    text.to_string()
                })
            }
            "Relation.create" => Value::Relation(Rc::new(self.create_relation(args))),
            "cache_added"
            | "cache_dropped"
            | "cache_renamed"
            | "create_schema"
            | "drop_schema"
            | "drop_relation"
            | "rename_relation"
            | "expand_target_column_types"
            | "commit"
            | "execute"
            | "truncate_relation"
            | "add_query" => Value::text(""),
            _ => {
                let given = args.describe();
                self.host_unknown(&format!("adapter.{name}"), &given)
            }
        }
    }

    fn build(&mut self, name: &str, args: &Args) -> Value {
        if name != "dict"
            && name != "namespace"
            && let Some(unknown) = args.unknown()
        {
            return Value::unknown(unknown.derive(format!("{name}({})", unknown.key)));
        }
        match name {
            "range" => self.range(args),
            "zip" | "zip_strict" => {
                let columns: Vec<Vec<Value>> = args.positional.iter().map(elements).collect();
                let rows = columns.iter().map(Vec::len).min().unwrap_or(0);
                let row = |at: usize| Value::tuple(columns.iter().map(|c| c[at].clone()).collect());
                Value::list((0..rows).map(row).collect())
            }
            "set" | "set_strict" => {
                let set = Value::list(Vec::new());
                if let (Value::List(items), Some(first)) = (&set, args.positional.first()) {
                    self.spend(super::container::length(first).unwrap_or(0));
                    let _none = list_method(items, "update", &Args::of(vec![first.clone()]));
                }
                set
            }
            _ => {
                let mut map = super::value::Map::default();
                if let Some(Value::Dict(first)) = args.positional.first() {
                    map.extend(first.map.borrow().clone());
                }
                for (key, value) in &args.named {
                    let key = Value::Text(Arc::clone(key));
                    map.insert(Key::of(&key), (key, value.clone()));
                }
                let namespace = name == "namespace";
                Value::Dict(Rc::new(Entries { map: std::cell::RefCell::new(map), namespace }))
            }
        }
    }

    fn range(&mut self, args: &Args) -> Value {
        let numbers: Vec<i128> = args.positional.iter().filter_map(Value::as_int).collect();
        let (start, stop, step) = match numbers.as_slice() {
            [stop] => (0, *stop, 1),
            [start, stop] => (*start, *stop, 1),
            [start, stop, step] => (*start, *stop, *step),
            _ => return Value::list(Vec::new()),
        };
        let mut items = Vec::new();
        let mut at = start;
        while step != 0 && (if step > 0 { at < stop } else { at > stop }) && items.len() < 100_000 {
            items.push(Value::Int(at));
            at = at.saturating_add(step);
        }
        // As in dbt, a longer range is a mistake.
        let more = step != 0 && (if step > 0 { at < stop } else { at > stop });
        self.spend(if more { usize::MAX } else { items.len() / 8 });
        Value::list(items)
    }

    /// The JSON text of a value.
    pub(super) fn json_text(&mut self, value: &Value, args: &Args) -> Value {
        let sort = args.named("sort_keys").is_some_and(|sort| truth(sort) == Some(true));
        let Some(json) = bounded(value) else {
            self.spend(usize::MAX);
            return Value::Undefined;
        };
        let text = dumps(&json, sort);
        self.spend(text.len() / 64);
        Value::text(text)
    }

    /// The number of elements of a value.
    pub(super) fn count(value: &Value) -> Value {
        super::container::length(value).map_or(Value::Int(0), |len| Value::Int(len_of(len)))
    }
}

/// The first argument without a name.
fn first(args: Args) -> Option<Value> {
    args.positional.into_iter().next()
}

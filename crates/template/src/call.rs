//! Calls: macros, methods, and which macro a name means.

use std::rc::Rc;
use std::sync::Arc;

use plumb_base::Severity;

use super::columns::column_method;
use super::container::{dict_method, is_dict_method, list_method};
use super::hole::HoleKind;
use super::operate::{TEXT_LIMIT, equal};
use super::print::describe;
use super::relation::quote_of;
use super::run::{Flow, Run, Stop};
use super::template::Macro;
use super::text;
use super::value::{Args, Captured, Closure, Items, Loop, Scope, Value};

impl Run<'_> {
    /// Calls a value.
    pub(super) fn call(&mut self, callee: &Value, args: Args) -> Flow<Value> {
        match callee {
            Value::Macro(closure) => self.call_macro(closure, args),
            Value::Host(path) => self.call_host(&Arc::clone(path), args),
            Value::Bound(bound) => self.method(&bound.0, &bound.1, args),
            Value::Unknown(unknown) => {
                let given = args.describe();
                Ok(Value::unknown(unknown.derive(format!("{}{given}", unknown.key))))
            }
            Value::Relation(relation) => Ok(Value::Relation(Rc::clone(relation))),
            other => {
                let name = describe(other);
                Ok(self.unknown_macro(&name, &args))
            }
        }
    }

    fn call_macro(&mut self, closure: &Closure, args: Args) -> Flow<Value> {
        self.step()?;
        let watch = match self.remembered(closure, &args) {
            Ok(value) => return Ok(value),
            Err(watch) => watch,
        };
        let result = self.called(closure, args);
        if let Some(watch) = watch {
            self.remember(watch, result.as_ref().ok());
        }
        result
    }

    fn called(&mut self, closure: &Closure, args: Args) -> Flow<Value> {
        self.enter(&closure.package)?;
        self.open();
        let result = self.run_macro(closure, args);
        let text = self.close();
        self.leave();
        match result {
            Ok(()) | Err(Stop::Break | Stop::Continue) => Ok(Value::text(text)),
            Err(Stop::Return(value)) => Ok(value),
            Err(stop @ Stop::Budget(_)) => Err(stop),
        }
    }

    fn run_macro(&mut self, closure: &Closure, args: Args) -> Flow<()> {
        let scope = match &closure.scope {
            Captured::Nothing => Rc::new(Scope::default()),
            Captured::Around(scope) => match scope.upgrade() {
                Some(scope) => Scope::inside(&scope),
                None => Rc::new(Scope::default()),
            },
            Captured::Caller(scope) => Scope::inside(scope),
        };
        let definition = &closure.definition;
        let mut positional = args.positional.into_iter();
        let mut named = args.named;
        let mut take = |name: &str| {
            let at = named.iter().position(|(known, _)| known.as_ref() == name)?;
            Some(named.swap_remove(at).1)
        };
        for (name, default) in &definition.parameters {
            let value = match positional.next().or_else(|| take(name)) {
                Some(value) => value,
                None => match default {
                    Some(default) => self.eval(default, &scope)?,
                    None => Value::Undefined,
                },
            };
            scope.set(name, value);
        }
        if let Some(caller) = take("caller") {
            scope.set(&"caller".into(), caller);
        }
        if !matches!(closure.scope, Captured::Caller(_)) {
            // One inside another must not find those of the other.
            let inner = matches!(closure.scope, Captured::Around(_));
            let varargs: Vec<Value> = positional.collect();
            if inner || !varargs.is_empty() {
                scope.set(&"varargs".into(), Value::tuple(varargs));
            }
            if inner || !named.is_empty() {
                let rest = named.into_iter().map(|(name, value)| (Value::Text(name), value));
                scope.set(&"kwargs".into(), Value::dict(rest));
            }
        }
        self.exec(&definition.body, &scope)
    }

    /// Calls a method of a value.
    pub(super) fn method(&mut self, subject: &Value, name: &Arc<str>, args: Args) -> Flow<Value> {
        let found = match subject {
            Value::Text(text) => return Ok(self.text_method(text, name, &args)),
            Value::List(items) | Value::Tuple(items) => {
                self.spend(items.0.borrow().len() / 16);
                if name.as_ref() == "sort" || name.as_ref() == "extend" || name.as_ref() == "update"
                {
                    return Ok(self.bulk_method(items, name, args));
                }
                list_method(items, name, &args)
            }
            Value::Dict(entries) => match entries.get(name) {
                Some(entry) if entries.namespace || !is_dict_method(name) => {
                    return self.call(&entry, args);
                }
                _ => dict_method(entries, name, &args).or_else(|| column_method(entries, name)),
            },
            Value::Relation(relation) => {
                let adapter = self.library.project.target.adapter.as_deref();
                let printed = Args { named: self.printed_named(&args), ..args.clone() };
                relation.method(name, &printed, quote_of(adapter))
            }
            Value::Moment(moment) => moment.method(name, &args),
            Value::Loop(state) => loop_method(state, name, &args),
            Value::Node(node) if is_dict_method(name) => {
                let whole = self.whole_node(node.0);
                return self.method(&whole, name, args);
            }
            Value::Unknown(unknown) => {
                let given = args.describe();
                let key = format!("{}.{name}{given}", unknown.key);
                return Ok(Value::unknown(unknown.derive(key).leaning(unknown.lean)));
            }
            Value::Package(package) => return self.call_in_package(package, name, args),
            Value::Host(path) => {
                return match self.host_attribute(path, name) {
                    Value::Undefined => Ok(self.unknown_macro(&format!("{path}.{name}"), &args)),
                    value => self.call(&value, args),
                };
            }
            _ => None,
        };
        if let Some(value) = found {
            return Ok(value);
        }
        let attribute = self.attribute(subject, name);
        if matches!(attribute, Value::Macro(_) | Value::Host(_) | Value::Unknown(_)) {
            return self.call(&attribute, args);
        }
        let message = format!("`{}` has no method `{name}`", kind_of(subject));
        self.problem(Severity::Partly, "template-value", message);
        Ok(Value::Undefined)
    }

    fn printed_named(&mut self, args: &Args) -> Vec<(Arc<str>, Value)> {
        let named = args.named.iter();
        named.map(|(name, value)| (Arc::clone(name), self.printed_if_unknown(value))).collect()
    }

    /// A method that looks at many values: of unknown rows, one.
    fn bulk_method(&mut self, items: &Rc<Items>, name: &str, args: Args) -> Value {
        let mut args = args;
        if let Some(first) = args.positional.first_mut()
            && matches!(first, Value::Unknown(_))
        {
            *first = Value::list(self.rows(first));
        }
        self.spend(args.positional.first().and_then(super::container::length).unwrap_or(0));
        list_method(items, name, &args).unwrap_or_default()
    }

    fn text_method(&mut self, text: &Arc<str>, name: &str, args: &Args) -> Value {
        self.spend(text.len() / 64);
        if name == "join" {
            return self.joined(text, args.positional.first().unwrap_or(&Value::Undefined));
        }
        let asks = matches!(name, "startswith" | "endswith" | "find" | "index" | "count" | "split");
        if let (true, Some(unknown)) = (asks, args.unknown()) {
            return Value::unknown(unknown.derive(format!("'{text}'.{name}({})", unknown.key)));
        }
        let printed = Args {
            positional: args.positional.iter().map(|v| self.printed_if_unknown(v)).collect(),
            named: self.printed_named(args),
            span: args.span,
        };
        if let Some(value) = text::method(text, name, &printed) {
            return value;
        }
        let message = format!("text has no method `{name}` for these arguments");
        self.problem(Severity::Partly, "template-value", message);
        Value::Undefined
    }

    /// `separator.join(items)`
    pub(super) fn joined(&mut self, separator: &str, items: &Value) -> Value {
        let mut out = String::new();
        for (at, item) in self.rows(items).iter().enumerate() {
            if at > 0 {
                out.push_str(separator);
            }
            out.push_str(&self.print(item));
            if out.len() > TEXT_LIMIT {
                break;
            }
        }
        self.spend(out.len() / 64);
        Value::text(out)
    }

    fn call_in_package(&mut self, package: &str, name: &Arc<str>, args: Args) -> Flow<Value> {
        match self.package_member(package, name) {
            Some(member) => self.call(&member, args),
            None => Ok(self.unknown_macro(&format!("{package}.{name}"), &args)),
        }
    }

    /// A macro of a package; `dbt` also has what dbt puts in the context.
    pub(super) fn package_member(&mut self, package: &str, name: &str) -> Option<Value> {
        if let Some(found) = self.library.find_macro(package, name) {
            return Some(closure_of(found, package));
        }
        (package == "dbt").then(|| self.host_name(name)).flatten()
    }

    /// The macro that an unqualified name means here: of this package, then of the project.
    pub(super) fn visible_macro(&self, name: &str) -> Option<Value> {
        let package = self.package();
        let root = &self.library.project.name;
        [package.as_ref(), root.as_str()].into_iter().find_map(|package| {
            self.library.find_macro(package, name).map(|found| closure_of(found, package))
        })
    }

    /// `adapter.dispatch(name, namespace)`
    pub(super) fn dispatch(&mut self, args: &Args) -> Value {
        let Some(full) = args.text(0, "macro_name") else { return Value::Undefined };
        let (named, name) = match full.split_once('.') {
            Some((package, name)) => (Some(package), name),
            None => (None, full.as_ref()),
        };
        let namespace = args.text(1, "macro_namespace").map(AsRef::as_ref).or(named);
        let order = match args.named("packages").or(args.positional.get(1)) {
            Some(Value::List(packages)) => {
                let packages = packages.0.borrow();
                let given = packages.iter().filter_map(Value::as_text);
                given.map(|package| package.as_ref().to_owned()).collect()
            }
            _ => self.library.dispatch_order(namespace, &self.package()),
        };
        let prefixes = self.library.prefixes();
        for package in &order {
            for prefix in &prefixes {
                if let Some(found) = self.library.find_macro(package, &format!("{prefix}__{name}"))
                {
                    return closure_of(found, package);
                }
            }
        }
        let (here, root) = (self.package(), self.library.project.name.as_str());
        for package in namespace.into_iter().chain([here.as_ref(), root, "dbt"]) {
            for prefix in &prefixes {
                if let Some(found) = self.library.find_macro(package, &format!("{prefix}__{name}"))
                {
                    return closure_of(found, package);
                }
            }
        }
        let message = format!("no variant of `{full}` for this adapter");
        self.problem(Severity::Partly, "unknown-macro", message);
        self.own_unknown(HoleKind::Macro, &format!("dispatch({full})"), "unknown-macro")
    }
}

/// A macro of a macro file as a value.
pub(super) fn closure_of(definition: Arc<Macro>, package: &str) -> Value {
    let package = package.into();
    Value::Macro(Rc::new(Closure { definition, package, scope: Captured::Nothing }))
}

fn loop_method(state: &Loop, name: &str, args: &Args) -> Option<Value> {
    match name {
        "cycle" => args.positional.get(state.index % args.positional.len().max(1)).cloned(),
        "changed" => {
            let now = Value::tuple(args.positional.clone());
            let before = state.seen.replace(Some(now.clone()));
            Some(Value::Bool(before.is_none_or(|before| equal(&before, &now) != Some(true))))
        }
        _ => None,
    }
}

/// What a value is, for messages.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Undefined => "undefined",
        Value::None => "none",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) | Value::Big(_) => "number",
        Value::Text(_) => "text",
        Value::List(_) => "list",
        Value::Tuple(_) => "tuple",
        Value::Dict(_) => "dictionary",
        Value::Unknown(_) => "unknown",
        Value::Relation(_) => "relation",
        Value::Macro(_) | Value::Bound(_) => "macro",
        Value::Host(_) | Value::Package(_) => "context",
        Value::Moment(_) => "date",
        Value::Loop(_) => "loop",
        Value::Node(_) => "node",
    }
}

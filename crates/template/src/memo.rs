//! Calls of macros that give the same wherever they are made: each is worked out once for a project.
//!
//! Packages walk the graph of the project, or read a manifest of their own, in a macro that every model calls. Such a
//! call is remembered if all it is given are plain values, and if nothing that it does depends on the node that is
//! rendered or can be seen behind it. It costs a rendering the same steps whether it is remembered or not: what a
//! template gives must not depend on which one came first.

use std::hash::Hash;
use std::rc::Rc;
use std::sync::{Arc, RwLock};

use rustc_hash::FxHashMap;

use super::run::{DEPTH_LIMIT, Run, Stage};
use super::value::{Args, Captured, Closure, Value};

/// What of the context is the same for every node, and has no effect.
const SAME: &[&str] = &[
    "False",
    "True",
    "adapter",
    "dict",
    "dispatch",
    "execute",
    "fromjson",
    "fromyaml",
    "graph",
    "local_md5",
    "log",
    "namespace",
    "print",
    "range",
    "return",
    "set",
    "target",
    "tojson",
    "toyaml",
    "zip",
];

/// Calls of one macro that are remembered, at most.
const CALLS: usize = 4096;

/// Parts of a result, and how deep they nest, at most.
const PARTS: usize = 20_000;
const NESTING: usize = 32;

/// What is remembered, by macro.
#[derive(Debug, Default)]
pub(super) struct Memo(RwLock<FxHashMap<Macro, Calls>>);

/// The definition, by its address in the library, the package that it sees first, and what it is run for.
type Macro = (usize, Arc<str>, Stage);

type Given = Vec<(Option<Arc<str>>, Plain)>;

#[derive(Debug)]
enum Calls {
    /// Some call of it was not the same for everybody.
    Own,
    Known(FxHashMap<Given, Arc<Known>>),
}

/// A value that nobody can change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Plain {
    Undefined,
    None,
    Bool(bool),
    Int(i128),
    Text(Arc<str>),
    Node(usize, Arc<str>),
}

/// A value that is nobody's.
#[derive(Debug)]
enum Frozen {
    Plain(Plain),
    Float(f64),
    List(Vec<Self>),
    Tuple(Vec<Self>),
    Dict(Vec<(Self, Self)>),
}

/// What a call gave, and what it took.
#[derive(Debug)]
struct Known {
    value: Frozen,
    steps: u64,
    written: usize,
    depth: usize,
}

/// A call that is being made.
pub(super) struct Watch {
    of: Macro,
    given: Given,
    seen: u64,
    steps: u64,
    written: usize,
    deepest: usize,
}

/// Whether something of the context is the same for every node, and has no effect.
pub(super) fn is_same(path: &str) -> bool {
    SAME.binary_search(&path).is_ok() || matches!(path, "adapter.dispatch" | "target.get")
}

impl Run<'_> {
    /// What a call gave before, or what it takes to remember what it gives.
    pub(super) fn remembered(
        &mut self,
        closure: &Closure,
        args: &Args,
    ) -> Result<Value, Option<Watch>> {
        let stage = self.stage;
        let of_project = matches!(stage, Stage::Parse | Stage::Compile);
        if !of_project || !matches!(closure.scope, Captured::Nothing) {
            return Err(None);
        }
        let definition = Arc::as_ptr(&closure.definition) as usize;
        let of = (definition, Arc::clone(&closure.package), stage);
        let library = self.library;
        let Ok(memo) = library.memo.0.read() else { return Err(None) };
        let calls = memo.get(&of);
        if matches!(calls, Some(Calls::Own)) {
            return Err(None);
        }
        let given = given(args).ok_or(None)?;
        if let Some(Calls::Known(calls)) = calls
            && let Some(known) = calls.get(&given)
            && self.affords(known)
        {
            let known = Arc::clone(known);
            drop(memo);
            self.take(&known);
            return Ok(known.value.thawed());
        }
        let deepest = std::mem::replace(&mut self.deepest, self.depth);
        let (seen, steps, written) = (self.seen, self.fuel, self.written);
        Err(Some(Watch { of, given, seen, steps, written, deepest }))
    }

    /// Remembers what a call gave; one without a result was broken off.
    pub(super) fn remember(&mut self, watch: Watch, value: Option<&Value>) {
        let depth = self.deepest - self.depth;
        self.deepest = self.deepest.max(watch.deepest);
        let Some(value) = value else { return };
        // One that took all that was left may have needed more.
        if self.fuel <= 1 {
            return;
        }
        let same = self.seen == watch.seen;
        let value = same.then(|| frozen(value, &mut PARTS.clone(), NESTING)).flatten();
        let Ok(mut memo) = self.library.memo.0.write() else { return };
        let Some(value) = value else {
            memo.insert(watch.of, Calls::Own);
            return;
        };
        let calls = memo.entry(watch.of).or_insert_with(|| Calls::Known(FxHashMap::default()));
        if let Calls::Known(calls) = calls
            && calls.len() < CALLS
        {
            let (steps, written) = (watch.steps - self.fuel, self.written - watch.written);
            calls.insert(watch.given, Arc::new(Known { value, steps, written, depth }));
        }
    }

    /// Whether a call can be made whole: one that cannot ends where it would.
    fn affords(&self, known: &Known) -> bool {
        let text = self.written + known.written <= super::run::TEXT_LIMIT;
        text && self.fuel > known.steps + 1 && self.depth + known.depth <= DEPTH_LIMIT
    }

    fn take(&mut self, known: &Known) {
        self.fuel -= known.steps;
        self.written += known.written;
        self.deepest = self.deepest.max(self.depth + known.depth);
    }
}

/// Arguments, if all are plain.
fn given(args: &Args) -> Option<Given> {
    let positional = args.positional.iter().map(|value| Some((None, plain(value)?)));
    let named = args.named.iter();
    let named = named.map(|(name, value)| Some((Some(Arc::clone(name)), plain(value)?)));
    positional.chain(named).collect()
}

fn plain(value: &Value) -> Option<Plain> {
    Some(match value {
        Value::Undefined => Plain::Undefined,
        Value::None => Plain::None,
        Value::Bool(value) => Plain::Bool(*value),
        Value::Int(value) => Plain::Int(*value),
        Value::Text(text) => Plain::Text(Arc::clone(text)),
        Value::Node(node) => Plain::Node(node.0, Arc::clone(&node.1)),
        _ => return None,
    })
}

/// A value that nobody else holds a part of.
fn frozen(value: &Value, left: &mut usize, depth: usize) -> Option<Frozen> {
    *left = left.checked_sub(1)?;
    let inner = depth.checked_sub(1)?;
    match value {
        Value::Float(value) => Some(Frozen::Float(*value)),
        Value::List(items) | Value::Tuple(items) => {
            let alone = Rc::strong_count(items) == 1;
            let list = items.0.borrow();
            let each = list.iter().filter(|_| alone).map(|item| frozen(item, left, inner));
            let each = each.collect::<Option<Vec<_>>>().filter(|_| alone)?;
            Some(if matches!(value, Value::List(_)) {
                Frozen::List(each)
            } else {
                Frozen::Tuple(each)
            })
        }
        Value::Dict(entries) => {
            let alone = Rc::strong_count(entries) == 1 && !entries.namespace;
            let map = entries.map.borrow();
            let mut pair = |(key, value): &(Value, Value)| {
                Some((frozen(key, left, inner)?, frozen(value, left, inner)?))
            };
            let each = map.values().filter(|_| alone).map(&mut pair).collect::<Option<Vec<_>>>();
            Some(Frozen::Dict(each.filter(|_| alone)?))
        }
        value => plain(value).map(Frozen::Plain),
    }
}

impl Frozen {
    /// A value of its own.
    fn thawed(&self) -> Value {
        let all = |items: &[Self]| items.iter().map(Self::thawed).collect();
        match self {
            Self::Plain(plain) => match plain {
                Plain::Undefined => Value::Undefined,
                Plain::None => Value::None,
                Plain::Bool(value) => Value::Bool(*value),
                Plain::Int(value) => Value::Int(*value),
                Plain::Text(text) => Value::Text(Arc::clone(text)),
                Plain::Node(at, id) => Value::Node(Rc::new((*at, Arc::clone(id)))),
            },
            Self::Float(value) => Value::Float(*value),
            Self::List(items) => Value::list(all(items)),
            Self::Tuple(items) => Value::tuple(all(items)),
            Self::Dict(pairs) => {
                Value::dict(pairs.iter().map(|(key, value)| (key.thawed(), value.thawed())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use plumb_base::record::dbt::Kind;

    use crate::{Library, Variant, page};

    /// What each of two models renders to in one library, with the models that it refers to.
    fn both(macros: &str, text: &str) -> [(String, Vec<String>); 2] {
        let mut project = page::project(macros, "postgres");
        let models = ["first", "second"].map(|name| page::node(name, Kind::Model, text));
        project.nodes.extend(models.iter().cloned());
        let library = Library::new(&project, &|_| None);
        models.map(|node| {
            let rendered = library.render(&node, Variant::FullRefresh);
            let taken = rendered.refs.into_iter().filter(|it| it.taken);
            (rendered.text, taken.map(|it| it.name).collect())
        })
    }

    #[test]
    fn what_depends_on_the_model_is_worked_out_for_each() {
        let macros = "{% macro whose() %}{{ return(model.name) }}{% endmacro %}
            {% macro here() %}{{ return(this.identifier) }}{% endmacro %}
            {% macro outer() %}{{ return([whose(), here()]) }}{% endmacro %}
            {% macro from_orders() %}{{ ref('orders') }}{% endmacro %}";
        let [first, second] = both(macros, "{{ outer() }} {{ whose() }} {{ from_orders() }}");
        assert_eq!(first.0, "['first', 'first'] first main.orders");
        assert_eq!(second.0, "['second', 'second'] second main.orders");
        assert_eq!((first.1, second.1), (vec!["orders".to_owned()], vec!["orders".to_owned()]));
    }

    #[test]
    fn what_is_the_same_everywhere_is_nobodys() {
        let macros = "{% macro list() %}{{ return([1]) }}{% endmacro %}";
        let text = "{% set mine = list() %}{% do mine.append(2) %}{{ mine }} {{ list() }}";
        let [first, second] = both(macros, text);
        assert_eq!([first.0.as_str(), second.0.as_str()], ["[1, 2] [1]"; 2]);
    }
}

//! What a template computes with: Python's values, shared and mutable, and values that are not known.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use indexmap::{Equivalent, IndexMap};
use plumb_base::Span;
use rustc_hash::FxBuildHasher;

use super::hole::Unknown;
use super::moment::Moment;
use super::relation::Relation;
use super::template::{Literal, Macro};

/// A value.
#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    #[default]
    Undefined,
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Arc<str>),
    /// A whole number with more digits than fit, in decimal digits: it can be written, not computed with.
    Big(Arc<str>),
    List(Rc<Items>),
    Tuple(Rc<Items>),
    Dict(Rc<Entries>),
    Unknown(Rc<Unknown>),
    Relation(Rc<Relation>),
    Macro(Rc<Closure>),
    /// Something dbt puts in the context, by its dotted path: `adapter.dispatch`.
    Host(Arc<str>),
    /// The macros of a package.
    Package(Arc<str>),
    /// A method of a value.
    Bound(Rc<(Self, Arc<str>)>),
    /// A date, a time, a distance between two.
    Moment(Moment),
    Loop(Rc<Loop>),
    /// A node, a test or a source of the project, by its position and its id: templates look at few of its parts.
    Node(Rc<(usize, Arc<str>)>),
}

/// The elements of a list or a tuple.
#[derive(Debug, Default)]
pub(super) struct Items(pub(super) RefCell<Vec<Value>>);

/// The entries of a dictionary or a namespace, by key.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub(super) map: RefCell<Map>,
    /// Whether attributes are entries before they are methods.
    pub(super) namespace: bool,
}

/// Values by key, in the order in which they came.
pub(super) type Map = IndexMap<Key, (Value, Value), FxBuildHasher>;

/// What makes two keys of a dictionary the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Text(Arc<str>),
    Other(String),
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Text(text) => TextKey(text).hash(state),
            Self::Other(text) => text.hash(state),
        }
    }
}

/// A key that is a text, where it is looked for.
#[derive(Hash)]
struct TextKey<'a>(&'a str);

impl Equivalent<Key> for TextKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(key, Key::Text(text) if text.as_ref() == self.0)
    }
}

/// A macro and where its names are looked up.
#[derive(Debug)]
pub(super) struct Closure {
    pub(super) definition: Arc<Macro>,
    /// Package whose macros it sees first.
    pub(super) package: Arc<str>,
    pub(super) scope: Captured,
}

/// The names around a macro.
#[derive(Debug)]
pub(super) enum Captured {
    /// A macro of a macro file: it sees no names but the context.
    Nothing,
    /// A macro inside a template: that template holds it, so it must not hold the template.
    Around(Weak<Scope>),
    /// The body of a call block.
    Caller(Rc<Scope>),
}

/// Names and their values.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) names: RefCell<Vec<(Arc<str>, Value)>>,
    pub(super) parent: Option<Rc<Self>>,
}

/// State of a loop.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) index: usize,
    pub(super) depth: usize,
    pub(super) items: Rc<[Value]>,
    /// What `loop.changed` saw last.
    pub(super) seen: Rc<RefCell<Option<Value>>>,
}

/// Arguments of a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Args {
    pub(super) positional: Vec<Value>,
    pub(super) named: Vec<(Arc<str>, Value)>,
    pub(super) span: Span,
}

impl Value {
    /// A text.
    pub(super) fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A new list.
    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(Items(RefCell::new(items))))
    }

    /// A new tuple.
    pub(super) fn tuple(items: Vec<Self>) -> Self {
        Self::Tuple(Rc::new(Items(RefCell::new(items))))
    }

    /// A new dictionary.
    pub(super) fn dict(pairs: impl IntoIterator<Item = (Self, Self)>) -> Self {
        let pairs = pairs.into_iter().map(|(key, value)| (Key::of(&key), (key, value)));
        Self::Dict(Rc::new(Entries { map: RefCell::new(pairs.collect()), namespace: false }))
    }

    /// An unknown value.
    pub(super) fn unknown(unknown: Unknown) -> Self {
        Self::Unknown(Rc::new(unknown))
    }

    /// A context object.
    pub(super) fn host(path: &str) -> Self {
        Self::Host(path.into())
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&Arc<str>> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub(super) fn as_int(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Bool(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// Whether it is nothing: undefined or none.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::None)
    }

    /// Whether it is a table of which only a run tells that it is there.
    pub(super) fn is_in_doubt(&self) -> bool {
        matches!(self, Self::Relation(relation) if relation.asked.is_some())
    }

    /// What it is to someone who asks whether it is there.
    pub(super) fn in_doubt(&self) -> Self {
        match self {
            Self::Relation(relation) => {
                relation.doubt().map_or_else(|| self.clone(), Self::unknown)
            }
            known => known.clone(),
        }
    }
}

impl From<&Literal> for Value {
    fn from(literal: &Literal) -> Self {
        match literal {
            Literal::None => Self::None,
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Int(value) => Self::Int(*value),
            Literal::Float(value) => Self::Float(*value),
            Literal::Text(value) => Self::Text(Arc::clone(value)),
            Literal::Big(digits) => Self::Big(Arc::clone(digits)),
        }
    }
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::None,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => {
                let whole = number.as_i64().map(i128::from).or(number.as_u64().map(i128::from));
                whole.map_or_else(|| Self::Float(number.as_f64().unwrap_or(0.0)), Self::Int)
            }
            serde_json::Value::String(text) => Self::text(text.as_str()),
            serde_json::Value::Array(items) => Self::list(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(entries) => Self::dict(
                entries.iter().map(|(key, value)| (Self::text(key.as_str()), Self::from(value))),
            ),
        }
    }
}

impl Key {
    /// The key that a value makes.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(Arc::clone(text)),
            Value::Bool(value) => Self::Other(i128::from(*value).to_string()),
            other => Self::Other(super::print::describe(other)),
        }
    }
}

impl Entries {
    /// The value of a text key.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.map.borrow().get(&TextKey(key)).map(|(_, value)| value.clone())
    }

    /// The value of a key.
    pub(super) fn get_key(&self, key: &Key) -> Option<Value> {
        self.map.borrow().get(key).map(|(_, value)| value.clone())
    }

    /// Sets an entry.
    pub(super) fn set(&self, key: Value, value: Value) {
        let old = self.map.borrow_mut().insert(Key::of(&key), (key, value));
        drop(old);
    }
}

impl Scope {
    /// A scope inside another.
    pub(super) fn inside(parent: &Rc<Self>) -> Rc<Self> {
        Rc::new(Self { names: RefCell::default(), parent: Some(Rc::clone(parent)) })
    }

    /// The value of a name, here or around.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        let mut scope = self;
        loop {
            let names = scope.names.borrow();
            if let Some((_, value)) = names.iter().rev().find(|(known, _)| known.as_ref() == name) {
                return Some(value.clone());
            }
            drop(names);
            scope = scope.parent.as_deref()?;
        }
    }

    /// Sets a name here.
    pub(super) fn set(&self, name: &Arc<str>, value: Value) {
        let mut names = self.names.borrow_mut();
        let mut old = Value::Undefined;
        if let Some(entry) = names.iter_mut().find(|(known, _)| known == name) {
            old = std::mem::replace(&mut entry.1, value);
        } else {
            names.push((Arc::clone(name), value));
        }
        drop(names);
        drop(old);
    }
}

impl Args {
    /// Arguments without names.
    pub(super) fn of(positional: Vec<Value>) -> Self {
        Self { positional, ..Self::default() }
    }

    /// The arguments as they could be written.
    pub(super) fn describe(&self) -> String {
        let positional = self.positional.iter().map(super::print::describe);
        let named = self.named.iter().filter(|(name, _)| name.as_ref() != "caller");
        let named = named.map(|(name, value)| format!("{name}={}", super::print::describe(value)));
        format!("({})", positional.chain(named).collect::<Vec<_>>().join(", "))
    }

    /// An argument by position or by name.
    pub(super) fn get(&self, at: usize, name: &str) -> Option<&Value> {
        self.positional.get(at).or_else(|| self.named(name))
    }

    /// An argument by name.
    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        self.named.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value)
    }

    /// An argument that is a text.
    pub(super) fn text(&self, at: usize, name: &str) -> Option<&Arc<str>> {
        self.get(at, name).and_then(Value::as_text)
    }

    /// An argument that is a whole number.
    pub(super) fn int(&self, at: usize, name: &str) -> Option<i128> {
        self.get(at, name).and_then(Value::as_int)
    }

    /// The first unknown argument.
    pub(super) fn unknown(&self) -> Option<&Rc<Unknown>> {
        let named = self.named.iter().map(|(_, value)| value);
        self.positional.iter().chain(named).find_map(|value| match value {
            Value::Unknown(unknown) => Some(unknown),
            _ => None,
        })
    }
}

// Deeply nested values are taken apart in a loop: a template can nest deeper than any stack.
impl Drop for Items {
    fn drop(&mut self) {
        dismantle(std::mem::take(self.0.get_mut()));
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        let entries = std::mem::take(self.map.get_mut());
        dismantle(entries.into_values().flat_map(|(key, value)| [key, value]).collect());
    }
}

fn dismantle(mut values: Vec<Value>) {
    while let Some(value) = values.pop() {
        match value {
            Value::List(items) | Value::Tuple(items) => {
                if let Some(items) = Rc::into_inner(items) {
                    values.append(&mut items.0.borrow_mut());
                }
            }
            Value::Dict(entries) => {
                if let Some(entries) = Rc::into_inner(entries) {
                    let map = std::mem::take(&mut *entries.map.borrow_mut());
                    values.extend(map.into_values().map(|(_, value)| value));
                }
            }
            _ => {}
        }
    }
}

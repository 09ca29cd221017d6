//! What a template says without being run: its `ref`s, its `source`s and its constant configuration.

use std::sync::Arc;

use plumb_base::Span;
use serde_json::{Map, Value as Json};

use super::template::{Argument, Call, Expr, Literal, Stmt, Target, Template};

/// What a template says.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Constant arguments of each `ref`, and the version.
    pub(super) refs: Vec<(Vec<Arc<str>>, Option<String>, Span)>,
    /// Both arguments of each `source`.
    pub(super) sources: Vec<(Arc<str>, Arc<str>, Span)>,
    /// Constant keyword arguments of `config`.
    pub(super) config: Map<String, Json>,
}

/// Reads a template, untaken branches too.
pub(super) fn survey(template: &Template) -> Survey {
    let mut survey = Survey::default();
    survey.body(&template.body);
    survey
}

impl Survey {
    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Raw { .. } | Stmt::Continue | Stmt::Break | Stmt::Foreign { .. } => {}
            Stmt::Emit { value, .. } => self.expr(value),
            Stmt::For(inner) => {
                self.expr(&inner.iter);
                self.optional(inner.filter.as_ref());
                self.body(&inner.body);
                self.body(&inner.otherwise);
            }
            Stmt::If { arms, otherwise, .. } => {
                for (test, body) in arms {
                    self.expr(test);
                    self.body(body);
                }
                self.body(otherwise);
            }
            Stmt::With { names, body } => {
                for (_, value) in names {
                    self.expr(value);
                }
                self.body(body);
            }
            Stmt::Set { target, value, .. } => {
                if let Target::Attribute(subject, _) = target {
                    self.expr(subject);
                }
                self.expr(value);
            }
            Stmt::Capture { filter, body, .. } => {
                self.optional(filter.as_ref());
                self.body(body);
            }
            Stmt::Filter { filter, body, .. } => {
                self.expr(filter);
                self.body(body);
            }
            Stmt::Group(body) => self.body(body),
            Stmt::Macro(inner) => self.body(&inner.body),
            Stmt::CallBlock { call, caller, .. } => {
                self.call(call);
                self.body(&caller.body);
            }
        }
    }

    fn optional(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(_) | Expr::Name(_) => {}
            Expr::List(items) | Expr::Tuple(items) => {
                for item in items {
                    self.expr(item);
                }
            }
            Expr::Dict(pairs) => {
                for (key, value) in pairs {
                    self.expr(key);
                    self.expr(value);
                }
            }
            Expr::Not(inner) | Expr::Negate(inner) | Expr::Attribute(inner, _) => self.expr(inner),
            Expr::Binary(_, sides) | Expr::Item(sides) => {
                self.expr(&sides.0);
                self.expr(&sides.1);
            }
            Expr::Chain(first, rest) => {
                self.expr(first);
                for (_, side) in rest {
                    self.expr(side);
                }
            }
            Expr::Choice(parts) => {
                self.expr(&parts.0);
                self.expr(&parts.1);
                self.optional(parts.2.as_ref());
            }
            Expr::Slice(parts) => {
                self.expr(&parts.0);
                for part in &parts.1 {
                    self.optional(part.as_ref());
                }
            }
            Expr::Call(call) => self.call(call),
            Expr::Filter { subject, arguments, .. } => {
                self.optional(subject.as_deref());
                self.arguments(arguments);
            }
            Expr::Test { subject, arguments, .. } => {
                self.expr(subject);
                self.arguments(arguments);
            }
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            match argument {
                Argument::Positional(value)
                | Argument::Named(_, value)
                | Argument::Splat(value)
                | Argument::NamedSplat(value) => self.expr(value),
            }
        }
    }

    fn call(&mut self, call: &Call) {
        let name = match &call.callee {
            Expr::Name(name) => name.as_ref(),
            Expr::Attribute(of, name) => match of.as_ref() {
                Expr::Name(of) if of.as_ref() == "builtins" => name.as_ref(),
                _ => "",
            },
            _ => "",
        };
        let texts = || call.arguments.iter().map_while(text).cloned().collect::<Vec<_>>();
        match name {
            "ref" => self.note_ref(call, texts()),
            "source" => {
                if let [source, table] = texts().as_slice() {
                    self.sources.push((Arc::clone(source), Arc::clone(table), call.span));
                }
            }
            "config" => self.note_config(call),
            _ => {}
        }
        self.expr(&call.callee);
        self.arguments(&call.arguments);
    }

    fn note_ref(&mut self, call: &Call, names: Vec<Arc<str>>) {
        let positional = call
            .arguments
            .iter()
            .filter(|argument| matches!(argument, Argument::Positional(_) | Argument::Splat(_)));
        if names.is_empty() || names.len() > 2 || positional.count() != names.len() {
            return;
        }
        let version = call.arguments.iter().find_map(|argument| match argument {
            Argument::Named(name, value) if matches!(name.as_ref(), "v" | "version") => {
                constant(value).map(|version| match version {
                    Json::String(text) => text,
                    other => other.to_string(),
                })
            }
            _ => None,
        });
        self.refs.push((names, version, call.span));
    }

    fn note_config(&mut self, call: &Call) {
        for argument in &call.arguments {
            match argument {
                Argument::Named(name, value) => {
                    if let Some(value) = constant(value) {
                        self.config.insert(name.as_ref().to_owned(), value);
                    }
                }
                Argument::Positional(value) => {
                    if let Some(Json::Object(entries)) = constant(value) {
                        self.config.extend(entries);
                    }
                }
                Argument::Splat(_) | Argument::NamedSplat(_) => {}
            }
        }
    }
}

fn text(argument: &Argument) -> Option<&Arc<str>> {
    match argument {
        Argument::Positional(Expr::Literal(Literal::Text(text))) => Some(text),
        _ => None,
    }
}

/// The value of an expression that is a constant.
pub(super) fn constant(expr: &Expr) -> Option<Json> {
    Some(match expr {
        Expr::Literal(Literal::None) => Json::Null,
        Expr::Literal(Literal::Bool(value)) => Json::Bool(*value),
        Expr::Literal(Literal::Int(value)) => Json::from(i64::try_from(*value).ok()?),
        Expr::Literal(Literal::Float(value)) => Json::from(*value),
        Expr::Literal(Literal::Text(value) | Literal::Big(value)) => {
            Json::String(value.as_ref().to_owned())
        }
        Expr::List(items) | Expr::Tuple(items) => {
            Json::Array(items.iter().map(constant).collect::<Option<_>>()?)
        }
        Expr::Dict(pairs) => {
            let entries = pairs.iter().map(|(key, value)| match constant(key)? {
                Json::String(key) => Some((key, constant(value)?)),
                other => Some((other.to_string(), constant(value)?)),
            });
            Json::Object(entries.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

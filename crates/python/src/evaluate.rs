//! What an expression says, where it gives a text.

use plumb_base::{MappedText, Span};
use ruff_python_ast::{
    Expr, ExprCall, FStringPart, InterpolatedElement, InterpolatedStringElement, Number, Operator,
    StringFlags, StringLiteral,
};
use ruff_text_size::Ranged;

use crate::{
    entry::{SAME_TEXT, SEEN_THROUGH},
    format,
    literal::{Style, decoded},
    names::Bound,
    program::span,
    text::{Text, Unknown},
    walk::Walk,
};

/// What an expression gives, as far as it is known.
pub(crate) enum Value {
    Text(Text),
    /// A number, as it is written.
    Number(Text),
}

impl Value {
    /// What it prints.
    pub(crate) fn printed(self) -> Text {
        match self {
            Self::Text(text) | Self::Number(text) => text,
        }
    }
}

impl Walk<'_> {
    /// The text that an expression gives; nothing if it is not known to give one.
    pub(crate) fn text(&mut self, expr: &Expr) -> Option<Text> {
        match self.value(expr)? {
            Value::Text(text) => Some(text),
            Value::Number(_) => None,
        }
    }

    /// What an expression prints in a text: what is not known is a hole.
    pub(crate) fn printed(&mut self, expr: &Expr, written: &str) -> Text {
        match self.value(expr) {
            Some(value) => value.printed(),
            None => Text::hole(self.unknown(expr, written), self.place(span(expr))),
        }
    }

    pub(crate) fn value(&mut self, expr: &Expr) -> Option<Value> {
        let value = self.value_of(expr)?;
        match &value {
            Value::Text(text) | Value::Number(text) if text.is_too_long() => None,
            Value::Text(_) | Value::Number(_) => Some(value),
        }
    }

    fn value_of(&mut self, expr: &Expr) -> Option<Value> {
        match expr {
            Expr::StringLiteral(_) | Expr::FString(_) if self.is_broken(span(expr)) => None,
            Expr::StringLiteral(literal) => {
                let mut text = Text::default();
                for part in &literal.value {
                    text.push(Text::known(self.literal(part)));
                }
                Some(Value::Text(text))
            }
            Expr::FString(f_string) => {
                let mut text = Text::default();
                for part in &f_string.value {
                    match part {
                        FStringPart::Literal(part) => text.push(Text::known(self.literal(part))),
                        FStringPart::FString(part) => {
                            let raw = part.flags.prefix().is_raw();
                            for element in &part.elements {
                                text.push(self.element(element, Style { raw, braces: true }));
                            }
                        }
                    }
                }
                Some(Value::Text(text))
            }
            Expr::NumberLiteral(number) if self.commands.contains_key(&span(number).start) => None,
            Expr::NumberLiteral(number) => match number.value {
                Number::Int(_) | Number::Float(_) => {
                    Some(Value::Number(Text::known(self.as_written(span(number)))))
                }
                Number::Complex { .. } => None,
            },
            Expr::Name(name) => {
                let at = self.place(span(name));
                match self.lookup(&name.id)? {
                    Bound::Text(text) => Some(Value::Text(text.used_at(at))),
                    Bound::Number(text) => Some(Value::Number(text.used_at(at))),
                    Bound::Rows(_) | Bound::Unknown(_) => None,
                }
            }
            Expr::Named(named) => self.value(&named.value),
            Expr::BinOp(operation) => match operation.op {
                Operator::Add => self.sum(&operation.left, &operation.right),
                Operator::Mod => {
                    let template = self.text(&operation.left)?;
                    Some(Value::Text(format::percent(self, &template, &operation.right)))
                }
                _ => None,
            },
            Expr::Call(call) => self.called(call),
            _ => None,
        }
    }

    /// Two texts one behind the other; the other side of a text is one.
    fn sum(&mut self, left: &Expr, right: &Expr) -> Option<Value> {
        let (first, second) = (self.text(left), self.text(right));
        if first.is_none() && second.is_none() {
            return None;
        }
        let mut whole = Text::default();
        for (text, expr) in [(first, left), (second, right)] {
            let written = self.written(expr);
            whole.push(text.unwrap_or_else(|| {
                Text::hole(self.unknown(expr, &written), self.place(span(expr)))
            }));
        }
        Some(Value::Text(whole))
    }

    fn called(&mut self, call: &ExprCall) -> Option<Value> {
        let first = call.arguments.args.first();
        match &*call.func {
            Expr::Name(name) if SEEN_THROUGH.contains(&name.id.as_str()) => self.value(first?),
            Expr::Name(name) if name.id.as_str() == "getArgument" => self.parameter(call),
            Expr::Attribute(attribute) => match attribute.attr.as_str() {
                "get" | "getArgument" if self.written(&attribute.value).ends_with(".widgets") => {
                    self.parameter(call)
                }
                "get" if self.written(&attribute.value).ends_with("spark.conf") => {
                    let name = self.text(first?)?.whole()?;
                    let value = self.given.settings.get(&name)?.as_ref()?;
                    Some(Value::Text(self.told(value, call)))
                }
                "format" => {
                    let template = self.text(&attribute.value)?;
                    Some(Value::Text(format::braces(self, &template, &call.arguments)))
                }
                "replace" => format::replaced(self, &attribute.value, call).map(Value::Text),
                "join" => format::joined(self, &attribute.value, first?).map(Value::Text),
                name if SAME_TEXT.contains(&name) && call.arguments.args.is_empty() => {
                    let text = self.text(&attribute.value)?;
                    text.is_known().then_some(Value::Text(text))
                }
                name if SEEN_THROUGH.contains(&name) => self.value(first?),
                _ => None,
            },
            _ => None,
        }
    }

    /// A parameter of the notebook, by its name.
    fn parameter(&mut self, call: &ExprCall) -> Option<Value> {
        let name = call.arguments.args.first()?;
        let name = self.text(name)?.whole()?;
        let text = match self.given.parameters.get(&name) {
            Some(Some(value)) => self.told(value, call),
            _ => Text::hole(Unknown::Parameter(name), self.place(span(call))),
        };
        Some(Value::Text(text))
    }

    /// A value that is known before the run, in the place of the call that asks for it.
    fn told(&self, value: &str, call: &ExprCall) -> Text {
        let mut text = MappedText::default();
        text.print(value, self.place(span(call)));
        Text::known(text)
    }

    fn element(&mut self, element: &InterpolatedStringElement, style: Style) -> Text {
        match element {
            InterpolatedStringElement::Literal(literal) => {
                let (start, end) = (literal.start().to_usize(), literal.end().to_usize());
                Text::known(self.made(start, end, style))
            }
            InterpolatedStringElement::Interpolation(hole) => self.interpolation(hole),
        }
    }

    fn interpolation(&mut self, hole: &InterpolatedElement) -> Text {
        let plain = hole.format_spec.is_none()
            && hole.debug_text.is_none()
            && hole.conversion.to_byte().is_none();
        if plain {
            let written = self.written(&hole.expression);
            // The braces stand for it: what surrounds it is read where it stands.
            let text = self.printed(&hole.expression, &written);
            return text.in_place_of(self.place(span(hole)));
        }
        let all = span(hole);
        let written =
            self.code.text.get(all.start as usize + 1..(all.end as usize).saturating_sub(1));
        let written = written.unwrap_or_default().to_owned();
        Text::hole(self.unknown(&hole.expression, &written), self.place(all))
    }

    fn literal(&self, literal: &StringLiteral) -> MappedText {
        let flags = literal.flags;
        let start = literal.start().to_usize() + flags.opener_len().to_usize();
        let end = literal.end().to_usize().saturating_sub(flags.closer_len().to_usize());
        self.made(start, end, Style { raw: flags.prefix().is_raw(), braces: false })
    }

    /// A part of the code as a text of the file.
    fn made(&self, start: usize, end: usize, style: Style) -> MappedText {
        let written = self.code.text.get(start..end).unwrap_or_default();
        let MappedText { text, map } = decoded(written, start, style);
        MappedText { text, map: map.through(&self.code.map) }
    }

    pub(crate) fn as_written(&self, span: Span) -> MappedText {
        self.code.cut(span.start as usize..span.end as usize)
    }
}

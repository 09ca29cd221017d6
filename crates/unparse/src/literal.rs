//! Constants, and types where they are named.

use plumb_ir::{Literal, Type};
use plumb_resolve::data_type;
use plumb_syntax::sql::tree::TypeName;

use crate::{
    doc::Doc,
    expr::{Expr, Level},
    spelling::{Backslash, Feature, Interval},
    unspoken::{Said, Unspoken},
    writer::Writer,
};

impl Writer<'_> {
    pub(crate) fn literal(&self, literal: &Literal) -> Said<Expr> {
        let text = match literal {
            Literal::Null => "null".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Integer(value) => return Ok(number(value.to_string())),
            Literal::Decimal { units, scale } => return Ok(number(decimal(*units, *scale))),
            Literal::Float(text) => return Ok(number(text.clone())),
            Literal::Text(text) => self.text(text),
            Literal::Bytes(text) => self.bytes(text)?,
            Literal::Typed(to, text) => {
                let canonical = to.to_string();
                let known = self.spelling.typed.iter().find(|(name, _)| *name == canonical);
                let word = match (known, to) {
                    (Some((_, word)), _) => (*word).to_owned(),
                    // A type of the user's own, by the word that was written.
                    (None, Type::Other(_)) => self.type_name(to)?,
                    (None, _) => return Err(Unspoken::Type(canonical)),
                };
                format!("{word} {}", self.text(text))
            }
            Literal::Interval(text) => self.interval(text)?,
        };
        Ok(Expr::new(Doc::Text(text), Level::Atom))
    }

    /// A text in quotes.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut quoted = String::from("'");
        for letter in text.chars() {
            match (letter, self.spelling.backslash) {
                ('\'', _) => quoted.push_str(self.spelling.quote_in_text),
                ('\\', Backslash::Escape) => quoted.push_str("\\\\"),
                ('\n', Backslash::Escape) => quoted.push_str("\\n"),
                ('\r', Backslash::Escape) => quoted.push_str("\\r"),
                ('\t', Backslash::Escape) => quoted.push_str("\\t"),
                (other, _) => quoted.push(other),
            }
        }
        quoted.push('\'');
        quoted
    }

    /// Bytes, as they were written or in hexadecimal.
    fn bytes(&self, text: &str) -> Said<String> {
        if let Some((word, inside)) = text.split_once(':') {
            // What stands in quotes was kept as it is read, not as it was written.
            let plain = !inside.contains(['\'', '\\', '\n', '\r']);
            let known = word == "b" && self.spelling.has(Feature::ByteTexts) && plain;
            return if known {
                Ok(format!("b'{inside}'"))
            } else {
                Err(Unspoken::Grammar("bytes of this kind"))
            };
        }
        if !self.spelling.has(Feature::HexTexts) {
            return Err(Unspoken::Grammar("bytes in hexadecimal"));
        }
        Ok(format!("x'{text}'"))
    }

    fn interval(&self, text: &str) -> Said<String> {
        let split = text.split_once(' ').filter(|(_, unit)| !unit.contains(' '));
        Ok(match (self.spelling.interval, split) {
            (Interval::Text, _) => format!("interval {}", self.text(text)),
            (Interval::Amount, Some((amount, unit))) => {
                format!("interval {} {unit}", self.text(amount))
            }
            (Interval::Bare, Some((amount, unit))) if amount.parse::<i64>().is_ok() => {
                format!("interval {amount} {unit}")
            }
            (Interval::Bare, Some((amount, unit))) => {
                format!("interval {} {unit}", self.text(amount))
            }
            _ => return Err(Unspoken::Grammar("such a span of time")),
        })
    }

    /// The name of a type.
    pub(crate) fn type_name(&self, to: &Type) -> Said<String> {
        let canonical = to.to_string();
        let means = |name: &str| data_type(&TypeName(name.to_owned()), self.dialect.name) == *to;
        if let Some((_, name)) = self.spelling.types.iter().find(|(it, _)| *it == canonical) {
            return Ok((*name).to_owned());
        }
        let own = match to {
            Type::Decimal(Some((precision, scale))) => {
                let known = self.spelling.types.iter().find(|(it, _)| *it == "decimal<p,s>");
                let (_, word) = known.ok_or_else(|| Unspoken::Type(canonical.clone()))?;
                format!("{word}({precision}, {scale})")
            }
            Type::Array(inner) => format!("array<{}>", self.type_name(inner)?),
            Type::Other(name) => name.clone(),
            _ => return Err(Unspoken::Type(canonical)),
        };
        if means(&own) { Ok(own) } else { Err(Unspoken::Type(canonical)) }
    }
}

fn number(text: String) -> Expr {
    let level = if text.starts_with('-') { Level::Unary } else { Level::Atom };
    Expr::new(Doc::Text(text), level)
}

/// All digits, with the point that makes it no whole number.
fn decimal(units: i128, scale: u32) -> String {
    let width = scale as usize;
    let digits = format!("{:0>1$}", units.unsigned_abs(), width + 1);
    let (whole, part) = digits.split_at(digits.len() - width);
    let part = if part.is_empty() { "0" } else { part };
    format!("{}{whole}.{part}", if units < 0 { "-" } else { "" })
}

//! Text as plans.

use thiserror::Error;

use super::form::{Form, read};
use crate::{
    Arena, Bound, Field, Frame, FrameUnit, From, FromId, Literal, Out, Rel, RelId, Scalar,
    ScalarId, SetKind, SortKey, Symbol, Tree, Type,
};

/// The text is not a plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("byte {at}: {why}")]
pub struct ParseError {
    /// Byte at which it goes wrong.
    pub at: usize,
    /// What is wrong.
    pub why: String,
}

/// Reads a relation.
pub fn parse_rel(arena: &mut Arena, text: &str) -> Result<RelId, ParseError> {
    let form = read(text).map_err(|(at, why)| ParseError { at, why })?;
    Parser { arena }.rel(&form)
}

/// Reads a scalar.
pub fn parse_scalar(arena: &mut Arena, text: &str) -> Result<ScalarId, ParseError> {
    let form = read(text).map_err(|(at, why)| ParseError { at, why })?;
    Parser { arena }.scalar(&form)
}

struct Parser<'a> {
    arena: &'a mut Arena,
}

type Parsed<T> = Result<T, ParseError>;

fn wrong<T>(form: &Form, why: &str) -> Parsed<T> {
    Err(ParseError { at: form.at(), why: why.to_owned() })
}

/// Head word and the rest of a list.
fn list(form: &Form) -> Parsed<(&str, &[Form])> {
    if let Form::List(items, _) = form
        && let [Form::Word(head, _), rest @ ..] = items.as_slice()
    {
        return Ok((head, rest));
    }
    wrong(form, "expected a list with a word in front")
}

fn spelling(form: &Form) -> Parsed<&str> {
    match form {
        Form::Word(text, _) | Form::Quoted(text, _) | Form::Text(text, _) => Ok(text),
        Form::List(..) => wrong(form, "expected a name"),
    }
}

fn number(form: &Form) -> Parsed<u32> {
    match spelling(form)?.parse() {
        Ok(number) => Ok(number),
        Err(_) => wrong(form, "expected a number"),
    }
}

fn only<'a>(form: &Form, rest: &'a [Form]) -> Parsed<&'a Form> {
    if let [one] = rest { Ok(one) } else { wrong(form, "expected exactly one part") }
}

impl Parser<'_> {
    fn symbol(&mut self, form: &Form) -> Parsed<Symbol> {
        Ok(self.arena.symbol(spelling(form)?))
    }

    fn rels(&mut self, forms: &[Form]) -> Parsed<Vec<RelId>> {
        forms.iter().map(|form| self.rel(form)).collect()
    }

    fn scalars(&mut self, forms: &[Form]) -> Parsed<Vec<ScalarId>> {
        forms.iter().map(|form| self.scalar(form)).collect()
    }

    fn rel(&mut self, form: &Form) -> Parsed<RelId> {
        let (head, rest) = list(form)?;
        let rel = match head {
            "scan" => Rel::Scan { table: self.symbol(only(form, rest)?)? },
            "values" => self.values(form, rest)?,
            "project" => {
                let [out, from @ ..] = rest else { return wrong(form, "expected outputs") };
                let (_, outs) = list(out)?;
                let out = outs.iter().map(|out| self.out(out)).collect::<Parsed<_>>()?;
                Rel::Project { from: self.from(form, from)?, out }
            }
            "aggregate" | "aggregate-all" => {
                let [keys, calls, from @ ..] = rest else {
                    return wrong(form, "expected keys and calls");
                };
                let keys = self.scalars(list(keys)?.1)?;
                let calls = self.scalars(list(calls)?.1)?;
                let scalar = head == "aggregate-all";
                Rel::Aggregate { from: self.from(form, from)?, keys, calls, scalar }
            }
            "distinct" => Rel::Distinct { input: self.rel(only(form, rest)?)? },
            "union" => Rel::Union { inputs: self.rels(rest)? },
            "intersect" => self.set(form, SetKind::Intersect, false, rest)?,
            "intersect-all" => self.set(form, SetKind::Intersect, true, rest)?,
            "except" => self.set(form, SetKind::Except, false, rest)?,
            "except-all" => self.set(form, SetKind::Except, true, rest)?,
            "limit" => self.limit(form, rest)?,
            "table" => {
                let [name, args @ ..] = rest else { return wrong(form, "expected a function") };
                Rel::Call { function: self.symbol(name)?, args: self.scalars(args)? }
            }
            "opaque" => {
                let [why, key, inputs @ ..] = rest else {
                    return wrong(form, "expected two words");
                };
                let (why, key) = (self.symbol(why)?, self.symbol(key)?);
                Rel::Opaque { why, key, inputs: self.rels(inputs)? }
            }
            _ => return wrong(form, "not a relation"),
        };
        Ok(self.arena.rel(rel))
    }

    fn values(&mut self, form: &Form, rest: &[Form]) -> Parsed<Rel> {
        let [width, rows @ ..] = rest else { return wrong(form, "expected a width") };
        let width = number(width)?;
        let rows = rows.iter().map(|row| self.scalars(list(row)?.1)).collect::<Parsed<Vec<_>>>()?;
        if rows.iter().any(|row| row.len() != width as usize) {
            return wrong(form, "a row has another width");
        }
        Ok(Rel::Values { width, rows })
    }

    fn set(&mut self, form: &Form, kind: SetKind, all: bool, rest: &[Form]) -> Parsed<Rel> {
        let [left, right] = rest else { return wrong(form, "expected two relations") };
        Ok(Rel::Set { kind, all, left: self.rel(left)?, right: self.rel(right)? })
    }

    fn limit(&mut self, form: &Form, rest: &[Form]) -> Parsed<Rel> {
        let [input, parts @ ..] = rest else { return wrong(form, "expected a relation") };
        let input = self.rel(input)?;
        let (mut order, mut limit, mut offset) = (Vec::new(), None, None);
        for part in parts {
            match list(part)? {
                ("order", keys) => order = self.keys(keys)?,
                ("rows", rest) => limit = Some(self.scalar(only(part, rest)?)?),
                ("skip", rest) => offset = Some(self.scalar(only(part, rest)?)?),
                _ => return wrong(part, "expected `order`, `rows` or `skip`"),
            }
        }
        Ok(Rel::Limit { input, order, limit, offset })
    }

    fn from(&mut self, form: &Form, parts: &[Form]) -> Parsed<FromId> {
        let (mut inputs, mut tree, mut filter) = (Vec::new(), None, Vec::new());
        for part in parts {
            match list(part)? {
                ("from", rest) => inputs = self.rels(rest)?,
                ("tree", rest) => tree = Some(self.tree(only(part, rest)?)?),
                ("where", rest) => filter = self.scalars(rest)?,
                _ => return wrong(part, "expected `from`, `tree` or `where`"),
            }
        }
        let plain = |count: usize| {
            let leaves: Vec<_> = (0..count).map_while(|index| u32::try_from(index).ok()).collect();
            match leaves.as_slice() {
                [one] => Tree::Input(*one),
                _ => Tree::Inner(leaves.into_iter().map(Tree::Input).collect()),
            }
        };
        let tree = tree.unwrap_or_else(|| plain(inputs.len()));
        let mut used = tree.inputs();
        used.sort_unstable();
        if used.iter().copied().ne((0..).take(inputs.len())) {
            return wrong(form, "the tree does not use each input once");
        }
        Ok(self.arena.from(From { inputs, tree, filter }))
    }

    fn tree(&mut self, form: &Form) -> Parsed<Tree> {
        if let Form::Word(..) = form {
            return Ok(Tree::Input(number(form)?));
        }
        let (head, rest) = list(form)?;
        match (head, rest) {
            ("inner", parts) => {
                Ok(Tree::Inner(parts.iter().map(|part| self.tree(part)).collect::<Parsed<_>>()?))
            }
            ("where", [part, on]) => {
                let part = Box::new(self.tree(part)?);
                Ok(Tree::Where { part, on: self.scalars(list(on)?.1)? })
            }
            ("left" | "full", [left, right, on]) => {
                let (left, right) = (Box::new(self.tree(left)?), Box::new(self.tree(right)?));
                let on = self.scalars(list(on)?.1)?;
                Ok(if head == "left" {
                    Tree::Left { left, right, on }
                } else {
                    Tree::Full { left, right, on }
                })
            }
            _ => wrong(form, "expected `inner`, `where`, `left` or `full`"),
        }
    }

    fn out(&mut self, form: &Form) -> Parsed<Out> {
        if let Ok(("star", [input, except @ ..])) = list(form) {
            let input = number(input)?;
            let except = except.iter().map(|name| self.symbol(name)).collect::<Parsed<_>>()?;
            return Ok(Out::Star { input, except });
        }
        Ok(Out::Column(self.scalar(form)?))
    }

    fn keys(&mut self, forms: &[Form]) -> Parsed<Vec<SortKey>> {
        forms
            .iter()
            .map(|form| match list(form)? {
                (head @ ("asc" | "desc"), [value, nulls @ ..]) => Ok(SortKey {
                    value: self.scalar(value)?,
                    descending: head == "desc",
                    nulls_first: !nulls.is_empty(),
                }),
                _ => wrong(form, "expected `asc` or `desc`"),
            })
            .collect()
    }

    fn scalar(&mut self, form: &Form) -> Parsed<ScalarId> {
        let scalar = match form {
            Form::Word(word, _) => self.word(form, word)?,
            Form::Text(text, _) => Scalar::Literal(Literal::Text(text.clone())),
            Form::Quoted(..) => return wrong(form, "a scalar is not a bare name"),
            Form::List(items, _) => match items.as_slice() {
                [Form::Word(prefix, _), Form::Quoted(name, _)] if prefix.ends_with('.') => {
                    let name = self.arena.symbol(name);
                    column(form, &prefix[..prefix.len() - 1], Field::Named(name))?
                }
                _ => self.compound(form)?,
            },
        };
        Ok(self.arena.scalar(scalar))
    }

    fn word(&mut self, form: &Form, word: &str) -> Parsed<Scalar> {
        Ok(match word {
            "null" => Scalar::Literal(Literal::Null),
            "true" => Scalar::Literal(Literal::Bool(true)),
            "false" => Scalar::Literal(Literal::Bool(false)),
            _ => {
                let digits = word.strip_prefix('-').unwrap_or(word);
                if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                    && digits.starts_with(|first: char| first.is_ascii_digit())
                {
                    return exact(form, word);
                }
                if let Some((before, position)) = word.split_once('#') {
                    let position = number(&Form::word(position))?;
                    return column(form, before, Field::At(position));
                }
                let Some((before, name)) = word.split_once('.') else {
                    return wrong(form, "not a scalar");
                };
                let name = self.arena.symbol(name);
                return column(form, before, Field::Named(name));
            }
        })
    }

    fn compound(&mut self, form: &Form) -> Parsed<Scalar> {
        let (head, rest) = list(form)?;
        Ok(match (head, rest) {
            ("either", _) => self.either(form, rest)?,
            ("case", _) => self.case(rest)?,
            ("cast" | "try-cast", [to, value]) => {
                let Some(to) = Type::parse(spelling(to)?) else { return wrong(to, "not a type") };
                Scalar::Cast { value: self.scalar(value)?, to, safe: head == "try-cast" }
            }
            ("agg", [function, parts @ ..]) => self.aggregate(function, parts)?,
            ("win", [function, parts @ ..]) => self.window(function, parts)?,
            ("exists", [rel]) => Scalar::Exists(self.rel(rel)?),
            ("in", [Form::List(values, _), rel]) => {
                Scalar::In { values: self.scalars(values)?, rel: self.rel(rel)? }
            }
            ("subquery", [rel]) => Scalar::Subquery(self.rel(rel)?),
            ("lambda", [params, body]) => {
                Scalar::Lambda { params: number(params)?, body: self.scalar(body)? }
            }
            ("param", [index]) => Scalar::Param(number(index)?),
            ("hole", [kind, key]) => {
                Scalar::Hole { kind: self.symbol(kind)?, key: self.symbol(key)? }
            }
            ("float", [text]) => Scalar::Literal(Literal::Float(spelling(text)?.to_owned())),
            ("bytes", [text]) => Scalar::Literal(Literal::Bytes(spelling(text)?.to_owned())),
            ("interval", [text]) => Scalar::Literal(Literal::Interval(spelling(text)?.to_owned())),
            ("typed", [to, text]) => {
                let Some(to) = Type::parse(spelling(to)?) else { return wrong(to, "not a type") };
                Scalar::Literal(Literal::Typed(to, spelling(text)?.to_owned()))
            }
            ("call", [function, args @ ..]) => {
                Scalar::Call { function: self.symbol(function)?, args: self.scalars(args)? }
            }
            _ if super::print::RESERVED.contains(&head) => return wrong(form, "malformed"),
            _ => Scalar::Call { function: self.arena.symbol(head), args: self.scalars(rest)? },
        })
    }

    fn either(&mut self, form: &Form, rest: &[Form]) -> Parsed<Scalar> {
        let [inputs @ .., name] = rest else { return wrong(form, "expected inputs and a name") };
        let name = self.symbol(name)?;
        let (mut depth, mut numbers) = (0, Vec::new());
        for input in inputs {
            match spelling(input)?.strip_prefix('^') {
                Some(level) => depth = number(&Form::word(level))?,
                None => numbers.push(number(input)?),
            }
        }
        Ok(Scalar::Either { depth, inputs: numbers, name })
    }

    fn case(&mut self, rest: &[Form]) -> Parsed<Scalar> {
        let (mut branches, mut otherwise) = (Vec::new(), None);
        for part in rest {
            match list(part)? {
                ("when", [when, then]) => branches.push((self.scalar(when)?, self.scalar(then)?)),
                ("else", [value]) => otherwise = Some(self.scalar(value)?),
                _ => return wrong(part, "expected `when` or `else`"),
            }
        }
        Ok(Scalar::Case { branches, otherwise })
    }

    fn aggregate(&mut self, function: &Form, parts: &[Form]) -> Parsed<Scalar> {
        let function = self.symbol(function)?;
        let (mut args, mut order) = (Vec::new(), Vec::new());
        let (mut distinct, mut filter) = (false, None);
        for part in parts {
            match list(part) {
                Ok(("distinct", [])) => distinct = true,
                Ok(("filter", [value])) => filter = Some(self.scalar(value)?),
                Ok(("order", keys)) => order = self.keys(keys)?,
                Ok(_) | Err(_) => args.push(self.scalar(part)?),
            }
        }
        Ok(Scalar::Aggregate { function, args, distinct, filter, order })
    }

    fn window(&mut self, function: &Form, parts: &[Form]) -> Parsed<Scalar> {
        let function = self.symbol(function)?;
        let (mut args, mut partition, mut order) = (Vec::new(), Vec::new(), Vec::new());
        let (mut distinct, mut ignore_nulls, mut frame) = (false, false, None);
        for part in parts {
            match list(part) {
                Ok(("distinct", [])) => distinct = true,
                Ok(("ignore-nulls", [])) => ignore_nulls = true,
                Ok(("by", keys)) => partition = self.scalars(keys)?,
                Ok(("order", keys)) => order = self.keys(keys)?,
                Ok(("frame", [unit, start, end])) => {
                    let unit = match spelling(unit)? {
                        "rows" => FrameUnit::Rows,
                        "range" => FrameUnit::Range,
                        "groups" => FrameUnit::Groups,
                        _ => return wrong(unit, "not a frame unit"),
                    };
                    let (start, end) = (self.bound(start)?, self.bound(end)?);
                    frame = Some(Frame { unit, start, end });
                }
                Ok(_) | Err(_) => args.push(self.scalar(part)?),
            }
        }
        Ok(Scalar::Window { function, args, distinct, ignore_nulls, partition, order, frame })
    }

    fn bound(&mut self, form: &Form) -> Parsed<Bound> {
        if let Form::Word(word, _) = form {
            return match word.as_str() {
                "first" => Ok(Bound::First),
                "current" => Ok(Bound::Current),
                "last" => Ok(Bound::Last),
                _ => wrong(form, "not a frame bound"),
            };
        }
        match list(form)? {
            ("before", [value]) => Ok(Bound::Before(self.scalar(value)?)),
            ("after", [value]) => Ok(Bound::After(self.scalar(value)?)),
            _ => wrong(form, "not a frame bound"),
        }
    }
}

/// A column from what stands before its field: `0` or `^1:0`.
fn column(form: &Form, before: &str, field: Field) -> Parsed<Scalar> {
    let (depth, input) = match before.strip_prefix('^').map(|rest| rest.split_once(':')) {
        Some(Some((depth, input))) => (number(&Form::word(depth))?, input),
        Some(None) => return wrong(form, "expected `:` after the depth"),
        None => (0, before),
    };
    let input = number(&Form::word(input)).or_else(|_| wrong(form, "not a column"))?;
    Ok(Scalar::Column { depth, input, field })
}

/// A number with its sign; a point is kept even with no digits behind it.
fn exact(form: &Form, word: &str) -> Parsed<Scalar> {
    let parsed = match word.split_once('.') {
        None => word.parse().ok().map(Literal::Integer),
        Some((whole, part)) => {
            // `-0.5` has its sign in a part that is zero, so digits are read as one number.
            let units = format!("{whole}{part}").parse().ok();
            let scale = u32::try_from(part.len()).ok();
            units.zip(scale).map(|(units, scale)| Literal::Decimal { units, scale })
        }
    };
    // A column of a digit-only name does not exist: `0.5` is always a number.
    parsed.map_or_else(|| wrong(form, "not a number"), |literal| Ok(Scalar::Literal(literal)))
}

//! What is written with signs and words of the grammar rather than as a call.

use plumb_ir::{Literal, Scalar, ScalarId};
use plumb_syntax::sql::{Division, Given, Shape, Units};

use crate::{
    doc::Doc,
    expr::{Expr, Level},
    spelling::Feature,
    unspoken::{Said, Unspoken},
    writer::Writer,
};

/// How an operator is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// Between two values, which bind more tightly.
    Between(&'static str, Level),
    /// Between any number of values.
    Chain(&'static str, Level),
    /// Behind a value.
    Behind(&'static str),
    /// A pattern and perhaps what escapes in it.
    Pattern(&'static str),
    /// A word, and any of several patterns.
    Patterns(&'static str),
}

/// Operators by their canonical names.
static OPERATORS: &[(&str, Form, Option<Feature>)] = &[
    ("eq", Form::Between("=", Level::Compare), None),
    ("ne", Form::Between("<>", Level::Compare), None),
    ("lt", Form::Between("<", Level::Compare), None),
    ("le", Form::Between("<=", Level::Compare), None),
    ("is-distinct", Form::Between("is distinct from", Level::Compare), Some(Feature::IsDistinct)),
    (
        "is-not-distinct",
        Form::Between("is not distinct from", Level::Compare),
        Some(Feature::IsDistinct),
    ),
    ("add", Form::Chain("+", Level::Add), None),
    ("add-open", Form::Chain("+", Level::Add), Some(Feature::AddedLists)),
    ("sub", Form::Between("-", Level::Add), None),
    ("mul", Form::Chain("*", Level::Multiply), None),
    ("div", Form::Between("/", Level::Multiply), None),
    ("concat", Form::Chain("||", Level::Odd), None),
    ("is-null", Form::Behind("is null"), None),
    ("is-true", Form::Behind("is true"), Some(Feature::IsTrue)),
    ("is-false", Form::Behind("is false"), Some(Feature::IsTrue)),
    ("like", Form::Pattern("like"), None),
    ("ilike", Form::Pattern("ilike"), Some(Feature::Ilike)),
    ("like-any", Form::Patterns("like any"), Some(Feature::LikeAny)),
    ("like-all", Form::Patterns("like all"), Some(Feature::LikeAny)),
    ("ilike-any", Form::Patterns("ilike any"), Some(Feature::IlikeAny)),
    ("ilike-all", Form::Patterns("ilike all"), Some(Feature::IlikeAny)),
    ("rlike", Form::Between("~", Level::Compare), Some(Feature::Tilde)),
    ("rlike-any-case", Form::Between("~*", Level::Compare), Some(Feature::Tilde)),
    ("similar", Form::Between("similar to", Level::Compare), Some(Feature::Similar)),
    ("glob", Form::Between("glob", Level::Compare), Some(Feature::Glob)),
    ("bit-and", Form::Between("&", Level::Odd), Some(Feature::Bits)),
    ("bit-or", Form::Between("|", Level::Odd), Some(Feature::Bits)),
    ("shift-left", Form::Between("<<", Level::Odd), Some(Feature::Shifts)),
    ("shift-right", Form::Between(">>", Level::Odd), Some(Feature::Shifts)),
    ("div-floor", Form::Between("//", Level::Odd), Some(Feature::FloorSlashes)),
    ("div-floor", Form::Between("div", Level::Odd), Some(Feature::FloorWord)),
    ("json-extract", Form::Between("->", Level::Odd), Some(Feature::Arrows)),
    ("json-extract-scalar", Form::Between("->>", Level::Odd), Some(Feature::Arrows)),
];

impl Writer<'_> {
    /// A canonical call as the grammar has it; none if there is only a function, or nothing.
    pub(crate) fn operator(&mut self, name: &str, args: &[ScalarId]) -> Said<Option<Expr>> {
        let special = match (name, args) {
            ("and", [_, ..]) => Some(self.chain("and", Level::And, args)?),
            ("or", [_, ..]) => Some(self.chain("or", Level::Or, args)?),
            ("not", [value]) => Some(self.denied(*value)?),
            ("neg", [value]) => Some(self.negative(*value)?),
            ("between", [value, low, high]) => Some(self.between("between", *value, *low, *high)?),
            ("in-list", [value, items @ ..]) => Some(self.among("in", *value, items)?),
            ("is-true", [value]) if !self.spelling.has(Feature::IsTrue) => {
                Some(self.is_value(*value, "true")?)
            }
            ("is-false", [value]) if !self.spelling.has(Feature::IsTrue) => {
                Some(self.is_value(*value, "false")?)
            }
            ("column-or-alias", [column, alias]) => Some(self.perhaps(*column, *alias)?),
            ("row", [_, _, ..]) => Some(self.listed("(", args, ")")?),
            ("struct", fields) => self.structure(fields)?,
            ("date-part", [unit, value]) => self.part(*unit, *value)?,
            ("make-interval", [amount, unit]) => self.span(*amount, *unit)?,
            ("array", items) => {
                let (open, close) = self.spelling.list;
                Some(self.listed(open, items, close)?)
            }
            ("get-field", [base, key]) => self.field(*base, *key)?,
            ("get-item", [base, index]) if self.dialect.first_item == 0 => {
                Some(self.item(*base, *index)?)
            }
            ("get-item-from-one", [base, index]) if self.dialect.first_item == 1 => {
                Some(self.item(*base, *index)?)
            }
            ("argument", [key, value]) => {
                let Some(Literal::Text(key)) = self.arena.as_literal(*key) else { return Ok(None) };
                let (key, value) = (key.clone(), self.scalar(*value)?);
                Some(Expr::new(Doc::all([Doc::text(format!("{key} => ")), value.doc]), Level::Or))
            }
            _ => self.moved(name, args)?,
        };
        if special.is_some() {
            return Ok(special);
        }
        // Several texts are put together by a call, where there is one.
        if name == "concat" && args.len() > 2 && self.function(name, args).is_some() {
            return Ok(None);
        }
        for (own, form, feature) in OPERATORS {
            if feature.is_some_and(|feature| !self.spelling.has(feature)) {
                continue;
            }
            if let Some(values) = self.means(own, name, args) {
                return self.formed(*form, &values);
            }
        }
        Ok(None)
    }

    /// The values between which an operator of the grammar has to stand to mean a canonical call.
    fn means(&self, own: &str, name: &str, args: &[ScalarId]) -> Option<Vec<ScalarId>> {
        let shapes: Vec<Shape> = args.iter().map(|arg| self.shape(*arg)).collect();
        let Some(rule) = self.dialect.operator(own, &shapes) else {
            let means = match own {
                "div" if self.dialect.division == Division::Whole => "div-int",
                other => other,
            };
            return (means == name).then(|| args.to_vec());
        };
        if (name, rule.canonical) == ("add", "add-open") {
            // Numbers are added by what puts lists together, too.
            return (own == name).then(|| args.to_vec());
        }
        let given: Vec<Given> = rule.arguments(args.len());
        (rule.canonical == name).then(|| self.bound(&given, args.len(), args))?.map(|it| it.0)
    }

    fn formed(&mut self, form: Form, args: &[ScalarId]) -> Said<Option<Expr>> {
        Ok(match (form, args) {
            (Form::Chain(sign, level), [_, _, ..]) => Some(self.chain(sign, level, args)?),
            (Form::Between(sign, level), [left, right]) => {
                Some(self.infix(sign, level, *left, *right)?)
            }
            (Form::Behind(word), [value]) => {
                let value = self.scalar(*value)?.at(Level::Odd);
                Some(Expr::new(Doc::all([value, Doc::text(format!(" {word}"))]), Level::Compare))
            }
            (Form::Pattern(word), _) => self.like(word, args)?,
            (Form::Patterns(word), [value, patterns @ ..]) => {
                if !patterns.iter().all(|pattern| self.is_plain_pattern(*pattern)) {
                    return Err(Unspoken::Shape("patterns of which something may escape"));
                }
                Some(self.among(word, *value, patterns)?)
            }
            _ => None,
        })
    }

    fn infix(&mut self, sign: &str, level: Level, left: ScalarId, right: ScalarId) -> Said<Expr> {
        // What is compared stands first, the constant behind it.
        let flipped = match sign {
            "<" => Some(">"),
            "<=" => Some(">="),
            _ => None,
        };
        let constant = |id| matches!(self.arena.get_scalar(id), Scalar::Literal(_));
        let (sign, left, right) = match flipped {
            Some(sign) if constant(left) && !constant(right) => (sign, right, left),
            _ => (sign, left, right),
        };
        let inside = match level {
            Level::Add => (Level::Add, Level::Multiply),
            Level::Multiply => (Level::Multiply, Level::Unary),
            Level::Odd => (Level::Atom, Level::Atom),
            _ => (Level::Odd, Level::Odd),
        };
        let (left, right) = (self.scalar(left)?, self.scalar(right)?);
        let right = positive(right).at(inside.1);
        let right = Doc::all([Doc::Line, right]).nest();
        let parts = [left.at(inside.0), Doc::text(format!(" {sign}")), right];
        Ok(Expr::new(Doc::all(parts).group(), level))
    }

    fn chain(&mut self, sign: &str, level: Level, args: &[ScalarId]) -> Said<Expr> {
        let inside = match level {
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Add => Level::Multiply,
            Level::Multiply => Level::Unary,
            _ => Level::Atom,
        };
        let mut parts: Vec<Doc> = Vec::new();
        for arg in args {
            let value = self.scalar(*arg)?;
            if parts.is_empty() {
                parts.push(value.at(inside));
                continue;
            }
            parts.push(Doc::Line);
            parts.push(Doc::text(format!("{sign} ")));
            parts.push(positive(value).at(inside));
        }
        let level = if args.len() == 1 { inside } else { level };
        Ok(Expr::new(Doc::all(parts).group(), level))
    }

    /// `NOT`, inside what is denied where that has a word for it.
    fn denied(&mut self, value: ScalarId) -> Said<Expr> {
        let call = self.arena.as_call(value).map(|(name, args)| (name.to_owned(), args.to_vec()));
        let call = call.as_ref().map(|(name, args)| (name.as_str(), args.as_slice()));
        match (call, self.arena.get_scalar(value)) {
            (Some(("is-null", [value])), _) => {
                let value = self.scalar(*value)?.at(Level::Odd);
                return Ok(Expr::new(Doc::all([value, Doc::text(" is not null")]), Level::Compare));
            }
            (Some(("eq", [left, right])), _) => {
                return self.infix("<>", Level::Compare, *left, *right);
            }
            (Some(("in-list", [value, items @ ..])), _) => {
                return self.among("not in", *value, items);
            }
            (Some(("between", [value, low, high])), _) => {
                return self.between("not between", *value, *low, *high);
            }
            (Some(("like", args)), _) => {
                if let Some(said) = self.like("not like", args)? {
                    return Ok(said);
                }
            }
            (Some(("ilike", args)), _) if self.spelling.has(Feature::Ilike) => {
                if let Some(said) = self.like("not ilike", args)? {
                    return Ok(said);
                }
            }
            (_, Scalar::In { values, rel }) => {
                let (values, rel) = (values.clone(), *rel);
                return self.in_rows("not in", &values, rel);
            }
            _ => {}
        }
        let value = self.scalar(value)?.at(Level::Atom);
        Ok(Expr::new(Doc::all([Doc::text("not "), value]), Level::Not))
    }

    /// A name that is a column if there is one, or else an alias of the list.
    fn perhaps(&mut self, column: ScalarId, alias: ScalarId) -> Said<Expr> {
        let column = self.scalar(column)?;
        let alias = self.scalar(alias)?.doc;
        let (Some(own), Some(hint)) = (column.own.clone(), column.hint.clone()) else {
            return Err(Unspoken::Shape("a name that may be a column or an alias"));
        };
        self.perhaps.push((hint, alias));
        Ok(Expr { doc: Doc::Text(own), ..column })
    }

    /// A value with named fields.
    fn structure(&mut self, fields: &[ScalarId]) -> Said<Option<Expr>> {
        let mut items = Vec::new();
        for pair in fields.chunks_exact(2) {
            let name = match self.arena.as_literal(pair[0]) {
                Some(Literal::Text(name)) => Some(name.clone()),
                Some(Literal::Null) => None,
                _ => return Ok(None),
            };
            let value = self.scalar(pair[1])?.doc;
            items.push(match (name, self.spelling.has(Feature::Braces)) {
                (Some(name), true) => {
                    Doc::all([Doc::text(format!("{}: ", self.text(&name))), value])
                }
                (Some(name), false) => {
                    let name = self.name(crate::name::Of::Column, &name)?;
                    Doc::all([value, Doc::text(format!(" as {name}"))])
                }
                (None, true) => return Ok(None),
                (None, false) => value,
            });
        }
        let items = Doc::list(items, ",");
        if self.spelling.has(Feature::Braces) {
            let inside = Doc::all([Doc::Cut, items]).nest();
            let all = [Doc::text("{"), inside, Doc::Cut, Doc::text("}")];
            return Ok(Some(Expr::atom(Doc::all(all).group())));
        }
        let structs = self.spelling.has(Feature::Structs);
        Ok(structs.then(|| Expr::atom(Doc::parens("struct", items))))
    }

    /// `IS TRUE` where there are no such words.
    fn is_value(&mut self, value: ScalarId, word: &str) -> Said<Expr> {
        if !self.spelling.has(Feature::IsDistinct) {
            return Err(Unspoken::Grammar("`is true`"));
        }
        let value = self.scalar(value)?.at(Level::Odd);
        let word = Doc::text(format!(" is not distinct from {word}"));
        Ok(Expr::new(Doc::all([value, word]), Level::Compare))
    }

    fn negative(&mut self, value: ScalarId) -> Said<Expr> {
        let value = self.scalar(value)?.at(Level::Atom);
        Ok(Expr::new(Doc::all([Doc::text("-"), value]), Level::Unary))
    }

    fn between(
        &mut self,
        word: &str,
        value: ScalarId,
        low: ScalarId,
        high: ScalarId,
    ) -> Said<Expr> {
        let value = self.scalar(value)?.at(Level::Odd);
        let low = self.scalar(low)?.at(Level::Add);
        let high = self.scalar(high)?.at(Level::Add);
        let parts = [value, Doc::text(format!(" {word} ")), low, Doc::text(" and "), high];
        Ok(Expr::new(Doc::all(parts), Level::Compare))
    }

    fn among(&mut self, word: &str, value: ScalarId, items: &[ScalarId]) -> Said<Expr> {
        let value = self.scalar(value)?.at(Level::Odd);
        let items = items.iter().map(|item| Ok(self.scalar(*item)?.doc));
        let items = items.collect::<Said<Vec<_>>>()?;
        if items.is_empty() {
            return Err(Unspoken::Shape("a list of nothing"));
        }
        let list = Doc::parens("", Doc::list(items, ","));
        Ok(Expr::new(Doc::all([value, Doc::text(format!(" {word} ")), list]), Level::Compare))
    }

    /// A comparison with a pattern: what escapes by itself is not written.
    fn like(&mut self, word: &str, args: &[ScalarId]) -> Said<Option<Expr>> {
        let (value, pattern, escape) = match args {
            [value, pattern] => (*value, *pattern, None),
            [value, pattern, escape] => (*value, *pattern, Some(*escape)),
            _ => return Ok(None),
        };
        let plain = self.is_plain_pattern(pattern);
        let default = self.dialect.like_escape;
        let same = |escape: ScalarId| match (self.arena.as_literal(escape), default) {
            (Some(Literal::Text(text)), Some(default)) => text == default,
            _ => false,
        };
        let escape = match escape {
            None if !plain => {
                return Err(Unspoken::Shape("a pattern in which nothing escapes"));
            }
            Some(escape) if same(escape) && !plain => None,
            other => other,
        };
        let value = self.scalar(value)?.at(Level::Odd);
        let pattern = self.scalar(pattern)?.at(Level::Atom);
        let mut parts = vec![value, Doc::text(format!(" {word} ")), pattern];
        if let Some(escape) = escape {
            if !self.spelling.has(Feature::Escape) {
                return Err(Unspoken::Grammar("`escape` behind a pattern"));
            }
            parts.extend([Doc::text(" escape "), self.scalar(escape)?.at(Level::Atom)]);
        }
        Ok(Some(Expr::new(Doc::all(parts), Level::Compare)))
    }

    /// Whether nothing in a pattern escapes, where nothing is said of it.
    fn is_plain_pattern(&self, pattern: ScalarId) -> bool {
        match (self.dialect.like_escape, self.arena.as_literal(pattern)) {
            (None, _) => true,
            (Some(escape), Some(Literal::Text(text))) => !text.contains(escape),
            (Some(_), _) => false,
        }
    }

    /// `EXTRACT (unit FROM x)`.
    fn part(&mut self, unit: ScalarId, value: ScalarId) -> Said<Option<Expr>> {
        let Some(word) = self.unit(Units::Extract, unit) else { return Ok(None) };
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Ok(None);
        }
        let value = self.scalar(value)?;
        let hint = Some(word.clone());
        let inside = Doc::all([Doc::text(format!("{word} from ")), value.doc]);
        Ok(Some(Expr::atom(Doc::parens("extract", inside)).called(hint)))
    }

    /// `INTERVAL x DAY`.
    fn span(&mut self, amount: ScalarId, unit: ScalarId) -> Said<Option<Expr>> {
        let Some(Literal::Text(unit)) = self.arena.as_literal(unit) else { return Ok(None) };
        let unit = unit.clone();
        let amount = self.scalar(amount)?;
        let amount = if amount.own.is_some() { amount.doc } else { Doc::parens("", amount.doc) };
        let parts = [Doc::text("interval "), amount, Doc::text(format!(" {unit}"))];
        Ok(Some(Expr::new(Doc::all(parts), Level::Unary)))
    }

    /// `x AT TIME ZONE z`.
    fn moved(&mut self, name: &str, args: &[ScalarId]) -> Said<Option<Expr>> {
        let Some(values) = self.means("at-time-zone", name, args) else { return Ok(None) };
        let [zone, time] = values.as_slice() else { return Ok(None) };
        let (zone, time) = (self.scalar(*zone)?, self.scalar(*time)?);
        let parts = [time.at(Level::Atom), Doc::text(" at time zone "), zone.at(Level::Atom)];
        Ok(Some(Expr::new(Doc::all(parts), Level::Odd)))
    }

    fn listed(&mut self, open: &str, items: &[ScalarId], close: &str) -> Said<Expr> {
        let items = items.iter().map(|item| Ok(self.scalar(*item)?.doc));
        let items = Doc::list(items.collect::<Said<Vec<_>>>()?, ",");
        let inside = Doc::all([Doc::Cut, items]).nest();
        Ok(Expr::atom(Doc::all([Doc::text(open), inside, Doc::Cut, Doc::text(close)]).group()))
    }

    fn item(&mut self, base: ScalarId, index: ScalarId) -> Said<Expr> {
        // A text would be the name of a field.
        if let Some(Literal::Text(_)) = self.arena.as_literal(index) {
            return Err(Unspoken::Shape("an index that is a text"));
        }
        let base = self.scalar(base)?.at(Level::Atom);
        let index = self.scalar(index)?.doc;
        Ok(Expr::atom(Doc::all([base, Doc::text("["), index, Doc::text("]")])))
    }

    /// A field of a value.
    fn field(&mut self, base: ScalarId, key: ScalarId) -> Said<Option<Expr>> {
        let Some(Literal::Text(key)) = self.arena.as_literal(key) else { return Ok(None) };
        let key = key.clone();
        let nested = matches!(self.arena.as_call(base), Some(("get-field", _)));
        let value = self.scalar(base)?;
        let column = value.own.is_some();
        let word = self.is_plain(&key);
        let letters = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let first = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let reached = column || nested;
        let folds = self.dialect.column_name(&key, false).as_str() == key;
        let step = if letters && first && reached && self.spelling.has(Feature::Paths) {
            // A path has one colon; behind it, dots.
            format!("{}{key}", if column || !ends_in_path(&value.doc) { ":" } else { "." })
        } else if word && reached && folds && self.spelling.has(Feature::Fields) {
            format!(".{key}")
        } else {
            format!("[{}]", self.text(&key))
        };
        // A name before a dot is that of a table, unless one stands before it.
        let base = if step.starts_with('.') {
            value.doc.settled(&|_| false)
        } else {
            value.at(Level::Atom)
        };
        let hint = Some(key.to_lowercase());
        Ok(Some(Expr::atom(Doc::all([base, Doc::text(step)])).called(hint)))
    }
}

/// Whether what stands last is a step of a path behind a colon or a dot.
fn ends_in_path(doc: &Doc) -> bool {
    match doc {
        Doc::All(parts) => parts.last().is_some_and(ends_in_path),
        Doc::Text(text) => text.starts_with([':', '.']),
        Doc::Column { .. } | Doc::Line | Doc::Cut | Doc::Nest(_) | Doc::Group(_) => false,
    }
}

/// A value behind a sign: `a - -1` would be hard to read, and `a--1` a comment.
fn positive(value: Expr) -> Expr {
    let Doc::Text(text) = &value.doc else { return value };
    if text.starts_with('-') { Expr::atom(Doc::parens("", value.doc)) } else { value }
}

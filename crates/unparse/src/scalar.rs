//! Scalars.

use plumb_ir::{Field, Scalar, ScalarId};
use plumb_syntax::sql::Shape;

use crate::{
    doc::Doc,
    expr::{Expr, Level},
    function::Written,
    name::Of,
    spelling::Feature,
    unspoken::{Said, Unspoken},
    writer::{Bound, Output, Writer},
};

impl Writer<'_> {
    pub(crate) fn scalars(&mut self, ids: &[ScalarId]) -> Said<Vec<Expr>> {
        ids.iter().map(|id| self.scalar(*id)).collect()
    }

    pub(crate) fn scalar(&mut self, id: ScalarId) -> Said<Expr> {
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, *input, *field),
            Scalar::Either { depth, inputs, name } => {
                self.either(*depth, inputs, arena.name(*name))
            }
            Scalar::Literal(literal) => self.literal(literal),
            Scalar::Call { function, args } => self.call(arena.name(*function), args),
            Scalar::Case { branches, otherwise } => {
                let mut parts = vec![Doc::text("case")];
                let mut inside = Vec::new();
                for (when, then) in branches {
                    let (when, then) = (self.scalar(*when)?, self.scalar(*then)?);
                    let words = [Doc::Line, Doc::text("when "), when.doc, Doc::text(" then ")];
                    inside.extend(words);
                    inside.push(then.doc);
                }
                if let Some(otherwise) = otherwise {
                    inside.extend([Doc::Line, Doc::text("else "), self.scalar(*otherwise)?.doc]);
                }
                parts.push(Doc::All(inside).nest());
                parts.extend([Doc::Line, Doc::text("end")]);
                Ok(Expr::atom(Doc::All(parts).group()))
            }
            Scalar::Cast { value, to, safe } => {
                let word = match (safe, self.spelling.safe_cast) {
                    (false, _) => "cast",
                    (true, Some(word)) => word,
                    (true, None) => return Err(Unspoken::Grammar("cast that gives NULL")),
                };
                let value = self.scalar(*value)?;
                let to = self.type_name(to)?;
                let inside = Doc::all([value.doc, Doc::text(format!(" as {to}"))]);
                Ok(Expr::atom(Doc::parens(word, inside)).called(value.hint))
            }
            Scalar::Aggregate { .. } => self.aggregate(id),
            Scalar::Window { .. } => self.window(id),
            Scalar::Exists(rel) => {
                let mut query = self.any_row(*rel)?;
                // Databricks takes `exists ((` for its function of lists.
                if query.begins("(") {
                    let inside = Doc::parens("select 1 from ", query);
                    query = Doc::all([inside, Doc::text(" as found")]);
                }
                Ok(Expr::atom(Doc::parens("exists ", query)))
            }
            Scalar::In { values, rel } => self.in_rows("in", values, *rel),
            Scalar::Subquery(rel) => {
                let query = self.rows(*rel)?;
                Ok(Expr::atom(Doc::parens("", query)))
            }
            Scalar::Lambda { params, body } => self.lambda(*params, *body),
            Scalar::Param(index) => {
                let known = self.lambdas.get(*index as usize);
                known.map_or(Err(Unspoken::Shape("a parameter of nothing")), |name| {
                    Ok(Expr::atom(Doc::text(name.clone())))
                })
            }
            Scalar::Hole { kind, key } => {
                let (kind, key) = (arena.name(*kind), arena.name(*key));
                Err(Unspoken::Hole(if kind == "parameter" { key } else { kind }.to_owned()))
            }
        }
    }

    pub(crate) fn in_rows(
        &mut self,
        word: &str,
        values: &[ScalarId],
        rel: plumb_ir::RelId,
    ) -> Said<Expr> {
        let values = self.scalars(values)?;
        let left = match values.len() {
            1 => values.into_iter().map(|value| value.at(Level::Odd)).next(),
            _ if self.spelling.has(Feature::Tuples) => {
                let values = values.into_iter().map(|value| value.doc);
                Some(Doc::parens("", Doc::list(values, ",")))
            }
            _ => None,
        };
        let left = left.ok_or(Unspoken::Grammar("several values before `in`"))?;
        let query = Doc::parens("", self.rows(rel)?);
        Ok(Expr::new(Doc::all([left, Doc::text(format!(" {word} ")), query]), Level::Compare))
    }

    fn lambda(&mut self, params: u32, body: ScalarId) -> Said<Expr> {
        if !self.spelling.has(Feature::Lambdas) {
            return Err(Unspoken::Grammar("functions that are written in place"));
        }
        let outer = self.lambdas.len();
        for at in 0..params {
            self.lambdas.push(format!("item_{}", outer + at as usize + 1));
        }
        let names = self.lambdas[outer..].join(", ");
        let body = self.scalar(body);
        self.lambdas.truncate(outer);
        // A column is told from a parameter by what stands before it.
        let body = body?.doc.settled(&|_| false);
        let names = if params == 1 { names } else { format!("({names})") };
        Ok(Expr::new(Doc::all([Doc::text(format!("{names} -> ")), body]), Level::Or))
    }

    pub(crate) fn column(&mut self, depth: u32, input: u32, field: Field) -> Said<Expr> {
        let missing = Unspoken::Shape("a column that is not there");
        let scope = self.scopes.len().checked_sub(1 + depth as usize).ok_or(missing.clone())?;
        match self.scopes[scope].get(input as usize) {
            Some(Bound::Table(table)) => {
                let (name, hint) = self.field_of(table, field)?.ok_or(missing)?;
                let of = table.alias.clone();
                let Some(name) = name else {
                    return Ok(Expr::atom(Doc::Text(of)).called(hint));
                };
                let doc = if depth == 0 {
                    Doc::Column { of, name: name.clone() }
                } else {
                    Doc::Text(format!("{of}.{name}"))
                };
                Ok(Expr { own: Some(name), ..Expr::atom(doc).called(hint) })
            }
            Some(Bound::Inline(outputs)) if depth == 0 => match field {
                Field::At(at) => match outputs.get(at as usize) {
                    Some(Output::Value(value)) => Ok(value.clone()),
                    _ => Err(missing),
                },
                Field::Named(name) => {
                    let canonical = self.arena.name(name).to_owned();
                    let text = self.name(Of::Column, &canonical)?;
                    let stars = outputs.iter().filter_map(|output| match output {
                        Output::Star { table, except } => Some((table, except.contains(&text))),
                        Output::Value(_) => None,
                    });
                    let (without, with): (Vec<_>, Vec<_>) = stars.partition(|star| star.1);
                    let doc = match with.as_slice() {
                        [] => return Err(missing),
                        [(one, _)] => Doc::Column { of: (*one).clone(), name: text.clone() },
                        // In the text the tables that leave it out have it, too.
                        _ if !without.is_empty() => {
                            return Err(Unspoken::Shape(
                                "a name that only some of the tables may have",
                            ));
                        }
                        _ => Doc::text(text.clone()),
                    };
                    Ok(Expr { own: Some(text), ..Expr::atom(doc).called(Some(canonical)) })
                }
            },
            _ => Err(missing),
        }
    }

    /// A name that one of several tables has, nobody knows which: it stands by itself.
    fn either(&mut self, depth: u32, inputs: &[u32], canonical: &str) -> Said<Expr> {
        if depth > 0 {
            return Err(Unspoken::Shape("a name from outside that one of several tables has"));
        }
        // If another has it, too, the name says nothing.
        let may = |bound: &Bound| match bound {
            Bound::Hidden => false,
            Bound::Table(table) => {
                let given =
                    |(_, name): &(Field, Option<String>)| name.as_deref() == Some(canonical);
                table.columns.named || table.columns.given.iter().any(given)
            }
            Bound::Inline(_) => true,
        };
        let others = self.scopes.last().into_iter().flatten();
        let mut others = (0..).zip(others).filter(|(at, _)| !inputs.contains(at));
        if others.any(|(_, bound)| may(bound)) {
            return Err(Unspoken::Shape("a name that only some of the tables may have"));
        }
        let name = self.name(Of::Column, canonical)?;
        let expr = Expr::atom(Doc::text(name.clone())).called(Some(canonical.to_owned()));
        self.alone.push(name.clone());
        Ok(Expr { own: Some(name), ..expr })
    }

    fn call(&mut self, name: &str, args: &[ScalarId]) -> Said<Expr> {
        if let Some(said) = self.operator(name, args)? {
            return Ok(said);
        }
        if args.is_empty()
            && let Some(word) = self.dialect.word_giving(name)
            && !self.spelling.lacks.contains(&word)
        {
            return Ok(Expr::atom(Doc::text(word)).called(Some(word.to_owned())));
        }
        let (name, args) = self.spelled(name, args)?;
        let hint = self.hint(&name, &args);
        if let ("array", [Written::Value(value)]) = (name.as_str(), args.as_slice())
            && let Scalar::Subquery(rel) = *self.arena.get_scalar(*value)
        {
            return Ok(Expr::atom(Doc::parens(&name, self.rows(rel)?)).called(hint));
        }
        let args = self.written(&args)?;
        Ok(Expr::atom(Doc::parens(&name, Doc::list(args, ","))).called(hint))
    }

    /// The name and the arguments by which the dialect calls a canonical function.
    pub(crate) fn spelled(&self, name: &str, args: &[ScalarId]) -> Said<(String, Vec<Written>)> {
        if let Some((own, args)) = self.function(name, args) {
            return Ok((own.to_owned(), args));
        }
        if let Some(bare) = name.strip_prefix("safe-")
            && self.spelling.has(Feature::Safe)
            && let Some((own, args)) = self.function(bare, args)
        {
            return Ok((format!("safe.{own}"), args));
        }
        // A function that nobody knows is the dialect's own, by the name it was called.
        let unknown = name.strip_prefix(self.dialect.name).and_then(|it| it.strip_prefix('.'));
        let word = |it: &&str| {
            it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.$".contains(&byte))
        };
        let shapes: Vec<Shape> = args.iter().map(|arg| self.shape(*arg)).collect();
        match unknown.filter(word) {
            Some(own) if self.dialect.rule(own, &shapes).is_none() => {
                Ok((own.to_owned(), args.iter().copied().map(Written::Value).collect()))
            }
            _ => Err(Unspoken::Function(name.to_owned())),
        }
    }

    pub(crate) fn written(&mut self, args: &[Written]) -> Said<Vec<Doc>> {
        let one = |arg: &Written| match arg {
            Written::Value(value) => Ok(self.scalar(*value)?.doc),
            Written::Word(word) => Ok(Doc::text(word.clone())),
            Written::Text(text) => Ok(Doc::text(self.text(text))),
        };
        args.iter().map(one).collect()
    }

    /// Whether it is written as nothing but a constant.
    pub(crate) fn is_constant(&self, id: ScalarId) -> bool {
        matches!(self.arena.get_scalar(id), Scalar::Literal(_))
    }
}

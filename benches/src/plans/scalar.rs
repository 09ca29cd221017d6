//! Scalars as expressions of DuckDB.

use plumb_ir::{Field, Literal, Scalar, ScalarId, Type};

use super::sql::{Column, Writer};

/// Scalars of the innermost scope.
pub(super) trait Scalars {
    /// One of them.
    fn scalar(&mut self, id: ScalarId) -> Result<String, String>;
    /// Several.
    fn scalars(&mut self, ids: &[ScalarId]) -> Result<Vec<String>, String>;
}

impl Scalars for Writer<'_> {
    fn scalars(&mut self, ids: &[ScalarId]) -> Result<Vec<String>, String> {
        ids.iter().map(|id| self.scalar(*id)).collect()
    }

    fn scalar(&mut self, id: ScalarId) -> Result<String, String> {
        let arena = self.arena;
        match arena.get_scalar(id) {
            Scalar::Column { depth, input, field } => self.column(*depth, *input, *field),
            Scalar::Either { depth, inputs, name } => {
                let found = inputs
                    .iter()
                    .find_map(|input| self.column(*depth, *input, Field::Named(*name)).ok());
                found.ok_or_else(|| "a name that no input has".to_owned())
            }
            Scalar::Literal(constant) => literal(constant),
            Scalar::Call { function, args } => {
                let args = self.scalars(args)?;
                call(arena.name(*function), &args)
            }
            Scalar::Case { branches, otherwise } => {
                let mut text = "CASE".to_owned();
                for (when, then) in branches {
                    let (when, then) = (self.scalar(*when)?, self.scalar(*then)?);
                    text = format!("{text} WHEN {when} THEN {then}");
                }
                if let Some(otherwise) = otherwise {
                    text = format!("{text} ELSE {}", self.scalar(*otherwise)?);
                }
                Ok(format!("({text} END)"))
            }
            Scalar::Cast { value, to: Type::Text, .. } => {
                Ok(format!("CAST({} AS VARCHAR)", self.scalar(*value)?))
            }
            Scalar::Aggregate { function, args, distinct, filter, .. } => {
                let text = self.measure(arena.name(*function), args, *distinct)?;
                let filter = filter.map(|filter| self.scalar(filter)).transpose()?;
                let filter = filter.map_or_else(String::new, |it| format!(" FILTER (WHERE {it})"));
                self.own(&filter)?;
                Ok(format!("{text}{filter}"))
            }
            Scalar::Window { function, args, distinct, partition, order, .. } => {
                let text = match arena.name(*function) {
                    "row-number" => "row_number()".to_owned(),
                    name => self.measure(name, args, *distinct)?,
                };
                let partition = self.scalars(partition)?.join(", ");
                let by = if partition.is_empty() {
                    partition
                } else {
                    format!("PARTITION BY {partition}")
                };
                let order = self.order(order)?;
                Ok(format!("{text} OVER ({by}{order})"))
            }
            Scalar::Exists(rel) => Ok(format!("EXISTS ({})", self.rel(*rel)?.0)),
            Scalar::In { values, rel } => {
                let values = self.scalars(values)?;
                let (text, _) = self.rel(*rel)?;
                let [value] = values.as_slice() else { return Err("a tuple".to_owned()) };
                Ok(format!("({value} IN ({text}))"))
            }
            Scalar::Subquery(rel) => Ok(format!("({})", self.rel(*rel)?.0)),
            Scalar::Cast { .. }
            | Scalar::Lambda { .. }
            | Scalar::Param(_)
            | Scalar::Hole { .. } => Err("a scalar that is not grown".to_owned()),
        }
    }
}

impl Writer<'_> {
    fn column(&self, depth: u32, input: u32, field: Field) -> Result<String, String> {
        let scope = self.scopes.len().checked_sub(1 + depth as usize);
        let columns = scope.and_then(|at| self.scopes[at].get(input as usize));
        let found = columns.and_then(|it| it.iter().find(|it| it.field == field));
        let Column { name, .. } = found.ok_or_else(|| "a column that is not there".to_owned())?;
        Ok(format!("{}.{name}", self.alias(depth, input)))
    }

    /// In SQL, an aggregate of outer columns only is one of the outer query.
    fn own(&self, text: &str) -> Result<(), String> {
        let own = format!("s{}_", self.scopes.len() - 1);
        let outer = looks_out(text, &own);
        if outer { Err("an aggregate of an outer row".to_owned()) } else { Ok(()) }
    }

    fn measure(&mut self, name: &str, args: &[ScalarId], distinct: bool) -> Result<String, String> {
        let args = self.scalars(args)?;
        args.iter().try_for_each(|arg| self.own(arg))?;
        let args = if args.is_empty() { "*".to_owned() } else { args.join(", ") };
        // DuckDB widens a sum, and any narrower type would not compare.
        Ok(format!("{name}({}{args})", if distinct { "DISTINCT " } else { "" }))
    }
}

/// Whether an expression names inputs, and none of its own scope.
fn looks_out(text: &str, own: &str) -> bool {
    (text.contains(".n_") || text.contains(".c")) && !text.contains(own)
}

fn literal(literal: &Literal) -> Result<String, String> {
    Ok(match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(value) => value.to_string().to_uppercase(),
        Literal::Integer(value) => format!("CAST({value} AS BIGINT)"),
        Literal::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => return Err(format!("{other:?}")),
    })
}

fn call(name: &str, args: &[String]) -> Result<String, String> {
    let joined = |word: &str| format!("({})", args.join(&format!(" {word} ")));
    Ok(match (name, args) {
        ("and", _) => joined("AND"),
        ("or", _) => joined("OR"),
        ("eq", [_, _]) => joined("="),
        ("ne", [_, _]) => joined("<>"),
        ("lt", [_, _]) => joined("<"),
        ("le", [_, _]) => joined("<="),
        ("add", [_, _]) => joined("+"),
        ("sub", [_, _]) => joined("-"),
        ("mul", [_, _]) => joined("*"),
        ("concat", _) => joined("||"),
        ("is-distinct", [_, _]) => joined("IS DISTINCT FROM"),
        ("is-not-distinct", [_, _]) => joined("IS NOT DISTINCT FROM"),
        ("not", [one]) => format!("(NOT {one})"),
        ("neg", [one]) => format!("(- {one})"),
        ("is-null", [one]) => format!("({one} IS NULL)"),
        ("is-false", [one]) => format!("({one} IS NOT DISTINCT FROM FALSE)"),
        ("is-true", [one]) => format!("({one} IS NOT DISTINCT FROM TRUE)"),
        ("all-equal", [first, rest @ ..]) => {
            let all: Vec<String> = rest.iter().map(|other| format!("{first} = {other}")).collect();
            format!("({})", all.join(" AND "))
        }
        ("lower" | "upper" | "trim" | "ltrim" | "rtrim" | "length" | "abs", [one]) => {
            format!("{name}({one})")
        }
        ("left" | "right" | "nullif", [one, two]) => format!("{name}({one}, {two})"),
        ("starts-with", [one, two]) => format!("starts_with({one}, {two})"),
        ("like", [one, two]) => format!("({one} LIKE {two})"),
        ("substring", _) => format!("substring({})", args.join(", ")),
        ("coalesce", _) => format!("coalesce({})", args.join(", ")),
        ("between", [value, low, high]) => format!("({value} BETWEEN {low} AND {high})"),
        ("in-list", [value, items @ ..]) => format!("({value} IN ({}))", items.join(", ")),
        _ => return Err(format!("function `{name}`")),
    })
}

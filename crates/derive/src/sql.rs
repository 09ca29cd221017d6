//! A query over a view as SQL that every dialect reads; what needs more than that is not written.

use plumb_base::Name;
use plumb_ir::{Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, Tree};

/// `select … from … where … group by …`, the outputs in the order and under the names that were asked for.
pub fn written(
    arena: &Arena,
    table: &str,
    rel: RelId,
    outputs: &[u32],
    names: &[Option<Name>],
) -> Option<String> {
    let write = Write { arena, groups: Vec::new(), tables: Vec::new() };
    let (columns, rest) = write.query(table, rel)?;
    let mut select = Vec::new();
    for (at, name) in outputs.iter().zip(names) {
        let column = columns.get(*at as usize)?;
        select.push(match name {
            Some(name) if name.as_str() != column => format!("{column} as {name}"),
            _ => column.clone(),
        });
    }
    (select.len() == outputs.len()).then(|| format!("select {} from {rest}", select.join(", ")))
}

struct Write<'a> {
    arena: &'a Arena,
    /// What the outputs of the grouping below are.
    groups: Vec<String>,
    /// What stands before the columns of each input.
    tables: Vec<String>,
}

impl Write<'_> {
    /// The outputs, and everything after `from`.
    fn query(&self, table: &str, rel: RelId) -> Option<(Vec<String>, String)> {
        let node = self.arena.get_rel(rel);
        let from = self.arena.get_from(node.from()?);
        match node {
            Rel::Project { out, .. } => {
                let grouped = match from.inputs.as_slice() {
                    [input] if from.tree == Tree::Input(0) => Some(*input),
                    _ => None,
                };
                let grouped = grouped
                    .filter(|input| matches!(self.arena.get_rel(*input), Rel::Aggregate { .. }));
                let (write, rest) = match grouped {
                    None => self.tables(table, from)?,
                    Some(input) => {
                        let (groups, rest) = self.query(table, input)?;
                        if groups.is_empty() {
                            return None;
                        }
                        (Self { arena: self.arena, groups, tables: Vec::new() }, rest)
                    }
                };
                let word = if write.groups.is_empty() { "where" } else { "having" };
                let rest = rest + &write.conditions(word, from)?;
                let columns = out.iter().map(|out| match out {
                    Out::Column(scalar) => write.scalar(*scalar),
                    Out::Star { .. } => None,
                });
                Some((columns.collect::<Option<_>>()?, rest))
            }
            Rel::Aggregate { keys, calls, scalar, .. } => {
                let (write, mut rest) = self.tables(table, from)?;
                rest += &write.conditions("where", from)?;
                let keys: Vec<String> =
                    keys.iter().map(|key| write.scalar(*key)).collect::<Option<_>>()?;
                // A constant key is a position in some dialects; no key is no GROUP BY.
                if !scalar {
                    let plain = |key: &String| {
                        key.starts_with(|first: char| first == '(' || first.is_alphabetic())
                    };
                    if keys.is_empty() || !keys.iter().all(plain) {
                        return None;
                    }
                    rest = format!("{rest} group by {}", keys.join(", "));
                }
                let calls = calls.iter().map(|call| write.scalar(*call));
                let calls: Vec<String> = calls.collect::<Option<_>>()?;
                Some(([keys, calls].concat(), rest))
            }
            _ => None,
        }
    }

    fn conditions(&self, word: &str, from: &From) -> Option<String> {
        let all: Vec<String> =
            from.filter.iter().map(|it| self.scalar(*it)).collect::<Option<_>>()?;
        Some(if all.is_empty() { String::new() } else { format!(" {word} {}", all.join(" and ")) })
    }

    /// The view, which comes first, and the tables that are joined with it.
    fn tables(&self, view: &str, from: &From) -> Option<(Self, String)> {
        let joined = match &from.tree {
            Tree::Input(_) => true,
            Tree::Inner(parts) => parts.iter().all(|part| matches!(part, Tree::Input(_))),
            Tree::Where { .. } | Tree::Left { .. } | Tree::Full { .. } => false,
        };
        let names = from.inputs.iter().map(|input| match self.arena.get_rel(*input) {
            Rel::Scan { table } => Some(self.arena.name(*table)),
            _ => None,
        });
        let names: Vec<&str> = names.collect::<Option<_>>().filter(|_| joined)?;
        let write = |tables| Self { arena: self.arena, groups: Vec::new(), tables };
        let (_, others) = names.split_first()?;
        if others.is_empty() {
            return Some((write(vec![String::new()]), view.to_owned()));
        }
        let mut text = format!("{view} as t0");
        for (number, name) in (1..).zip(others) {
            text = format!("{text}, {name} as t{number}");
        }
        Some((write((0..names.len()).map(|number| format!("t{number}.")).collect()), text))
    }

    fn scalar(&self, id: ScalarId) -> Option<String> {
        match self.arena.get_scalar(id) {
            Scalar::Column { depth: 0, input, field: Field::Named(name) } => {
                // What needs quotes is quoted in each dialect in its own way.
                let name = self.arena.name(*name);
                let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                let plain = name.chars().all(word) && !name.starts_with(|it: char| it.is_numeric());
                let table = self.tables.get(*input as usize)?;
                plain.then(|| format!("{table}{name}"))
            }
            Scalar::Column { depth: 0, input: 0, field: Field::At(at) } => {
                self.groups.get(*at as usize).cloned()
            }
            Scalar::Literal(literal) => constant(literal),
            Scalar::Call { function, args } => {
                let args: Vec<String> =
                    args.iter().map(|arg| self.scalar(*arg)).collect::<Option<_>>()?;
                call(self.arena.name(*function), &args)
            }
            Scalar::Aggregate { function, args, distinct, filter: None, order }
                if order.is_empty() =>
            {
                let name = self.arena.name(*function);
                let args: Vec<String> =
                    args.iter().map(|arg| self.scalar(*arg)).collect::<Option<_>>()?;
                let once = if *distinct { "distinct " } else { "" };
                match (name, args.as_slice()) {
                    ("count", []) => Some("count(*)".to_owned()),
                    ("count" | "sum" | "min" | "max" | "avg", [one]) => {
                        Some(format!("{name}({once}{one})"))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn constant(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Null => Some("null".to_owned()),
        Literal::Bool(value) => Some(value.to_string()),
        Literal::Integer(number) => Some(number.to_string()),
        // A backslash escapes in some dialects.
        Literal::Text(text) if !text.contains('\\') => {
            Some(format!("'{}'", text.replace('\'', "''")))
        }
        _ => None,
    }
}

fn call(name: &str, args: &[String]) -> Option<String> {
    let between = |word: &str| Some(format!("({})", args.join(&format!(" {word} "))));
    match (name, args) {
        ("eq", [_, _]) => between("="),
        ("ne", [_, _]) => between("<>"),
        ("lt", [_, _]) => between("<"),
        ("le", [_, _]) => between("<="),
        ("add", [_, _, ..]) => between("+"),
        ("sub", [_, _]) => between("-"),
        ("mul", [_, _, ..]) => between("*"),
        ("and", [_, _, ..]) => between("and"),
        ("or", [_, _, ..]) => between("or"),
        ("not", [one]) => Some(format!("(not {one})")),
        ("is-null", [one]) => Some(format!("({one} is null)")),
        ("in-list", [one, items @ ..]) => Some(format!("({one} in ({}))", items.join(", "))),
        ("coalesce", [_, ..]) => Some(format!("coalesce({})", args.join(", "))),
        ("date-trunc", [unit, time]) => Some(format!("date_trunc({unit}, {time})")),
        _ => None,
    }
}

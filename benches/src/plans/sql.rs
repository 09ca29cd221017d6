//! Relations as queries of DuckDB.
//!
//! An output has the name `c0`, `c1`, … of its position, a column of a star keeps its own behind `n_`. An
//! input of the scope `s` deep is `s1_0`: what a scalar sees `d` scopes out is `s<depth - d>_<input>`.

use plumb_ir::{Arena, Field, From, Out, Rel, RelId, SetKind, SortKey, Tree};

use super::scalar::Scalars;
use crate::soundness::tables::TABLES;

/// The columns of a relation.
pub(super) type Columns = Vec<Column>;

/// A column of a relation.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// How it is addressed.
    pub(super) field: Field,
    /// Its name in the text.
    pub(super) name: String,
    /// Which output it belongs to; a star has many.
    output: u32,
}

/// The statement for some outputs of a plan.
pub(super) fn statement(arena: &Arena, rel: RelId, outputs: &[u32]) -> Result<String, String> {
    let mut writer = Writer { arena, scopes: Vec::new(), rows: 0 };
    let (text, columns) = writer.rel(rel)?;
    let mut list: Vec<&str> = Vec::new();
    for output in outputs {
        // Those of a star in the order of the evaluator.
        let mut of: Vec<&Column> = columns.iter().filter(|it| it.output == *output).collect();
        of.sort_by_key(|it| it.field);
        list.extend(of.iter().map(|it| it.name.as_str()));
    }
    if list.is_empty() {
        return Err("no columns".to_owned());
    }
    Ok(format!("SELECT {} FROM ({text}) AS whole", list.join(", ")))
}

pub(super) struct Writer<'a> {
    pub(super) arena: &'a Arena,
    /// Inputs of each scope in sight, innermost last; an input that is not written yet has no columns.
    pub(super) scopes: Vec<Vec<Columns>>,
    /// Rows that were added to have a place for a condition.
    rows: u32,
}

impl Writer<'_> {
    pub(super) fn rel(&mut self, id: RelId) -> Result<(String, Columns), String> {
        let arena = self.arena;
        match arena.get_rel(id) {
            Rel::Scan { table } => Ok(self.scan(arena.name(*table))),
            Rel::Values { width, rows } => self.values(*width, rows),
            Rel::Project { from, out } => self.project(arena.get_from(*from), out),
            Rel::Aggregate { from, keys, calls, scalar } => {
                let inputs = self.from(arena.get_from(*from))?;
                let keys = self.scalars(keys)?;
                let calls = self.scalars(calls)?;
                self.scopes.pop();
                let columns = positions(keys.len() + calls.len());
                let all: Vec<String> = keys.iter().chain(&calls).cloned().collect();
                if all.is_empty() {
                    return Err("a grouping without columns".to_owned());
                }
                if *scalar {
                    return Ok((format!("SELECT {} {inputs}", named(&all)), columns));
                }
                // A constant key would be a position, and a key with a subquery is not known again.
                let odd = |key: &String| key.contains("SELECT") || constant(key);
                if keys.is_empty() || keys.iter().any(odd) {
                    return Err("a key that DuckDB does not group by".to_owned());
                }
                let grouped: Vec<String> = keys.iter().map(|key| format!("({key})")).collect();
                let text =
                    format!("SELECT {} {inputs} GROUP BY {}", named(&all), grouped.join(", "));
                Ok((text, columns))
            }
            Rel::Distinct { input } => {
                let (text, columns) = self.rel(*input)?;
                Ok((format!("SELECT DISTINCT * FROM ({text}) AS d"), columns))
            }
            Rel::Union { inputs } => {
                let parts = inputs.iter().map(|it| self.rel(*it)).collect::<Result<Vec<_>, _>>()?;
                let columns = parts.first().map(|(_, columns)| columns.clone()).unwrap_or_default();
                let texts: Vec<String> =
                    parts.iter().map(|(text, _)| format!("({text})")).collect();
                Ok((texts.join(" UNION ALL "), columns))
            }
            Rel::Set { kind, all, left, right } => {
                let word = match kind {
                    SetKind::Intersect => "INTERSECT",
                    SetKind::Except => "EXCEPT",
                };
                let all = if *all { " ALL" } else { "" };
                let (left, columns) = self.rel(*left)?;
                let (right, _) = self.rel(*right)?;
                Ok((format!("({left}) {word}{all} ({right})"), columns))
            }
            Rel::Limit { input, order, limit, offset } => {
                let (text, columns) = self.rel(*input)?;
                self.scopes.push(vec![columns.clone()]);
                let alias = self.alias(0, 0);
                let order = self.order(order)?;
                let mut whole = format!("SELECT * FROM ({text}) AS {alias}{order}");
                for (word, id) in [("LIMIT", limit), ("OFFSET", offset)] {
                    if let Some(id) = id {
                        whole = format!("{whole} {word} {}", self.scalar(*id)?);
                    }
                }
                self.scopes.pop();
                Ok((whole, columns))
            }
            Rel::Call { function, args } => {
                let name = arena.find_symbol("value").ok_or("no name for a column")?;
                self.scopes.push(Vec::new());
                let args = self.scalars(args)?;
                self.scopes.pop();
                if arena.name(*function) != "generate-series" {
                    return Err("a table function".to_owned());
                }
                let text =
                    format!("SELECT unnest(generate_series({})) AS n_value", args.join(", "));
                let (field, column) = (Field::Named(name), "n_value".to_owned());
                Ok((text, vec![Column { field, name: column, output: 0 }]))
            }
            Rel::Opaque { .. } => Err("an opaque part".to_owned()),
        }
    }

    fn scan(&self, table: &str) -> (String, Columns) {
        let known = TABLES.iter().find(|(name, _)| *name == table);
        let names: Vec<&str> =
            known.map(|(_, columns)| columns.iter().map(|it| it.0).collect()).unwrap_or_default();
        let list: Vec<String> = names.iter().map(|name| format!("{name} AS n_{name}")).collect();
        let columns = names.iter().filter_map(|name| {
            let symbol = self.arena.find_symbol(name)?;
            let (field, name) = (Field::Named(symbol), format!("n_{name}"));
            Some(Column { field, name, output: 0 })
        });
        (format!("SELECT {} FROM {table}", list.join(", ")), columns.collect())
    }

    fn values(
        &mut self,
        width: u32,
        rows: &[Vec<plumb_ir::ScalarId>],
    ) -> Result<(String, Columns), String> {
        self.scopes.push(Vec::new());
        let mut parts = Vec::new();
        for row in rows {
            parts.push(format!("SELECT {}", named(&self.scalars(row)?)));
        }
        self.scopes.pop();
        if parts.is_empty() {
            let nulls = vec!["NULL".to_owned(); width as usize];
            parts.push(format!("SELECT {} WHERE FALSE", named(&nulls)));
        }
        Ok((parts.join(" UNION ALL "), positions(width as usize)))
    }

    fn project(&mut self, from: &From, out: &[Out]) -> Result<(String, Columns), String> {
        let inputs = self.from(from)?;
        let (mut columns, mut list): (Columns, Vec<String>) = (Vec::new(), Vec::new());
        for (at, out) in (0_u32..).zip(out) {
            match out {
                Out::Column(scalar) => {
                    list.push(format!("{} AS c{at}", self.scalar(*scalar)?));
                    columns.push(Column {
                        field: Field::At(at),
                        name: format!("c{at}"),
                        output: at,
                    });
                }
                Out::Star { input, except } => {
                    let alias = self.alias(0, *input);
                    let inner = self.scopes.last().and_then(|it| it.get(*input as usize)).cloned();
                    let passed = inner.unwrap_or_default().into_iter().filter_map(|column| {
                        match column.field {
                            Field::Named(symbol) if !except.contains(&symbol) => Some(column),
                            Field::Named(_) | Field::At(_) => None,
                        }
                    });
                    for column in passed {
                        list.push(format!("{alias}.{0} AS {0}", column.name));
                        columns.push(Column { output: at, ..column });
                    }
                }
            }
        }
        self.scopes.pop();
        if list.is_empty() {
            list.push("1 AS nothing".to_owned());
        }
        let mut names: Vec<&String> = columns.iter().map(|it| &it.name).collect();
        names.sort();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two columns of one name".to_owned());
        }
        Ok((format!("SELECT {} {inputs}", list.join(", ")), columns))
    }

    /// `FROM … WHERE …`; its scope stays open for what stands on it.
    fn from(&mut self, from: &From) -> Result<String, String> {
        let depth = self.scopes.len();
        self.scopes.push(vec![Vec::new(); from.inputs.len()]);
        let mut texts = Vec::new();
        for (at, input) in (0..).zip(&from.inputs) {
            let (text, columns) = self.rel(*input)?;
            self.scopes[depth][at as usize] = columns;
            let lateral = if self.arena.rel_reach(*input) > 0 { "LATERAL " } else { "" };
            texts.push(format!("{lateral}({text}) AS {}", self.alias(0, at)));
        }
        let nothing = matches!(&from.tree, Tree::Inner(parts) if parts.is_empty());
        let mut text = if nothing {
            String::new()
        } else {
            format!("FROM {}", self.tree(&from.tree, &texts)?)
        };
        if !from.filter.is_empty() {
            let filter = self.scalars(&from.filter)?.join(") AND (");
            text = format!("{text} WHERE ({filter})");
        }
        Ok(text)
    }

    fn tree(&mut self, tree: &Tree, texts: &[String]) -> Result<String, String> {
        Ok(match tree {
            Tree::Input(at) => texts[*at as usize].clone(),
            Tree::Inner(parts) => {
                let parts =
                    parts.iter().map(|it| self.tree(it, texts)).collect::<Result<Vec<_>, _>>()?;
                match parts.as_slice() {
                    [] => return Err("a join of nothing".to_owned()),
                    [one] => one.clone(),
                    _ => format!("({})", parts.join(" CROSS JOIN ")),
                }
            }
            // A condition on a part of a join: a join with one row.
            Tree::Where { part, on } => {
                let part = self.tree(part, texts)?;
                let on = self.scalars(on)?;
                let on = if on.is_empty() { "TRUE".to_owned() } else { on.join(" AND ") };
                self.rows += 1;
                format!("({part} JOIN (SELECT 1 AS one) AS w{} ON {on})", self.rows)
            }
            Tree::Left { left, right, on } => self.outer("LEFT", left, right, on, texts)?,
            Tree::Full { left, right, on } => self.outer("FULL", left, right, on, texts)?,
        })
    }

    fn outer(
        &mut self,
        word: &str,
        left: &Tree,
        right: &Tree,
        on: &[plumb_ir::ScalarId],
        texts: &[String],
    ) -> Result<String, String> {
        let (left, right) = (self.tree(left, texts)?, self.tree(right, texts)?);
        let on = self.scalars(on)?;
        let on = if on.is_empty() { "TRUE".to_owned() } else { on.join(" AND ") };
        Ok(format!("({left} {word} JOIN {right} ON {on})"))
    }

    pub(super) fn order(&mut self, keys: &[SortKey]) -> Result<String, String> {
        let mut list = Vec::new();
        for key in keys {
            let way = if key.descending { "DESC" } else { "ASC" };
            let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
            // A bare number would be a position.
            list.push(format!("({}) {way} NULLS {nulls}", self.scalar(key.value)?));
        }
        Ok(if list.is_empty() { String::new() } else { format!(" ORDER BY {}", list.join(", ")) })
    }

    /// The name of an input so many scopes out.
    pub(super) fn alias(&self, depth: u32, input: u32) -> String {
        let scope = self.scopes.len().saturating_sub(1 + depth as usize);
        format!("s{scope}_{input}")
    }
}

/// Whether a key is a constant: it names no input.
fn constant(key: &str) -> bool {
    !key.contains("s0_") && !key.contains(".n_") && !key.contains(".c")
}

fn named(list: &[String]) -> String {
    let item = |(at, text): (usize, &String)| format!("{text} AS c{at}");
    list.iter().enumerate().map(item).collect::<Vec<_>>().join(", ")
}

fn positions(width: usize) -> Columns {
    let column = |at| Column { field: Field::At(at), name: format!("c{at}"), output: at };
    (0..).take(width).map(column).collect()
}

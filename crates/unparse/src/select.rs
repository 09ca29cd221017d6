//! One `SELECT`, its clauses in order.

use crate::{
    doc::Doc,
    name::Of,
    spelling::Feature,
    unspoken::{Said, Unspoken},
    writer::{Output, Writer},
};

/// The clauses of a `SELECT`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Select {
    pub(crate) distinct: bool,
    /// `FROM` with its joins.
    pub(crate) from: Option<Doc>,
    /// Whether it reads one table: then columns need not say of which they are.
    pub(crate) single: bool,
    pub(crate) filter: Vec<Doc>,
    pub(crate) group: Vec<Doc>,
    pub(crate) having: Vec<Doc>,
    pub(crate) qualify: Vec<Doc>,
    pub(crate) order: Vec<Doc>,
    pub(crate) limit: Option<Doc>,
    pub(crate) offset: Option<Doc>,
}

impl Select {
    /// Whether it keeps only some of its rows, or each once.
    pub(crate) fn is_final(&self) -> bool {
        self.distinct || self.limit.is_some() || self.offset.is_some()
    }
}

/// One item of a select list.
pub(crate) struct Item {
    pub(crate) output: Output,
    /// Canonically, where it is given one.
    pub(crate) name: Option<String>,
}

impl Writer<'_> {
    /// The text of a `SELECT`.
    pub(crate) fn selected(&mut self, select: Select, items: Vec<Item>) -> Said<Doc> {
        let (mut list, mut aliases): (Vec<Doc>, Vec<String>) = (Vec::new(), Vec::new());
        let mut perhaps = std::mem::take(&mut self.perhaps);
        for item in items {
            match item.output {
                Output::Star { table, except } => list.push(self.star(&table, &except, &select)?),
                Output::Value(value) => {
                    perhaps.retain(|it| Some(&it.0) != item.name.as_ref() || it.1 != value.doc);
                    let name = item.name.map(|name| self.name(Of::Column, &name)).transpose()?;
                    let name = name.filter(|name| value.own.as_ref() != Some(name));
                    let alias = name.as_ref().map(|name| Doc::text(format!(" as {name}")));
                    // What is listed before may be meant by its alias.
                    let value = value.doc.settled(&|name| alone(select.single, &aliases, name));
                    list.push(Doc::all(std::iter::once(value).chain(alias)));
                    aliases.extend(name);
                }
            }
        }
        if !perhaps.is_empty() {
            return Err(Unspoken::Shape("a name that may be a column or an alias"));
        }
        if list.is_empty() {
            list.push(Doc::text("1"));
        }
        // Without a table in front the word is taken for a name.
        if select.from.is_none() && !select.qualify.is_empty() {
            return Err(Unspoken::Shape("windows over no table"));
        }
        let lost = std::mem::take(&mut self.alone);
        if lost.iter().any(|name| aliases.contains(name)) {
            return Err(Unspoken::Shape("a name that is an alias, too, and has no table"));
        }
        let word = if select.distinct { "select distinct" } else { "select" };
        let list = Doc::all([Doc::Line, Doc::list(list, ",")]).nest();
        let mut clauses = vec![Doc::all([Doc::text(word), list]).group()];
        clauses.extend(select.from);
        let clause = |word: &str, parts: Vec<Doc>, between: &str| {
            (!parts.is_empty()).then(|| {
                let parts =
                    if between == "and" { conjunction(parts) } else { Doc::list(parts, between) };
                Doc::all([Doc::text(format!("{word} ")), parts.nest()]).group()
            })
        };
        clauses.extend(clause("where", select.filter, "and"));
        clauses.extend(clause("group by", select.group, ","));
        clauses.extend(clause("having", select.having, "and"));
        clauses.extend(clause("qualify", select.qualify, "and"));
        clauses.extend(clause("order by", select.order, ","));
        let limit = clause("limit", select.limit.into_iter().collect(), ",");
        let offset = clause("offset", select.offset.into_iter().collect(), ",");
        if self.spelling.has(Feature::OffsetFirst) {
            clauses.extend(offset.into_iter().chain(limit));
        } else {
            clauses.extend(limit.into_iter().chain(offset));
        }
        let single = select.single;
        Ok(Doc::list(clauses, "").settled(&|name| alone(single, &aliases, name)))
    }

    fn star(&self, table: &str, except: &[String], select: &Select) -> Said<Doc> {
        let star = if select.single { "*".to_owned() } else { format!("{table}.*") };
        if except.is_empty() {
            return Ok(Doc::text(star));
        }
        let word =
            self.spelling.star_except.ok_or(Unspoken::Grammar("star without some columns"))?;
        Ok(Doc::text(format!("{star} {word} ({})", except.join(", "))))
    }
}

/// Whether a column can stand without its table: there is one table, and no alias is spelled so.
fn alone(single: bool, aliases: &[String], name: &str) -> bool {
    single && !aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
}

/// Conditions that all hold.
fn conjunction(parts: Vec<Doc>) -> Doc {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.extend([Doc::Line, Doc::text("and ")]);
        }
        all.push(part);
    }
    Doc::All(all)
}

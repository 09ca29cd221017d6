//! Table functions: which columns their rows have.

use plumb_base::{Name, Span};
use plumb_ir::{Field, FunctionKind, Rel, function};
use plumb_syntax::sql::{
    FunctionRule,
    tree::{Alias, Argument, Call, Expr, ExprKind, Ident},
};

use crate::{
    Read,
    columns::called,
    scope::{Bound, Column, Resolver, Scope, number},
    select::Output,
};

/// A call in a `FROM`.
pub(crate) struct Function<'a> {
    /// As written, lower case.
    pub(crate) name: &'a str,
    pub(crate) args: &'a [Argument],
    /// The column that counts.
    pub(crate) position: Option<&'a Ident>,
    pub(crate) alias: Option<&'a Alias>,
    pub(crate) span: Span,
}

/// The columns of a function, each by its address and its name.
struct Columns {
    known: Vec<(&'static str, Option<Name>)>,
    open: bool,
}

impl Resolver<'_> {
    /// The rows of a table function; names from its alias are not put in yet.
    pub(crate) fn rows(&mut self, function: &Function<'_>) -> Bound {
        if let Some(bound) = self.of_project(function) {
            return bound;
        }
        // Arguments see the tables to their left one scope out; the function itself has none.
        let seen = std::mem::replace(&mut self.scope().visible, true);
        let ((canonical, args, _), _) = self.within(Scope::default(), |it| {
            it.arguments(function.name, function.args, function.span)
        });
        self.scope().visible = seen;
        let symbol = self.arena.symbol(&canonical);
        let rel = self.arena.rel(Rel::Call { function: symbol, args });
        let Columns { known, open } = self.columns_of(&canonical, function);
        let fields = if canonical == "unnest" && open { fields(function.args) } else { None };
        let open = open && fields.is_none();
        let mut columns: Vec<Column> = Vec::new();
        for (address, name) in known {
            let field = Field::Named(self.arena.symbol(address));
            columns.push(Column { name, field });
        }
        for name in fields.into_iter().flatten() {
            let field = Field::Named(self.arena.symbol(name.as_str()));
            columns.push(Column { name: Some(name), field });
        }
        if let Some(position) = function.position {
            let field = Field::Named(self.arena.symbol("position"));
            columns.push(Column { name: Some(position.name.clone()), field });
        }
        Bound { rel, columns, open, hidden: Vec::new() }
    }

    /// The rows of a function that the project makes: some that its query gives, for arguments that it is called with.
    fn of_project(&mut self, function: &Function<'_>) -> Option<Bound> {
        let schema = self.around.catalog.table(&called(function.name))?;
        self.calls.known += 1;
        self.reads.push(Read { table: schema.table.clone(), span: function.span });
        let table = self.arena.symbol(&schema.table);
        let scan = self.arena.rel(Rel::Scan { table });
        let key = self.unique();
        let (why, key) = (self.arena.symbol("table-function"), self.arena.symbol(&key));
        let rel = self.arena.rel(Rel::Opaque { why, key, inputs: vec![scan] });
        let columns = schema.columns.iter().map(|column| Column {
            name: Some(column.name.clone()),
            field: Field::Named(self.arena.symbol(column.name.as_str())),
        });
        Some(Bound { rel, columns: columns.collect(), open: schema.open, hidden: Vec::new() })
    }

    /// Whether a call in the list gives rows whose columns nobody names.
    pub(crate) fn is_generator(&self, expr: &Expr) -> bool {
        let ExprKind::Call(call) = &expr.kind else { return false };
        let dialect = self.around.dialect;
        let rule = dialect.function(&call.name, call.args.len());
        let table = |it: &FunctionRule| {
            function(it.canonical).is_some_and(|it| it.kind == FunctionKind::Table)
        };
        dialect.name == "databricks" && rule.is_some_and(table)
    }

    /// Columns of a call that gives rows.
    pub(crate) fn columns(&mut self, expr: &Expr, names: &[Ident], outputs: &mut Vec<Output>) {
        let ExprKind::Call(call) = &expr.kind else {
            self.problem(expr.span, "not-read", "several names for a value are not read yet");
            return;
        };
        let bound = self.rows_in_list(call, expr.span, names);
        let input = number(self.scope().inputs.len() + self.scope().added.len() - 1);
        if bound.open && names.is_empty() {
            // One column for a list, two for a map.
            outputs.push(Output::Star { input, except: Vec::new(), known: Vec::new() });
            return;
        }
        for column in bound.columns {
            let scalar = self.arena.column(input, column.field);
            outputs.push(Output::Column(column.name, scalar));
        }
    }

    /// Adds the rows of a table function in the select list to the `FROM`: each row meets those of its own call.
    pub(crate) fn rows_in_list(&mut self, call: &Call, span: Span, names: &[Ident]) -> Bound {
        let alias = names.first().map(|name| Alias { name: name.clone(), columns: names.to_vec() });
        let function = Function {
            name: &call.name,
            args: &call.args,
            position: None,
            alias: alias.as_ref(),
            span,
        };
        let bound = self.rows(&function);
        let bound = self.renamed(bound, names);
        self.scope().added.push(bound.rel);
        bound
    }

    fn columns_of(&self, canonical: &str, function: &Function<'_>) -> Columns {
        let aliases = function.alias.map_or(0, |alias| alias.columns.len());
        let bigquery = self.around.dialect.name == "bigquery";
        match canonical {
            "flatten" => closed(&["seq", "key", "path", "index", "value", "this"]),
            "split-to-table" => closed(&["seq", "index", "value"]),
            // A list gives `col`, a map `key` and `value`; how many aliases there are says which.
            "explode" | "explode-outer" => match aliases {
                2 => closed(&["key", "value"]),
                1 => closed(&["col"]),
                _ => Columns { open: true, ..closed(&["col"]) },
            },
            "explode-position" | "explode-position-outer" => match aliases {
                3 => closed(&["pos", "key", "value"]),
                2 => closed(&["pos", "col"]),
                _ => Columns { open: true, ..closed(&["pos", "col"]) },
            },
            // BigQuery's alias names the element itself: the only column, where it is a plain value.
            "unnest" if bigquery && function.alias.is_some() && are_plain(function.args) => {
                let alias = function.alias.map(|alias| alias.name.name.clone());
                Columns { known: vec![("value", alias)], open: false }
            }
            // An element may be a struct.
            "unnest" if bigquery => Columns { known: vec![("value", None)], open: true },
            // The only column has the name of the alias, or of the function.
            "unnest" | "generate-series" => {
                let alias = function.alias.map(|alias| alias.name.name.clone());
                let name = alias.unwrap_or_else(|| Name::new(function.name));
                Columns { known: vec![("value", Some(name))], open: false }
            }
            _ => Columns { known: Vec::new(), open: true },
        }
    }
}

/// The fields of the structs of a list that is written out.
fn fields(args: &[Argument]) -> Option<Vec<Name>> {
    let [Argument::Plain(Expr { kind: ExprKind::Array(items), .. })] = args else { return None };
    let ExprKind::Struct(fields) = &items.first()?.kind else { return None };
    fields.iter().map(|(name, _)| name.clone()).collect()
}

/// Whether the elements of a list are plain values for certain, and not structs.
fn are_plain(args: &[Argument]) -> bool {
    /// Functions whose lists hold plain values.
    const MAKERS: &[&str] =
        &["generate_array", "generate_date_array", "generate_timestamp_array", "split"];
    let [Argument::Plain(list)] = args else { return false };
    match &list.kind {
        ExprKind::Array(items) => {
            items.first().is_some_and(|item| matches!(item.kind, ExprKind::Literal(_)))
        }
        ExprKind::Call(call) => MAKERS.contains(&call.name.as_str()),
        _ => false,
    }
}

fn closed(names: &[&'static str]) -> Columns {
    let known = names.iter().map(|name| (*name, Some(Name::new(*name)))).collect();
    Columns { known, open: false }
}

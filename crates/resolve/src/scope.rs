//! Scopes: which relations a name may mean, innermost first.

use std::collections::{BTreeMap, BTreeSet};

use plumb_base::{Name, Severity, Span, TableName};
use plumb_ir::{Arena, Field, Literal, RelId, Scalar, ScalarId, Tree};
use plumb_syntax::sql::Trouble;

use crate::{
    Around, Read, Selected,
    listed::{Aliases, Places},
};

/// A relation with the names of its columns.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    pub(crate) rel: RelId,
    pub(crate) columns: Vec<Column>,
    /// More columns may be reached by name.
    pub(crate) open: bool,
    /// Names that a star left out: they are not among the others.
    pub(crate) hidden: Vec<Name>,
}

/// A column that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: Option<Name>,
    pub(crate) field: Field,
}

/// One relation of a `FROM`.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) bound: Bound,
    /// Its alias, or the last part of its name.
    pub(crate) alias: Option<Name>,
    /// Its full name, where it is a table without an alias.
    pub(crate) table: Option<TableName>,
    /// Columns that `USING` merged into another input's.
    pub(crate) merged: Vec<Name>,
    /// Columns it must have, as they were used with nothing else to mean.
    pub(crate) seen: BTreeSet<Name>,
    places: Places,
}

impl Input {
    pub(crate) fn new(bound: Bound, alias: Option<Name>, table: Option<TableName>) -> Self {
        let (merged, seen, places) = Default::default();
        Self { bound, alias, table, merged, seen, places }
    }
}

/// What a `SELECT` sees.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) inputs: Vec<Input>,
    /// Columns that `USING` made one.
    pub(crate) merged: Vec<(Name, ScalarId)>,
    /// Aliases of the select list so far, for dialects that let it see itself.
    pub(crate) aliases: Aliases,
    /// Aliases that the select list will have, where `WHERE` may use them.
    pub(crate) later: Vec<Name>,
    /// Inputs that the select list adds: one row for each struct whose star it takes, the rows of a function.
    pub(crate) added: Vec<RelId>,
    /// Whether the select list is being bound: then a function may give rows.
    pub(crate) listing: bool,
    /// Whether inner statements may look here at all.
    pub(crate) visible: bool,
    /// Whether rows are visited as a tree, each after the one above it.
    pub(crate) tree: bool,
    /// What a row of the statement is wanted as.
    pub(crate) wanted: Wanted,
}

/// What a row is wanted as, where a statement says that each is one value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Columns.
    #[default]
    Columns,
    /// That value.
    Value,
}

/// A CTE.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) name: Name,
    pub(crate) bound: Bound,
    /// How many scopes stood around it: what it looks at outside is counted from there.
    pub(crate) around: usize,
}

/// How a `FROM` is joined so far.
pub(crate) struct Joined {
    pub(crate) tree: Tree,
    /// Conditions that may move up to where the tree stands.
    pub(crate) filter: Vec<ScalarId>,
}

/// The work of binding one query.
pub(crate) struct Resolver<'a> {
    pub(crate) arena: &'a mut Arena,
    pub(crate) around: &'a Around<'a>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) ctes: Vec<Named>,
    pub(crate) lambdas: Vec<Name>,
    pub(crate) windows: Vec<(Name, plumb_syntax::sql::tree::Window)>,
    pub(crate) problems: Vec<Trouble>,
    pub(crate) reads: Vec<Read>,
    pub(crate) selects: Vec<Selected>,
    pub(crate) unknowns: u32,
    /// What stands for aliases that were used before their select list was bound.
    pub(crate) awaited: BTreeMap<Name, ScalarId>,
    pub(crate) calls: crate::Calls,
    /// Parameters of the function whose body is bound.
    pub(crate) params: Vec<Name>,
    /// Functions whose bodies are bound, each inside the one before.
    pub(crate) inside: Vec<TableName>,
    /// What a row of the query that comes next is wanted as.
    pub(crate) wanted: Wanted,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(arena: &'a mut Arena, around: &'a Around<'a>) -> Self {
        Self {
            arena,
            around,
            scopes: Vec::new(),
            ctes: Vec::new(),
            lambdas: Vec::new(),
            windows: Vec::new(),
            problems: Vec::new(),
            reads: Vec::new(),
            selects: Vec::new(),
            unknowns: 0,
            awaited: BTreeMap::new(),
            calls: crate::Calls::default(),
            params: Vec::new(),
            inside: Vec::new(),
            wanted: Wanted::Columns,
        }
    }

    pub(crate) fn problem(&mut self, span: Span, reason: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(Trouble { span, severity: Severity::Partly, reason, message });
    }

    pub(crate) fn note(&mut self, span: Span, reason: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(Trouble { span, severity: Severity::Note, reason, message });
    }

    /// A value nobody knows, equal to no other.
    pub(crate) fn unknown(&mut self, kind: &str) -> ScalarId {
        let key = self.unique();
        let (kind, key) = (self.arena.symbol(kind), self.arena.symbol(&key));
        self.arena.scalar(Scalar::Hole { kind, key })
    }

    /// A key that no other statement, and no other place of this one, has.
    pub(crate) fn unique(&mut self) -> String {
        self.unknowns += 1;
        format!("{}:{}", self.around.owner, self.unknowns)
    }

    pub(crate) fn null(&mut self) -> ScalarId {
        self.arena.literal(Literal::Null)
    }

    pub(crate) fn text(&mut self, text: &str) -> ScalarId {
        self.arena.literal(Literal::Text(text.to_owned()))
    }

    pub(crate) fn scope(&mut self) -> &mut Scope {
        if self.scopes.is_empty() {
            self.scopes.push(Scope::default());
        }
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Runs with one more scope around; returns it with the result.
    pub(crate) fn within<T>(
        &mut self,
        scope: Scope,
        run: impl FnOnce(&mut Self) -> T,
    ) -> (T, Scope) {
        self.scopes.push(scope);
        let result = run(self);
        (result, self.scopes.pop().unwrap_or_default())
    }

    /// Binds a column by what was written.
    pub(crate) fn column(&mut self, names: &[Name], span: Span) -> ScalarId {
        if let [name] = names {
            return self.bare(name).unwrap_or_else(|| self.missing(names, span));
        }
        for outward in 0..self.scopes.len() {
            let scope = &self.scopes[self.scopes.len() - 1 - outward];
            if !scope.visible && outward > 0 {
                continue;
            }
            let depth = u32::try_from(outward).unwrap_or(u32::MAX);
            // The longest qualifier that names an input wins; what follows the column is a path into it.
            for split in (1..names.len()).rev() {
                let Some(index) = scope.input_named(&names[..split]) else { continue };
                let Some(column) = self.of_input(outward, index, &names[split]) else { break };
                let column = self.deepen(column, depth);
                return self.path(column, &names[split + 1..]);
            }
        }
        // No relation has that name: a struct column and its fields.
        if let Some(column) = self.bare(&names[0]) {
            return self.path(column, &names[1..]);
        }
        self.missing(names, span)
    }

    fn missing(&mut self, names: &[Name], span: Span) -> ScalarId {
        let spelled: Vec<&str> = names.iter().map(Name::as_str).collect();
        self.problem(span, "unknown-column", format!("no column `{}` in scope", spelled.join(".")));
        self.unknown("unknown-column")
    }

    /// What `CONNECT BY` knows of a row beside its columns: no column of a table, and not carried.
    fn of_tree(&mut self, name: &Name) -> Option<ScalarId> {
        let plain = name.as_str().to_lowercase();
        let known = ["level", "connect_by_isleaf", "connect_by_iscycle"].contains(&plain.as_str());
        let tree = self.scopes.last().is_some_and(|scope| scope.tree);
        (known && tree).then(|| self.unknown("connect-by"))
    }

    fn bare(&mut self, name: &Name) -> Option<ScalarId> {
        if let Some(of_tree) = self.of_tree(name) {
            return Some(of_tree);
        }
        if let Some(index) = self.lambdas.iter().rposition(|param| param == name) {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            return Some(self.arena.scalar(Scalar::Param(index)));
        }
        // What a function computes knows its parameters, and nothing of where it is called.
        if !self.params.is_empty()
            && !self.is_listed(name)
            && let Some(param) = self.parameter(name)
        {
            return Some(param);
        }
        if self.inside.is_empty() && self.around.catalog.is_variable(name) && !self.is_listed(name)
        {
            let key = format!("{}:{name}", self.around.owner);
            let (kind, key) = (self.arena.symbol("variable"), self.arena.symbol(&key));
            return Some(self.arena.scalar(Scalar::Hole { kind, key }));
        }
        for outward in 0..self.scopes.len() {
            let scope = &self.scopes[self.scopes.len() - 1 - outward];
            if !scope.visible && outward > 0 {
                continue;
            }
            if let Some(found) = self.bare_in(outward, name) {
                let depth = u32::try_from(outward).unwrap_or(u32::MAX);
                return Some(self.deepen(found, depth));
            }
        }
        None
    }

    /// Whether some scope lists a name, be it of a column or of an alias.
    fn is_listed(&self, name: &Name) -> bool {
        let last = self.scopes.len().saturating_sub(1);
        let mut seen = self.scopes.iter().enumerate().filter(|(at, it)| it.visible || *at == last);
        seen.any(|(_, scope)| {
            let merged = scope.merged.iter().any(|(column, _)| column == name);
            // A relation that is called so is meant as a row.
            let row = |it: &Input| it.alias.as_ref() == Some(name);
            let known = scope.knows(name) || scope.inputs.iter().any(row);
            merged || known || scope.alias(name).is_some() || scope.later.contains(name)
        })
    }

    /// A bare name in one scope, as seen from that scope.
    fn bare_in(&mut self, outward: usize, name: &Name) -> Option<ScalarId> {
        let scope = &self.scopes[self.scopes.len() - 1 - outward];
        if let Some((_, merged)) = scope.merged.iter().find(|(column, _)| column == name) {
            return Some(*merged);
        }
        let known: Vec<usize> =
            (0..scope.inputs.len()).filter(|index| scope.inputs[*index].knows(name)).collect();
        let alias = scope.alias(name);
        if known.is_empty() {
            // An input of which only the alias is named: BigQuery's `FROM UNNEST(xs) AS x`.
            let whole = scope.inputs.iter().position(|input| {
                input.alias.as_ref() == Some(name) && input.bound.element().is_some()
            });
            if let Some(index) = whole {
                let field = scope.inputs[index].bound.element()?;
                return Some(self.arena.column(number(index), field));
            }
        }
        let open = || (0..scope.inputs.len()).filter(|index| scope.inputs[*index].may_have(name));
        let found = !known.is_empty();
        let candidates: Vec<usize> = if found { known } else { open().collect() };
        let column = match candidates.as_slice() {
            [] if alias.is_none() => return self.special(outward, name),
            [] => return alias,
            [index] => self.of_input(outward, *index, name)?,
            several => {
                let inputs = several.iter().map(|index| number(*index)).collect();
                let name = self.arena.symbol(name.as_str());
                self.arena.scalar(Scalar::Either { depth: 0, inputs, name })
            }
        };
        match (alias, candidates.as_slice()) {
            (None, [index]) => {
                let at = self.scopes.len() - 1 - outward;
                self.scopes[at].inputs[*index].seen.insert(name.clone());
                Some(column)
            }
            // A column wins over an alias, but nobody knows whether it exists: both are kept.
            (Some(alias), _) if !found => {
                Some(self.arena.call("column-or-alias", vec![column, alias]))
            }
            _ => Some(column),
        }
    }

    /// A name that no column has: an alias that comes later, or a whole row.
    fn special(&mut self, outward: usize, name: &Name) -> Option<ScalarId> {
        let at = self.scopes.len() - 1 - outward;
        if self.scopes[at].later.contains(name) {
            return Some(self.later_alias(name));
        }
        let row = |input: &Input| match (&input.alias, &input.table) {
            (Some(alias), _) => alias == name,
            (None, Some(table)) => table.table() == name.as_str(),
            (None, None) => false,
        };
        let rows = ["bigquery", "duckdb", "postgres"].contains(&self.around.dialect.name);
        let index = self.scopes[at].inputs.iter().position(row).filter(|_| rows)?;
        let bound = &self.scopes[at].inputs[index].bound;
        if bound.open {
            // The row of a table whose columns are not known.
            let all = self.arena.symbol("*");
            return Some(self.arena.column(number(index), Field::Named(all)));
        }
        let columns = bound.columns.clone();
        let mut fields = Vec::new();
        for column in columns {
            fields.push(match &column.name {
                Some(name) => self.text(name.as_str()),
                None => self.null(),
            });
            fields.push(self.arena.column(number(index), column.field));
        }
        Some(self.arena.call("struct", fields))
    }

    /// What stands for an alias until the select list is bound.
    pub(crate) fn later_alias(&mut self, name: &Name) -> ScalarId {
        let key = format!("{}:{name}", self.around.owner);
        let (kind, key) = (self.arena.symbol("later-alias"), self.arena.symbol(&key));
        let hole = self.arena.scalar(Scalar::Hole { kind, key });
        self.awaited.insert(name.clone(), hole);
        hole
    }

    /// A column of one input, as seen from the scope of the input.
    pub(crate) fn of_input(
        &mut self,
        outward: usize,
        index: usize,
        name: &Name,
    ) -> Option<ScalarId> {
        let at = self.scopes.len() - 1 - outward;
        let input = &self.scopes[at].inputs[index];
        if let Some(column) = input.listed(name) {
            let field = column.field;
            return Some(self.arena.column(number(index), field));
        }
        if !input.bound.open
            && let Some(place) = self.place(name)
            && let Some(column) = input.bound.columns.get(place)
        {
            let field = column.field;
            return Some(self.arena.column(number(index), field));
        }
        if !input.bound.open || input.bound.hidden.contains(name) {
            return None;
        }
        // Rows of a list of structs have the columns that each element has fields.
        if let Some(element) = input.bound.element() {
            let element = self.arena.column(number(index), element);
            return Some(self.path(element, std::slice::from_ref(name)));
        }
        let name = self.arena.symbol(name.as_str());
        Some(self.arena.column(number(index), Field::Named(name)))
    }

    /// The place of a column that is named by it: Snowflake's `$2`.
    fn place(&self, name: &Name) -> Option<usize> {
        let digits = name.as_str().strip_prefix('$')?;
        let snowflake = self.around.dialect.name == "snowflake";
        digits.parse::<usize>().ok().filter(|_| snowflake)?.checked_sub(1)
    }

    /// The column of the only table in scope that a bare `$2` means.
    pub(crate) fn by_place(&mut self, text: &str) -> Option<ScalarId> {
        let name = Name::new(text);
        self.place(&name)?;
        if self.scope().inputs.len() != 1 {
            return None;
        }
        self.of_input(0, 0, &name)
    }

    /// Fields of a semi-structured value, by name.
    pub(crate) fn path(&mut self, base: ScalarId, names: &[Name]) -> ScalarId {
        names.iter().fold(base, |base, name| {
            let name = self.text(name.as_str());
            self.arena.call("get-field", vec![base, name])
        })
    }
}

impl Bound {
    /// The column that stands for the whole row of a table function over a list.
    pub(crate) fn element(&self) -> Option<Field> {
        match self.columns.as_slice() {
            [Column { name: None, field }, ..] => Some(*field),
            _ => None,
        }
    }
}

impl Input {
    /// The column of a name, if it is listed.
    fn listed(&self, name: &Name) -> Option<&Column> {
        self.places.find(&self.bound.columns, name)
    }

    pub(crate) fn knows(&self, name: &Name) -> bool {
        !self.merged.contains(name) && (self.listed(name).is_some() || self.seen.contains(name))
    }

    pub(crate) fn may_have(&self, name: &Name) -> bool {
        self.bound.open && !self.merged.contains(name) && !self.bound.hidden.contains(name)
    }
}

impl Scope {
    /// What an alias of the select list stands for; the last one wins.
    pub(crate) fn alias(&self, name: &Name) -> Option<ScalarId> {
        self.aliases.get(name)
    }

    /// Whether some input is known to have a column.
    pub(crate) fn knows(&self, name: &Name) -> bool {
        self.inputs.iter().any(|input| input.knows(name))
    }

    /// The input that a qualifier names; the last one wins, as in nested joins.
    pub(crate) fn input_named(&self, qualifier: &[Name]) -> Option<usize> {
        let full = TableName(qualifier.to_vec());
        let named = |input: &Input| match (&input.alias, &input.table) {
            (Some(alias), None) => qualifier.len() == 1 && same(alias, &qualifier[0]),
            (_, Some(table)) => {
                full.is_suffix_of(table)
                    || (qualifier.len() <= table.0.len()
                        && table.0[table.0.len() - qualifier.len()..]
                            .iter()
                            .zip(qualifier)
                            .all(|(one, two)| same(one, two)))
            }
            (None, None) => false,
        };
        self.inputs.iter().rposition(named)
    }
}

/// Qualifiers are folded as columns and relations as relations; where the two differ, case does not count.
fn same(one: &Name, two: &Name) -> bool {
    one == two || one.as_str().eq_ignore_ascii_case(two.as_str())
}

pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a statement has fewer than 2^32 parts")
}

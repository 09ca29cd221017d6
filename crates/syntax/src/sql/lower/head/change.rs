//! `MERGE`, `UPDATE`, `DELETE` as the rows they leave behind.

use plumb_base::{Name, TableName};
use sqlparser::{
    ast,
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan},
};

use super::{
    super::whole_statement,
    Head, Lower, Trouble,
    look::{is_word, keyword, phrase, word},
};
use crate::sql::tree::{
    Alias, Body, Cte, Expr, ExprKind, Ident, Item, JoinKind, JoinOn, Literal, Query, RelationName,
    StatementKind, Table, TableKind, WriteMode,
};

pub(super) fn read<'a>(
    lower: &Lower<'_>,
    tokens: &'a [TokenWithSpan],
) -> Result<Head<'a>, Trouble> {
    let statement = lower.whole(spelled(lower, tokens), whole_statement)?;
    let kind = match &statement {
        ast::Statement::Merge(merge) => self::merge(lower, merge),
        ast::Statement::Update(update) => self::update(lower, update),
        ast::Statement::Delete(delete) => self::delete(lower, delete),
        _ => None,
    };
    Ok(match kind {
        Some(kind) => Head::one(kind),
        None => Head::Opaque(format!("this form of `{}`", super::verb(tokens))),
    })
}

/// The statement without what the parser library does not know and what changes no meaning.
fn spelled(lower: &Lower<'_>, tokens: &[TokenWithSpan]) -> Vec<TokenWithSpan> {
    let mut tokens = tokens.to_vec();
    if lower.dialect.name == "databricks" {
        for token in tokens.iter_mut().filter(|it| it.token == Token::DoubleEq) {
            token.token = Token::Eq;
        }
    }
    // Assignments that only a run knows are one to what it knows.
    for at in (0..tokens.len()).rev() {
        if keyword(&tokens, at) == Keyword::SET && is_hole(&tokens, at + 1) {
            let value = tokens[at + 1].clone();
            let equals = TokenWithSpan { token: Token::Eq, span: value.span };
            tokens.splice(at + 2..at + 2, [equals, value]);
        }
    }
    if let Some(at) = phrase(&tokens, &["with", "schema", "evolution"]) {
        tokens.drain(at..at + 3);
    }
    if let Some(at) = phrase(&tokens, &["remove", "duplicates"]) {
        tokens.truncate(at);
    }
    if keyword(&tokens, 0) == Keyword::DELETE && keyword(&tokens, 1) != Keyword::FROM {
        let span = tokens[0].span;
        tokens.insert(1, TokenWithSpan { token: Token::make_keyword("FROM"), span });
    }
    // `UPDATE ALL BY NAME` and `INSERT ALL BY NAME` are `UPDATE SET *` and `INSERT *`; `INSERT ROW` too.
    let mut at = 0;
    while at < tokens.len() {
        let span = tokens[at].span;
        let by_name = is_word(&tokens, at + 1, "all")
            && is_word(&tokens, at + 2, "by")
            && is_word(&tokens, at + 3, "name");
        let star = TokenWithSpan { token: Token::Mul, span };
        match keyword(&tokens, at) {
            Keyword::UPDATE if by_name => {
                let set = TokenWithSpan { token: Token::make_keyword("SET"), span };
                tokens.splice(at + 1..at + 4, [set, star]);
            }
            Keyword::INSERT if by_name => {
                tokens.splice(at + 1..at + 4, [star]);
            }
            _ => {}
        }
        at += 1;
    }
    tokens
}

/// Whether a hole stands somewhere, and not as the name of what is assigned to.
fn is_hole(tokens: &[TokenWithSpan], at: usize) -> bool {
    let hole = tokens.get(at).and_then(|it| word(&it.token));
    let next = tokens.get(at + 1).map(|it| &it.token);
    hole.is_some_and(|it| it.starts_with("__plumb_hole_"))
        && !matches!(next, Some(Token::Eq | Token::Period))
}

fn update(lower: &Lower<'_>, update: &ast::Update) -> Option<StatementKind> {
    let table = lower.joined(&update.table);
    let target = named(&table)?;
    let mut from = vec![table];
    if let Some(
        ast::UpdateTableFromKind::BeforeSet(tables) | ast::UpdateTableFromKind::AfterSet(tables),
    ) = &update.from
    {
        from.extend(tables.iter().map(|table| lower.joined(table)));
    }
    let set = assignments(lower, &update.assignments)?;
    let filter = update.selection.as_ref().map(|filter| lower.expr(filter));
    let span = target.span;
    let columns = set.iter().map(|(name, _)| name.clone()).collect();
    let items = set.into_iter().map(|(name, value)| Item::named(value, name)).collect();
    let query = Query::of(Body::select(items, from, filter, span), span);
    Some(written(target, WriteMode::Update, columns, query))
}

fn delete(lower: &Lower<'_>, delete: &ast::Delete) -> Option<StatementKind> {
    let (ast::FromTable::WithFromKeyword(tables) | ast::FromTable::WithoutKeyword(tables)) =
        &delete.from;
    let [table] = tables.as_slice() else { return None };
    let table = lower.joined(table);
    let target = named(&table)?;
    let of = seen_as(&table)?;
    let mut from = vec![table];
    from.extend(delete.using.iter().flatten().map(|table| lower.joined(table)));
    let filter = delete.selection.as_ref().map(|filter| lower.expr(filter));
    let span = target.span;
    let query = Query::of(Body::select(vec![Item::star(Some(of), span)], from, filter, span), span);
    Some(written(target, WriteMode::Delete, Vec::new(), query))
}

fn written(
    target: RelationName,
    mode: WriteMode,
    columns: Vec<Ident>,
    query: Query,
) -> StatementKind {
    StatementKind::Write { target, mode, temporary: false, columns, query }
}

/// The name of a table expression that is a plain table, joined or not.
fn named(table: &Table) -> Option<RelationName> {
    match &table.kind {
        TableKind::Named(name) => Some(name.clone()),
        TableKind::Join { left, .. } => named(left),
        _ => None,
    }
}

/// What a qualifier has to say to mean a table.
fn seen_as(table: &Table) -> Option<TableName> {
    match (&table.alias, &table.kind) {
        (Some(alias), _) => Some(TableName(vec![alias.name.name.clone()])),
        (None, TableKind::Named(name)) => Some(name.name.clone()),
        (None, TableKind::Join { left, .. }) => seen_as(left),
        (None, _) => None,
    }
}

/// Columns and their new values; nothing where several columns are set at once.
fn assignments(lower: &Lower<'_>, list: &[ast::Assignment]) -> Option<Vec<(Ident, Expr)>> {
    list.iter()
        .map(|assignment| match &assignment.target {
            ast::AssignmentTarget::ColumnName(name) => {
                let column = name.0.last()?.as_ident().map(|ident| lower.ident(ident))?;
                Some((column, value(lower.expr(&assignment.value))))
            }
            ast::AssignmentTarget::Tuple(_) => None,
        })
        .collect()
}

/// A value that is assigned; `DEFAULT` is what the table says, which is not known here.
pub(super) fn value(expr: Expr) -> Expr {
    match &expr.kind {
        ExprKind::Column(names) if matches!(names.as_slice(), [one] if one.name.as_str() == "default") => {
            Expr { kind: ExprKind::Parameter("default".to_owned()), span: expr.span }
        }
        _ => expr,
    }
}

/// One `WHEN` of a `MERGE`: the rows it makes.
enum Rows {
    /// Values of columns.
    Columns(Vec<(Ident, Expr)>),
    /// Values by position.
    Positions(Vec<Expr>),
    /// All columns of the source.
    All,
}

/// The rows that a `MERGE` adds or changes, one `SELECT` for each clause; only deletions give what they delete.
fn merge(lower: &Lower<'_>, merge: &ast::Merge) -> Option<StatementKind> {
    let table = lower.factor(&merge.table);
    let target = named(&table)?;
    let (ctes, source) = shared(lower.factor(&merge.source));
    let of = seen_as(&source)?;
    let on = lower.expr(&merge.on);
    let sides = Sides { target: table, source, on };
    let mut made = Vec::new();
    let mut deleted = Vec::new();
    for clause in &merge.clauses {
        let filter = clause.predicate.as_ref().map(|filter| lower.expr(filter));
        let from = sides.from(clause.clause_kind);
        match &clause.action {
            ast::MergeAction::Update(update) => {
                let rows = match &update.kind {
                    ast::MergeUpdateKind::Wildcard => Rows::All,
                    ast::MergeUpdateKind::Set(list) => Rows::Columns(assignments(lower, list)?),
                };
                made.push((rows, from, filter, true));
            }
            ast::MergeAction::Insert(insert) => {
                made.push((inserted(lower, insert)?, from, filter, false));
            }
            ast::MergeAction::Delete { .. } => deleted.push((from, filter)),
            ast::MergeAction::DoNothing { .. } => {}
        }
    }
    let span = target.span;
    // Redshift's `REMOVE DUPLICATES`: rows of the source stand in the place of those they match.
    if merge.clauses.is_empty() {
        made.push((Rows::All, sides.source.clone(), None, false));
    }
    if made.is_empty() {
        let of = seen_as(&sides.target)?;
        let body = |(from, filter)| {
            Body::select(vec![Item::star(Some(of.clone()), span)], vec![from], filter, span)
        };
        let body = Body::union(deleted.into_iter().map(body).collect(), false)?;
        let query = Query { ctes, ..Query::of(body, span) };
        return Some(written(target, WriteMode::Delete, Vec::new(), query));
    }
    let columns = all_columns(&made);
    let explicit = made.iter().all(|(rows, ..)| matches!(rows, Rows::Columns(_)));
    let keeps = seen_as(&sides.target)?;
    let bodies = made.into_iter().map(|(rows, from, filter, update)| {
        let items = match rows {
            Rows::All => vec![Item::star(Some(of.clone()), span)],
            Rows::Positions(values) => {
                values.into_iter().map(|expr| Item::Expr { expr, alias: None }).collect()
            }
            Rows::Columns(set) if explicit => listed(&columns, &set, update.then_some(&keeps)),
            Rows::Columns(set) => {
                set.into_iter().map(|(name, value)| Item::named(value, name)).collect()
            }
        };
        Body::select(items, vec![from], filter, span)
    });
    let body = Body::union(bodies.collect(), !explicit)?;
    let query = Query { ctes, ..Query::of(body, span) };
    let columns = if explicit { columns } else { Vec::new() };
    Some(written(target, WriteMode::Merge, columns, query))
}

/// A source that is a query is read by several clauses: it becomes a CTE.
fn shared(source: Table) -> (Vec<Cte>, Table) {
    let TableKind::Derived { query, .. } = source.kind else { return (Vec::new(), source) };
    let span = source.span;
    let name = Ident { name: Name::new("merge source"), span };
    let alias = source.alias.unwrap_or(Alias { name: name.clone(), columns: Vec::new() });
    let cte = Cte { name: name.clone(), columns: Vec::new(), query: *query };
    let table = RelationName { name: TableName(vec![name.name]), span };
    (vec![cte], Table { kind: TableKind::Named(table), alias: Some(alias), span })
}

fn inserted(lower: &Lower<'_>, insert: &ast::MergeInsertExpr) -> Option<Rows> {
    let values = match &insert.kind {
        ast::MergeInsertKind::Values(values) => values,
        ast::MergeInsertKind::Row | ast::MergeInsertKind::Wildcard => return Some(Rows::All),
    };
    let [row] = values.rows.as_slice() else { return None };
    let values: Vec<Expr> = row.content.iter().map(|expr| value(lower.expr(expr))).collect();
    if insert.columns.is_empty() {
        return Some(Rows::Positions(values));
    }
    let name = |name: &ast::ObjectName| Some(lower.ident(name.0.last()?.as_ident()?));
    let names: Vec<Ident> = insert.columns.iter().map(name).collect::<Option<_>>()?;
    (names.len() == values.len()).then(|| Rows::Columns(names.into_iter().zip(values).collect()))
}

type Clause = (Rows, Table, Option<Expr>, bool);

/// Columns that some clause sets, in the order in which they come.
fn all_columns(made: &[Clause]) -> Vec<Ident> {
    let mut columns: Vec<Ident> = Vec::new();
    for (rows, ..) in made {
        let Rows::Columns(set) = rows else { continue };
        for (name, _) in set {
            if !columns.iter().any(|known| known.name == name.name) {
                columns.push(name.clone());
            }
        }
    }
    columns
}

/// Each column with its value: the one that is set, else what the row has (an update) or NULL (an insert).
fn listed(columns: &[Ident], set: &[(Ident, Expr)], keeps: Option<&TableName>) -> Vec<Item> {
    let value = |column: &Ident| {
        if let Some((_, value)) = set.iter().find(|(name, _)| name.name == column.name) {
            return value.clone();
        }
        let span = column.span;
        match keeps {
            Some(table) => {
                let qualifier = table.0.iter().cloned().map(|name| Ident { name, span });
                let names = qualifier.chain([column.clone()]).collect();
                Expr { kind: ExprKind::Column(names), span }
            }
            None => Expr { kind: ExprKind::Literal(Literal::Null), span },
        }
    };
    columns.iter().map(|column| Item::named(value(column), column.clone())).collect()
}

/// The two sides of a `MERGE` and what makes a match.
struct Sides {
    target: Table,
    source: Table,
    on: Expr,
}

impl Sides {
    /// The rows a clause looks at.
    fn from(&self, kind: ast::MergeClauseKind) -> Table {
        use ast::MergeClauseKind as K;
        let (left, right, kind) = match kind {
            K::Matched => (&self.target, &self.source, JoinKind::Inner),
            K::NotMatched | K::NotMatchedByTarget => {
                (&self.source, &self.target, JoinKind::LeftAnti)
            }
            K::NotMatchedBySource => (&self.target, &self.source, JoinKind::LeftAnti),
        };
        let (left, right) = (Box::new(left.clone()), Box::new(right.clone()));
        let span = left.span.to(right.span);
        let on = JoinOn::Condition(self.on.clone());
        Table { kind: TableKind::Join { left, right, kind, on }, alias: None, span }
    }
}

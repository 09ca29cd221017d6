//! Rows that no table holds: written out, or given by a function.

use plumb_ir::{Field, ScalarId};

use crate::{
    doc::Doc,
    spelling::Rows,
    unspoken::{Said, Unspoken},
    writer::{Columns, Table, Writer},
};

impl Writer<'_> {
    /// `(values (1, 2)) as t1(c1, c2)`.
    pub(crate) fn written_out(&mut self, width: u32, rows: &[Vec<ScalarId>]) -> Said<(Doc, Table)> {
        if rows.is_empty() || width == 0 {
            return Err(Unspoken::Shape("rows that are none"));
        }
        self.scopes.push(Vec::new());
        let mut lines = Vec::new();
        for row in rows {
            let row = self.scalars(row)?.into_iter().map(|value| value.doc);
            lines.push(Doc::parens("", Doc::list(row, ",")));
        }
        self.scopes.pop();
        let alias = self.alias(None);
        let given: Vec<(Field, Option<String>)> =
            (0..width).map(|at| (Field::At(at), Some(format!("c{}", at + 1)))).collect();
        let names: Vec<String> = given.iter().filter_map(|(_, name)| name.clone()).collect();
        let query = Doc::all([Doc::text("values "), Doc::list(lines, ",").nest()]);
        let behind = Doc::text(format!(" as {alias}({})", names.join(", ")));
        let doc = Doc::all([Doc::parens("", query), behind]);
        Ok((doc, Table { alias, columns: Columns { given, ..Columns::default() } }))
    }

    /// The rows of a function.
    pub(crate) fn called(&mut self, function: &str, args: &[ScalarId]) -> Said<(Doc, Table)> {
        self.scopes.push(Vec::new());
        let (name, args) = self.spelled(function, args)?;
        let args = self.written(&args)?;
        self.scopes.pop();
        let listed = |name: &str| self.spelling.rows.iter().find(|(it, _)| *it == name);
        let known = listed(function).or_else(|| listed(""));
        let way = known.map_or(Rows::Plain, |(_, way)| *way);
        let alias = self.alias(None);
        let call = Doc::parens(&name, Doc::list(args, ","));
        let given = |name: &str, called: Option<String>| {
            self.arena.find_symbol(name).map(|name| (Field::Named(name), called))
        };
        let mut columns = Columns { named: true, ..Columns::default() };
        let (before, behind) = match way {
            Rows::Plain => ("", format!(" as {alias}")),
            Rows::Lateral => ("lateral ", format!(" as {alias}")),
            Rows::Named(names) => {
                let fields = names.iter().filter_map(|it| given(it, Some((*it).to_owned())));
                columns = Columns { given: fields.collect(), ..Columns::default() };
                ("", format!(" as {alias}({})", names.join(", ")))
            }
            Rows::Table => {
                let call = Doc::parens("table", call);
                let doc = Doc::all([call, Doc::text(format!(" as {alias}"))]);
                return Ok((doc, Table { alias, columns }));
            }
            Rows::Element => {
                columns.given.extend(given("value", None));
                ("", format!(" as {alias}"))
            }
        };
        // Some count places from 0, some from 1.
        columns.unsaid.extend(given("position", None).map(|(field, _)| field));
        let doc = Doc::all([Doc::text(before), call, Doc::text(behind)]);
        Ok((doc, Table { alias, columns }))
    }
}

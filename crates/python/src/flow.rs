//! Calls that take SQL, and where the rows go that it gives.

use plumb_base::{MappedText, Span};
use ruff_python_ast::{
    Comprehension, Expr, ExprAttribute, ExprCall,
    visitor::{Visitor, walk_expr},
};

use crate::{
    assigned::targets,
    entry::{ARGUMENTS, Entry, entry, is_query, looks_like_sql},
    format,
    frame::{ENDS, SAME_ROWS, WRITER_OPTIONS, is_frames},
    names::Bound,
    program::{Hole, Into, IntoKind, Sql, When, span},
    text::Text,
    walk::Walk,
};

/// What an expression gives, as far as rows go.
#[derive(Debug, Clone)]
pub(crate) enum Flow {
    /// The rows of a query, by its position.
    Rows(usize),
    /// What writes them.
    Writer(Writer),
    Nothing,
}

/// A writer of rows that was not told to write yet.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    /// Those of a query, by its position; `None` for those of a data frame.
    rows: Option<usize>,
    /// Where to, where that is said first.
    table: Option<Text>,
    /// `append`, `overwrite`, …
    mode: Option<String>,
    /// `delta`, `parquet`, …
    format: Option<String>,
}

impl Writer {
    fn of(rows: Option<usize>) -> Self {
        Self { rows, table: None, mode: None, format: None }
    }
}

/// A text that was handed over.
pub(crate) struct Query {
    /// Position of the piece.
    pub(crate) piece: usize,
    /// `None` for rows of a data frame.
    text: Option<Text>,
    into: Option<(IntoKind, Text)>,
    when: When,
    /// Whether its rows went somewhere, so that the query is not one of its own.
    taken: bool,
}

impl Query {
    pub(crate) fn is_taken(&self) -> bool {
        self.taken
    }

    pub(crate) fn printed(&self, holes: &mut Vec<Hole>) -> Sql {
        let text = self.text.as_ref().map(|text| text.printed(holes));
        let into =
            self.into.as_ref().map(|(kind, name)| Into { kind: *kind, name: name.printed(holes) });
        Sql { text, into, when: self.when }
    }
}

impl Walk<'_> {
    /// Walks through an expression and says where its rows come from.
    pub(crate) fn flow(&mut self, expr: &Expr) -> Flow {
        match expr {
            Expr::Call(call) => return self.call(call),
            Expr::Attribute(attribute) => return self.attribute(attribute),
            Expr::Name(name) => {
                if let Some(Bound::Rows(rows)) = self.lookup(&name.id) {
                    return Flow::Rows(rows);
                }
            }
            Expr::Await(awaited) => return self.flow(&awaited.value),
            Expr::Named(named) => {
                let flow = self.flow(&named.value);
                if let Expr::Name(name) = &*named.target {
                    match (&flow, self.text(&named.value)) {
                        (Flow::Rows(rows), _) => self.bind(&name.id, Bound::Rows(*rows)),
                        (_, Some(text)) => self.bind(&name.id, Bound::Text(text.into())),
                        (_, None) => self.forget(&name.id),
                    }
                }
                return flow;
            }
            Expr::NumberLiteral(number) => {
                if let Some(command) = self.commands.get(&span(number).start) {
                    self.command(*command);
                }
            }
            Expr::ListComp(it) => self.comprehension(&it.generators, &[&it.elt]),
            Expr::SetComp(it) => self.comprehension(&it.generators, &[&it.elt]),
            Expr::Generator(it) => self.comprehension(&it.generators, &[&it.elt]),
            Expr::DictComp(it) => {
                let parts: Vec<&Expr> =
                    it.key.iter().map(|key| &**key).chain([&*it.value]).collect();
                self.comprehension(&it.generators, &parts);
            }
            Expr::Lambda(lambda) => {
                let parameters = lambda.parameters.iter().flat_map(|it| &**it);
                let names: Vec<String> = parameters.map(|it| it.name().to_string()).collect();
                let before = self.kept(names.iter().cloned());
                for name in &names {
                    self.forget(name);
                }
                self.flow(&lambda.body);
                self.restore(&before);
            }
            _ => walk_expr(self, expr),
        }
        Flow::Nothing
    }

    /// What comprehensions and lambdas bind is theirs alone.
    fn comprehension(&mut self, generators: &[Comprehension], parts: &[&Expr]) {
        let names = generators.iter().flat_map(|it| targets(&it.target));
        let before = self.kept(names);
        for generator in generators {
            self.flow(&generator.iter);
            self.assign_unknown(&generator.target);
            for condition in &generator.ifs {
                self.flow(condition);
            }
        }
        for part in parts {
            self.flow(part);
        }
        self.restore(&before);
    }

    fn attribute(&mut self, attribute: &ExprAttribute) -> Flow {
        let name = attribute.attr.as_str();
        match self.flow(&attribute.value) {
            Flow::Rows(rows) if name == "write" => Flow::Writer(Writer::of(Some(rows))),
            Flow::Rows(_) | Flow::Writer(_) => Flow::Nothing,
            Flow::Nothing => {
                self.note_frames(Some(&attribute.value), name, span(attribute));
                if name == "write" { Flow::Writer(Writer::of(None)) } else { Flow::Nothing }
            }
        }
    }

    /// Notes where rows are worked on by other means than SQL.
    fn note_frames(&mut self, owner: Option<&Expr>, name: &str, at: Span) {
        if is_frames(owner.and_then(last_name), name) {
            self.frames(at);
        }
    }

    fn frames(&mut self, at: Span) {
        let at = self.place(at);
        self.here().frames.get_or_insert(at);
    }

    fn call(&mut self, call: &ExprCall) -> Flow {
        let (receiver, owner, name) = match &*call.func {
            Expr::Attribute(attribute) => {
                let receiver = self.flow(&attribute.value);
                (receiver, Some(&*attribute.value), attribute.attr.as_str())
            }
            Expr::Name(name) => (Flow::Nothing, None, name.id.as_str()),
            other => {
                self.flow(other);
                (Flow::Nothing, None, "")
            }
        };
        self.visit_arguments(&call.arguments);
        match receiver {
            Flow::Rows(rows) => self.of_rows(rows, name, call),
            Flow::Writer(writer) => self.of_writer(writer, name, call),
            Flow::Nothing => self.of_others(owner, name, call),
        }
    }

    fn of_others(&mut self, owner: Option<&Expr>, name: &str, call: &ExprCall) -> Flow {
        let owner_name = owner.and_then(last_name);
        if name == "run" && owner_name == Some("notebook") {
            let path = call.arguments.args.first().and_then(|path| self.text(path));
            if let Some(path) = path.filter(Text::is_known) {
                let path = path.printed(&mut Vec::new());
                self.here().runs.push(path);
            }
            return Flow::Nothing;
        }
        if owner_name == Some("dbutils") {
            self.called.insert("databricks");
        }
        let Some(how) = entry(name) else {
            self.note_frames(owner, name, span(call));
            return self.of_frame(name, call);
        };
        let Some(argument) = argument(call, ARGUMENTS) else { return Flow::Nothing };
        let spark =
            owner_name.is_some_and(|owner| owner.ends_with("spark") || owner == "sqlContext");
        let text = self.text(argument);
        let sure = how == Entry::Sure || owner_name.is_some_and(is_connection);
        match text.map(|text| self.with_values(text, name, call)) {
            Some(text) if looks_like_sql(&text.head()) => {
                if name == "sql" && spark {
                    self.called.insert("databricks");
                }
                if name == "read_gbq" {
                    self.called.insert("bigquery");
                }
                self.hand_over(Some(text), None);
                Flow::Rows(self.queries.len() - 1)
            }
            // What begins with something known is no statement that plumb follows.
            Some(text) if !text.head().trim().is_empty() => Flow::Nothing,
            Some(_) | None => {
                if sure {
                    let at = self.place(span(call));
                    self.here().unknown.push(at);
                }
                Flow::Nothing
            }
        }
    }

    /// The text with values that the driver binds.
    fn with_values(&mut self, text: Text, name: &str, call: &ExprCall) -> Text {
        let named = ["params", "parameters", "seq_of_parameters"];
        let values = match name {
            "execute" | "executemany" => call.arguments.args.get(1),
            _ => None,
        };
        match values.or_else(|| keyword(call, &named)) {
            Some(values) => format::bound(self, &text, values),
            None => text,
        }
    }

    /// Where the rows of a data frame go, which are not followed.
    fn of_frame(&mut self, name: &str, call: &ExprCall) -> Flow {
        match self.view(name, call) {
            Some((kind, view)) => self.into(None, kind, view),
            None if name == "writeTo" => return Flow::Writer(self.writer_to(None, call)),
            None => {}
        }
        Flow::Nothing
    }

    /// The view that rows are given the name of.
    fn view(&mut self, name: &str, call: &ExprCall) -> Option<(IntoKind, Text)> {
        let kind = match name {
            "createOrReplaceTempView"
            | "createTempView"
            | "registerTempTable"
            | "create_or_replace_temp_view"
            | "create_temp_view" => IntoKind::TemporaryView,
            "createOrReplaceGlobalTempView"
            | "createGlobalTempView"
            | "create_or_replace_view"
            | "create_view" => IntoKind::View,
            _ => return None,
        };
        let target = argument(call, &["name", "viewName"])?;
        let mut full = Text::default();
        if name.contains("Global") {
            full.push(self.around("global_temp.", target));
        }
        let written = self.written(target);
        full.push(self.printed(target, &written));
        Some((kind, full))
    }

    /// Words that stand beside an argument and nowhere in the file.
    fn around(&mut self, words: &str, argument: &Expr) -> Text {
        let mut text = MappedText::default();
        text.print(words, self.place(span(argument)));
        Text::known(text)
    }

    fn writer_to(&mut self, rows: Option<usize>, call: &ExprCall) -> Writer {
        let table = argument(call, &["table"]).map(|table| {
            let written = self.written(table);
            self.printed(table, &written)
        });
        Writer { table, ..Writer::of(rows) }
    }

    fn of_rows(&mut self, rows: usize, name: &str, call: &ExprCall) -> Flow {
        if let Some((kind, view)) = self.view(name, call) {
            self.into(Some(rows), kind, view);
            return Flow::Nothing;
        }
        match name {
            "writeTo" => Flow::Writer(self.writer_to(Some(rows), call)),
            _ if SAME_ROWS.contains(&name) => Flow::Rows(rows),
            _ if ENDS.contains(&name) => Flow::Nothing,
            _ => {
                self.frames(span(call));
                Flow::Nothing
            }
        }
    }

    fn of_writer(&mut self, mut writer: Writer, name: &str, call: &ExprCall) -> Flow {
        if name == "mode" {
            writer.mode = argument(call, &["saveMode"]).and_then(|mode| self.text(mode)?.whole());
            return Flow::Writer(writer);
        }
        if name == "format" {
            writer.format = argument(call, &["source"]).and_then(|it| self.text(it)?.whole());
        }
        if WRITER_OPTIONS.contains(&name) {
            return Flow::Writer(writer);
        }
        let mode = keyword(call, &["mode"]).and_then(|mode| self.text(mode)?.whole());
        let mode = mode.or(writer.mode).unwrap_or_default().to_lowercase();
        let overwrite = keyword(call, &["overwrite"]).or_else(|| call.arguments.args.get(1));
        let overwrite = matches!(overwrite, Some(Expr::BooleanLiteral(it)) if it.value);
        let kind = match (name, mode.as_str()) {
            ("insertInto", "overwrite") => IntoKind::Overwrite,
            ("insertInto", _) if overwrite => IntoKind::Overwrite,
            ("saveAsTable" | "save_as_table" | "insertInto" | "save", "append")
            | ("insertInto" | "append", _) => IntoKind::Append,
            ("overwrite" | "overwritePartitions", _) => IntoKind::Overwrite,
            (
                "saveAsTable" | "save_as_table" | "save" | "create" | "replace" | "createOrReplace",
                _,
            ) => IntoKind::Table,
            _ => {
                // Others have a `write`, too.
                if writer.rows.is_some() {
                    self.frames(span(call));
                }
                return Flow::Nothing;
            }
        };
        let target = argument(call, &["tableName", "name", "table_name", "path"]);
        // The others are methods of a writer that was told its table.
        let names = matches!(name, "saveAsTable" | "save_as_table" | "insertInto" | "save");
        let table = match target.filter(|_| names && writer.table.is_none()) {
            Some(target) => {
                let written = self.written(target);
                let mut table = self.printed(target, &written);
                if name == "save" {
                    let format = writer.format.as_deref().unwrap_or("delta");
                    let mut path = self.around(&format!("{format}.`"), target);
                    path.push(table);
                    path.push(self.around("`", target));
                    table = path;
                }
                Some(table)
            }
            None => writer.table,
        };
        // Files hold what a table holds that is made of them, which is told of that.
        let rows = writer.rows.filter(|_| name != "save");
        if names && rows.is_none() || rows.is_some() && table.is_none() {
            self.frames(span(call));
        }
        if let Some(table) = table {
            self.into(rows, kind, table);
        }
        Flow::Nothing
    }

    /// Rows go somewhere: a query is none of its own then.
    fn into(&mut self, rows: Option<usize>, kind: IntoKind, name: Text) {
        let Some(rows) = rows else {
            // What is not known at all is nothing that anybody reads by name.
            if name.is_known() {
                self.hand_over(None, Some((kind, name)));
            }
            return;
        };
        let Some(query) = self.queries.get_mut(rows) else { return };
        let Some(text) = query.text.clone().filter(|text| is_query(&text.head())) else { return };
        query.taken = true;
        self.hand_over(Some(text), Some((kind, name)));
    }

    fn hand_over(&mut self, text: Option<Text>, into: Option<(IntoKind, Text)>) {
        let piece = self.pieces.len().saturating_sub(1);
        let when = if self.scopes.len() > 1 { When::Called } else { When::Here };
        self.queries.push(Query { piece, text, into, when, taken: false });
    }

    /// A line for the notebook: `%sql select 1`.
    pub(crate) fn command(&mut self, at: Span) {
        let line = self.as_written(at);
        let Some(command) = line.text.strip_prefix('%') else { return };
        let word = command.split_whitespace().next().unwrap_or_default();
        let mut start = 1 + word.len();
        if word == "run" {
            let path = line.from(start);
            let lead = path.text.len() - path.text.trim_start().len();
            let end = path.text.trim_end().len();
            self.here().runs.push(path.cut(lead..end.max(lead)));
            return;
        }
        if !(word.ends_with("sql") || word == "bigquery") {
            return;
        }
        for part in line.text[start..].split_inclusive(char::is_whitespace) {
            if looks_like_sql(part) {
                return self.hand_over(Some(Text::known(unbroken(&line.from(start)))), None);
            }
            start += part.len();
        }
    }
}

/// A command without the backslashes at the ends of its lines.
fn unbroken(line: &MappedText) -> MappedText {
    let (mut whole, mut taken) = (MappedText::default(), 0);
    for (at, _) in line.text.match_indices("\\\n") {
        whole.push(&line.cut(taken..at));
        taken = at + 1;
    }
    whole.push(&line.from(taken));
    whole
}

/// The argument of a call that comes first, or has one of these names.
fn argument<'e>(call: &'e ExprCall, names: &[&str]) -> Option<&'e Expr> {
    call.arguments.args.first().or_else(|| keyword(call, names))
}

fn keyword<'e>(call: &'e ExprCall, names: &[&str]) -> Option<&'e Expr> {
    let named = |name: &ruff_python_ast::Identifier| names.contains(&name.as_str());
    let mut keywords = call.arguments.keywords.iter();
    keywords.find(|keyword| keyword.arg.as_ref().is_some_and(named)).map(|it| &it.value)
}

/// The last name of what a method belongs to: `cursor` in `self.cursor`.
fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

/// Whether a name is one that people give a connection to a database.
fn is_connection(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["cur", "conn", "engine"].iter().any(|part| name.contains(part))
}

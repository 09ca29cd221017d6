//! Pairs written as resolved plans: relational operators in JSON, columns by number.
//!
//! A number counts the columns of all rows in sight: those of the outermost row first.

mod grouping;

use std::path::Path;

use plumb_canon::{Column, Facts, Ground};
use plumb_ir::{
    Arena, Field, From, Literal, Out, Rel, RelId, Scalar, ScalarId, SetKind, SortKey, Tree,
};
use serde_json::Value;

use super::{Pair, scalar::data_type};
use grouping::{Told, groups};

/// Reads both queries of a row.
pub(crate) fn pair(arena: &mut Arena, row: &Value, _: &Path) -> Result<Pair, String> {
    let schemas = row["schemas"].as_array().ok_or("no schemas")?;
    let queries = row["queries"].as_array().ok_or("no queries")?;
    let [left, right] = queries.as_slice() else { return Err("not two queries".to_owned()) };
    let case_has_value = row["id"].as_str().is_some_and(|id| id.starts_with("cockroach/"));
    let told = Vec::new();
    let mut reader = Reader { arena, schemas, scopes: Vec::new(), case_has_value, told };
    let mut side = |query, text: &str| {
        let told = grouping::told(row[text].as_str().unwrap_or_default());
        reader.told = if told.len() == groups(query) { told } else { Vec::new() };
        reader.told.reverse();
        let bound = reader.rel(query)?;
        Ok::<_, String>(reader.placed(&bound))
    };
    let (left, right) = (side(left, "plan1")?, side(right, "plan2")?);
    Ok(Pair { left, right, facts: facts(schemas) })
}

/// What is declared of tables; columns have numbers for names.
fn facts(schemas: &[Value]) -> Facts {
    let mut facts = Facts::assuming_one_type();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    for (at, schema) in schemas.iter().enumerate() {
        let table = facts.table(&table_name(at, schema));
        let nullable = list(&schema["nullable"]);
        for (at, of) in list(&schema["types"]).iter().enumerate() {
            let given = nullable.get(at).and_then(Value::as_bool) == Some(false);
            let data_type = data_type(of.as_str().unwrap_or_default());
            let not_null = given.then_some(Ground::ENFORCED);
            table.columns.insert(format!("c{at}"), Column { data_type, not_null });
        }
        for key in list(&schema["key"]) {
            let columns = list(&key).iter().map(|at| format!("c{at}")).collect();
            table.keys.push((columns, Ground::ENFORCED));
        }
    }
    facts
}

fn table_name(at: usize, schema: &Value) -> String {
    schema["name"].as_str().map_or_else(|| format!("t{at}"), str::to_lowercase)
}

/// A relation and how its columns are addressed.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) rel: RelId,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Reader<'a> {
    pub(crate) arena: &'a mut Arena,
    schemas: &'a [Value],
    /// Whether `CASE` has a value in front that is compared.
    pub(crate) case_has_value: bool,
    /// Columns of the rows in sight, by input and field, outermost first.
    scopes: Vec<Vec<(u32, Field)>>,
    /// What a text says of the aggregates that are still to be read, the next one last.
    told: Vec<Told>,
}

impl Reader<'_> {
    pub(crate) fn rel(&mut self, value: &Value) -> Result<Bound, String> {
        let (kind, body) = value
            .as_object()
            .and_then(|map| map.iter().next())
            .ok_or_else(|| format!("no relation: {value}"))?;
        match kind.as_str() {
            "scan" => self.scan(body),
            "values" => self.values(body),
            "filter" => {
                let source = self.input(&body["source"])?;
                let condition = self.within(&[&source], |it| it.scalar(&body["condition"]))?;
                let filter = self.conjuncts(condition);
                Ok(self.whole(vec![source], Tree::Input(0), filter))
            }
            "project" => {
                let source = self.input(&body["source"])?;
                let targets = body["target"].as_array().ok_or("no target")?;
                let out = self.within(&[&source], |it| {
                    targets.iter().map(|target| it.scalar(target)).collect::<Result<Vec<_>, _>>()
                })?;
                let from = self.from(vec![source], Tree::Input(0), Vec::new());
                Ok(self.projected(from, out))
            }
            "join" => self.join(body),
            "correlate" => self.correlate(body),
            "group" => self.group(body),
            "sort" => self.sort(body),
            "union" => {
                let inputs = self.all(body)?;
                let fields = inputs[0].fields.clone();
                let inputs = inputs.into_iter().map(|it| self.placed(&it)).collect();
                let rel = self.arena.rel(Rel::Union { inputs });
                Ok(Bound { rel, fields: at(fields.len()) })
            }
            "intersect" => self.set(body, SetKind::Intersect),
            "except" => self.set(body, SetKind::Except),
            "distinct" => {
                let input = self.rel(body)?;
                let width = input.fields.len();
                let input = self.placed(&input);
                let rel = self.arena.rel(Rel::Distinct { input });
                Ok(Bound { rel, fields: at(width) })
            }
            other => Err(format!("relation `{other}`")),
        }
    }

    fn scan(&mut self, body: &Value) -> Result<Bound, String> {
        let index =
            usize::try_from(body.as_u64().ok_or("no table")?).map_err(|it| it.to_string())?;
        let schema = self.schemas.get(index).ok_or("no such table")?;
        let width = schema["types"].as_array().ok_or("no types")?.len();
        let table = self.arena.symbol(&table_name(index, schema));
        let rel = self.arena.rel(Rel::Scan { table });
        let fields =
            (0..width).map(|at| Field::Named(self.arena.symbol(&format!("c{at}")))).collect();
        Ok(Bound { rel, fields })
    }

    fn values(&mut self, body: &Value) -> Result<Bound, String> {
        let width = body["schema"].as_array().ok_or("no schema")?.len();
        let rows = body["content"].as_array().ok_or("no content")?;
        self.scopes.push(Vec::new());
        let rows: Result<Vec<Vec<ScalarId>>, String> = rows
            .iter()
            .map(|row| {
                let row = row.as_array().ok_or("a row is no list")?;
                row.iter().map(|value| self.scalar(value)).collect()
            })
            .collect();
        self.scopes.pop();
        let rel = self.arena.rel(Rel::Values { width: number(width), rows: rows? });
        Ok(Bound { rel, fields: at(width) })
    }

    /// A relation that stands in a `FROM`: one more scope is around it, in which it sees nothing.
    pub(crate) fn input(&mut self, value: &Value) -> Result<Bound, String> {
        self.scopes.push(Vec::new());
        let bound = self.rel(value);
        self.scopes.pop();
        bound
    }

    /// Runs with the columns of some inputs in sight.
    pub(crate) fn within<T>(
        &mut self,
        inputs: &[&Bound],
        run: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        let column = |(at, bound): (usize, &&Bound)| {
            bound.fields.iter().map(move |field| (number(at), *field)).collect::<Vec<_>>()
        };
        self.scopes.push(inputs.iter().enumerate().flat_map(column).collect());
        let result = run(self);
        self.scopes.pop();
        result
    }

    pub(crate) fn column(&mut self, index: usize) -> Result<ScalarId, String> {
        let mut left = index;
        for (at, scope) in self.scopes.iter().enumerate() {
            if let Some((input, field)) = scope.get(left) {
                let depth = number(self.scopes.len() - 1 - at);
                let (input, field) = (*input, *field);
                return Ok(self.arena.scalar(Scalar::Column { depth, input, field }));
            }
            left -= scope.len();
        }
        Err(format!("no column {index}"))
    }

    fn from(&mut self, inputs: Vec<Bound>, tree: Tree, filter: Vec<ScalarId>) -> plumb_ir::FromId {
        let inputs = inputs.into_iter().map(|input| input.rel).collect();
        self.arena.from(From { inputs, tree, filter })
    }

    fn projected(&mut self, from: plumb_ir::FromId, out: Vec<ScalarId>) -> Bound {
        let fields = at(out.len());
        let out = out.into_iter().map(Out::Column).collect();
        Bound { rel: self.arena.rel(Rel::Project { from, out }), fields }
    }

    /// All columns of some joined inputs.
    pub(crate) fn whole(&mut self, inputs: Vec<Bound>, tree: Tree, filter: Vec<ScalarId>) -> Bound {
        let columns: Vec<(u32, Field)> = inputs
            .iter()
            .enumerate()
            .flat_map(|(at, it)| it.fields.iter().map(move |field| (number(at), *field)))
            .collect();
        let out =
            columns.into_iter().map(|(input, field)| self.arena.column(input, field)).collect();
        let from = self.from(inputs, tree, filter);
        self.projected(from, out)
    }

    /// A relation whose columns are addressed by position.
    fn placed(&mut self, bound: &Bound) -> RelId {
        if bound.fields == at(bound.fields.len()) {
            return bound.rel;
        }
        self.whole(vec![bound.clone()], Tree::Input(0), Vec::new()).rel
    }

    fn join(&mut self, body: &Value) -> Result<Bound, String> {
        let left = self.input(&body["left"])?;
        let right = self.input(&body["right"])?;
        let kind = body["kind"].as_str().unwrap_or_default();
        if let "SEMI" | "ANTI" = kind {
            return self.semi(left, body, kind);
        }
        let condition = self.within(&[&left, &right], |it| it.scalar(&body["condition"]))?;
        let on = self.conjuncts(condition);
        let (first, second) = (Box::new(Tree::Input(0)), Box::new(Tree::Input(1)));
        let inputs = vec![left, right];
        Ok(match kind {
            "INNER" => self.whole(inputs, Tree::Inner(vec![Tree::Input(0), Tree::Input(1)]), on),
            "LEFT" => self.whole(inputs, Tree::Left { left: first, right: second, on }, Vec::new()),
            "RIGHT" => {
                self.whole(inputs, Tree::Left { left: second, right: first, on }, Vec::new())
            }
            "FULL" => self.whole(inputs, Tree::Full { left: first, right: second, on }, Vec::new()),
            other => return Err(format!("join `{other}`")),
        })
    }

    /// Rows of the left side that have, or have not, a match.
    fn semi(&mut self, left: Bound, body: &Value, kind: &str) -> Result<Bound, String> {
        // The right side does not see the row, though it stands one scope further in.
        self.scopes.push(Vec::new());
        let right = self.input(&body["right"]);
        self.scopes.pop();
        let right = right?;
        let exists = self.within(&[&left], |it| {
            // The condition sees both rows: the columns of the right one come last.
            let condition = it.within(&[&right], |it| it.scalar(&body["condition"]))?;
            let filter = it.conjuncts(condition);
            let rel = it.whole(vec![right], Tree::Input(0), filter).rel;
            Ok(it.arena.scalar(Scalar::Exists(rel)))
        })?;
        let exists = if kind == "ANTI" { self.arena.call("not", vec![exists]) } else { exists };
        Ok(self.whole(vec![left], Tree::Input(0), vec![exists]))
    }

    /// The right side is computed for each row of the left.
    fn correlate(&mut self, body: &Value) -> Result<Bound, String> {
        let left = self.input(&body["left"])?;
        let right = self.within(&[&left], |it| it.rel(&body["right"]))?;
        let (first, second) = (Box::new(Tree::Input(0)), Box::new(Tree::Input(1)));
        let mut inputs = vec![left, right];
        match body["kind"].as_str().unwrap_or_default() {
            "INNER" => Ok(self.whole(
                inputs,
                Tree::Inner(vec![Tree::Input(0), Tree::Input(1)]),
                Vec::new(),
            )),
            "LEFT" => {
                let tree = Tree::Left { left: first, right: second, on: Vec::new() };
                Ok(self.whole(inputs, tree, Vec::new()))
            }
            kind @ ("SEMI" | "ANTI") => {
                let right = inputs.pop().ok_or("no right side")?;
                let rel = self.placed(&right);
                let exists = self.arena.scalar(Scalar::Exists(rel));
                let anti = kind == "ANTI";
                let filter = if anti { self.arena.call("not", vec![exists]) } else { exists };
                Ok(self.whole(inputs, Tree::Input(0), vec![filter]))
            }
            other => Err(format!("correlation `{other}`")),
        }
    }

    /// An aggregate, or for an average that is whole in this algebra, what is divided by what.
    fn whole_average(&mut self, value: &Value) -> Result<Vec<ScalarId>, String> {
        let whole = value["operator"] == "AVG" && value["type"] == "INTEGER";
        if !whole {
            return Ok(vec![self.aggregate(value)?]);
        }
        let mut part = |name: &str| {
            let mut value = value.clone();
            value["operator"] = Value::from(name);
            self.aggregate(&value)
        };
        Ok(vec![part("SUM")?, part("COUNT")?])
    }

    fn aggregate(&mut self, value: &Value) -> Result<ScalarId, String> {
        let operands = value["operand"].as_array().ok_or("no operands")?;
        let args = operands.iter().map(|it| self.scalar(it)).collect::<Result<Vec<_>, _>>()?;
        let name = value["operator"].as_str().unwrap_or_default();
        let function =
            super::names::aggregate(name).ok_or_else(|| format!("aggregate `{name}`"))?;
        let distinct = value["distinct"].as_bool().unwrap_or(false);
        let function = self.arena.symbol(function);
        Ok(self.arena.scalar(Scalar::Aggregate {
            function,
            args,
            distinct,
            filter: None,
            order: Vec::new(),
        }))
    }

    fn sort(&mut self, body: &Value) -> Result<Bound, String> {
        let none = |key: &str| body.get(key).is_none_or(Value::is_null);
        if none("limit") && none("offset") {
            return self.rel(&body["source"]);
        }
        let source = self.rel(&body["source"])?;
        let input = self.placed(&source);
        let bound = Bound { rel: input, fields: at(source.fields.len()) };
        let keys = body["collation"].as_array().cloned().unwrap_or_default();
        let (order, limit, offset) = self.within(&[&bound], |it| {
            let order = keys.iter().map(|key| it.sort_key(key)).collect::<Result<Vec<_>, _>>()?;
            let amount = |it: &mut Self, key: &str| match body.get(key) {
                None | Some(Value::Null) => Ok(None),
                Some(value) => it.scalar(value).map(Some),
            };
            Ok((order, amount(it, "limit")?, amount(it, "offset")?))
        })?;
        let rel = self.arena.rel(Rel::Limit { input, order, limit, offset });
        Ok(Bound { rel, fields: bound.fields })
    }

    fn sort_key(&mut self, key: &Value) -> Result<SortKey, String> {
        let column = key[0].as_u64().ok_or("no sort column")?;
        let field = Field::At(u32::try_from(column).map_err(|it| it.to_string())?);
        let value = self.arena.column(0, field);
        let descending = key[2].as_str().is_some_and(|word| word.starts_with("DESC"));
        Ok(SortKey { value, descending, nulls_first: descending })
    }

    fn all(&mut self, body: &Value) -> Result<Vec<Bound>, String> {
        let items = body.as_array().ok_or("no list of inputs")?;
        if items.is_empty() {
            return Err("a set operation over nothing".to_owned());
        }
        items.iter().map(|item| self.rel(item)).collect()
    }

    fn set(&mut self, body: &Value, kind: SetKind) -> Result<Bound, String> {
        let inputs = self.all(body)?;
        let width = inputs[0].fields.len();
        let mut rels = inputs.iter().map(|it| self.placed(it)).collect::<Vec<_>>().into_iter();
        let first = rels.next().ok_or("a set operation over nothing")?;
        let rel = rels
            .fold(first, |left, right| self.arena.rel(Rel::Set { kind, all: false, left, right }));
        Ok(Bound { rel, fields: at(width) })
    }

    pub(crate) fn conjuncts(&self, condition: ScalarId) -> Vec<ScalarId> {
        match self.arena.as_call(condition) {
            Some(("and", args)) => args.iter().flat_map(|arg| self.conjuncts(*arg)).collect(),
            _ if self.arena.as_literal(condition) == Some(&Literal::Bool(true)) => Vec::new(),
            _ => vec![condition],
        }
    }
}

/// Fields by position.
pub(crate) fn at(width: usize) -> Vec<Field> {
    (0..width).map(|at| Field::At(number(at))).collect()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

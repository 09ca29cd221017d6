//! Function tables of dialects: what each name means, said in canonical names.
//!
//! One rule a line, `#` begins a comment:
//!
//! ```text
//! name = canonical                     any number of arguments, as they stand
//! name(a, b) = canonical(b, a, 'x', 1) so many, in another order, with constants
//! name(unit u, x) = …                  a unit of time, bare or a text: `day`
//! name('unit' u, x) = …                only as a text: a bare word is a column
//! name(part u, x) = …                  a part of a time, which is not always spelled as units are
//! name(x, +n) = …                      only where a whole number from 1 on is written there
//! name(a) = not(is-null(a))            calls in a call
//! operator like = …                    what an operator means that the grammar knows
//! keyword sysdate = …                  a function without parentheses
//! word yy yyyy = year                  spellings of a unit, wherever units stand; or of `unit`s, `part`s,
//!                                      or of parts in `extract` only
//! ```

use std::collections::BTreeMap;

/// A table, read.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Rules by the name of the function.
    pub(crate) functions: Rules,
    /// Rules by the canonical name of the operator.
    pub(crate) operators: Rules,
    /// Functions without parentheses.
    pub(crate) keywords: BTreeMap<&'static str, &'static str>,
    /// Canonical units by their spellings, each with the places where it is meant.
    words: BTreeMap<&'static str, Vec<(Units, &'static str)>>,
}

/// Rules by name; those that ask for more come first.
pub(crate) type Rules = BTreeMap<&'static str, Vec<FunctionRule>>;

/// How one function of a dialect is said canonically.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionRule {
    /// Parameters, where the rule is for so many arguments only.
    params: Option<Vec<Param>>,
    /// Canonical name.
    pub canonical: &'static str,
    /// Arguments of the canonical call, where they are not simply the same.
    args: Option<Vec<Given>>,
    /// Where it stands in its table: what comes first is said first.
    line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Param {
    name: &'static str,
    kind: Reads,
    /// Only a whole number from 1 on, written out.
    count: bool,
}

/// How an argument is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// As a value.
    Value,
    /// As a unit, written as a bare word or as a text.
    Word(Units),
    /// As a unit if it is a text.
    Text(Units),
}

/// Where units of time stand; the same spelling need not mean the same in all places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Units {
    /// In truncation, addition, difference.
    Unit,
    /// Where a part of a time is asked for.
    Part,
    /// In `EXTRACT (… FROM …)`.
    Extract,
    /// Anywhere.
    Any,
}

/// What rules look at in an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A whole number from 1 on, written out.
    Count,
    /// Anything else.
    Other,
}

/// One argument of a canonical call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// The argument at this position.
    Argument(usize),
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
    /// The result of another canonical function.
    Call(&'static str, Vec<Self>),
}

impl FunctionRule {
    /// Whether the rule is for such arguments.
    pub(crate) fn fits(&self, shapes: &[Shape]) -> bool {
        self.params.as_ref().is_none_or(|params| {
            params.len() == shapes.len()
                && params.iter().zip(shapes).all(|(it, shape)| !it.count || *shape == Shape::Count)
        })
    }

    /// Whether it asks for more than a number of arguments.
    pub(crate) fn looks(&self) -> bool {
        self.params.iter().flatten().any(|param| param.count)
    }

    /// How the argument at a position is read.
    pub fn reads(&self, position: usize) -> Reads {
        self.params
            .as_ref()
            .and_then(|params| params.get(position))
            .map_or(Reads::Value, |it| it.kind)
    }

    /// How many arguments it is for; none if it is for any number, as they stand.
    pub fn arity(&self) -> Option<usize> {
        self.params.as_ref().map(Vec::len)
    }

    /// Arguments of the canonical call for so many given ones.
    pub fn arguments(&self, arity: usize) -> Vec<Given> {
        self.args.clone().unwrap_or_else(|| (0..arity).map(Given::Argument).collect())
    }

    /// Every canonical name in it.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        fn inside(given: &Given, names: &mut Vec<&'static str>) {
            if let Given::Call(name, args) = given {
                names.push(name);
                for arg in args {
                    inside(arg, names);
                }
            }
        }
        let mut names = vec![self.canonical];
        for arg in self.args.iter().flatten() {
            inside(arg, &mut names);
        }
        names
    }
}

impl Table {
    /// Reads a table.
    pub(crate) fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for (at, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let Some((left, right)) = line.split_once('=') else {
                debug_assert!(line.is_empty(), "function table: no `=` in `{line}`");
                continue;
            };
            let (left, right) = (left.trim(), right.trim());
            match left.split_once(' ') {
                Some(("operator", left)) => add(&mut table.operators, at, left, right),
                Some(("keyword", name)) => {
                    table.keywords.insert(name, right);
                }
                Some((place @ ("word" | "unit" | "part" | "extract"), words)) => {
                    let place = place_of(place);
                    for word in words.split(' ') {
                        table.words.entry(word).or_default().push((place, right));
                    }
                }
                _ => add(&mut table.functions, at, left, right),
            }
        }
        for rules in table.functions.values_mut().chain(table.operators.values_mut()) {
            rules.sort_by_key(|rule| (!rule.looks(), rule.params.is_none()));
        }
        table
    }

    /// The canonical unit of a spelling in lower case, where the table knows it.
    pub(crate) fn unit(&self, place: Units, word: &str) -> Option<&'static str> {
        let places = match place {
            Units::Unit => [Units::Unit, Units::Any].as_slice(),
            Units::Part => &[Units::Part, Units::Any],
            Units::Extract => &[Units::Extract, Units::Part, Units::Any],
            Units::Any => &[Units::Any],
        };
        let known = self.words.get(word)?;
        let at = |place: &Units| known.iter().find(|(at, _)| at == place);
        places.iter().find_map(at).map(|(_, unit)| *unit)
    }

    /// Rules of functions that give a canonical one, with the names of the functions, as they stand in the table.
    pub(crate) fn giving(&self, canonical: &str) -> Vec<(&'static str, &FunctionRule)> {
        let rules =
            self.functions.iter().flat_map(|(name, rules)| rules.iter().map(|it| (*name, it)));
        let mut found: Vec<_> = rules.filter(|(_, rule)| rule.canonical == canonical).collect();
        found.sort_by_key(|(_, rule)| rule.line);
        found
    }

    /// The word without parentheses that calls a canonical function.
    pub(crate) fn word_giving(&self, canonical: &str) -> Option<&'static str> {
        self.keywords.iter().find(|(_, it)| **it == canonical).map(|(word, _)| *word)
    }

    /// The spellings of a unit.
    pub(crate) fn spelling_of<'a>(
        &'a self,
        unit: &'a str,
    ) -> impl Iterator<Item = &'static str> + 'a {
        let spells = move |places: &Vec<(Units, &str)>| places.iter().any(|(_, it)| *it == unit);
        self.words.iter().filter(move |(_, places)| spells(places)).map(|(word, _)| *word)
    }

    /// Every canonical name in it.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        let rules = self.functions.values().chain(self.operators.values()).flatten();
        rules.flat_map(FunctionRule::names).chain(self.keywords.values().copied())
    }
}

fn add(rules: &mut Rules, line: usize, left: &'static str, right: &'static str) {
    let (name, params) = call(left);
    let params: Option<Vec<Param>> = params.map(|params| params.into_iter().map(param).collect());
    let (canonical, args) = call(right);
    let given = |arg| given(arg, params.as_deref().unwrap_or_default());
    let args = args.map(|args| args.into_iter().map(given).collect());
    rules.entry(name).or_default().push(FunctionRule { params, canonical, args, line });
}

fn param(text: &'static str) -> Param {
    let (kind, name) = match text.split_once(' ') {
        Some((place @ ("unit" | "part"), name)) => (Reads::Word(place_of(place)), name),
        Some((place @ ("'unit'" | "'part'"), name)) => {
            (Reads::Text(place_of(place.trim_matches('\''))), name)
        }
        _ => (Reads::Value, text),
    };
    Param { name: name.trim_start_matches('+').trim(), kind, count: name.starts_with('+') }
}

fn place_of(word: &str) -> Units {
    match word {
        "unit" => Units::Unit,
        "part" => Units::Part,
        "extract" => Units::Extract,
        _ => Units::Any,
    }
}

/// A name, and what stands between its parentheses, cut at the commas that stand in no others and in no text.
fn call(text: &'static str) -> (&'static str, Option<Vec<&'static str>>) {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('(') else { return (text, None) };
    let inside = rest.strip_suffix(')').unwrap_or(rest);
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, false);
    for (at, letter) in inside.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inside[start..].trim());
    parts.retain(|part| !part.is_empty());
    (name.trim(), Some(parts))
}

fn given(arg: &'static str, params: &[Param]) -> Given {
    if let Some(text) = arg.strip_prefix('\'') {
        return Given::Text(text.trim_end_matches('\''));
    }
    if let Ok(number) = arg.parse() {
        return Given::Number(number);
    }
    if let (name, Some(args)) = call(arg) {
        return Given::Call(name, args.into_iter().map(|arg| given(arg, params)).collect());
    }
    let position = params.iter().position(|param| param.name == arg);
    debug_assert!(position.is_some(), "function table: no parameter `{arg}`");
    Given::Argument(position.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: Shape = Shape::Other;

    fn rule<'a>(table: &'a Table, name: &str, shapes: &[Shape]) -> &'a FunctionRule {
        table.functions[name].iter().find(|rule| rule.fits(shapes)).unwrap()
    }

    #[test]
    fn rules_read() {
        let table = Table::read(
            "ifnull = coalesce\ndatediff(a, b) = date-diff('day', b, a)\ndatediff(unit u, a, b) = date-diff(u, a, b)",
        );
        let two = rule(&table, "datediff", &[OTHER; 2]);
        assert_eq!(two.arguments(2), [Given::Text("day"), Given::Argument(1), Given::Argument(0)]);
        let three = rule(&table, "datediff", &[OTHER; 3]);
        assert_eq!(three.reads(0), Reads::Word(Units::Unit));
        assert_eq!(three.reads(1), Reads::Value);
        assert_eq!(rule(&table, "ifnull", &[OTHER; 2]).arguments(2).len(), 2);
    }

    #[test]
    fn a_rule_that_looks_at_constants_comes_first() {
        let table = Table::read("cut = own-cut\ncut(x, n) = own-cut(x, n)\ncut(x, +n) = cut(x, n)");
        assert_eq!(rule(&table, "cut", &[OTHER, OTHER]).canonical, "own-cut");
        assert_eq!(rule(&table, "cut", &[OTHER, Shape::Count]).canonical, "cut");
        assert_eq!(rule(&table, "cut", &[Shape::Count, OTHER]).canonical, "own-cut");
    }

    #[test]
    fn calls_stand_in_calls() {
        let table = Table::read("isnotnull(x) = not(is-null(x))");
        let rule = rule(&table, "isnotnull", &[OTHER]);
        assert_eq!(rule.arguments(1), [Given::Call("is-null", vec![Given::Argument(0)])]);
        assert_eq!(rule.names(), ["not", "is-null"]);
    }

    #[test]
    fn a_text_may_hold_a_comma() {
        let table = Table::read("list(x) = join(x, ',')\nplain(x) = join(x, '')");
        let given = |name| rule(&table, name, &[OTHER]).arguments(1);
        assert_eq!(given("list"), [Given::Argument(0), Given::Text(",")]);
        assert_eq!(given("plain"), [Given::Argument(0), Given::Text("")]);
    }

    #[test]
    fn units_are_read_where_they_stand() {
        let table = Table::read(
            "word yy = year\nunit week = week\npart week = own-week\nextract week = other-week",
        );
        assert_eq!(table.unit(Units::Extract, "yy"), Some("year"));
        assert_eq!(table.unit(Units::Unit, "week"), Some("week"));
        assert_eq!(table.unit(Units::Part, "week"), Some("own-week"));
        assert_eq!(table.unit(Units::Extract, "week"), Some("other-week"));
        assert_eq!(table.unit(Units::Part, "fortnight"), None);
    }
}

//! Function tables of dialects: `name(args) = canonical(args)`, one a line.

use std::collections::BTreeMap;

/// Rules by the name of the function.
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
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Param {
    name: &'static str,
    /// A bare word stands for a text: `day` in `dateadd(day, 1, x)`.
    unit: bool,
}

/// One argument of a canonical call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The argument at this position.
    Argument(usize),
    /// A number.
    Number(i64),
    /// A text.
    Text(&'static str),
}

impl FunctionRule {
    /// Whether the rule is for so many arguments.
    pub(crate) fn fits(&self, arity: usize) -> bool {
        self.params.as_ref().is_none_or(|params| params.len() == arity)
    }

    /// Whether the argument at a position is a unit such as `day`.
    pub fn is_unit(&self, position: usize) -> bool {
        self.params.as_ref().is_some_and(|params| params.get(position).is_some_and(|it| it.unit))
    }

    /// Arguments of the canonical call for so many given ones.
    pub fn arguments(&self, arity: usize) -> Vec<Given> {
        self.args.clone().unwrap_or_else(|| (0..arity).map(Given::Argument).collect())
    }
}

/// Reads a table; `#` begins a comment.
pub(crate) fn read_rules(text: &'static str) -> Rules {
    let mut table = Rules::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((left, right)) = line.split_once('=') else {
            debug_assert!(line.is_empty(), "function table: no `=` in `{line}`");
            continue;
        };
        let (name, params) = call(left);
        let (canonical, args) = call(right);
        let params: Option<Vec<Param>> = params.map(|params| {
            let read = |word: &'static str| match word.strip_prefix("unit ") {
                Some(name) => Param { name: name.trim(), unit: true },
                None => Param { name: word, unit: false },
            };
            params.into_iter().map(read).collect()
        });
        let args =
            args.map(|args| args.into_iter().map(|arg| given(arg, params.as_deref())).collect());
        table.entry(name).or_default().push(FunctionRule { params, canonical, args });
    }
    // A rule for a certain number of arguments comes before one for any number.
    for rules in table.values_mut() {
        rules.sort_by_key(|rule| rule.params.is_none());
    }
    table
}

fn call(text: &'static str) -> (&'static str, Option<Vec<&'static str>>) {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('(') else { return (text, None) };
    let args = rest.trim_end_matches(')').split(',').map(str::trim).filter(|arg| !arg.is_empty());
    (name.trim(), Some(args.collect()))
}

fn given(arg: &'static str, params: Option<&[Param]>) -> Given {
    if let Some(text) = arg.strip_prefix('\'') {
        return Given::Text(text.trim_end_matches('\''));
    }
    if let Ok(number) = arg.parse() {
        return Given::Number(number);
    }
    let position = params.and_then(|params| params.iter().position(|param| param.name == arg));
    debug_assert!(position.is_some(), "function table: no parameter `{arg}`");
    Given::Argument(position.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read() {
        let table = read_rules(
            "ifnull = coalesce\ndatediff(a, b) = date-diff('day', b, a)\ndatediff(unit u, a, b) = date-diff(u, a, b)",
        );
        let two = table["datediff"].iter().find(|rule| rule.fits(2)).unwrap();
        assert_eq!(two.arguments(2), [Given::Text("day"), Given::Argument(1), Given::Argument(0)]);
        let three = table["datediff"].iter().find(|rule| rule.fits(3)).unwrap();
        assert!(three.is_unit(0) && !three.is_unit(1));
        assert_eq!(table["ifnull"][0].arguments(2).len(), 2);
    }
}
